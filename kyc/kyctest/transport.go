package kyctest

import (
	"net/http"
	"sync"
)

// A Transport is what a Harness puts between a vendor's client and its fake, to
// have Requests and Stall.
type Transport struct {
	Base http.RoundTripper

	mu       sync.Mutex
	requests int
	stalled  func(*http.Request) error
}

// RoundTrip sends the request through Base, unless it is stalled.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	t.requests++
	stalled := t.stalled
	t.stalled = nil
	t.mu.Unlock()
	if stalled != nil {
		if err := stalled(r); err != nil {
			return nil, err
		}
	}
	return t.Base.RoundTrip(r)
}

// Requests is how many requests there were.
func (t *Transport) Requests() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.requests
}

// Stall is a Harness's Stall: the request has left, and does not arrive.
func (t *Transport) Stall(arrived func()) (release func()) {
	released := make(chan struct{})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stalled = func(r *http.Request) error {
		arrived()
		select {
		case <-r.Context().Done():
			return r.Context().Err()
		case <-released:
			return nil
		}
	}
	return sync.OnceFunc(func() { close(released) })
}
