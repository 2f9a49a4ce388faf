package stress_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// over is what a network speaks.
type over int

const (
	overPlain over = iota
	overTLS
	overHTTP2
)

// A fault is what goes wrong, in one of four places, and what must come of it.
type fault struct {
	over  over
	inUse bool // befalls a connection that has served before
	// kernel: what it looks like is up to the kernel, so that it befalls real
	// sockets as well.
	kernel bool

	dial      func(context.Context, line) error // there is no connection
	peer      func(net.Conn, *network)          // whoever answers speaks something else
	handshake func() (*tls.Config, error)       // the server's side of TLS
	serve     func(exchange)                    // the answer

	want
	// token is what comes of it at the token's endpoint, if it is another thing.
	token *want
	// of is what comes of it for some calls, if it is another thing.
	of map[string]want
	// no lists calls that the fault cannot befall.
	no []string
}

// want is what must come of a fault.
type want struct {
	kind class
	// again: a call that may be repeated is, until there are no attempts left.
	again bool
	// unsent: the request cannot have left, so that every call is sent again.
	unsent bool
	// doubt: the vendor may have done what it was asked, and a call that is not
	// repeatable says so.
	doubt bool
	// cut: some of the body came. A download is not begun anew.
	cut bool
	// unsigned: the answer is a success without a signature. Where one is
	// required, that comes of it and nothing else.
	unsigned bool
	// twice: sent once more by rights, whatever it is: the vendor said that it
	// had done nothing.
	twice bool
	// more is how many requests net/http sends on its own of a GET without a
	// body.
	more int
	// retryAfter is what the error says.
	retryAfter time.Duration
	// lasts is how long each attempt takes.
	lasts time.Duration
}

// class is a kind of failure, for which each vendor's package has a sentinel.
type class string

const (
	success        class = ""
	invalidRequest class = "invalid request"
	unauthorized   class = "unauthorized"
	forbidden      class = "forbidden"
	notFound       class = "not found"
	conflict       class = "conflict"
	rateLimited    class = "rate limited"
	unavailable    class = "unavailable"
	invalidAnswer  class = "invalid answer"
	tooLarge       class = "too large" // which is an invalid answer as well
	unconfirmed    class = "unconfirmed"
	wrongSignature class = "signature"
	canceled       class = "canceled"
	late           class = "deadline exceeded"
)

const (
	marker    = "said-by-the-vendor-0451"
	elsewhere = "elsewhere.example"
	attempts  = 3 // of a client, unless it is told otherwise
	timeout   = 30 * time.Second
	maxAnswer = 8 << 20
	maxMedia  = 1 << 30
	maxHeader = 1 << 16
)

var downloads = []string{"veriff/DownloadMedia", "veriff/DownloadMediaFile"}

// signatureMatters tells whether it may make a difference how a call and its
// answer are signed: whether a success came. A connection that fails and a
// status that is none are dealt with before, and rows of them say the same again
// for each way to sign.
func (f *fault) signatureMatters() bool {
	switch f.kind {
	case success, invalidAnswer, tooLarge, wrongSignature:
		return true
	}
	return f.cut
}

func each(calls []string, w want) map[string]want {
	m := map[string]want{}
	for _, call := range calls {
		m[call] = w
	}
	return m
}

