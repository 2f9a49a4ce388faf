package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/transport"
)

func TestProofThatNothingWasSent(t *testing.T) {
	type hooks = func(*httptrace.ClientTrace)
	fire := func(hs ...hooks) hooks {
		return func(trace *httptrace.ClientTrace) {
			for _, h := range hs {
				h(trace)
			}
		}
	}
	getConn := func(tr *httptrace.ClientTrace) { tr.GetConn("api.example:443") }
	gotConn := func(tr *httptrace.ClientTrace) { tr.GotConn(httptrace.GotConnInfo{}) }
	dial := error(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED})
	reset := error(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})
	pipe, far := net.Pipe()
	_, _ = pipe.Close(), far.Close()

	for name, tc := range map[string]struct {
		hooks hooks
		err   error
		sent  bool
	}{
		"GetConn, dial":                       {hooks: getConn, err: dial},
		"GetConn, reset":                      {hooks: getConn, err: reset},
		"GetConn, unknown":                    {hooks: getConn, err: errors.New("?")},
		"GetConn, GotConn, dial":              {hooks: fire(getConn, gotConn), err: dial, sent: true},
		"GetConn, GotConn, GetConn":           {hooks: fire(getConn, gotConn, getConn), err: dial, sent: true},
		"GotConn alone":                       {hooks: gotConn, err: dial, sent: true},
		"DNSStart":                            {hooks: func(tr *httptrace.ClientTrace) { tr.DNSStart(httptrace.DNSStartInfo{}) }, err: dial, sent: true},
		"DNSDone":                             {hooks: func(tr *httptrace.ClientTrace) { tr.DNSDone(httptrace.DNSDoneInfo{}) }, err: dial, sent: true},
		"ConnectStart":                        {hooks: func(tr *httptrace.ClientTrace) { tr.ConnectStart("tcp", "1.2.3.4:5") }, err: dial, sent: true},
		"ConnectDone":                         {hooks: func(tr *httptrace.ClientTrace) { tr.ConnectDone("tcp", "1.2.3.4:5", nil) }, err: dial, sent: true},
		"TLSHandshakeStart":                   {hooks: func(tr *httptrace.ClientTrace) { tr.TLSHandshakeStart() }, err: dial, sent: true},
		"TLSHandshakeDone":                    {hooks: func(tr *httptrace.ClientTrace) { tr.TLSHandshakeDone(tls.ConnectionState{}, nil) }, err: dial, sent: true},
		"WroteHeaderField":                    {hooks: func(tr *httptrace.ClientTrace) { tr.WroteHeaderField("A", nil) }, err: dial, sent: true},
		"WroteHeaders":                        {hooks: func(tr *httptrace.ClientTrace) { tr.WroteHeaders() }, err: dial, sent: true},
		"WroteRequest":                        {hooks: func(tr *httptrace.ClientTrace) { tr.WroteRequest(httptrace.WroteRequestInfo{}) }, err: dial, sent: true},
		"WroteRequest that failed":            {hooks: func(tr *httptrace.ClientTrace) { tr.WroteRequest(httptrace.WroteRequestInfo{Err: dial}) }, err: dial, sent: true},
		"Wait100Continue":                     {hooks: func(tr *httptrace.ClientTrace) { tr.Wait100Continue() }, err: dial, sent: true},
		"Got100Continue":                      {hooks: func(tr *httptrace.ClientTrace) { tr.Got100Continue() }, err: dial, sent: true},
		"Got1xxResponse":                      {hooks: func(tr *httptrace.ClientTrace) { _ = tr.Got1xxResponse(103, textproto.MIMEHeader{}) }, err: dial, sent: true},
		"GotFirstResponseByte":                {hooks: func(tr *httptrace.ClientTrace) { tr.GotFirstResponseByte() }, err: dial, sent: true},
		"PutIdleConn":                         {hooks: func(tr *httptrace.ClientTrace) { tr.PutIdleConn(nil) }, err: dial, sent: true},
		"silent, dial":                        {err: dial},
		"silent, dial in a url.Error":         {err: &url.Error{Op: "Post", URL: "https://api.example", Err: dial}},
		"silent, dial timeout":                {err: &net.OpError{Op: "dial", Err: context.DeadlineExceeded}},
		"silent, DNS":                         {err: &net.DNSError{Err: "no such host", IsNotFound: true}},
		"silent, DNS in a dial":               {err: &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host"}}},
		"silent, not TLS":                     {err: tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake", Conn: pipe}},
		"silent, bad record in a connection":  {err: tls.RecordHeaderError{Msg: "oversized record received"}, sent: true},
		"silent, certificate":                 {err: &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}},
		"silent, unknown authority":           {err: x509.UnknownAuthorityError{}},
		"silent, other host's certificate":    {err: x509.HostnameError{Host: "api.example", Certificate: &x509.Certificate{}}},
		"silent, certificate out of date":     {err: x509.CertificateInvalidError{Reason: x509.Expired}},
		"silent, alert, maybe after a while":  {err: tls.AlertError(42), sent: true},
		"silent, read":                        {err: reset, sent: true},
		"silent, write":                       {err: &net.OpError{Op: "write", Err: syscall.EPIPE}, sent: true},
		"silent, dial to a proxy's far side":  {err: &net.OpError{Op: "socks connect", Err: syscall.ECONNREFUSED}, sent: true},
		"silent, refused by nobody we know":   {err: syscall.ECONNREFUSED, sent: true},
		"silent, EOF":                         {err: io.EOF, sent: true},
		"silent, own timeout":                 {err: context.DeadlineExceeded, sent: true},
		"silent, unknown":                     {err: errors.New("dial tcp: connection refused"), sent: true},
		"silent, neither answer nor an error": {sent: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := inMemory(t, func(r *http.Request) (*http.Response, error) {
					if trace := httptrace.ContextClientTrace(r.Context()); tc.hooks != nil && trace.GetConn != nil {
						tc.hooks(trace) // of what again sends these are not watched
					}
					return nil, tc.err
				})
				failed := do(t.Context(), t, client, once())
				assert.Equal(t, transport.ClassUnavailable, failed.Class)
				assert.Equal(t, tc.sent, failed.Unconfirmed)
				if tc.sent {
					assert.Equal(t, 1, failed.Attempts)
				} else {
					assert.Equal(t, 3, failed.Attempts)
				}
				failed = do(t.Context(), t, client, again())
				assert.Equal(t, 3, failed.Attempts)
				assert.False(t, failed.Unconfirmed)
			})
		})
	}
}

func TestProofIsForOneAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		client := inMemory(t, func(r *http.Request) (*http.Response, error) {
			trace := httptrace.ContextClientTrace(r.Context())
			trace.GetConn("api.example:443")
			if n++; n == 2 {
				trace.GotConn(httptrace.GotConnInfo{})
			}
			return nil, io.ErrUnexpectedEOF
		})
		failed := do(t.Context(), t, client, once())
		assert.Equal(t, 2, failed.Attempts)
		assert.True(t, failed.Unconfirmed)
	})
}

func TestAnAnswerIsProofThatItWasSent(t *testing.T) {
	client := inMemory(t, func(r *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(r.Context()).GetConn("api.example:443")
		resp := respond(200, "{")
		resp.ContentLength = 100
		return resp, nil
	})
	failed := do(t.Context(), t, client, once())
	assert.Equal(t, 1, failed.Attempts)
	assert.True(t, failed.Unconfirmed)
}

// secureConn passes for a connection that speaks a protocol over TLS.
type secureConn struct {
	net.Conn
	protocol string
}

func (c secureConn) ConnectionState() tls.ConnectionState {
	return tls.ConnectionState{NegotiatedProtocol: c.protocol}
}

// net/http would send a request again over HTTP/2 without asking. That it does,
// and is stopped, internal/stress shows.
func TestOneStreamForAnAttempt(t *testing.T) {
	gotConn := func(conn net.Conn) func(*httptrace.ClientTrace) {
		return func(tr *httptrace.ClientTrace) { tr.GotConn(httptrace.GotConnInfo{Conn: conn}) }
	}
	http1, http2 := gotConn(secureConn{protocol: "http/1.1"}), gotConn(secureConn{protocol: "h2"})
	wroteHeaders := func(tr *httptrace.ClientTrace) { tr.WroteHeaders() }
	answered := func(tr *httptrace.ClientTrace) { tr.GotFirstResponseByte() }
	for name, tc := range map[string]struct {
		hooks   []func(*httptrace.ClientTrace)
		stopped bool
	}{
		"again":                  {[]func(*httptrace.ClientTrace){http2, wroteHeaders, http2}, true},
		"again, by other means":  {[]func(*httptrace.ClientTrace){http2, wroteHeaders, gotConn(nil)}, true},
		"nothing was written":    {[]func(*httptrace.ClientTrace){http2, http2}, false},
		"after an answer":        {[]func(*httptrace.ClientTrace){http2, wroteHeaders, answered, http2}, false},
		"HTTP/1.1":               {[]func(*httptrace.ClientTrace){http1, wroteHeaders, http1}, false},
		"HTTP/1.1 before HTTP/2": {[]func(*httptrace.ClientTrace){gotConn(nil), wroteHeaders, http2}, false},
	} {
		t.Run(name, func(t *testing.T) {
			client := inMemory(t, func(r *http.Request) (*http.Response, error) {
				for _, hook := range tc.hooks {
					hook(httptrace.ContextClientTrace(r.Context()))
				}
				if err := r.Context().Err(); err != nil {
					return nil, err
				}
				return nil, io.EOF
			}, attempts(1))
			for _, call := range []*transport.Call{once(), again()} {
				failed := do(t.Context(), t, client, call)
				assert.Equal(t, !call.Repeatable, failed.Unconfirmed)
				assert.Equal(t, transport.ClassUnavailable, failed.Class)
				notTheCallers(t, failed)
				word := "connection closed"
				if tc.stopped {
					word = "HTTP/2 stream failed"
				}
				assert.Equal(t, word, failed.Word())
			}
		})
	}
}

func TestCallersTraceStillFires(t *testing.T) {
	var got []string
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GetConn: func(hostPort string) { got = append(got, hostPort) },
		GotConn: func(httptrace.GotConnInfo) { got = append(got, "got") },
	})
	client := inMemory(t, func(r *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(r.Context())
		trace.GetConn("api.example:443")
		trace.GotConn(httptrace.GotConnInfo{})
		return nil, io.EOF
	})
	assert.True(t, do(ctx, t, client, once()).Unconfirmed)
	assert.Equal(t, []string{"api.example:443", "got"}, got)
}
