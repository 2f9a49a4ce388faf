package veriff_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

const (
	apiKey       = "0d6a7b8c-1234-4abc-9def-0123456789ab"
	sharedSecret = "synthetic-shared-secret"
	baseURL      = "https://station.veriff.example"
	sessionID    = "5b1c2f6e-0a4d-4c5e-9d0b-3f6a7c8d9e10"
	otherID      = "11111111-2222-4333-8444-555555555555"

	decisionURL = baseURL + "/v1/sessions/" + sessionID + "/decision"
	sessionsURL = baseURL + "/v1/sessions"
)

// hmacHex and legacyHex sign as Veriff does, by hand.
func hmacHex(secret string, payload []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(payload)
	return hex.EncodeToString(h.Sum(nil))
}

func legacyHex(secret string, payload []byte) string {
	sum := sha256.Sum256(append(payload[:len(payload):len(payload)], secret...))
	return hex.EncodeToString(sum[:])
}

func fixture(tb testing.TB, path ...string) []byte {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	require.NoError(tb, err)
	return body
}

// newClient returns a client whose requests go to mock, once each.
func newClient(tb testing.TB, mock http.RoundTripper, options ...veriff.Option) *veriff.Client {
	tb.Helper()
	options = append([]veriff.Option{
		veriff.WithBaseURL(baseURL), veriff.WithHTTPClient(&http.Client{Transport: mock}), veriff.WithMaxAttempts(1),
	}, options...)
	client, err := veriff.NewClient(apiKey, sharedSecret, options...)
	require.NoError(tb, err)
	return client
}

// signed answers with body, signed as Veriff does today.
func signed(status int, body []byte) httpmock.Responder {
	return withHeader(status, body, "X-HMAC-SIGNATURE", hmacHex(sharedSecret, body))
}

func withHeader(status int, body []byte, pairs ...string) httpmock.Responder {
	return func(*http.Request) (*http.Response, error) {
		resp := httpmock.NewBytesResponse(status, body)
		for i := 0; i < len(pairs); i += 2 {
			resp.Header.Add(pairs[i], pairs[i+1])
		}
		return resp, nil
	}
}

func mocked(method, url string, responder httpmock.Responder) *httpmock.MockTransport {
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(method, url, responder)
	return mock
}

func requestBody(tb testing.TB, r *http.Request) []byte {
	tb.Helper()
	body, err := io.ReadAll(r.Body)
	require.NoError(tb, err)
	return body
}