// faults lists them all.
func faults() map[string]fault {
	all := map[string]fault{
		"refused": {kernel: true, dial: func(ctx context.Context, l line) error { return l.refuse(ctx) }, want: want{kind: unavailable, unsent: true}},
		"no such host": {dial: func(context.Context, line) error {
			return &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
		}, want: want{kind: unavailable, unsent: true}},
		"host not reachable": {dial: func(context.Context, line) error {
			return &net.OpError{Op: "dial", Err: errors.New("network is unreachable")}
		}, want: want{kind: unavailable, unsent: true}},

		"TLS: an alert": {kernel: true, over: overTLS, handshake: func() (*tls.Config, error) { return nil, errors.New("no") }, want: want{kind: unavailable, unsent: true}},
		"TLS: no version in common": {over: overTLS, handshake: func() (*tls.Config, error) {
			return &tls.Config{Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS11}, nil
		}, want: want{kind: unavailable, unsent: true}},
		"TLS: another's certificate":      {kernel: true, over: overTLS, handshake: shows(another), want: want{kind: unavailable, unsent: true}},
		"TLS: an unknown authority":       {kernel: true, over: overTLS, handshake: shows(unknown), want: want{kind: unavailable, unsent: true}},
		"TLS: a certificate that ran out": {kernel: true, over: overTLS, handshake: shows(ended), want: want{kind: unavailable, unsent: true}},
		"TLS: no TLS at all":              {kernel: true, over: overTLS, peer: plainly, want: want{kind: unavailable, unsent: true}},
		"TLS: hangs up on the hello":      {kernel: true, over: overTLS, peer: hangsUp, want: want{kind: unavailable, unsent: true}},
		"TLS: silence":                    {over: overTLS, peer: silent, want: want{kind: unavailable, unsent: true, lasts: timeout}},
		// In TLS 1.3 this refusal comes when the client may have sent already.
		"TLS: a certificate of the client's is wanted": {kernel: true, over: overTLS, handshake: func() (*tls.Config, error) {
			return &tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert}, nil
		}, want: want{kind: unavailable, again: true, doubt: true}},

		"reset before the request is read": {kernel: true, serve: func(e exchange) { e.hijack().abort() }, want: want{kind: unavailable, again: true, doubt: true}},
		"reset after the work":             {kernel: true, serve: func(e exchange) { e.answer(); e.hijack().abort() }, want: want{kind: unavailable, again: true, doubt: true}},
		"closed after the work":            {kernel: true, serve: func(e exchange) { e.answer(); closed(e.hijack()) }, want: want{kind: unavailable, again: true, doubt: true}},
		// net/http itself sends a GET again whose connection was an old one.
		"an old connection, reset before the request is read": {kernel: true, inUse: true, serve: func(e exchange) { e.hijack().abort() }, want: want{kind: unavailable, again: true, doubt: true, more: 1}},
		"an old connection, closed after the work":            {kernel: true, inUse: true, serve: func(e exchange) { e.answer(); closed(e.hijack()) }, want: want{kind: unavailable, again: true, doubt: true, more: 1}},
		"not HTTP":              {serve: func(e exchange) { e.raw("SMTP "+marker+" ready\r\n", closed) }, want: want{kind: unavailable, again: true, doubt: true}},
		"cut off in the header": {kernel: true, serve: func(e exchange) { e.raw("HTTP/1.1 200 OK\r\nX-Said: "+marker, closed) }, want: want{kind: unavailable, again: true, doubt: true}},
		"reset in the header":   {kernel: true, serve: func(e exchange) { e.raw("HTTP/1.1 200 OK\r\nX-Said: "+marker, (*end).abort) }, want: want{kind: unavailable, again: true, doubt: true}},
		"a header without end": {serve: func(e exchange) {
			e.raw("HTTP/1.1 200 OK\r\nX-Said: "+strings.Repeat(marker, 2*maxHeader/len(marker)), closed)
		}, want: want{kind: unavailable, again: true, doubt: true}},
		"cut off in the body": {kernel: true, serve: func(e exchange) { e.half(e.answer()); panic(http.ErrAbortHandler) }, want: want{kind: unavailable, again: true, doubt: true, cut: true}},
		"reset in the body": {kernel: true, serve: func(e exchange) {
			e.half(e.answer())
			e.begun()
			e.hijack().abort()
		}, want: want{kind: unavailable, again: true, doubt: true, cut: true}},
		"reset in the body, over TLS": {kernel: true, over: overTLS, serve: func(e exchange) {
			e.half(e.answer())
			e.begun()
			e.hijack().abort()
		}, want: want{kind: unavailable, again: true, doubt: true, cut: true}},
		"reset after the work, over TLS": {kernel: true, over: overTLS, serve: func(e exchange) { e.answer(); e.hijack().abort() }, want: want{kind: unavailable, again: true, doubt: true}},
		"cut off in a chunk": {kernel: true, serve: func(e exchange) {
			rec := e.answer()
			e.raw(wire(rec, []byte("fff\r\n{\"status\""), "Transfer-Encoding: chunked\r\n"), closed)
		}, want: want{kind: unavailable, again: true, doubt: true, cut: true}},
		"cut off between chunks": {serve: func(e exchange) {
			rec := e.answer()
			e.raw(wire(rec, []byte("9\r\n{\"status\"\r\n"), "Transfer-Encoding: chunked\r\n"), closed)
		}, want: want{kind: unavailable, again: true, doubt: true, cut: true}},

		"silence":                {serve: func(e exchange) { e.read(); e.gone() }, want: want{kind: unavailable, again: true, doubt: true, lasts: timeout}},
		"silence after the work": {serve: func(e exchange) { e.answer(); e.gone() }, want: want{kind: unavailable, again: true, doubt: true, lasts: timeout}},
		"silence in the header":  {serve: func(e exchange) { e.raw("HTTP/1.1 200 OK\r\nX-Said: "+marker, lingers) }, want: want{kind: unavailable, again: true, doubt: true, lasts: timeout}},
		"silence in the body":    {serve: func(e exchange) { e.half(e.answer()); e.gone() }, want: want{kind: unavailable, again: true, doubt: true, cut: true, lasts: timeout}},
		// Of a download the silence between two bytes is bounded, and not the whole.
		"a byte every 20 s": {serve: trickle, want: want{kind: unavailable, again: true, doubt: true, lasts: timeout}, of: each(downloads, want{lasts: 80 * time.Second})},

		"too large, announced":             {serve: func(e exchange) { e.oversize(maxAnswer + 1) }, want: want{kind: tooLarge, doubt: true}, no: downloads},
		"too large to download, announced": {serve: func(e exchange) { e.oversize(maxMedia + 1) }, want: want{kind: tooLarge, doubt: true}},
		"too large, in chunks":             {serve: func(e exchange) { e.read(); flood(e.w, maxAnswer+1<<16) }, want: want{kind: tooLarge, doubt: true}, no: downloads},
		"too large, unpacked": {serve: func(e exchange) {
			e.read()
			e.w.Header().Set("Content-Encoding", "gzip")
			_, _ = e.w.Write(bomb)
		}, want: want{kind: tooLarge, doubt: true}, no: downloads},
		"a refusal without end": {serve: func(e exchange) { e.read(); e.w.WriteHeader(http.StatusNotFound); flood(e.w, 1<<30) }, want: want{kind: notFound}},
		"a refusal cut off":     {serve: func(e exchange) { e.raw("HTTP/1.1 409 Conflict\r\nContent-Length: 100\r\n\r\n"+refusal[:9], closed) }, want: want{kind: conflict}},

		"HTML with 200":          {serve: func(e exchange) { e.page(http.StatusOK) }, want: want{kind: invalidAnswer, doubt: true, unsigned: true}, of: each(downloads, want{kind: invalidAnswer})},
		"HTML with 502":          {serve: func(e exchange) { e.page(http.StatusBadGateway) }, want: want{kind: unavailable, again: true, doubt: true}},
		"HTML with 403":          {serve: func(e exchange) { e.page(http.StatusForbidden) }, want: want{kind: forbidden}},
		"an empty 200":           {serve: func(e exchange) { e.read() }, want: want{kind: invalidAnswer, doubt: true, unsigned: true}, of: nothing},
		"204":                    {serve: func(e exchange) { e.read(); e.w.WriteHeader(http.StatusNoContent) }, want: want{kind: invalidAnswer, doubt: true, unsigned: true}, of: noContent},
		"206":                    {serve: func(e exchange) { rec := e.answer(); rec.Code = http.StatusPartialContent; e.send(rec) }, of: each(downloads, want{kind: invalidAnswer})},
		"another content type":   {serve: func(e exchange) { rec := e.answer(); rec.Header().Set("Content-Type", "text/plain"); e.send(rec) }},
		"no content type":        {serve: func(e exchange) { rec := e.answer(); rec.Header()["Content-Type"] = nil; e.send(rec) }},
		"the content type twice": {serve: func(e exchange) { rec := e.answer(); rec.Header().Add("Content-Type", "text/html"); e.send(rec) }},
		"trailed by another value": {serve: func(e exchange) {
			rec := e.answer()
			rec.Body.WriteString(" {}")
			e.unsigned(rec)
		}, want: want{kind: invalidAnswer, doubt: true, unsigned: true}, of: each(downloads, want{unsigned: true})},
		"a key twice": {serve: func(e exchange) {
			rec := e.answer()
			rest := strings.TrimPrefix(rec.Body.String(), "{")
			rec.Body = bytes.NewBufferString(`{"said":1,"said":2,` + rest)
			e.unsigned(rec)
		}, want: want{kind: invalidAnswer, doubt: true, unsigned: true}, no: downloads},
		"null":        {serve: func(e exchange) { e.succeed("null") }, want: want{kind: invalidAnswer, doubt: true, unsigned: true}, of: anything},
		"a list":      {serve: func(e exchange) { e.succeed("[]") }, want: want{kind: invalidAnswer, doubt: true, unsigned: true}, of: anything},
		"nested deep": {serve: func(e exchange) { e.succeed(strings.Repeat("[", 1<<16) + strings.Repeat("]", 1<<16)) }, want: want{kind: invalidAnswer, doubt: true, unsigned: true}, no: downloads},
		"packed": {serve: func(e exchange) {
			rec := e.answer()
			rec.Header().Set("Content-Encoding", "gzip")
			rec.Header().Del("Content-Length")
			rec.Body = bytes.NewBuffer(pack(rec.Body.Bytes()))
			e.send(rec)
		}},
		"packed, but not really": {serve: func(e exchange) {
			rec := e.answer()
			rec.Header().Set("Content-Encoding", "gzip")
			e.send(rec)
		}, want: want{kind: unavailable, again: true, doubt: true}},
		"an informational answer first": {serve: func(e exchange) { e.w.WriteHeader(http.StatusEarlyHints); e.send(e.answer()) }},
		"informational answers without end": {serve: func(e exchange) {
			e.raw(strings.Repeat("HTTP/1.1 103 Early Hints\r\nX-Said: "+marker+"\r\n\r\n", 2*maxHeader/len(marker)), closed)
		}, want: want{kind: unavailable, again: true, doubt: true}},
		"101": {serve: func(e exchange) {
			e.raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "+marker+"\r\n\r\n", lingers)
		}, want: want{kind: invalidAnswer, doubt: true}},
		"the length twice": {serve: func(e exchange) {
			rec := e.answer()
			length := fmt.Sprintf("Content-Length: %d\r\n", rec.Body.Len())
			e.raw(wire(rec, rec.Body.Bytes(), length+length), closed)
		}},
		"two lengths": {serve: func(e exchange) {
			rec := e.answer()
			e.raw(wire(rec, rec.Body.Bytes(), fmt.Sprintf("Content-Length: %d\r\nContent-Length: 7\r\n", rec.Body.Len())), closed)
		}, want: want{kind: unavailable, again: true, doubt: true}},
		"a length and chunks": {serve: func(e exchange) {
			rec := e.answer()
			e.raw(wire(rec, chunk(rec.Body.Bytes()), "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n"), closed)
		}},
		"two codings": {serve: func(e exchange) {
			rec := e.answer()
			e.raw(wire(rec, chunk(rec.Body.Bytes()), "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n"), closed)
		}, want: want{kind: unavailable, again: true, doubt: true}},
		"Retry-After twice":             {serve: retryAfter(http.StatusServiceUnavailable, "2", "7"), want: want{kind: unavailable, again: true, doubt: true, retryAfter: 2 * time.Second}},
		"Retry-After twice, junk first": {serve: retryAfter(http.StatusTooManyRequests, "soon", "7"), want: want{kind: rateLimited, again: true}},
		"Retry-After with a 403":        {serve: retryAfter(http.StatusForbidden, "2"), want: want{kind: forbidden, retryAfter: 2 * time.Second}},

		"401 once": {serve: func(e exchange) {
			if e.number == 1 {
				e.refuse(http.StatusUnauthorized)
				return
			}
			e.send(e.answer())
		}, want: want{twice: true}, token: &want{kind: unauthorized}},
		"401 for ever": {serve: status(http.StatusUnauthorized), want: want{kind: unauthorized, twice: true}, token: &want{kind: unauthorized}},

		"HTTP/2: the stream is reset before the header": {over: overHTTP2, serve: func(e exchange) { e.answer(); panic(http.ErrAbortHandler) }, want: want{kind: unavailable, again: true, doubt: true}},
		"HTTP/2: the stream is reset in the body":       {over: overHTTP2, serve: func(e exchange) { e.half(e.answer()); panic(http.ErrAbortHandler) }, want: want{kind: unavailable, again: true, doubt: true, cut: true}},
		"HTTP/2: silence":                  {over: overHTTP2, serve: func(e exchange) { e.read(); e.gone() }, want: want{kind: unavailable, again: true, doubt: true, lasts: timeout}},
		"HTTP/2: silence in the body":      {over: overHTTP2, serve: func(e exchange) { e.half(e.answer()); e.gone() }, want: want{kind: unavailable, again: true, doubt: true, cut: true, lasts: timeout}},
		"HTTP/2: 503":                      {over: overHTTP2, serve: status(http.StatusServiceUnavailable), want: want{kind: unavailable, again: true, doubt: true}},
		"HTTP/2: too large":                {over: overHTTP2, serve: func(e exchange) { e.read(); flood(e.w, maxAnswer+1<<16) }, want: want{kind: tooLarge, doubt: true}, no: downloads},
		"HTTP/2: GOAWAY with the answer":   {over: overHTTP2, serve: func(e exchange) { e.w.Header().Set("Connection", "close"); e.send(e.answer()) }},
		"HTTP/2: GOAWAY after the request": {over: overHTTP2, peer: frames(goAway(1, 0)), want: want{kind: unavailable, again: true, doubt: true, lasts: timeout}},
		"HTTP/2: the connection ends":      {over: overHTTP2, peer: frames(), want: want{kind: unavailable, again: true, doubt: true}},
		// This says that nothing was done (RFC 9113, section 8.7), as RST_STREAM does
		// with REFUSED_STREAM. net/http does not tell them from PROTOCOL_ERROR, so
		// that they are no proof here.
		"HTTP/2: GOAWAY before the request": {over: overHTTP2, peer: frames(goAway(0, 0)), want: want{kind: unavailable, again: true, doubt: true}},
	}
	for code, name := range map[uint32]string{
		0: "NO_ERROR", 1: "PROTOCOL_ERROR", 2: "INTERNAL_ERROR", 3: "FLOW_CONTROL_ERROR", 4: "SETTINGS_TIMEOUT", 5: "STREAM_CLOSED", 6: "FRAME_SIZE_ERROR",
		7: "REFUSED_STREAM", 8: "CANCEL", 9: "COMPRESSION_ERROR", 10: "CONNECT_ERROR", 11: "ENHANCE_YOUR_CALM", 12: "INADEQUATE_SECURITY",
		13: "HTTP_1_1_REQUIRED", 99: "a code that nobody knows",
	} {
		all["HTTP/2: RST_STREAM, "+name] = fault{over: overHTTP2, peer: frames(resetStream(code)), want: want{kind: unavailable, again: true, doubt: true}}
	}
	for code, name := range map[uint32]string{0: "NO_ERROR", 7: "REFUSED_STREAM", 8: "CANCEL"} {
		w := want{kind: unavailable, again: true, doubt: true}
		all["HTTP/2: RST_STREAM after the header, "+name] = fault{over: overHTTP2, peer: frames(ok, resetStream(code)), want: w, of: each(downloads, want{kind: unavailable, again: true, unsigned: true})}
		w.cut = true
		all["HTTP/2: RST_STREAM in the body, "+name] = fault{over: overHTTP2, peer: frames(ok, some, resetStream(code)), want: w, of: each(downloads, want{kind: unavailable, again: true, cut: true, unsigned: true})}
	}
	for code, name := range map[uint32]string{1: "PROTOCOL_ERROR", 2: "INTERNAL_ERROR", 11: "ENHANCE_YOUR_CALM"} {
		all["HTTP/2: GOAWAY, "+name] = fault{over: overHTTP2, peer: frames(goAway(0, code)), want: want{kind: unavailable, again: true, doubt: true}}
	}
	for _, code := range []int{400, 402, 403, 404, 405, 407, 409, 410, 412, 418, 422, 429, 431, 451, 499} {
		kind := map[int]class{403: forbidden, 404: notFound, 409: conflict, 410: notFound, 429: rateLimited}[code]
		if kind == "" {
			kind = invalidRequest
		}
		all[strconv.Itoa(code)] = fault{serve: status(code), want: want{kind: kind, again: code == 429}}
	}
	for _, code := range []int{408, 425} {
		all[strconv.Itoa(code)] = fault{serve: status(code), want: want{kind: unavailable}}
	}
	for _, code := range []int{500, 501, 502, 503, 504, 505, 599} {
		all[strconv.Itoa(code)] = fault{serve: status(code), want: want{kind: unavailable, again: 502 <= code && code <= 504, doubt: true}}
	}
	for _, code := range []int{300, 304} {
		all[strconv.Itoa(code)] = fault{serve: func(e exchange) { e.read(); e.w.WriteHeader(code) }, want: want{kind: invalidAnswer, doubt: true}}
	}
	for _, code := range []int{301, 302, 303, 307, 308} {
		all[strconv.Itoa(code)+" to another host"] = fault{kernel: true, serve: func(e exchange) {
			e.w.Header().Set("Location", "https://"+elsewhere+e.r.URL.Path)
			e.refuse(code)
		}, want: want{kind: invalidAnswer, doubt: true}}
		all[strconv.Itoa(code)+" to the same place"] = fault{serve: func(e exchange) {
			e.w.Header().Set("Location", e.r.URL.Path)
			e.refuse(code)
		}, want: want{kind: invalidAnswer, doubt: true}}
	}
	for name, location := range map[string]string{"nowhere": "", "another scheme": "gopher://" + elsewhere, "no URL": "http://[::1", "another host of the same scheme": "//" + elsewhere} {
		all["307 to "+name] = fault{serve: func(e exchange) {
			e.w.Header().Set("Location", location)
			e.refuse(http.StatusTemporaryRedirect)
		}, want: want{kind: invalidAnswer, doubt: true}}
	}
	for value, after := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "90": 90 * time.Second, "86401": 24 * time.Hour, "99999999999999999999": 24 * time.Hour,
		"3600": time.Hour, "2147483648": 24 * time.Hour, "9223372036854775807": 24 * time.Hour, strings.Repeat("9", 1<<12): 24 * time.Hour,
		"-99999999999999999999": 0, "+7": 0, "7, 9": 0, "7;q=1": 0, "Infinity": 0, "NaN": 0, "2000-01-01T00:00:09Z": 0,
		"Sat Jan  1 00:00:09 2000": 9 * time.Second, "Mon, 01 Jan 0001 00:00:00 GMT": 0, "Sat, 01 Jan 2000 00:00:09 +0900": 0,
		"-5": 0, "1.5": 0, "1e3": 0, "soon": 0, "0x10": 0, "７": 0,
		"Sat, 01 Jan 2000 00:00:09 GMT": 9 * time.Second, "Saturday, 01-Jan-00 00:00:09 GMT": 9 * time.Second,
		"Fri, 31 Dec 1999 23:59:59 GMT": 0, "Fri, 31 Dec 9999 23:59:59 GMT": 24 * time.Hour, "Sat, 32 Jan 2000 00:00:09 GMT": 0,
	} {
		all["429, Retry-After "+strconv.Quote(value[:min(len(value), 40)])] = fault{
			serve: retryAfter(http.StatusTooManyRequests, value),
			want:  want{kind: rateLimited, again: true, retryAfter: after},
		}
	}
	return all
}

