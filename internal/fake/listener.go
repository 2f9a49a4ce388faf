package fake

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// A Listener serves a handler on a port of the loopback interface. It takes
// connections at once and answers them after Serve, so that what serves
// can know its own URL before the first request.
type Listener struct {
	URL string // no slash at its end

	listener net.Listener
	server   *http.Server
	served   chan struct{}
	conns    sync.WaitGroup
}

// Listen opens a port at address, a loopback IP with a port, or a random one if
// address is empty.
func Listen(address string) (*Listener, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	l := &Listener{
		URL:      "http://" + listener.Addr().String(),
		listener: listener,
		served:   make(chan struct{}),
	}
	l.server = &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				l.conns.Add(1)
			case http.StateClosed, http.StateHijacked:
				l.conns.Done()
			}
		},
	}
	return l, nil
}

// Serve begins to answer. It is called once, before Close.
func (l *Listener) Serve(handler http.Handler) {
	l.server.Handler = handler
	go func() {
		defer close(l.served)
		_ = l.server.Serve(l.listener)
	}()
}

// IsLoopback tells whether address is a loopback IP with a port, and no other
// machine can reach it.
func IsLoopback(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err == nil && a.Addr().IsLoopback()
}

// Close ends the listener and every connection, and waits until they are gone.
// It can be called more than once.
// Connections are closed after the last one was accepted: one that is accepted
// in between would be missed.
func (l *Listener) Close() {
	_ = l.listener.Close()
	<-l.served
	_ = l.server.Close()
	l.conns.Wait()
}
