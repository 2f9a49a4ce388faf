package fake_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// Whatever a handler and a client see of each other without a socket must be
// what they would see with one.
func both(t *testing.T, handler http.HandlerFunc, test func(t *testing.T, client *http.Client, url string)) {
	t.Helper()
	t.Run("over loopback", func(t *testing.T) {
		listener, err := fake.Listen("")
		require.NoError(t, err)
		listener.Serve(handler)
		t.Cleanup(listener.Close)
		test(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, listener.URL)
	})
	t.Run("in process", func(t *testing.T) {
		test(t, &http.Client{Transport: &fake.InProcess{Handler: handler, Host: "a.invalid"}}, "http://a.invalid")
	})
}

func get(t *testing.T, client *http.Client, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	require.NoError(t, err)
	return client.Do(req)
}

func TestExchange(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, "body", string(body))
		assert.Equal(t, "POST", r.Method)
		assert.Equal(t, "/a b/c", r.URL.Path)
		assert.Equal(t, "/a%20b/c?d=e", r.RequestURI)
		assert.Empty(t, r.URL.Host)
		assert.Empty(t, r.Pattern, "what the client wrote there is not sent")
		assert.NotEmpty(t, r.Host)
		assert.NotEmpty(t, r.RemoteAddr)
		assert.Equal(t, "1", r.Header.Get("X-One"))
		assert.EqualValues(t, 4, r.ContentLength)
		w.Header().Set("X-Two", "2")
		w.WriteHeader(http.StatusCreated)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "answer")
		w.Header().Set("X-Late", "3")
	}
	both(t, handler, func(t *testing.T, client *http.Client, url string) {
		req, err := http.NewRequestWithContext(t.Context(), "POST", url+"/a%20b/c?d=e", strings.NewReader("body"))
		require.NoError(t, err)
		req.Header.Set("X-One", "1")
		req.Pattern = "POST /{a}/c"
		resp, err := client.Do(req)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, "answer", string(body))
		assert.Equal(t, "201 Created", resp.Status)
		assert.Equal(t, http.StatusCreated, resp.StatusCode)
		assert.Equal(t, "2", resp.Header.Get("X-Two"))
		assert.EqualValues(t, 6, resp.ContentLength)
		_, err = http.ParseTime(resp.Header.Get("Date"))
		assert.NoError(t, err)
	})
}

func TestEmptyAnswer(t *testing.T) {
	both(t, func(http.ResponseWriter, *http.Request) {}, func(t *testing.T, client *http.Client, url string) {
		resp, err := get(t, client, url)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Empty(t, body)
		assert.Zero(t, resp.ContentLength)
	})
}

func TestHeadHasNoBody(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "6")
		_, _ = io.WriteString(w, "answer")
	}
	both(t, handler, func(t *testing.T, client *http.Client, url string) {
		req, err := http.NewRequestWithContext(t.Context(), "HEAD", url, nil)
		require.NoError(t, err)
		resp, err := client.Do(req)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Empty(t, body)
		assert.EqualValues(t, 6, resp.ContentLength)
	})
}

func TestLargeAnswerStreams(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef"), 64<<10)
	handler := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(large) }
	both(t, handler, func(t *testing.T, client *http.Client, url string) {
		resp, err := get(t, client, url)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.True(t, bytes.Equal(large, body))
		assert.EqualValues(t, -1, resp.ContentLength)
	})
}

func TestMoreThanAnnouncedIsRefused(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "3")
		_, err := io.WriteString(w, "answer")
		assert.ErrorIs(t, err, http.ErrContentLength)
		_, _ = io.WriteString(w, "yes")
	}
	both(t, handler, func(t *testing.T, client *http.Client, url string) {
		resp, err := get(t, client, url)
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, resp.Body)
		require.NoError(t, resp.Body.Close())
	})
}

func TestLessThanAnnouncedIsCutOff(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "answer")
	}
	both(t, handler, func(t *testing.T, client *http.Client, url string) {
		resp, err := get(t, client, url)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, "answer", string(body))
	})
}