// These are for calls whose answer's shape is not known: it may be nothing, and
// a download anything, but with status 200.
var (
	nothing   = each(shapeless, want{unsigned: true})
	noContent = func() map[string]want {
		of := each(downloads, want{kind: invalidAnswer})
		maps.Copy(of, nothing)
		return of
	}()
	anything = each(append(downloads[:len(downloads):len(downloads)], shapeless...), want{unsigned: true})
)

func status(code int) func(exchange) { return func(e exchange) { e.refuse(code) } }

// retryAfter counts dates from the answer's own Date.
func retryAfter(code int, values ...string) func(exchange) {
	return func(e exchange) {
		e.w.Header()["Retry-After"] = values
		e.w.Header().Set("Date", "Sat, 01 Jan 2000 00:00:00 GMT")
		e.refuse(code)
	}
}

func shows(certificate tls.Certificate) func() (*tls.Config, error) {
	return func() (*tls.Config, error) { return &tls.Config{Certificates: []tls.Certificate{certificate}}, nil }
}

// oversize announces n bytes and sends the first.
func (e exchange) oversize(n int) {
	e.read()
	e.w.Header().Set("Content-Length", strconv.Itoa(n))
	_, _ = io.WriteString(e.w, "{")
	e.flush()
	e.gone()
}

