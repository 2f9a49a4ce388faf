package verifftest_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

const sessions = "/v1/sessions"

// start is a server whose refusals do not fail the test.
func start(t *testing.T, opts ...verifftest.Option) *verifftest.Server {
	t.Helper()
	srv, err := verifftest.Start(opts...)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	return srv
}

// both runs a test over a connection and without one.
func both(t *testing.T, test func(t *testing.T, srv *verifftest.Server, client *http.Client)) {
	t.Helper()
	t.Run("over loopback", func(t *testing.T) {
		srv := start(t)
		transport := &http.Transport{DisableKeepAlives: true}
		test(t, srv, &http.Client{Transport: transport, CheckRedirect: stay})
	})
	t.Run("in process", func(t *testing.T) {
		srv := start(t, verifftest.WithoutListener())
		test(t, srv, &http.Client{Transport: srv.RoundTripper(), CheckRedirect: stay})
	})
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func hmacHex(secret, payload string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(payload))
	return hex.EncodeToString(mac.Sum(nil))
}

func shaHex(payload, secret string) string {
	sum := sha256.Sum256([]byte(payload + secret))
	return hex.EncodeToString(sum[:])
}

// An answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

// verification is the verification object of an answer.
func (a answer) verification(t *testing.T) map[string]any {
	t.Helper()
	var body struct{ Verification map[string]any }
	require.NoError(t, json.Unmarshal([]byte(a.body), &body))
	return body.Verification
}

// try sends a request with these headers, given in pairs.
func try(t *testing.T, client *http.Client, method, url, body string, headers ...string) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewBufferString(body))
	require.NoError(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
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

// inProcess is a client of a server.
func inProcess(srv *verifftest.Server) *http.Client {
	return &http.Client{Transport: srv.RoundTripper(), CheckRedirect: stay}
}

func create(t *testing.T, srv *verifftest.Server, verification string) answer {
	t.Helper()
	return send(t, inProcess(srv), "POST", srv.URL+sessions, `{"verification":`+verification+`}`,
		"X-AUTH-CLIENT", srv.APIKey)
}

// created is the id of a new session.
func created(t *testing.T, srv *verifftest.Server, verification string) string {
	t.Helper()
	a := create(t, srv, verification)
	require.Equal(t, http.StatusCreated, a.status, a.body)
	id, ok := a.verification(t)["id"].(string)
	require.True(t, ok)
	return id
}

// ask sends a request without a body, signed over the id in its path.
func ask(t *testing.T, srv *verifftest.Server, method, path, id string) answer {
	t.Helper()
	return send(t, inProcess(srv), method, srv.URL+"/v1"+path, "",
		"X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, id))
}

// tell sends a request with a body, signed over it.
func tell(t *testing.T, srv *verifftest.Server, method, path, body string) answer {
	t.Helper()
	return send(t, inProcess(srv), method, srv.URL+"/v1"+path, body,
		"X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, body))
}

// object is the JSON object of an answer.
func (a answer) object(t *testing.T) map[string]any {
	t.Helper()
	var object map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &object))
	return object
}

// refused is the status and the code of a refusal.
func (a answer) refused(t *testing.T) string {
	t.Helper()
	object := a.object(t)
	require.Equal(t, "fail", object["status"], a.body)
	code, _ := object["code"].(string)
	return strings.TrimSpace(strconv.Itoa(a.status) + " " + code)
}

func decision(t *testing.T, srv *verifftest.Server, id string) answer {
	t.Helper()
	return send(t, inProcess(srv), "GET", srv.URL+sessions+"/"+id+"/decision", "",
		"X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, id))
}

// decided is the verification object of the session's decision.
func decided(t *testing.T, srv *verifftest.Server, id string) map[string]any {
	t.Helper()
	a := decision(t, srv, id)
	require.Equal(t, http.StatusOK, a.status, a.body)
	return a.verification(t)
}
