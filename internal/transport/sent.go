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
}

// trace sets every hook, so that a RoundTripper that fires any of them is known
// to do so. Hooks may fire after the exchange has ended.
func (p *proof) trace() *httptrace.ClientTrace {
	seen := func() { p.traced.Store(true) }
	return &httptrace.ClientTrace{
		GetConn:              func(string) { p.getConn.Store(true); seen() },
		GotConn:              func(httptrace.GotConnInfo) { p.gotConn.Store(true); seen() },
		PutIdleConn:          func(error) { seen() },
		GotFirstResponseByte: seen,
		Got100Continue:       seen,
		Got1xxResponse:       func(int, textproto.MIMEHeader) error { seen(); return nil },
		DNSStart:             func(httptrace.DNSStartInfo) { seen() },
		DNSDone:              func(httptrace.DNSDoneInfo) { seen() },
		ConnectStart:         func(string, string) { seen() },
		ConnectDone:          func(string, string, error) { seen() },
		TLSHandshakeStart:    seen,
		TLSHandshakeDone:     func(tls.ConnectionState, error) { seen() },
		WroteHeaderField:     func(string, []string) { seen() },
		WroteHeaders:         seen,
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
