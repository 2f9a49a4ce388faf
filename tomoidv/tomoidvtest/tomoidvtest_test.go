package tomoidvtest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

const (
	tokenPath  = "/v1/oauth2/token"
	healthPath = "/v1/idv/health"
	startPath  = "/v1/idv/start"
	resultPath = "/v1/idv/result"
	resetPath  = "/v1/idv/reset"
	deletePath = "/v1/idv/result/delete"
	bulkPath   = "/v1/idv/result/bulk-delete"
	kycPath    = "/v1/idv/kyc/get"

	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

func hanako() tomoidvtest.Person {
	return tomoidvtest.Person{FullName: "Hanako Sato", DateOfBirth: "1990-01-31"}
}

func minsu() tomoidvtest.Person {
	return tomoidvtest.Person{FullName: "김민수", DateOfBirth: "1985-12-24"}
}

// begin is a server whose refusals do not fail the test.
func begin(t *testing.T, opts ...tomoidvtest.Option) *tomoidvtest.Server {
	t.Helper()
	srv, err := tomoidvtest.Start(opts...)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	return srv
}

// both runs a test over a connection and without one.
func both(t *testing.T, test func(t *testing.T, srv *tomoidvtest.Server, client *http.Client), opts ...tomoidvtest.Option) {
	t.Helper()
	t.Run("over loopback", func(t *testing.T) {
		srv := begin(t, opts...)
		test(t, srv, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: stay})
	})
	t.Run("in process", func(t *testing.T) {
		srv := begin(t, append(opts, tomoidvtest.WithoutListener())...)
		test(t, srv, inProcess(srv))
	})
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func inProcess(srv *tomoidvtest.Server) *http.Client {
	return &http.Client{Transport: srv.RoundTripper(), CheckRedirect: stay}
}

// An app is an application that uses the API by hand.
type app struct {
	srv    *tomoidvtest.Server
	client *http.Client
	id     string
	key    *ecdsa.PrivateKey
	now    func() time.Time
	token  string
}

// newApp is the server's first client, without an access token.
func newApp(t *testing.T, srv *tomoidvtest.Server) *app {
	t.Helper()
	return appOf(t, srv, srv.ClientID, srv.SecretKey)
}

func appOf(t *testing.T, srv *tomoidvtest.Server, id, secretKey string) *app {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(secretKey)
	require.NoError(t, err)
	var jwk map[string]string
	require.NoError(t, json.Unmarshal(text, &jwk))
	d, err := base64.RawURLEncoding.DecodeString(jwk["d"])
	require.NoError(t, err)
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
	require.NoError(t, err)
	return &app{srv: srv, client: inProcess(srv), id: id, key: key, now: time.Now}
}

// authorized is an app with an access token.
func authorized(t *testing.T, srv *tomoidvtest.Server) *app {
	t.Helper()
	a := newApp(t, srv)
	a.authorize(t)
	return a
}

func (a *app) authorize(t *testing.T) {
	t.Helper()
	got := a.ask(t, form(a.assertion()))
	require.Equal(t, http.StatusOK, got.status, got.body)
	a.token = got.json(t)["access_token"].(string)
}

func header() map[string]any { return map[string]any{"alg": "ES256", "typ": "JWT"} }

func (a *app) claims() map[string]any {
	now := a.now().Unix()
	return map[string]any{
		"iss": a.id, "sub": a.id, "aud": a.srv.URL + tokenPath, "iat": now, "exp": now + 300, "jti": uuid(),
	}
}

func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// sign is the compact form of a JWT.
func sign(key *ecdsa.PrivateKey, header, claims map[string]any) string {
	return signText(key, string(text(header)), string(text(claims)))
}

func signText(key *ecdsa.PrivateKey, header, claims string) string {
	signed := segment([]byte(header)) + "." + segment([]byte(claims))
	hash := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, key, hash[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + segment(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32)))
}

// text is JSON.
func text(v any) []byte {
	written, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return written
}

func segment(parts ...[]byte) string {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return base64.RawURLEncoding.EncodeToString(all)
}

