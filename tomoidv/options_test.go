package tomoidv_test

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

func TestBadClientIDs(t *testing.T) {
	for name, bad := range map[string]string{
		"empty": "", "blank": " \t", "newline behind": "x\n", "space before": " x", "newline within": "x\ny", "NUL": "x\x00y", "not UTF-8": "x\xff",
	} {
		_, err := tomoidv.NewClient(bad, secretKey(t))
		assert.ErrorContains(t, err, "tomoidv: client ID", name)
	}
}

func TestHosts(t *testing.T) {
	for name, test := range map[string]struct {
		options []tomoidv.Option
		want    string
	}{
		"production":   {nil, production},
		"sandbox":      {[]tomoidv.Option{tomoidv.WithSandbox()}, sandbox},
		"another":      {[]tomoidv.Option{tomoidv.WithBaseURL("https://proxy.example/tomo/")}, "https://proxy.example/tomo"},
		"loopback":     {[]tomoidv.Option{tomoidv.WithBaseURL("http://127.0.0.1:8080")}, "http://127.0.0.1:8080"},
		"by that name": {[]tomoidv.Option{tomoidv.WithBaseURL(sandbox)}, sandbox},
	} {
		v := answers(says(http.StatusOK, `"ok"`))
		_, err := newClient(t, v, test.options...).Health(t.Context())
		require.NoError(t, err, name)
		assert.Equal(t, test.want+"/v1/idv/health", v.calls[0].URL.String(), name)
	}
	for _, options := range [][]tomoidv.Option{
		{tomoidv.WithSandbox(), tomoidv.WithBaseURL(sandbox)}, {tomoidv.WithBaseURL(sandbox), tomoidv.WithSandbox()},
	} {
		_, err := tomoidv.NewClient(clientID, secretKey(t), options...)
		assert.EqualError(t, err, "tomoidv: WithSandbox and WithBaseURL contradict each other")
	}
	for given, says := range map[string]string{
		"": "empty", "api.tomopayment.com": "neither https nor http", "http://api.tomopayment.com": "not loopback",
		"https://user:hunter2@host": "userinfo", "https://host/?a=b": "query", "https://host/#f": "fragment", "https://": "no host",
	} {
		_, err := tomoidv.NewClient(clientID, secretKey(t), tomoidv.WithBaseURL(given))
		require.ErrorContains(t, err, "WithBaseURL", given)
		require.ErrorContains(t, err, says, given)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}

func TestBadOptions(t *testing.T) {
	for says, options := range map[string][]tomoidv.Option{
		"WithHTTPClient":      {tomoidv.WithHTTPClient(nil)},
		"WithLogger":          {tomoidv.WithLogger(nil)},
		"WithMaxAttempts":     {tomoidv.WithMaxAttempts(0), tomoidv.WithMaxAttempts(11)},
		"WithAttemptTimeout":  {tomoidv.WithAttemptTimeout(0), tomoidv.WithAttemptTimeout(-time.Second)},
		"WithUserAgent":       {tomoidv.WithUserAgent(""), tomoidv.WithUserAgent("shop\n1")},
		"WithTokenStore":      {tomoidv.WithTokenStore(nil)},
		"an option is nil":    {nil},
		"WithContractVersion": {tomoidv.WithContractVersion(""), tomoidv.WithContractVersion("1.3"), tomoidv.WithContractVersion("1.3.20"), tomoidv.WithContractVersion("1.4.0"), tomoidv.WithContractVersion("latest"), tomoidv.WithContractVersion(" 1.4"), tomoidv.WithContractVersion("1.4, 1.4")},
		"WithAudience":        {tomoidv.WithAudience(""), tomoidv.WithAudience(" x"), tomoidv.WithAudience("x\n"), tomoidv.WithAudience("x\ny"), tomoidv.WithAudience("\xff")},
		"WithKeyID":           {tomoidv.WithKeyID(""), tomoidv.WithKeyID("k\x00")},
		"WithScope":           {tomoidv.WithScope(""), tomoidv.WithScope(" "), tomoidv.WithScope("a  b"), tomoidv.WithScope("a "), tomoidv.WithScope(`a"b`), tomoidv.WithScope(`a\b`), tomoidv.WithScope("a\n"), tomoidv.WithScope("한")},
		"WithResource":        {tomoidv.WithResource(""), tomoidv.WithResource("idv"), tomoidv.WithResource("https://a.example/#f"), tomoidv.WithResource("https://a b.example/")},
		"WithAssertionLifetime": {
			tomoidv.WithAssertionLifetime(0), tomoidv.WithAssertionLifetime(-time.Minute), tomoidv.WithAssertionLifetime(29 * time.Second),
			tomoidv.WithAssertionLifetime(time.Hour + time.Second), tomoidv.WithAssertionLifetime(time.Minute + time.Millisecond),
		},
	} {
		for i, option := range options {
			_, err := tomoidv.NewClient(clientID, secretKey(t), option)
			assert.ErrorContains(t, err, "tomoidv: "+says, i)
		}
	}
	for i, option := range []tomoidv.Option{
		tomoidv.WithAssertionLifetime(30 * time.Second), tomoidv.WithAssertionLifetime(time.Hour), tomoidv.WithScope("idv.read"),
		tomoidv.WithScope("a b!#[]~"), tomoidv.WithResource("urn:example:idv"), tomoidv.WithContractVersion("1.4"),
	} {
		_, err := tomoidv.NewClient(clientID, secretKey(t), option)
		assert.NoError(t, err, i)
	}
}

// "1.3" is said by leaving the header out.
func TestContractHeaderIsOnEveryRequestOrOnNone(t *testing.T) {
	for name, test := range map[string]struct {
		options []tomoidv.Option
		want    []string
	}{"absent": {nil, nil}, "1.4": {[]tomoidv.Option{tomoidv.WithContractVersion("1.4")}, []string{"1.4"}}} {
		for op, c := range calls {
			v := answers(says(http.StatusBadRequest, ""))
			assert.Error(t, c.call(t.Context(), newClient(t, v, test.options...)))
			require.Len(t, v.calls, 1)
			assert.Equal(t, test.want, v.calls[0].Header.Values("Tomo-API-Version"), "%s %s", name, op)
			if op != "Health" {
				assert.Equal(t, "application/json", v.calls[0].Header.Get("Content-Type"), op)
				assert.Equal(t, http.MethodPost, v.calls[0].Method, op)
			}
			assert.Equal(t, "application/json", v.calls[0].Header.Get("Accept"), op)
		}
	}
}

// TomoIDV refuses older versions; offering one would only tell later.
func TestTLS13IsAllThatIsOffered(t *testing.T) {
	offered := make(chan []uint16, 1)
	srv := httptest.NewUnstartedServer(nil)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = &tls.Config{MaxVersion: tls.VersionTLS12, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		offered <- hello.SupportedVersions
		return nil, nil
	}}
	srv.StartTLS()
	defer srv.Close()
	client, err := tomoidv.NewClient(clientID, secretKey(t), tomoidv.WithBaseURL(srv.URL), tomoidv.WithMaxAttempts(1))
	require.NoError(t, err)
	_, err = client.Health(t.Context())
	assertKinds(t, err, tomoidv.ErrUnavailable)
	assert.Equal(t, []uint16{tls.VersionTLS13}, <-offered)
}

