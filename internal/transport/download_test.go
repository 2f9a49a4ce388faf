package transport_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/internal/transport"
)

const maxSink = 100

// into is again with an answer that goes to w.
func into(w io.Writer) *transport.Call {
	call := again()
	call.MaxSink = maxSink
	call.Sink = func(*transport.Answer) (io.Writer, error) { return w, nil }
	return call
}

func TestDownload(t *testing.T) {
	var got bytes.Buffer
	client := inMemory(t, func(*http.Request) (*http.Response, error) { return respond(200, "media", "X-Kind", "photo"), nil })
	call := into(nil)
	call.Sink = func(a *transport.Answer) (io.Writer, error) {
		assert.Equal(t, 200, a.StatusCode)
		assert.Equal(t, "photo", a.Header.Get("X-Kind"))
		return &got, nil
	}
	answer, err := client.Do(t.Context(), call)
	require.NoError(t, err)
	assert.Equal(t, "media", got.String())
	assert.EqualValues(t, 5, answer.Size)
	assert.Nil(t, answer.Body)
	assert.Equal(t, 1, answer.Attempts)
}

func TestDownloadBounds(t *testing.T) {
	text := func(n int) io.Reader { return strings.NewReader(strings.Repeat("x", n)) }
	for name, tc := range map[string]struct {
		status int
		body   io.Reader
		length int64
		want   string
		cause  error
		got    int // bytes
		kept   int // of an error's body
	}{
		"at the bound":            {status: 200, body: text(maxSink), length: maxSink, got: maxSink},
		"at it, no length":        {status: 200, body: text(maxSink), length: -1, got: maxSink},
		"EOF beside":              {status: 200, body: iotest.DataErrReader(text(7)), length: 7, got: 7},
		"empty":                   {status: 200, body: text(0), length: 0},
		"past the bound":          {status: 200, body: text(maxSink + 1), length: -1, want: "status 200: invalid answer: body too large", cause: transport.ErrTooLarge},
		"past it in small pieces": {status: 200, body: iotest.OneByteReader(endless{}), length: -1, want: "status 200: invalid answer: body too large", cause: transport.ErrTooLarge, got: maxSink},
		"endless":                 {status: 200, body: endless{}, length: -1, want: "status 200: invalid answer: body too large", cause: transport.ErrTooLarge},
		"announced past it":       {status: 200, body: text(5), length: maxSink + 1, want: "status 200: invalid answer: body too large", cause: transport.ErrTooLarge},
		"shorter than announced":  {status: 200, body: text(5), length: 6, want: "status 200: unavailable: cut off", cause: io.ErrUnexpectedEOF, got: 5},
		"cut off":                 {status: 200, body: io.MultiReader(text(5), broken{io.ErrUnexpectedEOF}), length: -1, want: "status 200: unavailable: cut off", cause: io.ErrUnexpectedEOF, got: 5},
		"broken":                  {status: 200, body: io.MultiReader(text(5), broken{errBroken}), length: -1, want: "status 200: unavailable: connection failed", cause: errBroken, got: 5},
		"error":                   {status: 404, body: text(50), length: 50, want: "status 404: not found", kept: 50},
		"endless error":           {status: 403, body: endless{}, length: -1, want: "status 403: forbidden", kept: 64 << 10},
		"redirect":                {status: 302, body: text(5), length: 5, want: "status 302: invalid answer", kept: 5},
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			body := &watched{Reader: tc.body}
			sent := 0
			client := inMemory(t, func(*http.Request) (*http.Response, error) {
				sent++
				return &http.Response{StatusCode: tc.status, ContentLength: tc.length, Body: body, Header: http.Header{"Location": {"/elsewhere"}}}, nil
			})
			answer, err := client.Do(t.Context(), into(&got))
			assert.True(t, body.closed)
			assert.Equal(t, 1, sent)
			assert.Equal(t, tc.got, got.Len())
			if tc.want == "" {
				require.NoError(t, err)
				assert.EqualValues(t, tc.got, answer.Size)
				return
			}
			failed := failure(t, answer, err)
			assert.EqualError(t, failed, "Read: "+tc.want)
			assert.EqualValues(t, tc.got, failed.Answer.Size)
			assert.Len(t, failed.Answer.Body, tc.kept)
			assert.False(t, failed.Unconfirmed)
			if tc.cause != nil {
				assert.ErrorIs(t, failed, tc.cause)
			}
		})
	}
}

