package transport_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// serve starts a server and counts its connections.
func serve(t *testing.T, start func(*httptest.Server), handler http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var connections atomic.Int64
	srv := httptest.NewUnstartedServer(handler)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	start(srv)
	t.Cleanup(srv.Close)
	return srv, &connections
}

// ownTransport is a RoundTripper that no other test shares.
func ownTransport(t *testing.T, config *tls.Config) *http.Transport {
	rt := &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: true}
	t.Cleanup(rt.CloseIdleConnections)
	return rt
}

// balanced counts the bodies that a RoundTripper gave and that were not
// closed.
type balanced struct {
	http.RoundTripper
	given, open atomic.Int64
}

func (b *balanced) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if resp != nil {
		b.given.Add(1)
		b.open.Add(1)
		resp.Body = &balancedBody{ReadCloser: resp.Body, open: &b.open}
	}
	return resp, err
}

type balancedBody struct {
	io.ReadCloser
	open   *atomic.Int64
	closed bool
}

func (b *balancedBody) Close() error {
	if !b.closed {
		b.closed = true
		b.open.Add(-1)
	}
	return b.ReadCloser.Close()
}

// On a busy machine net/http may give a connection up: it waits 50 ms for its own
// goroutine that wrote the request. A status whose body is left open costs a
// tenth of the calls a connection each.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	starts := map[string]func(*httptest.Server){
		"HTTP/1.1": (*httptest.Server).Start,
		"TLS":      (*httptest.Server).StartTLS,
		"HTTP/2": func(s *httptest.Server) {
			s.EnableHTTP2 = true
			s.StartTLS()
		},
	}
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			srv, connections := serve(t, start, func(w http.ResponseWriter, r *http.Request) {
				n := requests.Add(1)
				if (name == "HTTP/2") != (r.ProtoMajor == 2) {
					w.WriteHeader(http.StatusHTTPVersionNotSupported)
					return
				}
				statuses := []int{200, 201, 204, 400, 401, 404, 409, 422, 500, 302}
				status := statuses[n%int64(len(statuses))]
				w.WriteHeader(status)
				if status != 204 { // up to what is kept and drained of an error
					_, _ = io.CopyN(w, endless{}, []int64{0, 10, 64 << 10, 100 << 10}[n%4])
				}
			})
			var config *tls.Config
			if srv.TLS != nil {
				config = srv.Client().Transport.(*http.Transport).TLSClientConfig
			}
			rt := &balanced{RoundTripper: ownTransport(t, config)}
			client := newClient(t, srv.URL, rt)
			failures := 0
			for i := range 100 {
				call := again()
				if i%2 == 0 {
					call = once()
				}
				_, err := client.Do(t.Context(), call)
				if failed, ok := errors.AsType[*transport.Error](err); ok {
					failures++
					require.NotNil(t, failed.Answer, failed)
					require.NotEqual(t, http.StatusHTTPVersionNotSupported, failed.Answer.StatusCode)
				}
			}
			assert.Equal(t, 70, failures)
			assert.LessOrEqual(t, connections.Load(), int64(5), "one, unless net/http is kept waiting")
			assert.EqualValues(t, 100, rt.given.Load())
			assert.Zero(t, rt.open.Load())
		})
	}
}

func TestConnectionsAreReusedOverRetries(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	srv, connections := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1)%2 == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, strings.Repeat("x", 5000))
			return
		}
		_, _ = io.WriteString(w, "{}")
	})
	rt := &balanced{RoundTripper: ownTransport(t, nil)}
	client := newClient(t, srv.URL, rt)
	for range 5 {
		answer, err := client.Do(t.Context(), again())
		require.NoError(t, err)
		assert.Equal(t, 2, answer.Attempts)
	}
	assert.LessOrEqual(t, connections.Load(), int64(3), "one, unless net/http is kept waiting")
	assert.EqualValues(t, 10, rt.given.Load())
	assert.Zero(t, rt.open.Load())
}

