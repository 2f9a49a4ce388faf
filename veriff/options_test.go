package veriff_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

var badCredentials = map[string]string{
	"empty": "", "blank": "  \t", "newline behind": "x\n", "newline before": "\nx", "space behind": "x ",
	"newline within": "x\ny", "NUL": "x\x00y", "carriage return": "x\r\n",
}

func TestBadCredentials(t *testing.T) {
	for name, bad := range badCredentials {
		_, err := veriff.NewClient(bad, sharedSecret, veriff.WithBaseURL(baseURL))
		require.ErrorContains(t, err, "API key", name)
		_, err = veriff.NewClient(apiKey, bad, veriff.WithBaseURL(baseURL))
		require.ErrorContains(t, err, "shared secret", name)
		_, err = veriff.NewVerifier(bad, sharedSecret)
		require.ErrorContains(t, err, "API key", name)
		_, err = veriff.NewVerifier(apiKey, bad)
		require.ErrorContains(t, err, "shared secret", name)
		_, err = veriff.NewVerifier(apiKey, sharedSecret, veriff.WithPreviousSecret(bad))
		require.ErrorContains(t, err, "previous shared secret", name)
	}
}

func TestSecretsAreOfAnyForm(t *testing.T) {
	for _, secret := range []string{"Your-API-Secret", "3c184872-6929-43d9-91d5-9e68468b5aa1", "한 글", "a"} {
		_, err := veriff.NewClient(apiKey, secret, veriff.WithBaseURL(baseURL))
		assert.NoError(t, err, secret)
	}
}

func TestBaseURLs(t *testing.T) {
	for given, reached := range map[string]string{
		baseURL:                           baseURL + "/v1/sessions",
		baseURL + "/":                     baseURL + "/v1/sessions",
		baseURL + "/v1":                   baseURL + "/v1/sessions",
		baseURL + "/v1/":                  baseURL + "/v1/sessions",
		"https://proxy.example/veriff/v1": "https://proxy.example/veriff/v1/sessions",
		"https://v1.example":              "https://v1.example/v1/sessions",
		"http://127.0.0.1:8080":           "http://127.0.0.1:8080/v1/sessions",
		"http://[::1]:8080/v1":            "http://[::1]:8080/v1/sessions",
		"http://localhost:8080":           "http://localhost:8080/v1/sessions",
	} {
		mock := mocked(http.MethodPost, reached, signed(http.StatusCreated, fixture(t, "answers", "session_created.json")))
		_, err := newClient(t, mock, veriff.WithBaseURL(given)).CreateSession(t.Context(), wholeRequest())
		assert.NoError(t, err, given)
	}
	for given, says := range map[string]string{
		"":                              "empty",
		"station.veriff.example":        "neither https nor http",
		"http://station.veriff.example": "not loopback",
		"http://localhost.evil.example": "not loopback",
		"http://127.0.0.1.evil.example": "not loopback",
		"ftp://127.0.0.1":               "neither https nor http",
		"https://user:hunter2@host":     "userinfo",
		"https://host/?a=b":             "query",
		"https://host/#f":               "fragment",
		"https://":                      "no host",
		"https://ho st":                 "white space",
	} {
		_, err := veriff.NewClient(apiKey, sharedSecret, veriff.WithBaseURL(given))
		require.ErrorContains(t, err, "WithBaseURL", given)
		require.ErrorContains(t, err, says, given)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}

func TestBaseURLIsRequired(t *testing.T) {
	_, err := veriff.NewClient(apiKey, sharedSecret)
	assert.ErrorContains(t, err, "WithBaseURL")
	_, err = veriff.NewClient(apiKey, sharedSecret, veriff.WithLegacyAPI())
	assert.NoError(t, err, "document 003 names one host for all")
}

func TestWhatNoConstructorMade(t *testing.T) {
	for _, client := range []*veriff.Client{nil, {}} {
		_, err := client.CreateSession(t.Context(), wholeRequest())
		assertKinds(t, err, veriff.ErrInvalidRequest)
		_, err = client.Decision(t.Context(), sessionID)
		assertKinds(t, err, veriff.ErrInvalidRequest)
		_, err = client.Confirm(t.Context(), &veriff.Decision{ID: sessionID})
		assertKinds(t, err, veriff.ErrInvalidRequest)
	}
	body := []byte(`{}`)
	for _, key := range []string{"", apiKey} {
		header := http.Header{"X-Auth-Client": {key}, "X-Hmac-Signature": {hmacHex("", body)}}
		_, err := new(veriff.Verifier).Parse(header, body)
		assert.Error(t, err)
	}
}

func TestBadOptions(t *testing.T) {
	for name, option := range map[string]veriff.Option{
		"WithHTTPClient": veriff.WithHTTPClient(nil), "WithLogger": veriff.WithLogger(nil),
		"WithMaxAttempts": veriff.WithMaxAttempts(0), "WithAttemptTimeout": veriff.WithAttemptTimeout(-time.Second),
		"WithUserAgent": veriff.WithUserAgent("shop\n1"), "nil": nil,
	} {
		_, err := veriff.NewClient(apiKey, sharedSecret, veriff.WithBaseURL(baseURL), option)
		assert.ErrorContains(t, err, name)
	}
	_, err := veriff.NewVerifier(apiKey, sharedSecret, veriff.WithLogger(nil))
	require.ErrorContains(t, err, "WithLogger")
	_, err = veriff.NewVerifier(apiKey, sharedSecret, nil)
	require.ErrorContains(t, err, "nil")
}

func TestUserAgent(t *testing.T) {
	mock := mocked(http.MethodGet, decisionURL, func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, "shop/1.4 kyckit-go", r.Header.Get("User-Agent"))
		return signed(http.StatusOK, fixture(t, "answers", "decision_pending.json"))(r)
	})
	_, err := newClient(t, mock, veriff.WithUserAgent("shop/1.4")).Decision(t.Context(), sessionID)
	assert.NoError(t, err)
}

func TestCallersHTTPClientIsNotChanged(t *testing.T) {
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(signed(http.StatusOK, fixture(t, "answers", "decision_pending.json")))
	hc := &http.Client{Transport: mock}
	client, err := veriff.NewClient(apiKey, sharedSecret, veriff.WithBaseURL(baseURL), veriff.WithHTTPClient(hc))
	require.NoError(t, err)
	assert.Nil(t, hc.CheckRedirect)
	hc.Transport = nil
	_, err = client.Decision(t.Context(), sessionID)
	assert.NoError(t, err, "nor looked at again")
}
