package fake_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fake"
)

func TestCloseLeavesNothing(t *testing.T) {
	entered := make(chan struct{})
	var ended atomic.Bool
	listener, err := fake.Listen("")
	require.NoError(t, err)
	listener.Serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
		for range 1000 {
			runtime.Gosched()
		}
		ended.Store(true)
	}))
	address := strings.TrimPrefix(listener.URL, "http://")

	silent, err := net.Dial("tcp", address) // a connection on which nothing comes
	require.NoError(t, err)
	defer func() { _ = silent.Close() }()
	busy, err := net.Dial("tcp", address) // a handler that waits
	require.NoError(t, err)
	defer func() { _ = busy.Close() }()
	_, err = io.WriteString(busy, "GET / HTTP/1.1\r\nHost: a.invalid\r\n\r\n")
	require.NoError(t, err)
	<-entered

	listener.Close()
	listener.Close()
	assert.True(t, ended.Load(), "the handler has returned")
	for _, conn := range []net.Conn{silent, busy} {
		_, err = conn.Read(make([]byte, 1))
		require.Error(t, err, "the connection is closed")
	}
	_, err = net.Dial("tcp", address)
	require.Error(t, err, "nobody listens")
	assert.Eventually(t, func() bool { return !serving() }, 5*time.Second, time.Millisecond)
}

// serving tells whether any goroutine serves a connection or waits for one.
func serving() bool {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return bytes.Contains(stacks, []byte("net/http.(*Server).Serve")) || bytes.Contains(stacks, []byte("net/http.(*conn).serve"))
}