func TestAbort(t *testing.T) {
	t.Run("before the answer", func(t *testing.T) {
		handler := func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "lost in the buffer")
			panic(http.ErrAbortHandler)
		}
		both(t, handler, func(t *testing.T, client *http.Client, url string) {
			_, err := get(t, client, url)
			require.Error(t, err)
		})
	})
	t.Run("within the answer", func(t *testing.T) {
		handler := func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "some")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		both(t, handler, func(t *testing.T, client *http.Client, url string) {
			resp, err := get(t, client, url)
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, "some", string(body))
		})
	})
	t.Run("by a panic", func(t *testing.T) {
		handler := func(http.ResponseWriter, *http.Request) { panic("out of order") }
		both(t, handler, func(t *testing.T, client *http.Client, url string) {
			_, err := get(t, client, url)
			require.Error(t, err)
		})
	})
}

func TestInProcessSaysWhatHappened(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"abort": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, syscall.ECONNRESET.Error()},
		"panic": {func(http.ResponseWriter, *http.Request) { panic("out of order") }, "the handler panicked: out of order"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := get(t, &http.Client{Transport: &fake.InProcess{Handler: c.handler}}, "http://a.invalid")
			assert.ErrorContains(t, err, c.want)
		})
	}
}

type closer struct {
	io.Reader
	closed chan struct{}
}

func (c closer) Close() error {
	close(c.closed)
	return nil
}

func TestInProcessRefusesOtherHosts(t *testing.T) {
	transport := &fake.InProcess{Handler: http.NotFoundHandler(), Host: "a.invalid"}
	body := closer{strings.NewReader("body"), make(chan struct{})}
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://b.invalid", body)
	require.NoError(t, err)
	_, err = transport.RoundTrip(req)
	require.ErrorContains(t, err, "not served in this process")
	<-body.closed
}

func TestRequestBodyIsClosed(t *testing.T) {
	transport := &fake.InProcess{Handler: http.NotFoundHandler()}
	body := closer{strings.NewReader("body"), make(chan struct{})}
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://a.invalid", body)
	require.NoError(t, err)
	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)
	<-body.closed
	require.NoError(t, resp.Body.Close())
}

func TestGivingUpEndsTheHandler(t *testing.T) {
	t.Run("before the answer", func(t *testing.T) {
		began, ended := make(chan struct{}), make(chan error, 2)
		handler := func(_ http.ResponseWriter, r *http.Request) {
			began <- struct{}{}
			<-r.Context().Done()
			ended <- r.Context().Err()
		}
		both(t, handler, func(t *testing.T, client *http.Client, url string) {
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-began // a request that had not arrived would end no handler
				cancel()
			}()
			req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
			require.NoError(t, err)
			_, err = client.Do(req)
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, <-ended, context.Canceled)
		})
	})
	t.Run("within the answer", func(t *testing.T) {
		ended := make(chan struct{}, 2)
		handler := func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "some")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			ended <- struct{}{}
		}
		both(t, handler, func(t *testing.T, client *http.Client, url string) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
			require.NoError(t, err)
			resp, err := client.Do(req)
			require.NoError(t, err)
			_, err = io.ReadFull(resp.Body, make([]byte, 4))
			require.NoError(t, err)
			cancel()
			_, err = io.ReadAll(resp.Body)
			require.ErrorIs(t, err, context.Canceled)
			require.NoError(t, resp.Body.Close())
			<-ended
		})
	})
	t.Run("by closing the body", func(t *testing.T) {
		ended := make(chan struct{}, 2)
		handler := func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			ended <- struct{}{}
		}
		both(t, handler, func(t *testing.T, client *http.Client, url string) {
			resp, err := get(t, client, url)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			<-ended
		})
	})
}

// In a bubble all goroutines must end, and time passes only if none of them
// waits for something outside.
func TestInProcessInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler := func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(time.Hour):
				_, _ = io.WriteString(w, "late")
			case <-r.Context().Done():
			}
		}
		client := &http.Client{Transport: &fake.InProcess{Handler: http.HandlerFunc(handler)}}
		resp, err := get(t, client, "http://a.invalid")
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, "late", string(body))

		client.Timeout = time.Minute
		_, err = get(t, client, "http://a.invalid")
		require.True(t, errors.Is(err, context.DeadlineExceeded), "%v", err)
	})
}

// FailNow in a handler ends its goroutine; the caller must not wait for ever.
func TestHandlerThatExits(t *testing.T) {
	handler := func(http.ResponseWriter, *http.Request) { runtime.Goexit() }
	_, err := get(t, &http.Client{Transport: &fake.InProcess{Handler: http.HandlerFunc(handler)}}, "http://a.invalid")
	require.ErrorIs(t, err, syscall.ECONNRESET)
}
