package transport

import (
	"io"
	"net/http"
	"sync"
)

const (
	errShortContent = plain("content is shorter than announced")
	errLongContent  = plain("content is longer than announced")
	errPremature    = plain("answered before the request was whole")
)

// localError is a failure on the caller's side of a stream. Its text is safe to
// print, its cause is the caller's.
type localError struct {
	what string
	err  error
	// partial says that the request cannot have arrived whole.
	partial bool
}

func (e *localError) Error() string { return e.what }
func (e *localError) Unwrap() error { return e.err }

// upload is the streamed body of one attempt. A RoundTripper may read it in a
// goroutine of its own, may begin it anew on another connection, and may still
// be at it after it has answered; the caller's content is read by one at a time
// and never after end.
type upload struct {
	call    *Call
	silence *silence

	mu      sync.Mutex
	reader  *uploadReader // the one that may read; nil when none may
	over    bool
	content io.Reader
	taken   int64
	failed  *localError
}

func newUpload(call *Call, silence *silence) *upload {
	if call.Stream == nil {
		return nil
	}
	return &upload{call: call, silence: silence}
}

// attach makes u the body of req.
func (u *upload) attach(req *http.Request) {
	req.Body, _ = u.open()
	req.GetBody = u.open
	req.ContentLength = u.call.StreamLength
}

func (u *upload) open() (io.ReadCloser, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.over {
		return nil, http.ErrBodyReadAfterClose
	}
	u.reader = &uploadReader{u}
	u.content, u.taken = u.call.Stream(), 0
	return u.reader, nil
}

// end stops all reading and tells what the answer, nil if there is none, does
// not: that the content failed, or was not asked for to its end.
func (u *upload) end(answer *Answer) error {
	if u == nil {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.reader, u.over = nil, true
	switch whole := u.taken == u.call.StreamLength; {
	case u.failed != nil:
		u.failed.partial = !whole
		return u.failed
	case answer != nil && answer.ok() && !whole:
		return errPremature
	}
	return nil
}

type uploadReader struct{ upload *upload }

func (r *uploadReader) Read(p []byte) (int, error) {
	u := r.upload
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.reader != r {
		return 0, http.ErrBodyReadAfterClose
	}
	u.silence.pause()
	n, err := u.content.Read(p)
	u.silence.restart()
	left := u.call.StreamLength - u.taken
	switch {
	case int64(n) > left:
		n, err = 0, errLongContent
	case err == io.EOF && int64(n) < left:
		err = errShortContent
	}
	u.taken += int64(n)
	if err != nil && err != io.EOF {
		u.failed = &localError{what: "content cannot be read", err: err}
		err = u.failed
	}
	return n, err
}

func (r *uploadReader) Close() error {
	u := r.upload
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.reader == r {
		u.reader = nil
	}
	return nil
}
