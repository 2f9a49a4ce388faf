package veriff_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

type personalError struct{ name string }

func (e personalError) Error() string { return "cannot admit " + e.name }

// admitNobody is where the callbacks below panic; the log must name it.
func admitNobody(person *veriff.Person, value any) {
	if value == nil {
		person = nil
	} else if person.FirstName != "" {
		panic(value)
	}
	fmt.Println(person.LastName)
}

func TestPanicOfACallback(t *testing.T) {
	for name, test := range map[string]struct {
		value any
		says  string
	}{
		"text":                {"no place for Mirae Hong", "type=string "},
		"error":               {personalError{"Mirae Hong"}, "type=veriff_test.personalError "},
		"wrapped":             {fmt.Errorf("Mirae: %w", errors.New("Hong")), "type=*fmt.wrapError "},
		"nil pointer":         {nil, "type=runtime.errorString "},
		"ErrAbortHandler":     {http.ErrAbortHandler, "type=*errors.errorString "},
		"a webhook":           {&veriff.UnknownWebhook{}, "type=*veriff.UnknownWebhook "},
		"busy is no way out":  {veriff.ErrBusy, "type=*errors.errorString "},
		"a value of no words": {struct{ name string }{"Mirae"}, `type="struct { name string }" `},
	} {
		for _, options := range [][]veriff.HandlerOption{nil, {veriff.WithDeduper(new(veriff.MemoryDeduper))}} {
			t.Run(name, func(t *testing.T) {
				var out bytes.Buffer
				logger := slog.New(slog.NewTextHandler(&out, nil))
				verifier, err := veriff.NewVerifier(apiKey, sharedSecret, veriff.WithLogger(logger))
				require.NoError(t, err)
				calls := 0
				handler, err := veriff.NewWebhookHandler(verifier, func(_ context.Context, webhook veriff.Webhook) error {
					if calls++; calls == 1 {
						admitNobody(&webhook.(*veriff.Decision).Person, test.value)
					}
					return nil
				}, options...)
				require.NoError(t, err)
				body := fixture(t, "answers", "decision_approved.json")
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, post(t, body))
				assert.Equal(t, http.StatusInternalServerError, w.Code)
				assert.Empty(t, w.Body.String())
				assert.Contains(t, out.String(), `level=ERROR msg="veriff: webhook callback panicked" `+test.says)
				assert.Contains(t, out.String(), "stack=\"[github.com/kyckit/kyckit-go/veriff_test.admitNobody (panic_test.go:", "the innermost function first")
				assert.Contains(t, out.String(), "ServeHTTP (handler.go:")
				assert.Contains(t, out.String(), `msg="veriff: webhook not taken" reason=panic status=500`)
				for _, personal := range []string{"Mirae", "Hong", sessionID} {
					assert.NotContains(t, out.String(), personal)
				}

				w = httptest.NewRecorder()
				handler.ServeHTTP(w, post(t, body))
				assert.Equal(t, http.StatusOK, w.Code, "delivered again")
				assert.Equal(t, 2, calls)
			})
		}
	}
}

// A panic on its way through a recovery that panics again still names where it
// began.
func TestStackOfARepeatedPanic(t *testing.T) {
	var out bytes.Buffer
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret, veriff.WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	require.NoError(t, err)
	handler, err := veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error {
		defer func() { panic(recover()) }()
		admitNobody(&veriff.Person{FirstName: "Mirae"}, "x")
		return nil
	})
	require.NoError(t, err)
	handler.ServeHTTP(httptest.NewRecorder(), post(t, fixture(t, "webhooks", "event_submitted.json")))
	assert.Contains(t, out.String(), `stack="[github.com/kyckit/kyckit-go/veriff_test.admitNobody (`)
}

// Without a logger, or with one that wants no errors, a panic still shows.
func TestPanicIsNeverSilent(t *testing.T) {
	var out bytes.Buffer
	before, writer, flags := slog.Default(), log.Writer(), log.Flags()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer func() { // SetDefault changes package log as well, and does not change it back
		slog.SetDefault(before)
		log.SetOutput(writer)
		log.SetFlags(flags)
	}()
	deaf := slog.New(slog.NewTextHandler(&bytes.Buffer{}, &slog.HandlerOptions{Level: slog.LevelError + 1}))
	for _, options := range [][]veriff.VerifierOption{nil, {veriff.WithLogger(deaf)}} {
		out.Reset()
		verifier, err := veriff.NewVerifier(apiKey, sharedSecret, options...)
		require.NoError(t, err)
		handler, err := veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error { panic("Mirae") })
		require.NoError(t, err)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, post(t, fixture(t, "webhooks", "event_submitted.json")))
		assert.Equal(t, http.StatusInternalServerError, w.Code)
		assert.Contains(t, out.String(), "veriff: webhook callback panicked")
		assert.NotContains(t, out.String(), "Mirae")
		assert.NotContains(t, out.String(), "not taken", "what is not a panic is not told without a logger")
	}
}

// A callback that ends its goroutine, as t.FailNow does, leaves no answer: not
// 200, and the deduper lets go.
func TestCallbackThatNeverReturns(t *testing.T) {
	srv := verifftest.NewServer(t, verifftest.WithoutListener())
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	require.NoError(t, err)
	calls := 0
	handler, err := veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error {
		if calls++; calls == 1 {
			runtime.Goexit()
		}
		return nil
	}, veriff.WithDeduper(new(veriff.MemoryDeduper)))
	require.NoError(t, err)
	client := connect(t, srv, veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
	require.NoError(t, err)
	srv.DeliverTo(handler)
	require.NoError(t, srv.Open(session.ID))
	require.False(t, srv.Webhooks()[0].Delivered())
	require.Zero(t, srv.Redeliver())
	assert.Equal(t, 2, calls)
}
