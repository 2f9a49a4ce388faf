package stress_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

func wait() { synctest.Wait() }

// memory is a line for a bubble, in which a socket would keep time from passing.
type memory struct {
	conns   chan *end
	once    sync.Once
	closed  chan struct{}
	strayed atomic.Int64
}

func inMemory(*testing.T) line {
	return &memory{conns: make(chan *end), closed: make(chan struct{})}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case conn := <-m.conns:
		return conn, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

func (m *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (m *memory) connect(ctx context.Context) (*end, error) {
	reset := new(atomic.Bool)
	a, b := net.Pipe()
	client, server := &end{Conn: a, reset: reset, closed: func() {}}, &end{Conn: b, reset: reset, closed: func() {}}
	select {
	case m.conns <- server:
		return client, nil
	case <-ctx.Done():
		_ = client.Close()
		return nil, ctx.Err()
	}
}

func (m *memory) refuse(context.Context) error { return errRefused }

func (m *memory) stray(context.Context) (net.Conn, error) {
	m.strayed.Add(1)
	return nil, errRefused
}

func (m *memory) strays() int64 { return m.strayed.Load() }

func (m *memory) settle(*testing.T, func() bool) { wait() }

func (m *memory) exact() bool { return true }
