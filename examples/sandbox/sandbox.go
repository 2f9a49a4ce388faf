package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// A sandbox is the fakes and the start page.
type sandbox struct {
	url      string // of the start page
	vendors  []*vendor
	veriff   *verifftest.Server // the only one that sends webhooks
	listener net.Listener

	mu       sync.Mutex
	webhooks string // where they go; empty for nowhere
	said     []said // what the controls did, newest first
}

// A said is one thing that somebody did on the start page.
type said struct {
	At    time.Time
	Words string
}

// open takes the ports and starts the fakes.
func open(port int) (*sandbox, error) {
	s := &sandbox{}
	listener, err := net.Listen("tcp", address(port, 0))
	if err != nil {
		return nil, err
	}
	s.listener, s.url = listener, "http://"+listener.Addr().String()
	veriff, srv, err := startVeriff(port)
	if err == nil {
		s.veriff, s.vendors = srv, append(s.vendors, veriff)
		for _, start := range []func(int) (*vendor, error){startIamport, startTomoIDV} {
			var v *vendor
			if v, err = start(port); err != nil {
				break
			}
			s.vendors = append(s.vendors, v)
		}
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *sandbox) close() {
	_ = s.listener.Close()
	for _, v := range s.vendors {
		v.close()
	}
}

// serve serves the start page until ctx ends.
func (s *sandbox) serve(ctx context.Context) error {
	server := &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(s.listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("start page: %w", err)
	case <-ctx.Done():
	}
	_ = server.Close() // nothing on this page is worth waiting for
	<-failed
	return nil
}

// vendor finds one by its name, nil if there is none.
func (s *sandbox) vendor(name string) *vendor {
	for _, v := range s.vendors {
		if v.Name == name {
			return v
		}
	}
	return nil
}
