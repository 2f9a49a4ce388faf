package transport_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/internal/transport"
)

func TestClassOfStatus(t *testing.T) {
	for status, want := range map[int]transport.Class{
		100: transport.ClassInvalidAnswer, 101: transport.ClassInvalidAnswer, 199: transport.ClassInvalidAnswer,
		300: transport.ClassInvalidAnswer, 302: transport.ClassInvalidAnswer, 304: transport.ClassInvalidAnswer, 308: transport.ClassInvalidAnswer,
		400: transport.ClassInvalidRequest, 401: transport.ClassUnauthorized, 402: transport.ClassInvalidRequest, 403: transport.ClassForbidden,
		404: transport.ClassNotFound, 405: transport.ClassInvalidRequest, 408: transport.ClassUnavailable, 409: transport.ClassConflict,
		410: transport.ClassNotFound, 413: transport.ClassInvalidRequest, 415: transport.ClassInvalidRequest, 418: transport.ClassInvalidRequest,
		422: transport.ClassInvalidRequest, 425: transport.ClassUnavailable, 429: transport.ClassRateLimited, 451: transport.ClassInvalidRequest,
		500: transport.ClassUnavailable, 501: transport.ClassUnavailable, 502: transport.ClassUnavailable, 503: transport.ClassUnavailable,
		504: transport.ClassUnavailable, 599: transport.ClassUnavailable, 600: transport.ClassInvalidAnswer, 999: transport.ClassInvalidAnswer,
		0: transport.ClassInvalidAnswer, -1: transport.ClassInvalidAnswer,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			client := inMemory(t, func(*http.Request) (*http.Response, error) { return respond(status, `{"why":1}`), nil })
			failed := do(t.Context(), t, client, once())
			assert.Equal(t, want, failed.Class)
			assert.EqualError(t, failed, fmt.Sprintf("Create: status %d: %s", status, want))
			assert.Equal(t, status, failed.Answer.StatusCode)
			assert.Equal(t, 1, failed.Attempts)
			assert.Equal(t, 1, failed.Answer.Attempts)
			assert.Equal(t, status >= 500 || want == transport.ClassInvalidAnswer, failed.Unconfirmed)
			assert.NoError(t, failed.Err)
			assert.Empty(t, failed.Word())
		})
	}
}

func TestSuccessStatuses(t *testing.T) {
	for _, status := range []int{200, 201, 202, 204, 299} {
		client := inMemory(t, func(*http.Request) (*http.Response, error) { return respond(status, ""), nil })
		answer, err := client.Do(t.Context(), once())
		require.NoError(t, err)
		assert.Equal(t, status, answer.StatusCode)
		assert.Nil(t, answer.Body)
	}
}

func TestClassWords(t *testing.T) {
	want := []string{"class 0", "invalid request", "unauthorized", "forbidden", "not found", "conflict", "rate limited", "unavailable",
		"invalid answer", "canceled", "local", "class 11"}
	for i, w := range want {
		assert.Equal(t, w, transport.Class(i).String())
	}
}

func TestCauseWords(t *testing.T) {
	for want, causes := range map[string][]error{
		"dns":                {&net.DNSError{Err: "no such host"}, &net.OpError{Op: "dial", Err: &net.DNSError{}}},
		"certificate":        {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, x509.UnknownAuthorityError{}},
		"tls":                {tls.RecordHeaderError{Msg: "m"}, &net.OpError{Op: "remote error", Err: errors.New("alert")}, &net.OpError{Op: "local error", Err: errors.New("alert")}, tls.AlertError(42)},
		"connection refused": {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}},
		"connection reset":   {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, syscall.EPIPE},
		"connection closed":  {io.EOF, &url.Error{Op: "Get", URL: "u", Err: io.EOF}},
		"cut off":            {io.ErrUnexpectedEOF},
		"connection failed":  {errors.New("text"), &url.Error{Op: "Get", URL: "u", Err: errors.New("text")}},
		"no answer":          {&url.Error{Op: "Get", URL: "u"}},
		"timeout":            {syscall.ETIMEDOUT, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}, &net.DNSError{IsTimeout: true}},
	} {
		for _, cause := range causes {
			client := inMemory(t, func(*http.Request) (*http.Response, error) { return nil, cause }, attempts(1))
			failed := do(t.Context(), t, client, once())
			assert.Error(t, failed.Err)
			assert.EqualError(t, failed, "Create: unavailable: "+want, "%T", cause)
			assert.Equal(t, want, failed.Word())
		}
	}
	for want, e := range map[string]transport.Error{
		"Op: invalid answer: malformed JSON": {Op: "Op", Class: transport.ClassInvalidAnswer, Err: transport.Decode(nil, new(any))},
		"not found":                          {Class: transport.ClassNotFound},
		"Op: class 0":                        {Op: "Op"},
	} {
		assert.EqualError(t, &e, want)
	}
}

