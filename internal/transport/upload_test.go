package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// streamed is once with a body that is made anew for each attempt.
func streamed(content string) *transport.Call {
	call := once()
	call.Body = nil
	call.Stream = func() io.Reader { return strings.NewReader(content) }
	call.StreamLength = int64(len(content))
	return call
}

// drain answers resp once it has read the request.
func drain(resp func() *http.Response) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		defer func() { _ = r.Body.Close() }()
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		return resp(), nil
	}
}

func created() *http.Response { return respond(201, "made") }

func TestUpload(t *testing.T) {
	client := inMemory(t, func(r *http.Request) (*http.Response, error) {
		assert.EqualValues(t, 7, r.ContentLength)
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		assert.Equal(t, "/v1/things", r.Pattern)
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, `{"n":1}`, string(body))
		return created(), nil
	})
	answer, err := client.Do(t.Context(), streamed(`{"n":1}`))
	require.NoError(t, err)
	assert.Equal(t, "made", string(answer.Body))
	assert.Zero(t, answer.Size)

	call := streamed("")
	assert.EqualError(t, do(t.Context(), t, client, call), "Create: invalid request: stream has no length")
}

// The retry proof is the same as for a body that is held.
func TestUploadIsSentAgainOnlyIfItNeverLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made, sent := 0, []string(nil)
		call := streamed(`{"n":1}`)
		call.Stream = func() io.Reader {
			made++
			return strings.NewReader(`{"n":1}`)
		}
		client := inMemory(t, func(r *http.Request) (*http.Response, error) {
			_, _ = r.Body.Read(make([]byte, 3)) // and leaves the rest
			if made < 3 {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			rest, err := io.ReadAll(r.Body)
			sent = append(sent, string(rest))
			return created(), err
		})
		answer, err := client.Do(t.Context(), call)
		require.NoError(t, err)
		assert.Equal(t, 3, answer.Attempts)
		assert.Equal(t, []string{`":1}`}, sent)

		for name, end := range map[string]roundTrip{
			"reset":       func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET },
			"unavailable": drain(func() *http.Response { return respond(503, "") }),
		} {
			failed := do(t.Context(), t, inMemory(t, end), streamed(`{"n":1}`))
			assert.Equal(t, 1, failed.Attempts, name)
			assert.True(t, failed.Unconfirmed, name)
			assert.Equal(t, transport.ClassUnavailable, failed.Class, name)
		}
	})
}

// The request is partial, and so cannot have been carried out, until its last
// byte was given.
func TestContentThatFails(t *testing.T) {
	for name, tc := range map[string]struct {
		content     func() io.Reader
		cause       error
		unconfirmed bool
	}{
		"broken":         {content: func() io.Reader { return io.MultiReader(strings.NewReader("12345"), broken{errBroken}) }, cause: errBroken},
		"broken at once": {content: func() io.Reader { return broken{errBroken} }, cause: errBroken},
		"broken with its last byte": {content: func() io.Reader {
			return iotest.DataErrReader(io.MultiReader(strings.NewReader("1234567"), broken{errBroken}))
		}, cause: errBroken, unconfirmed: true},
		"short":             {content: func() io.Reader { return strings.NewReader("123456") }},
		"short, in bytes":   {content: func() io.Reader { return iotest.OneByteReader(strings.NewReader("123456")) }},
		"empty":             {content: func() io.Reader { return strings.NewReader("") }},
		"long":              {content: func() io.Reader { return strings.NewReader("12345678") }},
		"long, in bytes":    {content: func() io.Reader { return iotest.OneByteReader(strings.NewReader("12345678")) }, unconfirmed: true},
		"short, EOF beside": {content: func() io.Reader { return iotest.DataErrReader(strings.NewReader("123456")) }},
	} {
		t.Run(name, func(t *testing.T) {
			for how, end := range map[string]roundTrip{
				"told": drain(created),
				"hidden": func(r *http.Request) (*http.Response, error) {
					_, _ = io.Copy(io.Discard, r.Body)
					return nil, errors.New("aborted")
				},
				"answered all the same": func(r *http.Request) (*http.Response, error) {
					_, _ = io.Copy(io.Discard, r.Body)
					return created(), nil
				},
			} {
				call := streamed("1234567")
				call.Stream, call.Repeatable = tc.content, how == "told"
				failed := do(t.Context(), t, inMemory(t, end), call)
				assert.Equal(t, transport.ClassLocal, failed.Class, how)
				assert.Equal(t, 1, failed.Attempts, how)
				assert.Equal(t, "content cannot be read", failed.Word(), how)
				assert.Equal(t, tc.unconfirmed && !call.Repeatable, failed.Unconfirmed, how)
				if tc.cause != nil {
					assert.ErrorIs(t, failed, tc.cause, how)
				}
			}
		})
	}
}

