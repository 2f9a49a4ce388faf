package fake

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"
)

// InProcess is a RoundTripper that gives requests to a handler with no socket
// in between. What the two can see of each other is as over a connection: an
// answer starts when the handler flushes, fills the buffer or returns; a
// handler that aborts breaks it off; a caller that gives up ends the handler's
// context.
type InProcess struct {
	Handler http.Handler
	Host    string // requests for any other are refused; empty for all
}

// RoundTrip serves one request.
func (t *InProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.Host != "" && req.URL.Host != t.Host {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, errors.New("fake: a host that is not served in this process")
	}
	ctx, cancel := context.WithCancel(context.Background()) // the server knows nothing of the caller's
	pr, pw := io.Pipe()
	w := &responseWriter{
		pipe:    pw,
		request: req,
		header:  make(http.Header),
		length:  -1,
		started: make(chan struct{}),
	}
	w.buffer = bufio.NewWriterSize(sink{w}, 4096)
	stop := context.AfterFunc(req.Context(), func() {
		_ = pw.CloseWithError(req.Context().Err())
		cancel()
	})
	go func() {
		defer cancel()
		w.serve(t.Handler, serverRequest(ctx, req))
	}()
	select {
	case <-w.started:
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if w.response == nil {
		stop()
		return nil, w.failure
	}
	w.response.Body = &responseBody{PipeReader: pr, close: func() { stop(); cancel() }}
	return w.response, nil
}

// serverRequest is req as the server's side sees it.
func serverRequest(ctx context.Context, req *http.Request) *http.Request {
	in := req.Clone(ctx)
	in.URL = &url.URL{Path: req.URL.Path, RawPath: req.URL.RawPath, RawQuery: req.URL.RawQuery}
	in.RequestURI = req.URL.RequestURI()
	in.RemoteAddr = "192.0.2.1:1234"
	in.Pattern = ""
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.Header == nil {
		in.Header = make(http.Header)
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	return in
}

type responseBody struct {
	*io.PipeReader
	close func()
}

func (b *responseBody) Close() error {
	b.close()
	return b.PipeReader.Close()
}

// A sink is where the buffer of a responseWriter goes when it is full or
// flushed.
type sink struct{ w *responseWriter }

func (s sink) Write(p []byte) (int, error) {
	s.w.start()
	return s.w.pipe.Write(p)
}

// A responseWriter is an http.ResponseWriter over a pipe.
type responseWriter struct {
	pipe    *io.PipeWriter
	buffer  *bufio.Writer
	request *http.Request
	header  http.Header
	status  int
	length  int64 // that the handler announced, -1 for none
	written int64

	started  chan struct{} // closed when one of the two below is set
	response *http.Response
	failure  error
}

func (w *responseWriter) serve(handler http.Handler, in *http.Request) {
	finished := false
	defer func() {
		reason := recover() // nil also when the handler's goroutine exits, as FailNow makes it
		_ = in.Body.Close()
		if finished {
			w.finish()
			return
		}
		w.abort(reason)
	}()
	handler.ServeHTTP(w, in)
	finished = true
}

func (w *responseWriter) finish() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.response == nil && w.length < 0 && w.request.Method != http.MethodHead {
		w.length = int64(w.buffer.Buffered())
		w.header.Set("Content-Length", strconv.FormatInt(w.length, 10))
	}
	w.start()
	_ = w.buffer.Flush()
	if w.written < w.length && w.request.Method != http.MethodHead {
		_ = w.pipe.CloseWithError(io.ErrUnexpectedEOF)
		return
	}
	_ = w.pipe.Close()
}

func (w *responseWriter) abort(reason any) {
	if w.response != nil {
		_ = w.pipe.CloseWithError(io.ErrUnexpectedEOF)
		return
	}
	w.failure = fmt.Errorf("fake: connection reset: %w", syscall.ECONNRESET)
	if reason != nil && reason != http.ErrAbortHandler {
		w.failure = fmt.Errorf("fake: the handler panicked: %v", reason)
	}
	close(w.started)
}

func (w *responseWriter) Header() http.Header { return w.header }

func (w *responseWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	if n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil {
		w.length = n
	}
}

func (w *responseWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.length >= 0 && w.written+int64(len(p)) > w.length {
		return 0, http.ErrContentLength
	}
	w.written += int64(len(p))
	if w.request.Method == http.MethodHead {
		return len(p), nil
	}
	return w.buffer.Write(p)
}

// FlushError sends what is in the buffer.
func (w *responseWriter) FlushError() error {
	w.start()
	return w.buffer.Flush()
}

func (w *responseWriter) start() {
	if w.response != nil {
		return
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	header := w.header.Clone()
	if header.Get("Date") == "" {
		header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	w.response = &http.Response{
		Status:        strconv.Itoa(w.status) + " " + http.StatusText(w.status),
		StatusCode:    w.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		ContentLength: w.length,
		Request:       w.request,
	}
	close(w.started)
}
