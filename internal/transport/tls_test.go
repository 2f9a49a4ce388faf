package transport_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/transport"
)

func TestMinTLS13(t *testing.T) {
	for name, tc := range map[string]struct {
		set     func(*transport.Config)
		newest  uint16 // of the server
		offered []uint16
		word    string
	}{
		"by default": {func(*transport.Config) {}, tls.VersionTLS13, []uint16{tls.VersionTLS13, tls.VersionTLS12}, "certificate"},
		"old server": {(*transport.Config).SetMinTLS13, tls.VersionTLS12, []uint16{tls.VersionTLS13}, "tls"},
		"new server": {(*transport.Config).SetMinTLS13, tls.VersionTLS13, []uint16{tls.VersionTLS13}, "certificate"},
		"a client without a Transport": {func(c *transport.Config) {
			c.SetMinTLS13()
			require.NoError(t, c.SetHTTPClient(&http.Client{Timeout: time.Minute}))
		}, tls.VersionTLS12, []uint16{tls.VersionTLS13}, "tls"},
		"the caller's own, old": {ownClient(t), tls.VersionTLS12, []uint16{tls.VersionTLS13, tls.VersionTLS12}, "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			offered := make(chan []uint16, 1)
			srv, _ := serve(t, func(s *httptest.Server) {
				s.TLS = &tls.Config{MaxVersion: tc.newest, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
					offered <- hello.SupportedVersions
					return nil, nil
				}}
				s.StartTLS()
			}, func(http.ResponseWriter, *http.Request) { t.Error("arrived") })
			var c transport.Config
			require.NoError(t, c.SetBaseURL(srv.URL))
			require.NoError(t, c.SetMaxAttempts(1))
			tc.set(&c)
			client, err := transport.New(c)
			require.NoError(t, err)

			failed := do(t.Context(), t, client, again())
			assert.Equal(t, tc.word, failed.Word(), "no test trusts the certificate")
			assert.Equal(t, tc.offered, <-offered)
		})
	}
	assert.Zero(t, http.DefaultTransport.(*http.Transport).TLSClientConfig.Clone().MinVersion, "nobody else's")
}

// The connections are the client's own, but not what the program trusts.
func TestMinTLS13KeepsWhatTheProgramTrusts(t *testing.T) {
	srv, _ := serve(t, (*httptest.Server).StartTLS, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") })
	before := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = before })
	http.DefaultTransport = srv.Client().Transport
	var c transport.Config
	require.NoError(t, c.SetBaseURL(srv.URL))
	c.SetMinTLS13()
	client, err := transport.New(c)
	require.NoError(t, err)
	_, err = client.Do(t.Context(), again())
	require.NoError(t, err)
}

func ownClient(t *testing.T) func(*transport.Config) {
	hc := &http.Client{Transport: ownTransport(t, &tls.Config{})}
	return func(c *transport.Config) {
		c.SetMinTLS13()
		require.NoError(t, c.SetHTTPClient(hc))
	}
}
