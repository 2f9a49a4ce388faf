package iamport_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

const (
	apiKey    = "1234567890123456"
	apiSecret = "synthetic-api-secret-0123456789"
	impUID    = "imp_000000000001"
	otherUID  = "imp_000000000002"

	baseURL = "https://api.iamport.kr"
	certURL = baseURL + "/certifications/" + impUID

	tokenURL   = baseURL + "/users/getToken"
	requestURL = baseURL + "/certifications/otp/request"
	confirmURL = baseURL + "/certifications/otp/confirm/" + impUID

	accessToken = "0123456789abcdef0123456789abcdef01234567" // of token.json
)

// certifiedAt is when the person of certified.json was.
var certifiedAt = time.Date(2026, 3, 2, 10, 5, 0, 0, time.UTC)

func fixture(tb testing.TB, path ...string) []byte {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	require.NoError(tb, err)
	return body
}

func answer(tb testing.TB, name string) []byte {
	tb.Helper()
	return fixture(tb, "answers", name)
}

// certified is the certification of certified.json.
func certified(tb testing.TB) *iamport.Certification {
	tb.Helper()
	var envelope struct{ Response iamport.Certification }
	require.NoError(tb, json.Unmarshal(answer(tb, "certified.json"), &envelope))
	return &envelope.Response
}

// newClient returns a client whose requests go to rt, once each.
func newClient(tb testing.TB, rt http.RoundTripper, options ...iamport.Option) *iamport.Client {
	tb.Helper()
	options = append([]iamport.Option{
		iamport.WithHTTPClient(&http.Client{Transport: rt}), iamport.WithMaxAttempts(1),
	}, options...)
	client, err := iamport.NewClient(apiKey, apiSecret, options...)
	require.NoError(tb, err)
	return client
}

// mocked gives out the token of token.json, and answers one URL more.
func mocked(tb testing.TB, method, url string, responder httpmock.Responder) *httpmock.MockTransport {
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewBytesResponder(http.StatusOK, answer(tb, "token.json")))
	mock.RegisterResponder(method, url, responder)
	return mock
}

// dated answers 200 with a Date.
func dated(body []byte, date time.Time) httpmock.Responder {
	return httpmock.NewBytesResponder(http.StatusOK, body).HeaderSet(http.Header{"Date": {date.UTC().Format(http.TimeFormat)}})
}

// ok wraps response in the envelope of a success.
func ok(response string) []byte {
	return []byte(`{"code":0,"message":null,"response":` + response + `}`)
}

func requestBody(tb testing.TB, r *http.Request) string {
	tb.Helper()
	body, err := io.ReadAll(r.Body)
	require.NoError(tb, err)
	return string(body)
}

// calls counts the requests to one URL.
func calls(mock *httpmock.MockTransport, method, url string) int {
	return mock.GetCallCountInfo()[method+" "+url]
}

// timeout is what an http.Client says when nobody answers.
type timeout struct{}

func (timeout) Error() string   { return "timeout" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

// dialError proves that there was no connection.
var dialError = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