func TestSuccessBeforeTheRequestWasWhole(t *testing.T) {
	client := inMemory(t, func(r *http.Request) (*http.Response, error) {
		_, err := io.ReadFull(r.Body, make([]byte, 6))
		return created(), err
	})
	call := streamed("1234567")
	call.Repeatable = true
	failed := do(t.Context(), t, client, call)
	assert.EqualError(t, failed, "Create: status 201: invalid answer: answered before the request was whole")
	assert.Equal(t, 1, failed.Attempts)
	assert.True(t, do(t.Context(), t, client, streamed("1234567")).Unconfirmed)

	refuses := inMemory(t, func(*http.Request) (*http.Response, error) { return respond(413, ""), nil })
	failed = do(t.Context(), t, refuses, streamed("1234567"))
	assert.EqualError(t, failed, "Create: status 413: invalid request", "a refusal needs no more")

	all := inMemory(t, func(r *http.Request) (*http.Response, error) {
		_, err := io.ReadFull(r.Body, make([]byte, 7)) // and does not ask for the end
		return created(), err
	})
	_, err := all.Do(t.Context(), streamed("1234567"))
	assert.NoError(t, err)
}

// Whatever a RoundTripper does later, the caller may close its content once Do
// has returned.
func TestContentIsNotReadAfterDo(t *testing.T) {
	var over atomic.Bool
	late := make(chan struct{})
	call := streamed("1234567")
	call.Stream = func() io.Reader {
		return readerFunc(func(p []byte) (int, error) {
			assert.False(t, over.Load(), "read after Do")
			return copy(p, "1"), nil
		})
	}
	var kept *http.Request
	client := inMemory(t, func(r *http.Request) (*http.Response, error) {
		kept = r
		go func() {
			defer close(late)
			for range 100 {
				if _, err := r.Body.Read(make([]byte, 1)); err != nil {
					return
				}
			}
		}()
		return respond(400, ""), nil
	})
	_ = do(t.Context(), t, client, call)
	over.Store(true)
	<-late
	_, err := kept.Body.Read(make([]byte, 1))
	require.Error(t, err)
	_, err = kept.GetBody()
	require.Error(t, err)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A RoundTripper that begins anew on another connection gets the whole content,
// and an earlier reader nothing more.
func TestUploadThatBeginsAnew(t *testing.T) {
	client := inMemory(t, func(r *http.Request) (*http.Response, error) {
		first := make([]byte, 5)
		_, err := io.ReadFull(r.Body, first)
		require.NoError(t, err)
		anew, err := r.GetBody()
		require.NoError(t, err)
		_, err = r.Body.Read(first)
		require.Error(t, err)
		require.NoError(t, r.Body.Close())
		whole, err := io.ReadAll(anew)
		require.NoError(t, err)
		assert.Equal(t, "1234567", string(whole))
		require.NoError(t, anew.Close())
		_, err = anew.Read(first)
		require.ErrorIs(t, err, http.ErrBodyReadAfterClose)
		return created(), nil
	})
	_, err := client.Do(t.Context(), streamed("1234567"))
	require.NoError(t, err)
}

// slowly gives one byte of content after each wait.
type slowly struct {
	content io.Reader
	wait    time.Duration
}

func (s slowly) Read(p []byte) (int, error) {
	<-time.After(s.wait)
	return s.content.Read(p[:min(len(p), 1)])
}

// heeding is a body that fails once its request has ended.
type heeding struct {
	ctx  context.Context
	body io.Reader
}

func (h heeding) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.body.Read(p)
}

