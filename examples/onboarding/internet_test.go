//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// Where the program looks for the vendors when it is in earnest.
const (
	iamportHost = "api.iamport.kr"
	tomoidvHost = "api.tomopayment.com"
	veriffHost  = "station.veriff.example"
)

// An internet is what the program sees beyond its machine: the vendors' own
// addresses, over TLS, with fakes behind them that outlive it. So main itself
// can be run, which takes no fake's address from anybody: HTTPS_PROXY leads into
// the internet, and SSL_CERT_FILE has it trusted.
type internet struct {
	*fakes
	proxy, roots string
	happened     func(event)
}

func newInternet(t *testing.T, happened func(event)) *internet {
	t.Helper()
	n := &internet{fakes: &fakes{
		veriff:  verifftest.NewServer(t, verifftest.WithWebhookTimeout(time.Hour)), // a test says when a delivery is given up
		iamport: iamporttest.NewServer(t),
		tomoidv: tomoidvtest.NewServer(t, tomoidvtest.WithEnvironment(tomoidvtest.Production), tomoidvtest.WithAudience("https://"+tomoidvHost+"/v1/oauth2/token")),
	}, happened: happened}
	certificate := n.certify(t)
	connections := &tunnels{make(chan net.Conn), make(chan struct{})}
	https := &http.Server{
		Handler: n, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}}, Protocols: &http.Protocols{}, ReadHeaderTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo), // of connections whose other end was killed
	}
	https.Protocols.SetHTTP1(true) // faults take the connection
	go func() { _ = https.ServeTLS(connections, "", "") }()
	t.Cleanup(func() { _ = https.Close() })
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		if _, err := conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")); err != nil {
			_ = conn.Close()
			return
		}
		connections.add(conn)
	}))
	t.Cleanup(proxy.Close)
	n.proxy = proxy.URL
	return n
}

// certify makes a certificate of all vendors, and the file that has it trusted.
func (n *internet) certify(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{iamportHost, tomoidvHost, veriffHost}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	n.roots = filepath.Join(t.TempDir(), "roots.pem")
	require.NoError(t, os.WriteFile(n.roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// ServeHTTP is all vendors.
func (n *internet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	vendor, ok := map[string]http.Handler{iamportHost: n.iamport, tomoidvHost: n.tomoidv, veriffHost: n.veriff}[r.Host]
	if !ok {
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	n.happened(asked)
	vendor.ServeHTTP(w, r)
	n.happened(answered) // what was written is still in the server's buffer
}

// tunnels are connections that came through the proxy, as a listener.
type tunnels struct {
	conns chan net.Conn
	done  chan struct{}
}

func (t *tunnels) add(conn net.Conn) {
	select {
	case t.conns <- conn:
	case <-t.done:
		_ = conn.Close()
	}
}

func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-t.conns:
		return conn, nil
	case <-t.done:
		return nil, net.ErrClosed
	}
}

func (t *tunnels) Close() error {
	close(t.done) // http.Server closes a listener once
	return nil
}

func (t *tunnels) Addr() net.Addr { return &net.TCPAddr{} }
