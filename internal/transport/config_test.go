package transport_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/transport"
)

func TestSetBaseURL(t *testing.T) {
	accepted := map[string]string{
		"https://api.example":             "https://api.example",
		"https://api.example/":            "https://api.example",
		"https://api.example/a/v1///":     "https://api.example/a/v1",
		"https://api.example:8443/a%2Fb/": "https://api.example:8443/a%2Fb",
		"HTTPS://API.example":             "https://API.example",
		"http://127.0.0.1:8080":           "http://127.0.0.1:8080",
		"http://127.8.9.1/x":              "http://127.8.9.1/x",
		"http://[::1]:8080":               "http://[::1]:8080",
		"http://[::ffff:127.0.0.1]":       "http://[::ffff:127.0.0.1]",
		"http://localhost:1":              "http://localhost:1",
		"http://LocalHost":                "http://LocalHost",
	}
	for raw, want := range accepted {
		t.Run(raw, func(t *testing.T) {
			var c transport.Config
			require.NoError(t, c.SetBaseURL(raw))
			assert.Equal(t, want, c.BaseURL())
			require.NoError(t, c.SetBaseURL(c.BaseURL()), "what it gives it takes")
			assert.Equal(t, want, c.BaseURL())
		})
	}
	for raw, want := range map[string]string{
		"":                                   "base URL is empty",
		"  ":                                 "base URL is empty",
		"api.example":                        "base URL is neither https nor http",
		"ftp://api.example":                  "base URL is neither https nor http",
		"localhost:8080":                     "base URL is neither https nor http",
		"https:api.example":                  "base URL has no host",
		"https://":                           "base URL has no host",
		"https:///v1":                        "base URL has no host",
		"https://:8443":                      "base URL has no host",
		"https://me:hunter2@api.example":     "base URL has userinfo",
		"https://me@api.example":             "base URL has userinfo",
		"https://me:hunter2@api.example:x":   "base URL is not a URL",
		"https://api.example\n":              "base URL has white space",
		"https://api.example ":               "base URL has white space",
		"https://api.example\x00":            "base URL is not a URL",
		"https://api.example/?":              "base URL has a query",
		"https://api.example?a=b":            "base URL has a query",
		"https://api.example#":               "base URL has a fragment",
		"https://api.example/#top":           "base URL has a fragment",
		"http://api.example":                 "base URL is http and its host is not loopback",
		"http://127.0.0.1.example":           "base URL is http and its host is not loopback",
		"http://localhost.example":           "base URL is http and its host is not loopback",
		"http://localho\u017ft":              "base URL is http and its host is not loopback",
		"http://0.0.0.0":                     "base URL is http and its host is not loopback",
		"http://10.0.0.1":                    "base URL is http and its host is not loopback",
		"http://[::2]":                       "base URL is http and its host is not loopback",
		"http://localhost@api.example/":      "base URL has userinfo",
		"http://api.example\\@localhost/":    "base URL is not a URL",
		"http://127.0.0.1%2eapi.example/":    "base URL is not a URL",
		"http://2130706433/":                 "base URL is http and its host is not loopback",
		"https://api.example/v1?key=hunter2": "base URL has a query",
	} {
		t.Run("refuses "+raw, func(t *testing.T) {
			var c transport.Config
			require.EqualError(t, c.SetBaseURL(raw), want)
			assert.Empty(t, c.BaseURL())
		})
	}
}

func TestSettersRefuse(t *testing.T) {
	var c transport.Config
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"no HTTP client":       {c.SetHTTPClient(nil), "HTTP client is nil"},
		"no logger":            {c.SetLogger(nil), "logger is nil"},
		"no attempt":           {c.SetMaxAttempts(0), "max attempts is 0, not within 1 and 10"},
		"too many attempts":    {c.SetMaxAttempts(11), "max attempts is 11, not within 1 and 10"},
		"no time":              {c.SetAttemptTimeout(0), "attempt timeout is 0s, not positive"},
		"negative time":        {c.SetAttemptTimeout(-time.Second), "attempt timeout is -1s, not positive"},
		"no user agent":        {c.SetUserAgent(""), "user agent is empty"},
		"blank user agent":     {c.SetUserAgent(" \t"), "user agent is empty"},
		"header in user agent": {c.SetUserAgent("a\r\nX-Evil: 1"), "user agent has a control character"},
		"C1 in user agent":     {c.SetUserAgent("a\u0085"), "user agent has a control character"},
		"bytes in user agent":  {c.SetUserAgent("a\xff"), "user agent is not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) { require.EqualError(t, tc.err, tc.want) })
	}
	_, err := transport.New(c)
	require.EqualError(t, err, "base URL is missing")
}

func TestZeroConfigWithBaseURL(t *testing.T) {
	var c transport.Config
	require.NoError(t, c.SetBaseURL("https://api.example"))
	client, err := transport.New(c)
	require.NoError(t, err)
	require.NotNil(t, client.Logger())
	assert.False(t, client.Logger().Enabled(t.Context(), slog.LevelError), "silent")
}

func TestLoggerIsTheOneSet(t *testing.T) {
	want := slog.New(slog.DiscardHandler)
	client := inMemory(t, nil, func(c *transport.Config) error { return c.SetLogger(want) })
	assert.Same(t, want, client.Logger())
}

func TestUserAgent(t *testing.T) {
	var got string
	rt := roundTrip(func(r *http.Request) (*http.Response, error) {
		got = r.Header.Get("User-Agent")
		return respond(200, ""), nil
	})
	_, err := inMemory(t, rt).Do(t.Context(), again())
	require.NoError(t, err)
	assert.Equal(t, "kyckit-go", got)

	_, err = inMemory(t, rt, func(c *transport.Config) error { return c.SetUserAgent("shop/1.4") }).Do(t.Context(), again())
	require.NoError(t, err)
	assert.Equal(t, "shop/1.4 kyckit-go", got)
}

func TestHTTPClientIsNeitherChangedNorWatched(t *testing.T) {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	var cookies int
	answering := roundTrip(func(r *http.Request) (*http.Response, error) {
		cookies += len(r.Cookies())
		return respond(200, "", "Set-Cookie", "session=1"), nil
	})
	hc := &http.Client{Transport: answering, Jar: jar, Timeout: time.Minute}
	var c transport.Config
	require.NoError(t, c.SetBaseURL("https://api.example"))
	require.NoError(t, c.SetHTTPClient(hc))
	client, err := transport.New(c)
	require.NoError(t, err)
	hc.Transport = nil // later changes are not the client's

	for range 2 {
		_, err = client.Do(context.Background(), again())
		require.NoError(t, err)
	}
	assert.Zero(t, cookies)
	assert.Empty(t, jar.Cookies(&url.URL{Scheme: "https", Host: "api.example"}))
	assert.Nil(t, hc.CheckRedirect)
	assert.Same(t, jar, hc.Jar)
	assert.Equal(t, time.Minute, hc.Timeout)
}
