package iamporttest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

const (
	certifications = "/certifications/"
	otpRequest     = "/certifications/otp/request"
	otpConfirm     = "/certifications/otp/confirm/"
	form           = "application/x-www-form-urlencoded"
)

// noon is when tests with a stopped clock begin.
func noon() time.Time { return time.Date(2025, 6, 15, 3, 0, 0, 0, time.UTC) }

func mirae() iamporttest.Person {
	return iamporttest.Person{
		Name: "홍미래", Birthday: "1990-01-31", Gender: "female", Foreigner: true, Phone: "01012345678", Carrier: "SKT_MVNO",
	}
}

// start is a server whose refusals do not fail the test.
func start(t *testing.T, opts ...iamporttest.Option) *iamporttest.Server {
	t.Helper()
	srv, err := iamporttest.Start(opts...)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	return srv
}

// both runs a test over a connection and without one.
func both(t *testing.T, test func(t *testing.T, srv *iamporttest.Server, client *http.Client)) {
	t.Helper()
	t.Run("over loopback", func(t *testing.T) {
		srv := start(t)
		transport := &http.Transport{DisableKeepAlives: true}
		test(t, srv, &http.Client{Transport: transport, CheckRedirect: stay})
	})
	t.Run("in process", func(t *testing.T) {
		srv := start(t, iamporttest.WithoutListener())
		test(t, srv, inProcess(srv))
	})
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// inProcess is a client of a server.
func inProcess(srv *iamporttest.Server) *http.Client {
	return &http.Client{Transport: srv.RoundTripper(), CheckRedirect: stay}
}

// An answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

// response is the response object of an answer without error.
func (a answer) response(t *testing.T) map[string]any {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, a.body)
	var body map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &body))
	require.Equal(t, 0.0, body["code"])
	require.Contains(t, body, "message")
	require.Nil(t, body["message"])
	require.Len(t, body, 3)
	response, ok := body["response"].(map[string]any)
	require.True(t, ok, a.body)
	return response
}

// refused wants the vendor's envelope around a refusal.
func (a answer) refused(t *testing.T, status int, message string) {
	t.Helper()
	assert.Equal(t, status, a.status)
	assert.Equal(t, "application/json; charset=utf-8", a.header.Get("Content-Type"))
	assert.Equal(t, `{"code":-1,"message":"`+message+`","response":null}`, a.body)
}

// try sends a request with these headers, given in pairs. A body is JSON unless
// they say otherwise.
func try(t *testing.T, client *http.Client, method, url, body string, headers ...string) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	read, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(read)}, err
}

func send(t *testing.T, client *http.Client, method, url, body string, headers ...string) answer {
	t.Helper()
	a, err := try(t, client, method, url, body, headers...)
	require.NoError(t, err)
	return a
}

func credentials(srv *iamporttest.Server) string {
	return `{"imp_key":"` + srv.APIKey + `","imp_secret":"` + srv.APISecret + `"}`
}

func getToken(t *testing.T, srv *iamporttest.Server) answer {
	t.Helper()
	return send(t, inProcess(srv), "POST", srv.URL+"/users/getToken", credentials(srv))
}

// bearer is the Authorization header of a token that holds.
func bearer(t *testing.T, srv *iamporttest.Server) string {
	t.Helper()
	text, ok := getToken(t, srv).response(t)["access_token"].(string)
	require.True(t, ok)
	return "Bearer " + text
}

// call sends an authorized request.
func call(t *testing.T, srv *iamporttest.Server, method, path, body string, headers ...string) answer {
	t.Helper()
	return send(t, inProcess(srv), method, srv.URL+path, body, append(headers, "Authorization", bearer(t, srv))...)
}

func get(t *testing.T, srv *iamporttest.Server, impUID string, headers ...string) answer {
	t.Helper()
	return call(t, srv, "GET", certifications+impUID, "", headers...)
}

// certified is the certification of a person.
func certified(t *testing.T, srv *iamporttest.Server, a iamporttest.Attempt, p iamporttest.Person) map[string]any {
	t.Helper()
	impUID, err := srv.Certify(a, p)
	require.NoError(t, err)
	return get(t, srv, impUID).response(t)
}