func TestWhatNewClientHasNotMade(t *testing.T) {
	for _, client := range []*tomoidv.Client{nil, {}} {
		for op, c := range calls {
			err := c.call(t.Context(), client)
			assertKinds(t, err, tomoidv.ErrInvalidRequest)
			assert.ErrorContains(t, err, "not made by NewClient", op)
		}
	}
}

func TestUserAgent(t *testing.T) {
	v := answers(started)
	require.NoError(t, start(t, newClient(t, v, tomoidv.WithUserAgent("shop/1.4"))))
	assert.Equal(t, "shop/1.4 kyckit-go", v.calls[0].Header.Get("User-Agent"))
}

func TestCallersHTTPClientIsNotChanged(t *testing.T) {
	v := answers(started)
	hc := &http.Client{Transport: v}
	client, err := tomoidv.NewClient(clientID, secretKey(t), tomoidv.WithHTTPClient(hc))
	require.NoError(t, err)
	assert.Nil(t, hc.CheckRedirect)
	hc.Transport = nil
	require.NoError(t, start(t, client), "nor looked at again")
}

func TestWhatNoConstructorMade(t *testing.T) {
	for _, client := range []*tomoidv.Client{nil, {}} {
		for op, c := range calls {
			err := c.call(t.Context(), client)
			assert.ErrorIs(t, err, tomoidv.ErrInvalidRequest, op)
			assert.ErrorContains(t, err, "NewClient", op)
		}
	}
}
