package veriff_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

// onceFunc is a deduper of any behaviour.
type onceFunc func(ctx context.Context, key string, fn func(context.Context) error) error

func (f onceFunc) Once(ctx context.Context, key string, fn func(context.Context) error) error {
	return f(ctx, key, fn)
}

// Whatever a deduper does, 200 is only for what was handled.
func TestHandlerWithADeduper(t *testing.T) {
	body := fixture(t, "answers", "decision_approved.json")
	webhook, err := parse(t, body)
	require.NoError(t, err)
	failed, down := errors.New("no database"), errors.New("no store")
	for name, test := range map[string]struct {
		once   onceFunc
		result error
		status int
		calls  int
		reason string
	}{
		"runs it": {once: func(ctx context.Context, _ string, fn func(context.Context) error) error { return fn(ctx) },
			status: http.StatusOK, calls: 1},
		"runs it, and it fails": {once: func(ctx context.Context, _ string, fn func(context.Context) error) error { return fn(ctx) },
			result: failed, status: http.StatusInternalServerError, calls: 1, reason: "callback"},
		"done before": {once: func(context.Context, string, func(context.Context) error) error { return nil }, status: http.StatusOK},
		"busy":        {once: func(context.Context, string, func(context.Context) error) error { return veriff.ErrBusy }, status: http.StatusServiceUnavailable, reason: "busy"},
		"busy, in its own words": {once: func(context.Context, string, func(context.Context) error) error {
			return errors.Join(down, veriff.ErrBusy)
		}, status: http.StatusServiceUnavailable, reason: "busy"},
		"fails before it runs it": {once: func(context.Context, string, func(context.Context) error) error { return down }, status: http.StatusServiceUnavailable, reason: "deduper"},
		"fails to commit": {once: func(ctx context.Context, _ string, fn func(context.Context) error) error {
			_ = fn(ctx)
			return down
		}, status: http.StatusServiceUnavailable, calls: 1, reason: "deduper"},
		"hides a failure": {once: func(ctx context.Context, _ string, fn func(context.Context) error) error {
			_ = fn(ctx)
			return nil
		}, result: failed, status: http.StatusInternalServerError, calls: 1, reason: "callback"},
		"takes a failure for busy": {once: func(ctx context.Context, _ string, fn func(context.Context) error) error {
			_ = fn(ctx)
			return veriff.ErrBusy
		}, result: failed, status: http.StatusInternalServerError, calls: 1, reason: "callback"},
		"runs it twice": {once: func(ctx context.Context, _ string, fn func(context.Context) error) error {
			_ = fn(ctx)
			return fn(ctx)
		}, status: http.StatusOK, calls: 2},
		"the callback has one of its own": {once: func(ctx context.Context, _ string, fn func(context.Context) error) error { return fn(ctx) },
			result: veriff.ErrBusy, status: http.StatusServiceUnavailable, calls: 1, reason: "busy"},
		"panics": {once: func(context.Context, string, func(context.Context) error) error { panic("Mirae Hong") },
			status: http.StatusServiceUnavailable, reason: "deduper"},
	} {
		t.Run(name, func(t *testing.T) {
			keys := 0
			got := deliver(t, post(t, body), test.result, veriff.WithDeduper(onceFunc(
				func(ctx context.Context, key string, fn func(context.Context) error) error {
					keys++
					assert.Equal(t, veriff.WebhookKey(webhook), key)
					return test.once(ctx, key, fn)
				})))
			assert.Equal(t, test.status, got.status)
			assert.Empty(t, got.body)
			assert.Len(t, got.called, test.calls)
			assert.Equal(t, 1, keys)
			assert.NotContains(t, got.log, "Mirae")
			if test.reason == "" {
				assert.Empty(t, got.log)
			} else {
				assert.Contains(t, got.log, "reason="+test.reason+" ")
			}
		})
	}
}

// What a deduper puts into the context reaches the callback: that is how the
// effect comes into the deduper's transaction.
func TestDeduperGivesTheCallbackItsContext(t *testing.T) {
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(t, err)
	called := false
	handler, err := veriff.NewWebhookHandler(verifier, func(ctx context.Context, _ veriff.Webhook) error {
		called = true
		assert.Equal(t, "transaction", ctx.Value(keyOfTest{}))
		return nil
	}, veriff.WithDeduper(onceFunc(func(ctx context.Context, _ string, fn func(context.Context) error) error {
		_, bounded := ctx.Deadline()
		assert.True(t, bounded)
		return fn(context.WithValue(ctx, keyOfTest{}, "transaction"))
	})))
	require.NoError(t, err)
	handler.ServeHTTP(httptest.NewRecorder(), post(t, fixture(t, "webhooks", "event_submitted.json")))
	assert.True(t, called)
}

// Nothing that does not verify costs the deduper anything.
func TestDeduperNeverSeesAForgery(t *testing.T) {
	forged := post(t, fixture(t, "answers", "decision_approved.json"))
	forged.Header.Set("X-HMAC-SIGNATURE", hmacHex("wrong", nil))
	got := deliver(t, forged, nil, veriff.WithDeduper(onceFunc(func(context.Context, string, func(context.Context) error) error {
		t.Error("a forgery was kept")
		return nil
	})))
	assert.Equal(t, http.StatusUnauthorized, got.status)
}

// Fifty deliveries of one webhook at once: one effect, and no 200 before it.
func TestOneDeliveryFiftyTimesAtOnce(t *testing.T) {
	var effects, answered atomic.Int32
	var wg sync.WaitGroup
	var log bytes.Buffer
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret, veriff.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	require.NoError(t, err)
	release := make(chan struct{})
	handler, err := veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error {
		<-release // until all others are answered
		effects.Add(1)
		return nil
	}, veriff.WithDeduper(new(veriff.MemoryDeduper)))
	require.NoError(t, err)
	body := fixture(t, "answers", "decision_approved.json")
	send := func() int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, post(t, body))
		return w.Code
	}
	statuses := make([]int, 50)
	for i := range statuses {
		wg.Go(func() {
			statuses[i] = send()
			if statuses[i] == http.StatusOK {
				assert.Positive(t, effects.Load(), "200 before it was done")
			}
			if answered.Add(1) == int32(len(statuses)-1) {
				close(release)
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, effects.Load())
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	assert.Equal(t, map[int]int{http.StatusOK: 1, http.StatusServiceUnavailable: 49}, count)
	assert.Equal(t, 49, bytes.Count(log.Bytes(), []byte("reason=busy")))
	assert.Equal(t, http.StatusOK, send(), "done by now")
	assert.EqualValues(t, 1, effects.Load())
}
