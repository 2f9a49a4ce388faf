package fake

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
)

// A Request is one that a fake received, as it came.
type Request struct {
	Method string
	Path   string
	Query  string
	Header http.Header
	Body   []byte
}

// A Recorder keeps the requests that came in. The zero Recorder is ready, and
// any number of goroutines can use it.
type Recorder struct {
	mu       sync.Mutex
	requests []Request
}

// maxBody is the most that a fake reads of a request that carries no files.
const maxBody = 1 << 20

// Receive is ReceiveUpTo with a limit of 1 MiB.
func (c *Recorder) Receive(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	return c.ReceiveUpTo(maxBody, w, r)
}

// ReceiveUpTo reads the body of r, up to limit bytes, and records both. It is
// not ok when there was more. A caller that goes away meanwhile ends the
// handler.
func (c *Recorder) ReceiveUpTo(limit int64, w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	c.Record(r, body)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, false
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return body, true
}

// Record keeps r, whose body has been read already.
func (c *Recorder) Record(r *http.Request, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, Request{
		Method: r.Method,
		Path:   r.URL.Path,
		Query:  r.URL.RawQuery,
		Header: r.Header.Clone(),
		Body:   bytes.Clone(body),
	})
}

// Requests are copies of what came in, oldest first.
func (c *Recorder) Requests() []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	requests := slices.Clone(c.requests)
	for i := range requests {
		requests[i].Header = requests[i].Header.Clone()
		requests[i].Body = bytes.Clone(requests[i].Body)
	}
	return requests
}