// Two idle connections are net/http's own limit for a host.
func TestDefaultClientKeepsConnectionsOfManyCalls(t *testing.T) {
	t.Parallel()
	const callers = 8
	arrived, release := make(chan struct{}, callers), make(chan struct{})
	srv, connections := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		_, _ = io.WriteString(w, "{}")
	})
	var c transport.Config
	require.NoError(t, c.SetBaseURL(srv.URL))
	client, err := transport.New(c)
	require.NoError(t, err)
	for range 2 {
		done := make(chan error, callers)
		for range callers {
			go func() {
				_, err := client.Do(t.Context(), once())
				done <- err
			}()
		}
		for range callers {
			<-arrived
		}
		for range callers {
			release <- struct{}{}
		}
		for range callers {
			require.NoError(t, <-done)
		}
	}
	assert.LessOrEqual(t, connections.Load(), int64(callers+4), "one each, unless net/http is kept waiting; with two idle ones 14")
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere, visits := serve(t, (*httptest.Server).Start, func(http.ResponseWriter, *http.Request) {})
	for _, location := range []string{elsewhere.URL + "/v1", "/v1/other", "", "http://[::1", "::"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprint(status, " ", strings.ReplaceAll(location, elsewhere.URL, "elsewhere")), func(t *testing.T) {
				var requests atomic.Int64
				srv, _ := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
					requests.Add(1)
					w.Header().Set("Location", location)
					w.WriteHeader(status)
				})
				for _, call := range []*transport.Call{once(), again()} {
					requests.Store(0)
					call.Header = http.Header{"X-Auth-Client": {"key"}}
					failed := do(t.Context(), t, newClient(t, srv.URL, ownTransport(t, nil)), call)
					assert.Equal(t, transport.ClassInvalidAnswer, failed.Class)
					require.NotNil(t, failed.Answer)
					assert.Equal(t, status, failed.Answer.StatusCode)
					assert.EqualValues(t, 1, requests.Load())
				}
			})
		}
	}
	assert.Zero(t, visits.Load())
}

// raw hands the connection over, after the request was read.
func raw(handle func(net.Conn, *bufio.ReadWriter)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer func() { _ = conn.Close() }()
		handle(conn, rw)
	}
}

func reset(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }

func say(rw *bufio.ReadWriter, text string) {
	_, _ = rw.WriteString(text)
	_ = rw.Flush()
}

