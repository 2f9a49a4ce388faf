package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptrace"
	"net/textproto"
	"sync/atomic"
)

// proof watches one attempt for whether its request can have left. WroteRequest
// would prove nothing: HTTP/2 calls it late, and its absence means as little.
type proof struct {
	traced  atomic.Bool // any hook fired
	getConn atomic.Bool
	gotConn atomic.Bool

	// Over HTTP/2, net/http sends a request again on its own when the server
	// resets its stream in some ways. One of them, PROTOCOL_ERROR, does not say
	// that nothing was done, and net/http goes on so until the context ends. stop
	// ends the attempt instead, before anything leaves a second time.
	stop    func()
	stopped atomic.Bool
	http2   atomic.Bool // the connection is
	stream  atomic.Bool // the request has opened a stream, and no answer has come

	hooks httptrace.ClientTrace // which is here to save an allocation
}

func (p *proof) connected(info httptrace.GotConnInfo) {
	if p.stream.Load() {
		p.stopped.Store(true)
		p.stop()
	}
	secure, ok := info.Conn.(interface{ ConnectionState() tls.ConnectionState })
	p.http2.Store(ok && secure.ConnectionState().NegotiatedProtocol == "h2")
	p.gotConn.Store(true)
}

func (p *proof) wroteHeaders() {
	if p.http2.Load() {
		p.stream.Store(true)
	}
}

func (p *proof) answered() { p.stream.Store(false) }

// onlyOnce sets the hooks that find out when the request would leave again.
func (p *proof) onlyOnce() *httptrace.ClientTrace {
	p.hooks = httptrace.ClientTrace{
		GotConn: p.connected, WroteHeaders: p.wroteHeaders, GotFirstResponseByte: p.answered,
	}
	return &p.hooks
}

// trace sets every hook, so that a RoundTripper that fires any of them is known
// to do so. Hooks may fire after the exchange has ended.
func (p *proof) trace() *httptrace.ClientTrace {
	seen := func() { p.traced.Store(true) }
	return &httptrace.ClientTrace{
		GetConn:              func(string) { p.getConn.Store(true); seen() },
		GotConn:              func(info httptrace.GotConnInfo) { p.connected(info); seen() },
		PutIdleConn:          func(error) { seen() },
		GotFirstResponseByte: func() { p.answered(); seen() },
		Got100Continue:       seen,
		Got1xxResponse:       func(int, textproto.MIMEHeader) error { seen(); return nil },
		DNSStart:             func(httptrace.DNSStartInfo) { seen() },
		DNSDone:              func(httptrace.DNSDoneInfo) { seen() },
		ConnectStart:         func(string, string) { seen() },
		ConnectDone:          func(string, string, error) { seen() },
		TLSHandshakeStart:    seen,
		TLSHandshakeDone:     func(tls.ConnectionState, error) { seen() },
		WroteHeaderField:     func(string, []string) { seen() },
		WroteHeaders:         func() { p.wroteHeaders(); seen() },
		Wait100Continue:      seen,
		WroteRequest:         func(httptrace.WroteRequestInfo) { seen() },
	}
}

// neverSent is true only on positive proof that the attempt which failed with
// err had no connection. Doubt counts as sent.
func (p *proof) neverSent(err error) bool {
	if p.traced.Load() {
		return p.getConn.Load() && !p.gotConn.Load()
	}
	return beforeConnection(err)
}

// beforeConnection says whether err can only come before a connection is
// ready. An alert of the peer is not among these: TLS 1.3 may send one after
// the request.
func beforeConnection(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return record.Conn != nil // without it, the handshake was over
	}
	return certificate(err)
}

func certificate(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok
}