func TestUploadTimeoutIsForEachSilence(t *testing.T) {
	const limit, wait = 10 * time.Second, 9 * time.Second
	// pull takes a byte of the body after each wait.
	pull := func(each time.Duration, n int, then func(r *http.Request) (*http.Response, error)) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			for range n {
				select {
				case <-time.After(each):
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
				if _, err := r.Body.Read(make([]byte, 1)); err != nil && err != io.EOF {
					return nil, err
				}
			}
			return then(r)
		}
	}
	made := func(*http.Request) (*http.Response, error) { return created(), nil }
	late := func(r *http.Request) (*http.Response, error) {
		<-time.After(wait)
		return made(r)
	}
	for name, tc := range map[string]struct {
		rt      roundTrip
		content func() io.Reader
		took    time.Duration
		fails   bool
		status  int
	}{
		"slow line, slow answer": {rt: pull(wait, 7, late), took: 8 * wait},
		"slow content":           {rt: pull(0, 7, made), content: func() io.Reader { return slowly{strings.NewReader("1234567"), time.Minute} }, took: 7 * time.Minute},
		"slow body of the answer": {rt: pull(wait, 7, func(r *http.Request) (*http.Response, error) {
			<-time.After(wait)
			resp := created()
			resp.Body = io.NopCloser(heeding{r.Context(), slowly{strings.NewReader("made"), time.Second}})
			return resp, nil
		}), took: 8*wait + 5*time.Second},
		"a silence in the line": {rt: pull(limit+1, 7, made), took: limit, fails: true},
		"no answer":             {rt: pull(wait, 7, hang), took: 7*wait + limit, fails: true},
		"no body of the answer": {rt: pull(wait, 7, stall(201)), took: 7*wait + limit, fails: true, status: 201},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				call := streamed("1234567")
				if tc.content != nil {
					call.Stream = tc.content
				}
				client := inMemory(t, tc.rt, perAttempt(limit))
				if tc.fails {
					failed := do(t.Context(), t, client, call)
					timedOut(t, failed, tc.status)
					assert.True(t, failed.Unconfirmed)
				} else {
					_, err := client.Do(t.Context(), call)
					require.NoError(t, err)
				}
				assert.Equal(t, tc.took, time.Since(start))
			})
		})
	}
}

func TestUploadEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		client := inMemory(t, func(r *http.Request) (*http.Response, error) {
			for {
				select {
				case <-time.After(time.Second):
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
				_, _ = r.Body.Read(make([]byte, 1))
			}
		}, perAttempt(2*time.Second))
		failed := do(ctx, t, client, streamed(strings.Repeat("x", 1000)))
		assert.Equal(t, transport.ClassCanceled, failed.Class)
		assert.ErrorIs(t, failed, context.DeadlineExceeded)
		assert.True(t, failed.Unconfirmed)
	})
}

func TestUploadOverLoopback(t *testing.T) {
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
			srv, connections := serve(t, start, func(w http.ResponseWriter, r *http.Request) {
				n, err := io.Copy(io.Discard, r.Body)
				if err != nil || r.ContentLength != size {
					w.WriteHeader(http.StatusBadRequest)
					return
				}
				_, _ = fmt.Fprint(w, n)
			})
			rt := &balanced{RoundTripper: srv.Client().Transport}
			client := newClient(t, srv.URL, rt)
			for range 10 {
				call := streamed("x")
				call.Stream, call.StreamLength = func() io.Reader { return io.LimitReader(endless{}, size) }, size
				answer, err := client.Do(t.Context(), call)
				require.NoError(t, err)
				assert.Equal(t, fmt.Sprint(size), string(answer.Body))
			}
			assert.LessOrEqual(t, connections.Load(), int64(5), "one, unless net/http is kept waiting")
			assert.Zero(t, rt.open.Load())

			call := streamed("x")
			call.Stream, call.StreamLength = func() io.Reader { return io.LimitReader(endless{}, size-1) }, size
			failed := do(t.Context(), t, client, call)
			assert.Equal(t, transport.ClassLocal, failed.Class)
			assert.False(t, failed.Unconfirmed)
			assert.Zero(t, rt.open.Load())
		})
	}
}
