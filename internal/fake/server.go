package fake

import (
	"context"
	"net/http"
	"net/url"
	"path"
)

// A Server serves the routes of a fake, over a Listener, in this process or
// both, until it is closed.
type Server struct {
	clock    *Clock
	mux      *http.ServeMux
	nothing  http.HandlerFunc
	open     context.Context
	end      context.CancelFunc
	listener *Listener // nil without one
}

// NewServer serves mux, and nothing for a path that no API has. The clock
// writes the Date of every answer.
func NewServer(clock *Clock, mux *http.ServeMux, nothing http.HandlerFunc) *Server {
	s := &Server{clock: clock, mux: mux, nothing: nothing}
	s.open, s.end = context.WithCancel(context.Background())
	return s
}

// Listen opens a Listener at address and returns its URL. It answers after
// Serve, which must follow.
func (s *Server) Listen(address string) (string, error) {
	listener, err := Listen(address)
	if err != nil {
		return "", err
	}
	s.listener = listener
	return listener.URL, nil
}

// Serve begins to answer what comes to the Listener.
func (s *Server) Serve() { s.listener.Serve(s) }

// Close ends the server, its connections and whatever is stalled in it, and
// waits for them. It can be called more than once.
func (s *Server) Close() {
	s.end()
	if s.listener != nil {
		s.listener.Close()
	}
}

// Context is done when the server is closed.
func (s *Server) Context() context.Context { return s.open }

// RoundTripper answers requests for the host of base in this process.
func (s *Server) RoundTripper(base string) http.RoundTripper {
	u, err := url.Parse(base)
	if err != nil { // it is the fake's own
		panic(err)
	}
	return &InProcess{Handler: s, Host: u.Host}
}

// ServeHTTP serves one request. Its context is done when the server is closed,
// and a server that is closed serves no more.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.open, cancel)()
	if s.open.Err() != nil {
		panic(http.ErrAbortHandler)
	}
	r = r.WithContext(ctx)
	w.Header().Set("Date", s.clock.Now().UTC().Format(http.TimeFormat))
	// The mux would redirect a path like this, which no API does.
	if clean := path.Clean(r.URL.Path); clean != r.URL.Path && clean+"/" != r.URL.Path {
		s.nothing(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}
