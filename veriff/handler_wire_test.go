package veriff_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

// oneConn is a listener with one connection, which is a pipe.
type oneConn chan net.Conn

func (l oneConn) Accept() (net.Conn, error) {
	if conn, ok := <-l; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (l oneConn) Close() error   { close(l); return nil }
func (l oneConn) Addr() net.Addr { return &net.UnixAddr{} }

// onWire runs, in a bubble of synctest, an HTTP server with a webhook handler
// and gives the sender's end of a connection to it.
func onWire(t *testing.T, server *http.Server, callback func(context.Context, veriff.Webhook) error, test func(net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
		require.NoError(t, err)
		handler, err := veriff.NewWebhookHandler(verifier, callback)
		require.NoError(t, err)
		server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			assert.NoError(t, r.Context().Err(), "a delivery before has ended the connection's context")
			handler.ServeHTTP(w, r)
		})
		server.ErrorLog = log.New(io.Discard, "", 0)
		closed := make(chan struct{})
		server.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				close(closed)
			}
		}
		sender, receiver := net.Pipe()
		listener := make(oneConn, 1)
		listener <- receiver
		go func() { _ = server.Serve(listener) }()
		test(sender)
		_ = sender.Close()
		<-closed
		_ = server.Close()
	})
}

// head is the head of a signed delivery of body, with more headers.
func head(body []byte, more ...string) string {
	lines := append([]string{
		"POST /webhooks/veriff HTTP/1.1", "Host: shop.example", "X-AUTH-CLIENT: " + apiKey,
		"X-HMAC-SIGNATURE: " + hmacHex(sharedSecret, body),
	}, more...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

func length(n int) string { return fmt.Sprint("Content-Length: ", n) }

// answer reads one answer; its status is 0 if none comes.
func answer(t *testing.T, conn net.Conn) int {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Empty(t, body)
	return resp.StatusCode
}

func send(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

func TestBodiesOnTheWire(t *testing.T) {
	body := fixture(t, "answers", "decision_approved.json")
	chunked := func(body []byte) string {
		var out strings.Builder
		for len(body) > 0 {
			n := min(100, len(body))
			fmt.Fprintf(&out, "%x\r\n%s\r\n", n, body[:n])
			body = body[n:]
		}
		return out.String() + "0\r\n\r\n"
	}
	padded := append(bytes.Repeat([]byte(" "), 1<<20-len(body)), body...)
	for name, test := range map[string]struct {
		talk   func(net.Conn)
		status int // 0 for no answer
		taken  bool
	}{
		"whole":                 {func(c net.Conn) { send(c, head(body, length(len(body)))+string(body)) }, 200, true},
		"chunked, of no length": {func(c net.Conn) { send(c, head(body, "Transfer-Encoding: chunked")+chunked(body)) }, 200, true},
		"1 MiB, chunked":        {func(c net.Conn) { send(c, head(padded, "Transfer-Encoding: chunked")+chunked(padded)) }, 200, true},
		"over 1 MiB, chunked": {func(c net.Conn) {
			large := append([]byte(" "), padded...)
			send(c, head(large, "Transfer-Encoding: chunked")+chunked(large))
		}, 413, false},
		"over 1 MiB, announced":   {func(c net.Conn) { send(c, head(body, length(1<<20+1))) }, 413, false},
		"breaks off":              {func(c net.Conn) { send(c, head(body, length(len(body)))+string(body[:50])); _ = c.Close() }, 0, false},
		"breaks off, chunked":     {func(c net.Conn) { send(c, head(body, "Transfer-Encoding: chunked")+chunked(body)[:80]); _ = c.Close() }, 0, false},
		"more than announced":     {func(c net.Conn) { send(c, head(body, length(len(body)-1))+string(body)) }, 401, false},
		"no body":                 {func(c net.Conn) { send(c, head(body, length(0))) }, 401, false},
		"no body, rightly signed": {func(c net.Conn) { send(c, head(nil, length(0))) }, 400, false},
		"no length at all":        {func(c net.Conn) { send(c, head(body)) }, 401, false},
		"a bad chunk":             {func(c net.Conn) { send(c, head(body, "Transfer-Encoding: chunked")+"zz\r\n") }, 400, false},
		"length and chunks":       {func(c net.Conn) { send(c, head(body, "Transfer-Encoding: chunked", length(5))+chunked(body)) }, 200, true},
		"waits for 100": {func(c net.Conn) {
			send(c, head(body, length(len(body)), "Expect: 100-continue"))
			reader := bufio.NewReader(c)
			line, err := reader.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "HTTP/1.1 100 Continue\r\n", line)
			_, _ = reader.ReadString('\n')
			send(c, string(body))
		}, 200, true},
		"refused before 100": {func(c net.Conn) {
			send(c, strings.Replace(head(body, length(len(body)), "Expect: 100-continue"), apiKey, otherID, 1))
		}, 401, false},
		"too large for 100": {func(c net.Conn) { send(c, head(body, length(2<<20), "Expect: 100-continue")) }, 413, false},
	} {
		t.Run(name, func(t *testing.T) {
			taken := 0
			onWire(t, &http.Server{}, func(context.Context, veriff.Webhook) error { taken++; return nil }, func(conn net.Conn) {
				status := make(chan int, 1)
				talked := make(chan struct{})
				if name == "waits for 100" {
					test.talk(conn)
					close(talked)
				} else {
					go func() { test.talk(conn); close(talked) }()
				}
				go func() { status <- answer(t, conn) }()
				assert.Equal(t, test.status, <-status)
				_ = conn.Close() // whoever still talks is not heard
				<-talked
				synctest.Wait()
			})
			assert.Equal(t, map[bool]int{true: 1, false: 0}[test.taken], taken)
		})
	}
}

// Byte by byte a stranger gets half a minute; a server that has a limit of its
// own keeps that one, and a callback has its whole minute.
func TestSlowBodies(t *testing.T) {
	body := fixture(t, "webhooks", "event_submitted.json")
	drip := func(conn net.Conn, each time.Duration) {
		for i := range body {
			<-time.After(each)
			if _, err := conn.Write(body[i : i+1]); err != nil {
				return
			}
		}
	}
	for name, test := range map[string]struct {
		limit  time.Duration // the server's ReadTimeout
		key    string
		each   time.Duration
		status int
		after  time.Duration
	}{
		"slow":                   {each: 10 * time.Millisecond, key: apiKey, status: 200, after: 10 * time.Millisecond * time.Duration(len(body))},
		"too slow":               {each: time.Second, key: apiKey, status: 400, after: 30 * time.Second},
		"the server is stricter": {limit: 5 * time.Second, each: time.Second, key: apiKey, status: 400, after: 5 * time.Second},
		"the server is patient":  {limit: time.Hour, each: time.Second, key: apiKey, status: 200, after: time.Second * time.Duration(len(body))},
		"a stranger":             {each: time.Second, key: otherID, status: 401, after: 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			onWire(t, &http.Server{ReadTimeout: test.limit}, func(context.Context, veriff.Webhook) error { return nil }, func(conn net.Conn) {
				start := time.Now()
				done := make(chan struct{})
				go func() {
					defer close(done)
					send(conn, strings.Replace(head(body, length(len(body))), apiKey, test.key, 1))
					drip(conn, test.each)
				}()
				assert.Equal(t, test.status, answer(t, conn))
				assert.Equal(t, test.after, time.Since(start))
				_ = conn.Close()
				<-done
			})
		})
	}
}

// The limit on a body ends with it: the callback may take longer, and the
// connection is good for the next delivery, which begins with a context of its
// own.
func TestSlowCallbackKeepsItsConnection(t *testing.T) {
	body := fixture(t, "webhooks", "event_submitted.json")
	onWire(t, &http.Server{}, func(ctx context.Context, _ veriff.Webhook) error {
		<-time.After(50 * time.Second)
		return ctx.Err()
	}, func(conn net.Conn) {
		for range 2 {
			go send(conn, head(body, length(len(body)))+string(body))
			assert.Equal(t, http.StatusOK, answer(t, conn))
		}
	})
}

// The sender hangs up while the callback runs: it runs on, for its minute.
func TestSenderHangsUpOnTheWire(t *testing.T) {
	body := fixture(t, "webhooks", "event_submitted.json")
	finished := false
	onWire(t, &http.Server{}, func(ctx context.Context, _ veriff.Webhook) error {
		<-time.After(50 * time.Second)
		finished = ctx.Err() == nil
		return nil
	}, func(conn net.Conn) {
		send(conn, head(body, length(len(body)))+string(body))
		synctest.Wait()
		_ = conn.Close()
		<-time.After(time.Minute)
		synctest.Wait()
		assert.True(t, finished)
	})
}

func TestHandlerOverHTTP2(t *testing.T) {
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret, veriff.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	require.NoError(t, err)
	calls := 0
	handler, err := veriff.NewWebhookHandler(verifier, func(_ context.Context, webhook veriff.Webhook) error {
		if calls++; calls == 2 {
			panic("x")
		}
		return nil
	})
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	body := fixture(t, "answers", "decision_approved.json")
	deliver := func(r io.Reader) (int, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, r)
		require.NoError(t, err)
		request.Header = webhookHeader(body)
		resp, err := server.Client().Do(request)
		if err != nil {
			return 0, err
		}
		defer func() { _ = resp.Body.Close() }()
		assert.Equal(t, 2, resp.ProtoMajor)
		return resp.StatusCode, nil
	}
	for _, want := range []int{http.StatusOK, http.StatusInternalServerError, http.StatusOK} {
		status, err := deliver(struct{ io.Reader }{bytes.NewReader(body)}) // of no known length
		require.NoError(t, err)
		assert.Equal(t, want, status)
	}
	_, err = deliver(io.MultiReader(bytes.NewReader(body[:50]), iotest.ErrReader(io.ErrUnexpectedEOF)))
	require.Error(t, err, "broke off")
	assert.Equal(t, 3, calls)
}
