package stress_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
)

// An exchange is one request that meets a fault.
type exchange struct {
	w       http.ResponseWriter
	r       *http.Request
	vendor  *firstAnswer
	network *network
	number  int // from 1
}

// answer lets the vendor do what is asked, and holds its answer back.
func (e exchange) answer() *httptest.ResponseRecorder {
	rec := e.vendor.to(e.r)
	e.read() // or the server would not see that the client goes away
	return rec
}

// firstAnswer is a vendor that does once what it is asked, and says so each
// time.
type firstAnswer struct {
	vendor http.Handler

	mu    sync.Mutex
	first *httptest.ResponseRecorder
}

func (v *firstAnswer) to(r *http.Request) *httptest.ResponseRecorder {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.first == nil {
		v.first = httptest.NewRecorder()
		v.vendor.ServeHTTP(v.first, r)
	}
	rec := httptest.NewRecorder()
	rec.Code = v.first.Code
	maps.Copy(rec.Header(), v.first.Header().Clone())
	rec.Body.Write(v.first.Body.Bytes())
	return rec
}

// send sends an answer of the vendor's whose header has been changed.
func (e exchange) send(rec *httptest.ResponseRecorder) {
	e.header(rec)
	_, _ = e.w.Write(rec.Body.Bytes())
}

func (e exchange) header(rec *httptest.ResponseRecorder) {
	for name, values := range rec.Header() {
		e.w.Header()[name] = values
	}
	e.w.WriteHeader(rec.Code)
}

func (e exchange) half(rec *httptest.ResponseRecorder) {
	rec.Header().Set("Content-Length", strconv.Itoa(rec.Body.Len()))
	e.header(rec)
	_, _ = e.w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
	e.flush()
}

func (e exchange) flush() { _ = http.NewResponseController(e.w).Flush() }

// read takes the whole request in.
func (e exchange) read() { _, _ = io.Copy(io.Discard, e.r.Body) }

// begun waits for the client to have read some of the answer's body, which a
// reset would take away from it.
func (e exchange) begun() {
	select {
	case <-e.network.begun:
	case <-e.r.Context().Done():
	}
}

// succeed answers in the vendor's place.
func (e exchange) succeed(body string) {
	e.read()
	e.say(http.StatusOK, "application/json", body)
}

// gone waits for the client to go away, and answers nothing: over TLS a client
// says that it goes before it does, and would have the answer.
func (e exchange) gone() {
	<-e.r.Context().Done()
	panic(http.ErrAbortHandler)
}

// refuse answers in the vendor's place, with what no error may show.
func (e exchange) refuse(status int) {
	e.read()
	e.w.Header().Set("Content-Type", "application/json")
	e.w.WriteHeader(status)
	_, _ = io.WriteString(e.w, refusal)
}

const refusal = `{"status":"fail","code":-1,"error":"` + marker + `","message":"` + marker + `"}`

func (e exchange) page(status int) {
	e.read()
	e.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	e.w.WriteHeader(status)
	_, _ = io.WriteString(e.w, "<!doctype html><title>"+marker+"</title>")
}

// raw sends text, breaks the line off in the way of end, and has read the
// request before.
func (e exchange) raw(text string, end func(*end)) {
	e.read()
	conn := e.hijack()
	_, _ = io.WriteString(conn, text)
	end(conn)
}

func (e exchange) hijack() *end {
	conn, _, err := http.NewResponseController(e.w).Hijack()
	if err != nil {
		panic(err)
	}
	return under(conn)
}

func under(conn net.Conn) *end {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	return conn.(*end)
}

func closed(e *end) { _ = e.Close() }

// lingers waits for the client to hang up.
func lingers(e *end) {
	_, _ = io.Copy(io.Discard, e)
	_ = e.Close()
}

// wire is an answer as it goes over HTTP/1.1, with lines in place of its
// Content-Length.
func wire(rec *httptest.ResponseRecorder, body []byte, lines string) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d OK\r\n", rec.Code)
	rec.Header().Del("Content-Length")
	_ = rec.Header().Write(&b)
	b.WriteString(lines + "\r\n")
	b.Write(body)
	return b.String()
}