func TestDownloadIsRetriedBeforeItsFirstByteOnly(t *testing.T) {
	cutOff := func(first string) func() *http.Response {
		return func() *http.Response {
			resp := respond(200, "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(first), broken{io.ErrUnexpectedEOF}))
			return resp
		}
	}
	for name, tc := range map[string]struct {
		first    func() *http.Response
		attempts int
		got      string
	}{
		"unavailable":              {func() *http.Response { return respond(503, "busy") }, 2, "media"},
		"cut off before any byte":  {cutOff(""), 2, "media"},
		"cut off after the first":  {cutOff("m"), 1, "m"},
		"connection that was lost": {func() *http.Response { return nil }, 2, "media"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got bytes.Buffer
				n := 0
				client := inMemory(t, func(*http.Request) (*http.Response, error) {
					if n++; n > 1 {
						return respond(200, "media"), nil
					}
					if resp := tc.first(); resp != nil {
						return resp, nil
					}
					return nil, io.EOF
				})
				answer, err := client.Do(t.Context(), into(&got))
				assert.Equal(t, tc.got, got.String())
				assert.Equal(t, tc.attempts, n)
				if tc.attempts == 2 {
					require.NoError(t, err)
					assert.Equal(t, 2, answer.Attempts)
					return
				}
				assert.EqualError(t, failure(t, answer, err), "Read: status 200: unavailable: cut off")
			})
		})
	}
}

func TestSinkThatRefuses(t *testing.T) {
	body := &watched{Reader: endless{}}
	client := inMemory(t, func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200, Body: body}, nil })
	call := into(nil)
	call.Sink = func(*transport.Answer) (io.Writer, error) { return nil, errors.New(secrettest.Marker) }
	failed := do(t.Context(), t, client, call)
	assert.EqualError(t, failed, "Read: status 200: invalid answer: not taken")
	assert.Equal(t, 1, failed.Attempts)
	assert.Zero(t, body.read)
	assert.True(t, body.closed)
	assert.NotContains(t, failed.Err.Error(), secrettest.Marker)
	assert.EqualError(t, errors.Unwrap(failed.Err), secrettest.Marker, "it is there for who asks")
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestSinkThatFails(t *testing.T) {
	for name, tc := range map[string]struct {
		write func([]byte) (int, error)
		cause error
		size  int64
	}{
		"error":         {func([]byte) (int, error) { return 0, errBroken }, errBroken, 0},
		"error halfway": {func([]byte) (int, error) { return 2, errBroken }, errBroken, 2},
		"short":         {func([]byte) (int, error) { return 3, nil }, io.ErrShortWrite, 3},
		"negative":      {func([]byte) (int, error) { return -1, nil }, io.ErrShortWrite, 0},
		"too much":      {func(p []byte) (int, error) { return len(p) + 9, nil }, io.ErrShortWrite, 5},
		"a deadline":    {func([]byte) (int, error) { return 0, context.DeadlineExceeded }, context.DeadlineExceeded, 0},
	} {
		t.Run(name, func(t *testing.T) {
			body := &watched{Reader: strings.NewReader("media")}
			client := inMemory(t, func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200, Body: body}, nil })
			failed := do(t.Context(), t, client, into(writerFunc(tc.write)))
			assert.EqualError(t, failed, "Read: status 200: local: what came cannot be written")
			assert.ErrorIs(t, failed, tc.cause)
			assert.Equal(t, 1, failed.Attempts)
			assert.Equal(t, tc.size, failed.Answer.Size)
			assert.True(t, body.closed)
		})
	}
}

func TestDownloadTimeoutIsForEachSilence(t *testing.T) {
	const limit, wait = 10 * time.Second, 9 * time.Second
	answers := func(body func(*http.Request) io.Reader) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			<-time.After(wait)
			resp := respond(200, "")
			resp.Body = io.NopCloser(body(r))
			return resp, nil
		}
	}
	lazy := writerFunc(func(p []byte) (int, error) {
		<-time.After(time.Minute)
		return len(p), nil
	})
	for name, tc := range map[string]struct {
		rt     roundTrip
		sink   io.Writer
		took   time.Duration
		fails  bool
		status int
	}{
		"slow line": {rt: answers(func(*http.Request) io.Reader { return slowly{strings.NewReader("media"), wait} }), sink: io.Discard, took: 7 * wait},
		"slow writer": {rt: answers(func(r *http.Request) io.Reader {
			return heeding{r.Context(), slowly{strings.NewReader("media"), wait}}
		}), sink: lazy, took: 7*wait + 5*time.Minute},
		"no header": {rt: hang, sink: io.Discard, took: limit, fails: true},
		"a silence in the body": {rt: answers(func(r *http.Request) io.Reader {
			return io.MultiReader(slowly{strings.NewReader("media"), wait}, &stalled{ctx: r.Context(), rest: strings.NewReader("")})
		}), sink: io.Discard, took: 6*wait + limit, fails: true, status: 200},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				client := inMemory(t, tc.rt, perAttempt(limit), attempts(1))
				if tc.fails {
					timedOut(t, do(t.Context(), t, client, into(tc.sink)), tc.status)
				} else {
					_, err := client.Do(t.Context(), into(tc.sink))
					require.NoError(t, err)
				}
				assert.Equal(t, tc.took, time.Since(start))
			})
		})
	}
	t.Run("an error's body that trickles", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			client := inMemory(t, func(r *http.Request) (*http.Response, error) {
				resp := respond(404, "")
				resp.Body = &trickle{r.Context()}
				return resp, nil
			}, perAttempt(limit))
			assert.EqualError(t, do(t.Context(), t, client, into(io.Discard)), "Read: status 404: not found")
			assert.Equal(t, limit, time.Since(start), "bounded as a whole")
		})
	})
}