// verified are the claims of a JWT whose signature is that of the base64url JWK.
func verified(t *testing.T, compact, jwk string) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(jwk)
	require.NoError(t, err)
	var members map[string]string
	require.NoError(t, json.Unmarshal(text, &members))
	assert.Equal(t, "EC", members["kty"])
	assert.Equal(t, "P-256", members["crv"])
	assert.Len(t, members, 4, "a public key")
	x, err := base64.RawURLEncoding.DecodeString(members["x"])
	require.NoError(t, err)
	y, err := base64.RawURLEncoding.DecodeString(members["y"])
	require.NoError(t, err)
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	require.NoError(t, err)

	parts := strings.Split(compact, ".")
	require.Len(t, parts, 3)
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	require.NoError(t, err)
	require.Len(t, signature, 64)
	hash := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	require.True(t, ecdsa.Verify(key, hash[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])))
	h, err := base64.RawURLEncoding.DecodeString(parts[0])
	require.NoError(t, err)
	assert.JSONEq(t, `{"alg":"ES256","typ":"JWT"}`, string(h))
	return claimsOf(t, compact)
}

func claimsOf(t *testing.T, compact string) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(compact, ".")[1])
	require.NoError(t, err)
	var claims map[string]any
	require.NoError(t, json.Unmarshal(text, &claims))
	return claims
}

// form is a request for an access token.
func form(assertion string) url.Values {
	return url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {assertionType},
		"client_assertion":      {assertion},
	}
}

// assertion is one that holds.
func (a *app) assertion() string { return sign(a.key, header(), a.claims()) }

// ask asks for an access token.
func (a *app) ask(t *testing.T, form url.Values, headers ...string) answer {
	t.Helper()
	return send(t, a.client, "POST", a.srv.URL+tokenPath, form.Encode(),
		append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
}

// post calls an operation with a body that is a JSON text or something else
// that has one.
func (a *app) post(t *testing.T, path string, body any, headers ...string) answer {
	t.Helper()
	got, err := a.try(t, path, body, headers...)
	require.NoError(t, err)
	return got
}

func (a *app) try(t *testing.T, path string, body any, headers ...string) (answer, error) {
	t.Helper()
	written, ok := body.(string)
	if !ok {
		written = string(text(body))
	}
	return try(t, a.client, "POST", a.srv.URL+path, written,
		append([]string{"Content-Type", "application/json", "Authorization", "Bearer " + a.token}, headers...)...)
}

// begin starts a check and returns where the person goes.
func (a *app) begin(t *testing.T, body any) string {
	t.Helper()
	got := a.post(t, startPath, body)
	require.Equal(t, http.StatusOK, got.status, got.body)
	address, ok := got.json(t)["start_idv_uri"].(string)
	require.True(t, ok)
	return address
}

// result14 is the answer of /v1/idv/result under contract 1.4.
func (a *app) result14(t *testing.T, body any) map[string]any {
	t.Helper()
	got := a.post(t, resultPath, body, "Tomo-API-Version", "1.4")
	require.Equal(t, http.StatusOK, got.status, got.body)
	return got.json(t)
}

// result13 is the answer of /v1/idv/result under contract 1.3.
func (a *app) result13(t *testing.T, body any) map[string]any {
	t.Helper()
	got := a.post(t, resultPath, body)
	require.Equal(t, http.StatusOK, got.status, got.body)
	return got.json(t)
}

// records are those of an answer that has a list.
func records(t *testing.T, answer map[string]any) []map[string]any {
	t.Helper()
	list, ok := answer["results"].([]any)
	require.True(t, ok, "a list")
	require.NotContains(t, answer, "result")
	found := []map[string]any{}
	for _, r := range list {
		found = append(found, r.(map[string]any))
	}
	return found
}

// only is the one record of an answer that has a list.
func only(t *testing.T, answer map[string]any) map[string]any {
	t.Helper()
	found := records(t, answer)
	require.Len(t, found, 1)
	return found[0]
}

// try sends a request with these headers, given in pairs.
func try(t *testing.T, client *http.Client, method, url, body string, headers ...string) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
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
	got, err := try(t, client, method, url, body, headers...)
	require.NoError(t, err)
	return got
}

// An answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var object map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &object), a.body)
	return object
}
