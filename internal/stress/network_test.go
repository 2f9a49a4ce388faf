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

// A network is a vendor's server and the way to it. What the requests of one
// route meet there is the fault, once the network is armed.
type network struct {
	*http.Transport
	world *world
	line  line
	fault *fault
	first *firstAnswer
	armed atomic.Bool

	// What is counted once the network is armed.
	dials  atomic.Int64 // connections that were wanted
	seen   atomic.Int64 // requests of the route of which the header arrived
	others atomic.Int64 // requests of other routes

	begun   chan struct{} // has something when the client has read some of a body
	release chan struct{} // what is held back goes on when it is closed

	bodies atomic.Int64 // answers whose body is not closed
	conns  atomic.Int64 // connections that the client has not closed
}

// A line joins the client and the server.
type line interface {
	// Accept gives an *end, and Close wakes it up.
	net.Listener
	connect(context.Context) (*end, error)
	// refuse is a connection to where nobody listens.
	refuse(context.Context) error
	// stray is a connection to another host, and strays counts them.
	stray(context.Context) (net.Conn, error)
	strays() int64
	// settle waits until what goes on by itself has come to its end, of which
	// over tells.
	settle(t *testing.T, over func() bool)
	// exact tells whether time passes only as the library lets it.
	exact() bool
}

// newNetwork leads to the vendor of w until t ends. Its fault befalls the
// requests of route, as http.ServeMux writes it.
func newNetwork(t *testing.T, l line, w *world, route string, f *fault) *network {
	n := &network{world: w, first: &firstAnswer{vendor: w.fake}, fault: f, line: l, begun: make(chan struct{}, 1), release: make(chan struct{})}
	n.Transport = &http.Transport{
		DialContext: n.dial, TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: f.over == overHTTP2,
		MaxResponseHeaderBytes: maxHeader,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if n.armed.Load() {
			n.others.Add(1)
		}
		n.world.fake.ServeHTTP(w, r)
	})
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
	serve := func() error { return server.Serve(listener{l, n}) }
	if f.over != overPlain {
		serve = func() error { return server.ServeTLS(listener{l, n}, "", "") }
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
		n.world.fake.ServeHTTP(w, r)
		return
	}
	seen := n.seen.Add(1)
	if n.fault.serve == nil {
		n.world.fake.ServeHTTP(w, r)
		return
	}
	n.fault.serve(exchange{w, r, n.first, n, int(seen)})
}

// sent is what a network has counted.
type sent struct{ dials, seen, others int64 }

func (n *network) sent() sent { return sent{n.dials.Load(), n.seen.Load(), n.others.Load()} }

// RoundTrip counts the bodies that are left open.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := n.Transport.RoundTrip(r)
	if resp != nil {
		n.bodies.Add(1)
		resp.Body = &body{resp.Body, n.begun, sync.OnceFunc(func() { n.bodies.Add(-1) })}
	}
	return resp, err
}

type body struct {
	io.ReadCloser
	begun  chan<- struct{}
	closed func()
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		select {
		case b.begun <- struct{}{}:
		default:
		}
	}
	return n, err
}

func (b *body) Close() error {
	b.closed()
	return b.ReadCloser.Close()
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	if name, _, _ := net.SplitHostPort(address); name != host && name != "127.0.0.1" {
		return n.line.stray(ctx)
	}
	if n.armed.Load() {
		if n.dials.Add(1) > maxDials {
			return nil, errRefused // or a client that never gives up would hang the test
		}
		if n.fault.dial != nil {
			return nil, n.fault.dial(ctx, n.line)
		}
	}
	client, err := n.line.connect(ctx)
	if err != nil {
		return nil, err
	}
	n.conns.Add(1)
	client.closed = sync.OnceFunc(func() { n.conns.Add(-1) })
	return client, nil
}

// assertQuiet wants nothing to be left of a call that is over.
func (n *network) assertQuiet(t *testing.T) {
	t.Helper()
	n.CloseIdleConnections()
	n.line.settle(t, func() bool { return n.conns.Load() == 0 })
	assert.Zero(t, n.conns.Load(), "connections that are open and not idle")
	assert.Zero(t, n.bodies.Load(), "bodies that are open")
	assert.Zero(t, n.line.strays(), "connections to other hosts")
}

// listener is the server's end of a line. A peer that speaks something else
// answers in the server's place.
type listener struct {
	line
	network *network
}

func (l listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.line.Accept()
		if err != nil || l.network.fault.peer == nil || !l.network.armed.Load() {
			return conn, err
		}
		go l.network.fault.peer(conn, l.network)
	}
}

// end is one end of a connection that can be reset.
type end struct {
	net.Conn
	reset  *atomic.Bool // both ends of a pipe share it; nil for a socket
	closed func()
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
	case err == nil, e.reset == nil, errors.Is(err, os.ErrDeadlineExceeded):
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
	if e.reset != nil {
		e.reset.Store(true)
	} else {
		_ = e.Conn.(*net.TCPConn).SetLinger(0)
	}
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