// trickle gives a byte a second until its request ends.
type trickle struct{ ctx context.Context }

func (t *trickle) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		return copy(p, "x"), nil
	case <-t.ctx.Done():
		return 0, t.ctx.Err()
	}
}

func (t *trickle) Close() error { return nil }

func TestDownloadEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Second, func() { cancel(errShutdown) })
		client := inMemory(t, func(r *http.Request) (*http.Response, error) {
			resp := respond(200, "")
			resp.Body = &trickle{r.Context()}
			return resp, nil
		}, perAttempt(2*time.Second))
		start := time.Now()
		failed := do(ctx, t, client, into(io.Discard))
		assert.Equal(t, transport.ClassCanceled, failed.Class)
		assert.ErrorIs(t, failed, context.Canceled)
		assert.ErrorIs(t, failed, errShutdown)
		assert.Equal(t, 20*time.Second, time.Since(start))
	})
}

func TestDownloadOverLoopback(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*httptest.Server){
		"HTTP/1.1": (*httptest.Server).Start,
		"HTTP/2": func(s *httptest.Server) {
			s.EnableHTTP2 = true
			s.StartTLS()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const size = 1 << 20
			var requests atomic.Int64
			srv, connections := serve(t, start, func(w http.ResponseWriter, r *http.Request) {
				switch path.Base(r.URL.Path) {
				case "cut":
					w.Header().Set("Content-Length", "2000000")
				case "gzip": // which the network undoes, and ends by itself
					w.Header().Set("Content-Encoding", "gzip")
					w.Header().Set("Connection", "close")
					w.Header().Set("Transfer-Encoding", "identity")
					zip := gzip.NewWriter(w)
					_, _ = io.WriteString(zip, "media")
					_ = zip.Close()
					return
				case "chunks", "length": // each tells the end, though the connection ends too
					w.Header().Set("Connection", "close")
					if path.Base(r.URL.Path) == "length" {
						w.Header().Set("Content-Length", "5")
					}
					_, _ = io.WriteString(w, "me")
					w.(http.Flusher).Flush()
					_, _ = io.WriteString(w, "dia")
					return
				case "bare": // neither a length nor chunks
					w.Header().Set("Connection", "close")
					w.Header().Set("Transfer-Encoding", "identity")
					_, _ = io.WriteString(w, "media")
					return
				}
				if requests.Add(1)%2 == 0 {
					w.WriteHeader(http.StatusNotFound)
				}
				_, _ = io.CopyN(w, endless{}, size)
			})
			rt := &balanced{RoundTripper: srv.Client().Transport}
			client := newClient(t, srv.URL, rt, attempts(1))
			for i := range 10 {
				var got bytes.Buffer
				call := into(&got)
				call.MaxSink = size
				_, err := client.Do(t.Context(), call)
				if i%2 == 1 {
					require.EqualError(t, err, "Read: status 404: not found")
					continue
				}
				require.NoError(t, err)
				assert.Equal(t, size, got.Len())
			}
			assert.Zero(t, rt.open.Load())
			if name == "HTTP/2" {
				assert.EqualValues(t, 1, connections.Load())
			} else {
				assert.LessOrEqual(t, connections.Load(), int64(8), "only an error's body that is too long costs the connection")
			}

			for _, path := range []string{"gzip", "chunks", "length", "bare"} {
				var got bytes.Buffer
				call := into(&got)
				call.Args = []string{path}
				_, err := client.Do(t.Context(), call)
				if path == "bare" && name == "HTTP/1.1" {
					require.EqualError(t, err, "Read: status 200: unavailable: cut off", "for all that anybody can tell")
					continue
				}
				require.NoError(t, err, path)
				assert.Equal(t, "media", got.String())
			}

			call := into(io.Discard)
			call.Args, call.MaxSink = []string{"cut"}, 1<<30
			failed := do(t.Context(), t, client, call)
			assert.EqualError(t, failed, "Read: status 200: unavailable: cut off")
			assert.EqualValues(t, size, failed.Answer.Size)
			assert.Zero(t, rt.open.Load())
		})
	}
}