// unsigned sends an answer whose body has been changed, without a signature.
func (e exchange) unsigned(rec *httptest.ResponseRecorder) {
	unsign(rec)
	rec.Header().Del("Content-Length")
	e.send(rec)
}

// trickle takes longer for the answer than one attempt may, though no pause
// does.
func trickle(e exchange) {
	rec := e.answer()
	e.header(rec)
	for quarter := (rec.Body.Len() + 3) / 4; rec.Body.Len() > 0; {
		e.flush()
		select {
		case <-time.After(20 * time.Second):
		case <-e.r.Context().Done():
			panic(http.ErrAbortHandler)
		}
		_, _ = e.w.Write(rec.Body.Next(quarter))
	}
}

// flood writes n bytes in chunks, unless the client hangs up.
func flood(w io.Writer, n int) {
	piece := []byte(strings.Repeat(" ", 1<<16))
	for ; n > 0; n -= len(piece) {
		if _, err := w.Write(piece); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

// chunk is body in one chunk.
func chunk(body []byte) []byte { return fmt.Appendf(nil, "%x\r\n%s\r\n0\r\n\r\n", len(body), body) }

func pack(b []byte) []byte {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(b)
	_ = z.Close()
	return packed.Bytes()
}

// bomb is white space.
var bomb = pack(bytes.Repeat([]byte(" "), maxAnswer+1<<16))

func plainly(conn net.Conn, _ *network) {
	_, _ = conn.Read(make([]byte, 1<<14))
	_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
	_ = conn.Close()
}

func hangsUp(conn net.Conn, _ *network) {
	_, _ = conn.Read(make([]byte, 1<<14))
	_ = conn.Close()
}

func silent(conn net.Conn, _ *network) {
	_, _ = io.Copy(io.Discard, conn)
	_ = conn.Close()
}