func TestCauseIsReachable(t *testing.T) {
	cause := errors.New("cause")
	for name, err := range map[string]error{
		"itself":          cause,
		"in url.Error":    &url.Error{Op: "Get", URL: "https://api.example/t-1", Err: cause},
		"in two of them":  &url.Error{Err: &url.Error{Op: "Get", URL: "https://api.example/t-1", Err: cause}},
		"wrapped around":  fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: "https://api.example/t-1", Err: cause}),
		"in an OpError":   &net.OpError{Op: "read", Err: cause},
		"in a join of it": errors.Join(cause),
	} {
		t.Run(name, func(t *testing.T) {
			failed := do(t.Context(), t, inMemory(t, func(*http.Request) (*http.Response, error) { return nil, err }), once())
			require.ErrorIs(t, failed, cause)
			require.Equal(t, failed.Err, errors.Unwrap(failed))
			var withURL *url.Error
			assert.False(t, errors.As(failed, &withURL), "the URL is gone")
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s %d", failed.Err, failed.Err, failed.Err, failed.Err, failed.Err), "cause", "nor has anybody's text come")
			assert.Nil(t, errors.Unwrap(failed.Err), "and nothing that walks down finds it")
		})
	}
}

func TestClockSkew(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		date   string
		want   time.Duration
		text   string
	}{
		"behind, 401":   {401, "Sat, 01 Jan 2000 00:05:00 GMT", -5 * time.Minute, "Read: status 401: unauthorized (clock skew -5m0s)"},
		"ahead, 403":    {403, "Fri, 31 Dec 1999 23:58:00 GMT", 2 * time.Minute, "Read: status 403: forbidden (clock skew 2m0s)"},
		"a second":      {401, "Fri, 31 Dec 1999 23:59:59 GMT", time.Second, "Read: status 401: unauthorized"},
		"two seconds":   {401, "Sat, 01 Jan 2000 00:00:02 GMT", -2 * time.Second, "Read: status 401: unauthorized (clock skew -2s)"},
		"none":          {401, "Sat, 01 Jan 2000 00:00:00 GMT", 0, "Read: status 401: unauthorized"},
		"no date":       {401, "", 0, "Read: status 401: unauthorized"},
		"no such date":  {401, "yesterday", 0, "Read: status 401: unauthorized"},
		"other status":  {404, "Fri, 31 Dec 1999 23:58:00 GMT", 0, "Read: status 404: not found"},
		"server's 5xx":  {500, "Fri, 31 Dec 1999 23:58:00 GMT", 0, "Read: status 500: unavailable"},
		"beyond bounds": {401, "Fri, 31 Dec 9999 23:59:59 GMT", -1 << 63, "Read: status 401: unauthorized (clock skew -2562047h47m16.854775808s)"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := inMemory(t, func(*http.Request) (*http.Response, error) { return respond(tc.status, "", "Date", tc.date), nil })
				failed := do(t.Context(), t, client, again())
				assert.Equal(t, tc.want, failed.ClockSkew)
				assert.EqualError(t, failed, tc.text)
			})
		})
	}
}

// leaky is a call and a network in which everything is a marker.
func leaky() (*transport.Call, map[string]roundTrip) {
	m := secrettest.Marker
	call := &transport.Call{Op: "Op", Method: http.MethodPost, Route: "/v1/{id}", Args: []string{m}, Query: url.Values{m: {m}},
		Header: http.Header{"X-Key": {m}}, Body: []byte(m)}
	answer := func(status int) *http.Response {
		return respond(status, m, "X-Signature", m, "Location", m, "Retry-After", m)
	}
	return call, map[string]roundTrip{
		"status":   func(*http.Request) (*http.Response, error) { return answer(401), nil },
		"redirect": func(*http.Request) (*http.Response, error) { return answer(302), nil },
		"cause":    func(*http.Request) (*http.Response, error) { return nil, errors.New(m) },
		"URL in a cause": func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: m, URL: r.URL.String(), Err: io.EOF}
		},
		"host in a cause": func(*http.Request) (*http.Response, error) { return nil, &net.DNSError{Name: m, Err: m} },
		"timeout": func(*http.Request) (*http.Response, error) {
			return nil, &net.DNSError{Name: m, Err: m, IsTimeout: true}
		},
		"cut off": func(*http.Request) (*http.Response, error) {
			resp := answer(200)
			resp.ContentLength = 1000
			return resp, nil
		},
	}
}

