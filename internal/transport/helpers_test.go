package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// roundTrip is a network in memory.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type option func(*transport.Config) error

// newClient sends to base through rt.
func newClient(tb testing.TB, base string, rt http.RoundTripper, options ...option) *transport.Client {
	tb.Helper()
	var c transport.Config
	require.NoError(tb, c.SetBaseURL(base))
	require.NoError(tb, c.SetHTTPClient(&http.Client{Transport: rt}))
	for _, o := range options {
		require.NoError(tb, o(&c))
	}
	client, err := transport.New(c)
	require.NoError(tb, err)
	return client
}

// inMemory is a client whose network is rt.
func inMemory(tb testing.TB, rt roundTrip, options ...option) *transport.Client {
	tb.Helper()
	return newClient(tb, "https://api.example/prefix", rt, options...)
}

func attempts(n int) option {
	return func(c *transport.Config) error { return c.SetMaxAttempts(n) }
}

func perAttempt(d time.Duration) option {
	return func(c *transport.Config) error { return c.SetAttemptTimeout(d) }
}

// once and again are the smallest calls: what may be sent once only, and what
// may be sent again.
func once() *transport.Call {
	return &transport.Call{Op: "Create", Method: http.MethodPost, Route: "/v1/things", Body: []byte(`{"n":1}`)}
}

func again() *transport.Call {
	return &transport.Call{Op: "Read", Method: http.MethodGet, Route: "/v1/things/{id}", Args: []string{"t-1"}, Repeatable: true}
}

// respond is an answer with pairs of header names and values.
func respond(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}
}

// failure requires that Do failed with nothing but an *Error.
func failure(tb testing.TB, answer *transport.Answer, err error) *transport.Error {
	tb.Helper()
	require.Error(tb, err)
	require.Nil(tb, answer)
	failed, ok := err.(*transport.Error)
	require.True(tb, ok, "%T", err)
	return failed
}

// do is failure(client.Do(...)).
func do(ctx context.Context, tb testing.TB, c *transport.Client, call *transport.Call) *transport.Error {
	tb.Helper()
	answer, err := c.Do(ctx, call)
	return failure(tb, answer, err)
}

// notTheCallers requires that err does not pass for the end of the caller's
// context.
func notTheCallers(tb testing.TB, err error) {
	tb.Helper()
	require.False(tb, errors.Is(err, context.DeadlineExceeded), "looks like the caller's deadline")
	require.False(tb, errors.Is(err, context.Canceled), "looks like the caller's cancellation")
}
