package stress_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	host     = "api.vendor.example"
	maxDials = 20 // of one call, far more than any may want
)

// A network is a vendor's server and the way to it, all in memory. What the
// requests of one route meet there is the fault, once the network is armed.
type network struct {
	*http.Transport
	vendor http.Handler
	way    *way
	fault  *fault
	first  *firstAnswer
	armed  atomic.Bool

	dials   atomic.Int64 // connections that were wanted, once armed
	seen    atomic.Int64 // requests of the route of which the header arrived, once armed
	strayed atomic.Int64 // connections to other hosts
	bodies  atomic.Int64 // answers whose body is not closed
	conns   atomic.Int64 // connections that the client has not closed
}

// newNetwork leads to vendor until t ends. Its fault befalls the requests of
// route, as http.ServeMux writes it.
func newNetwork(t *testing.T, vendor http.Handler, route string, f *fault) *network {
	n := &network{vendor: vendor, first: &firstAnswer{vendor: vendor}, fault: f, way: &way{conns: make(chan net.Conn), closed: make(chan struct{})}}
	n.Transport = &http.Transport{
		DialContext: n.dial, TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: f.over == overHTTP2,
		MaxResponseHeaderBytes: maxHeader,
	}
	mux := http.NewServeMux()
	mux.Handle("/", vendor)
	mux.HandleFunc(route, n.serve)
	server := &http.Server{
		Handler: mux, ErrorLog: log.New(io.Discard, "", 0), Protocols: new(http.Protocols),
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{good}, SessionTicketsDisabled: true,
			GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
				if n.armed.Load() && f.handshake != nil {
					return f.handshake()
				}
				return nil, nil
			},
		},
	}
	server.Protocols.SetHTTP1(f.over != overHTTP2)
	server.Protocols.SetHTTP2(f.over == overHTTP2)
	serve := func() error { return server.Serve(n.way) }
	if f.over != overPlain {
		serve = func() error { return server.ServeTLS(n.way, "", "") }
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = serve()
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-served
	})
	return n
}

func (n *network) url() string {
	if n.fault.over == overPlain {
		return "http://127.0.0.1"
	}
	return "https://" + host
}

// arm begins the fault. The connections that there are go away, so that each
// attempt has one of its own; unless the fault is one of those.
func (n *network) arm() {
	if !n.fault.inUse {
		n.CloseIdleConnections()
	}
	n.armed.Store(true)
}

func (n *network) serve(w http.ResponseWriter, r *http.Request) {
	if !n.armed.Load() {
		n.vendor.ServeHTTP(w, r)
		return
	}
	seen := n.seen.Add(1)
	if n.fault.serve == nil {
		n.vendor.ServeHTTP(w, r)
		return
	}
	n.fault.serve(exchange{w, r, n.first, int(seen)})
}

// RoundTrip counts the bodies that are left open.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := n.Transport.RoundTrip(r)
	if resp != nil {
		n.bodies.Add(1)
		resp.Body = &body{resp.Body, sync.OnceFunc(func() { n.bodies.Add(-1) })}
	}
	return resp, err
}

type body struct {
	io.ReadCloser
	closed func()
}

func (b *body) Close() error {
	b.closed()
	return b.ReadCloser.Close()
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	if name, _, _ := net.SplitHostPort(address); name != host && name != "127.0.0.1" {
		n.strayed.Add(1)
		return nil, errRefused
	}
	if n.armed.Load() {
		if n.dials.Add(1) > maxDials {
			return nil, errRefused // or a client that never gives up would hang the test
		}
		if n.fault.dial != nil {
			return nil, n.fault.dial()
		}
	}
	client, server := pipe()
	n.conns.Add(1)
	client.closed = sync.OnceFunc(func() { n.conns.Add(-1) })
	if n.armed.Load() && n.fault.peer != nil {
		go n.fault.peer(server, n)
		return client, nil
	}
	select {
	case n.way.conns <- server:
		return client, nil
	case <-ctx.Done():
		_ = client.Close()
		return nil, ctx.Err()
	}
}

// assertQuiet wants nothing to be left of a call that is over.
func (n *network) assertQuiet(t *testing.T) {
	t.Helper()
	assert.Zero(t, n.bodies.Load(), "bodies that are open")
	assert.Zero(t, n.strayed.Load(), "connections to other hosts")
	n.CloseIdleConnections()
	wait()
	assert.Zero(t, n.conns.Load(), "connections that are open and not idle")
}

// way is the listener of a network.
type way struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (w *way) Accept() (net.Conn, error) {
	select {
	case conn := <-w.conns:
		return conn, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

func (w *way) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

func (w *way) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// end is one end of a connection that can be reset.
type end struct {
	net.Conn
	reset  *atomic.Bool
	closed func()
}

func pipe() (client, server *end) {
	reset := new(atomic.Bool)
	a, b := net.Pipe()
	client, server = &end{Conn: a, reset: reset, closed: func() {}}, &end{Conn: b, reset: reset, closed: func() {}}
	return client, server
}

func (e *end) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	return n, e.explain("read", err)
}

func (e *end) Write(p []byte) (int, error) {
	n, err := e.Conn.Write(p)
	return n, e.explain("write", err)
}

// explain makes of the end of a pipe what a socket says.
func (e *end) explain(op string, err error) error {
	switch {
	case err == nil, errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case e.reset.Load():
		return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(op, syscall.ECONNRESET)}
	case errors.Is(err, io.ErrClosedPipe) && op == "write":
		return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(op, syscall.EPIPE)}
	}
	return err
}

func (e *end) Close() error {
	e.closed()
	return e.Conn.Close()
}

// abort breaks the connection so that the other side sees a reset and not an
// orderly end.
func (e *end) abort() {
	e.reset.Store(true)
	_ = e.Close()
}

var errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}

// touch leaves a connection behind that has served a request.
func (n *network) touch(t *testing.T) {
	t.Helper()
	resp, err := (&http.Client{Transport: n}).Get(n.url() + "/nothing")
	if assert.NoError(t, err) {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}