func TestErrorIsHidden(t *testing.T) {
	call, networks := leaky()
	for name, rt := range networks {
		t.Run(name, func(t *testing.T) {
			failed := do(t.Context(), t, inMemory(t, rt, attempts(1)), call)
			id := url.PathEscape(secrettest.Marker)
			secrettest.AssertHidden(t, failed, secrettest.Marker, id, "api.example")
			secrettest.AssertHidden(t, *failed, secrettest.Marker, id, "api.example")
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
				assert.Equal(t, failed.Error(), fmt.Sprintf(verb, failed), verb)
				assert.Equal(t, failed.Error(), fmt.Sprintf(verb, *failed), verb)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		refused := *call
		refused.Args = []string{"/" + secrettest.Marker}
		client := inMemory(t, networks["status"])
		secrettest.AssertHidden(t, do(t.Context(), t, client, &refused))
		refused = *call
		refused.Header = http.Header{"X-Key": {secrettest.Marker + "\n"}}
		secrettest.AssertHidden(t, do(t.Context(), t, client, &refused))
	})
	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New(secrettest.Marker))
		secrettest.AssertHidden(t, do(ctx, t, inMemory(t, networks["status"]), call))
	})
}

func TestAnswerIsHidden(t *testing.T) {
	secrettest.AssertHidden(t, secrettest.Fill(transport.Answer{}))
}

func TestEveryTypeIsLookedAt(t *testing.T) {
	// Config, Client, Decoder, Description and Sentinels hold nothing that must be hidden.
	assert.Equal(t, []string{"Answer", "Call", "Client", "Config", "Decoder", "Description", "Error", "Sentinels"}, secrettest.ExportedStructs(t, "."))
}

func TestErrorAsLogValue(t *testing.T) {
	var b bytes.Buffer
	failed := &transport.Error{Op: "Op", Class: transport.ClassForbidden, Attempts: 2, Answer: &transport.Answer{StatusCode: 403},
		Err: io.EOF, ClockSkew: time.Minute}
	slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "err", failed)
	var line struct {
		Err map[string]any `json:"err"`
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &line))
	assert.Equal(t, map[string]any{"op": "Op", "class": "forbidden", "attempts": 2.0, "status": 403.0, "cause": "connection closed",
		"clock_skew": float64(time.Minute)}, line.Err)
}

func TestAttemptsAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		logger := slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}))
		n := 0
		client := inMemory(t, func(*http.Request) (*http.Response, error) {
			<-time.After(time.Millisecond)
			switch n++; n {
			case 1:
				return respond(503, secrettest.Marker, "X-Key", secrettest.Marker), nil
			case 2:
				return nil, fmt.Errorf("%s: %w", secrettest.Marker, syscall.ECONNRESET)
			}
			return respond(200, secrettest.Marker), nil
		}, func(c *transport.Config) error { return c.SetLogger(logger) })
		call, _ := leaky()
		call.Repeatable = true
		_, err := client.Do(t.Context(), call)
		require.NoError(t, err)

		require.NotContains(t, b.String(), secrettest.Marker)
		require.NotContains(t, b.String(), "api.example")
		dec := json.NewDecoder(&b)
		for i, want := range []map[string]any{{"status": 503.0}, {"error": "connection reset"}, {"status": 200.0}} {
			for k, v := range map[string]any{"level": "DEBUG", "msg": "api attempt", "op": "Op", "method": "POST", "route": "/v1/{id}",
				"attempt": float64(i + 1), "duration": float64(time.Millisecond)} {
				want[k] = v
			}
			var line map[string]any
			require.NoError(t, dec.Decode(&line))
			delete(line, "time")
			assert.Equal(t, want, line)
		}
		assert.False(t, dec.More())
	})
}