func TestFaults(t *testing.T) {
	t.Parallel()
	const (
		retried    = 2 // attempts at most, in this test
		notRetried = 1
	)
	status := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) }
	}
	never := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	const slow = 100 * time.Millisecond // the attempt timeout where one is to strike
	for name, tc := range map[string]struct {
		handler     http.HandlerFunc
		timeout     time.Duration
		class       transport.Class
		words       []string // any of them, where the kernel decides
		repeatable  int      // attempts that the server sees
		unconfirmed bool     // if the call is not repeatable
		status      int
	}{
		"400": {handler: status(400), class: transport.ClassInvalidRequest, repeatable: notRetried, status: 400},
		"401": {handler: status(401), class: transport.ClassUnauthorized, repeatable: notRetried, status: 401},
		"404": {handler: status(404), class: transport.ClassNotFound, repeatable: notRetried, status: 404},
		"408": {handler: status(408), class: transport.ClassUnavailable, repeatable: notRetried, status: 408},
		"409": {handler: status(409), class: transport.ClassConflict, repeatable: notRetried, status: 409},
		"425": {handler: status(425), class: transport.ClassUnavailable, repeatable: notRetried, status: 425},
		"429": {handler: status(429), class: transport.ClassRateLimited, repeatable: retried, status: 429},
		"500": {handler: status(500), class: transport.ClassUnavailable, repeatable: notRetried, status: 500, unconfirmed: true},
		"501": {handler: status(501), class: transport.ClassUnavailable, repeatable: notRetried, status: 501, unconfirmed: true},
		"502": {handler: status(502), class: transport.ClassUnavailable, repeatable: retried, status: 502, unconfirmed: true},
		"503": {handler: status(503), class: transport.ClassUnavailable, repeatable: retried, status: 503, unconfirmed: true},
		"504": {handler: status(504), class: transport.ClassUnavailable, repeatable: retried, status: 504, unconfirmed: true},
		"304": {handler: status(304), class: transport.ClassInvalidAnswer, repeatable: notRetried, status: 304, unconfirmed: true},
		"101": {handler: raw(func(_ net.Conn, rw *bufio.ReadWriter) {
			say(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		}), class: transport.ClassInvalidAnswer, repeatable: notRetried, status: 101, unconfirmed: true},
		"reset before an answer": {handler: raw(func(c net.Conn, _ *bufio.ReadWriter) { reset(c) }), class: transport.ClassUnavailable,
			words: []string{"connection reset", "connection closed"}, repeatable: retried, unconfirmed: true},
		"reset before the request is read": {handler: func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			reset(conn)
			_ = conn.Close()
		}, class: transport.ClassUnavailable, words: []string{"connection reset", "connection closed"}, repeatable: retried, unconfirmed: true},
		"closed before an answer": {handler: raw(func(net.Conn, *bufio.ReadWriter) {}), class: transport.ClassUnavailable,
			words: []string{"connection closed"}, repeatable: retried, unconfirmed: true},
		"not HTTP": {handler: raw(func(_ net.Conn, rw *bufio.ReadWriter) { say(rw, "220 mail.example ESMTP\r\n") }), class: transport.ClassUnavailable,
			words: []string{"connection failed"}, repeatable: retried, unconfirmed: true},
		"headers cut off": {handler: raw(func(_ net.Conn, rw *bufio.ReadWriter) { say(rw, "HTTP/1.1 200 OK\r\nContent-Le") }), class: transport.ClassUnavailable,
			words: []string{"cut off", "connection failed"}, repeatable: retried, unconfirmed: true},
		"body cut off": {handler: raw(func(_ net.Conn, rw *bufio.ReadWriter) {
			say(rw, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":")
		}), class: transport.ClassUnavailable, words: []string{"cut off"}, repeatable: retried, status: 200, unconfirmed: true},
		"chunks cut off": {handler: raw(func(_ net.Conn, rw *bufio.ReadWriter) {
			say(rw, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"half\":\r\n")
		}), class: transport.ClassUnavailable, words: []string{"cut off"}, repeatable: retried, status: 200, unconfirmed: true},
		"body of an error cut off": {handler: raw(func(_ net.Conn, rw *bufio.ReadWriter) {
			say(rw, "HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{\"half\":")
		}), class: transport.ClassNotFound, repeatable: notRetried, status: 404},
		"body too large, announced": {handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(8<<20+1))
			_, _ = io.WriteString(w, "{")
		}, class: transport.ClassInvalidAnswer, words: []string{"body too large"}, repeatable: notRetried, status: 200, unconfirmed: true},
		"body too large, in chunks": {handler: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, endless{}) }, class: transport.ClassInvalidAnswer,
			words: []string{"body too large"}, repeatable: notRetried, status: 200, unconfirmed: true},
		"no answer in time": {handler: never, timeout: slow, class: transport.ClassUnavailable, words: []string{"timeout"}, repeatable: retried, unconfirmed: true},
		"no body in time": {handler: func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"half":`)
			_ = http.NewResponseController(w).Flush()
			never(w, r)
		}, timeout: slow, class: transport.ClassUnavailable, words: []string{"timeout"}, repeatable: retried, status: 200, unconfirmed: true},
	} {
		for kind, call := range map[string]*transport.Call{"repeatable": again(), "not repeatable": once()} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				var seen atomic.Int64
				srv, _ := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
					seen.Add(1)
					tc.handler(w, r)
				})
				options := []option{attempts(retried)}
				if tc.timeout > 0 {
					options = append(options, func(c *transport.Config) error { return c.SetAttemptTimeout(tc.timeout) })
				}
				rt := &balanced{RoundTripper: ownTransport(t, nil)}
				failed := do(t.Context(), t, newClient(t, srv.URL, rt, options...), call)

				want, unconfirmed := notRetried, tc.unconfirmed
				if call.Repeatable {
					want, unconfirmed = tc.repeatable, false
				}
				assert.EqualValues(t, want, seen.Load())
				assert.Equal(t, want, failed.Attempts)
				assert.Equal(t, tc.class, failed.Class)
				assert.Equal(t, unconfirmed, failed.Unconfirmed)
				assert.Zero(t, rt.open.Load())
				notTheCallers(t, failed)
				if tc.status == 0 {
					assert.Nil(t, failed.Answer)
				} else if assert.NotNil(t, failed.Answer) {
					assert.Equal(t, tc.status, failed.Answer.StatusCode)
				}
				text := failed.Error()
				if tc.words == nil {
					assert.True(t, strings.HasSuffix(text, ": "+tc.class.String()), text)
					return
				}
				assert.Contains(t, tc.words, text[strings.LastIndex(text, ": ")+2:])
			})
		}
	}
}

// What never had a connection may be sent again, whatever it is.
func TestNoConnection(t *testing.T) {
	t.Parallel()
	var seen atomic.Int64
	count := func(http.ResponseWriter, *http.Request) { seen.Add(1) }
	secure, _ := serve(t, (*httptest.Server).StartTLS, count)
	plain, _ := serve(t, (*httptest.Server).Start, count)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	trust := secure.Client().Transport.(*http.Transport).TLSClientConfig
	other := trust.Clone()
	other.ServerName = "other.test"

	for name, tc := range map[string]struct {
		base   string
		config *tls.Config
		word   string
	}{
		"refused port":             {base: "http://" + closed.Addr().String(), word: "connection refused"},
		"unknown authority":        {base: secure.URL, word: "certificate"},
		"other host's certificate": {base: secure.URL, config: other, word: "certificate"},
		"plain HTTP behind https":  {base: strings.Replace(plain.URL, "http:", "https:", 1), word: "tls"},
	} {
		for kind, call := range map[string]*transport.Call{"repeatable": again(), "not repeatable": once()} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				traced := ownTransport(t, tc.config)
				silent := roundTrip(func(r *http.Request) (*http.Response, error) {
					return traced.RoundTrip(r.Clone(t.Context())) // which has no trace
				})
				failed := do(t.Context(), t, newClient(t, tc.base, traced, attempts(2)), call)
				assert.Equal(t, 2, failed.Attempts)
				assert.False(t, failed.Unconfirmed)
				assert.Equal(t, transport.ClassUnavailable, failed.Class)
				assert.EqualError(t, failed, call.Op+": unavailable: "+tc.word)

				failed = do(t.Context(), t, newClient(t, tc.base, silent, attempts(2)), call)
				assert.Equal(t, 2, failed.Attempts)
				assert.False(t, failed.Unconfirmed)
			})
		}
	}
	t.Cleanup(func() { assert.Zero(t, seen.Load()) })
}

func TestHTTP2StreamThatIsReset(t *testing.T) {
	t.Parallel()
	var seen atomic.Int64
	srv, connections := serve(t, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		seen.Add(1)
		if strings.HasSuffix(r.URL.Path, "/t-1") {
			_, _ = io.WriteString(w, `{"half":`)
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	})
	rt := &balanced{RoundTripper: ownTransport(t, srv.Client().Transport.(*http.Transport).TLSClientConfig)}
	client := newClient(t, srv.URL, rt, attempts(2))

	failed := do(t.Context(), t, client, once())
	assert.Equal(t, transport.ClassUnavailable, failed.Class)
	assert.True(t, failed.Unconfirmed)
	assert.Equal(t, 1, failed.Attempts)
	assert.EqualValues(t, 1, seen.Load())
	assert.Nil(t, failed.Answer)

	failed = do(t.Context(), t, client, again())
	assert.Equal(t, transport.ClassUnavailable, failed.Class)
	assert.False(t, failed.Unconfirmed)
	assert.Equal(t, 2, failed.Attempts)
	assert.EqualValues(t, 3, seen.Load())
	require.NotNil(t, failed.Answer)
	assert.Equal(t, 2, failed.Answer.StatusCode/100)
	assert.Empty(t, failed.Answer.Body)

	assert.EqualValues(t, 1, connections.Load())
	assert.Zero(t, rt.open.Load())
}

func TestPathAsTheServerSeesIt(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /prefix/v1/things/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.PathValue("id")+" "+r.URL.Query().Get("q"))
	})
	srv, _ := serve(t, (*httptest.Server).Start, mux.ServeHTTP)
	client := newClient(t, srv.URL+"/prefix/", ownTransport(t, nil))
	for _, id := range []string{"t-1", "a b", "%2e%2e", "a%2Fb", "a?b#c", "한글", "+", ";,=&"} {
		call := again()
		call.Args, call.Query = []string{id}, url.Values{"q": {id}}
		answer, err := client.Do(t.Context(), call)
		require.NoError(t, err)
		assert.Equal(t, id+" "+id, string(answer.Body))
	}
}
