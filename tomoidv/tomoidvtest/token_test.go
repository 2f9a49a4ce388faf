package tomoidvtest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

func TestCredentials(t *testing.T) {
	one, two := begin(t, tomoidvtest.WithoutListener()), begin(t, tomoidvtest.WithoutListener())
	assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, one.ClientID)
	assert.NotEqual(t, one.ClientID, two.ClientID)
	assert.NotEqual(t, one.SecretKey, two.SecretKey)
	written, err := base64.RawURLEncoding.DecodeString(one.SecretKey)
	require.NoError(t, err)
	var jwk map[string]string
	require.NoError(t, json.Unmarshal(written, &jwk))
	assert.Equal(t, "EC", jwk["kty"])
	assert.Equal(t, "P-256", jwk["crv"])
	for _, member := range []string{"x", "y", "d"} {
		assert.Len(t, jwk[member], 43, member)
	}
	assert.Len(t, jwk, 5)
}

func TestToken(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		a := newApp(t, srv)
		a.client = client
		for name, more := range map[string]url.Values{
			"as it is":        nil,
			"scope":           {"scope": {"idv.read"}},
			"resource":        {"resource": {"https://api.tomopayment.com/v1/idv"}},
			"resource here":   {"resource": {srv.URL + "/v1/idv"}},
			"without a value": {"scope": {""}, "resource": {""}},
		} {
			f := form(a.assertion())
			for field, values := range more {
				f[field] = values
			}
			got := a.ask(t, f)
			require.Equal(t, http.StatusOK, got.status, name+got.body)
			assert.Equal(t, "application/json;charset=utf-8", got.header.Get("Content-Type"))
			assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
			assert.Equal(t, "no-cache", got.header.Get("Pragma"))
			body := got.json(t)
			assert.Equal(t, "Bearer", body["token_type"])
			assert.Equal(t, 3600.0, body["expires_in"])
			assert.Equal(t, "idv.read", body["scope"])
			assert.Len(t, body, 4)
			claims := claimsOf(t, body["access_token"].(string))
			assert.Equal(t, srv.ClientID, claims["sub"])
			assert.Equal(t, "idv.read", claims["scope"])
			assert.Equal(t, 3600.0, claims["exp"].(float64)-claims["iat"].(float64))
		}
		assert.Equal(t, 5, srv.TokenCalls())
	})
}

func TestTokenFormsThatAreRefused(t *testing.T) {
	set := func(name, value string) func(url.Values) { return func(f url.Values) { f.Set(name, value) } }
	del := func(name string) func(url.Values) { return func(f url.Values) { f.Del(name) } }
	add := func(name, value string) func(url.Values) { return func(f url.Values) { f.Add(name, value) } }
	for name, c := range map[string]struct {
		change func(url.Values)
		code   string
		want   string
	}{
		"no grant_type":            {del("grant_type"), "invalid_request", "grant_type is missing"},
		"empty grant_type":         {set("grant_type", ""), "invalid_request", "grant_type is missing"},
		"another grant_type":       {set("grant_type", "authorization_code"), "unsupported_grant_type", "grant_type is not client_credentials"},
		"grant_type twice":         {add("grant_type", "client_credentials"), "invalid_request", "a field is given twice"},
		"no assertion type":        {del("client_assertion_type"), "invalid_request", "client_assertion_type is missing"},
		"another assertion type":   {set("client_assertion_type", "jwt-bearer"), "invalid_request", "client_assertion_type is not " + assertionType},
		"no assertion":             {del("client_assertion"), "invalid_request", "client_assertion is missing"},
		"assertion twice":          {func(f url.Values) { f.Add("client_assertion", f.Get("client_assertion")) }, "invalid_request", "a field is given twice"},
		"another scope":            {set("scope", "idv.write"), "invalid_scope", "scope is not idv.read"},
		"two scopes":               {set("scope", "idv.read idv.write"), "invalid_scope", "scope is not idv.read"},
		"another resource":         {set("resource", "https://elsewhere.invalid"), "invalid_target", "resource is not the API"},
		"resource null":            {set("resource", "null"), "invalid_target", "resource is not the API"},
		"client_id":                {set("client_id", "1"), "invalid_request", "a field is not documented"},
		"client_secret":            {set("client_secret", "1"), "invalid_request", "a field is not documented"},
		"empty, and not a field":   {set("foo", ""), "invalid_request", "a field is not documented"},
		"empty scope, given twice": {func(f url.Values) { f["scope"] = []string{"", ""} }, "invalid_request", "a field is given twice"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, begin(t, tomoidvtest.WithoutListener()))
			f := form(a.assertion())
			c.change(f)
			got := a.ask(t, f)
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
			assert.Equal(t, map[string]any{"error": c.code, "error_description": c.want}, got.json(t))
		})
	}
}

func TestTokenRequestsThatAreRefused(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	good := form(a.assertion()).Encode()
	for name, c := range map[string]struct {
		query, body string
		headers     []string
		want        string
	}{
		"JSON":              {"", `{}`, []string{"Content-Type", "application/json"}, "the body is not application/x-www-form-urlencoded"},
		"no content type":   {"", good, nil, "the body is not application/x-www-form-urlencoded"},
		"two content types": {"", good, []string{"Content-Type", "application/x-www-form-urlencoded", "Content-Type", "application/json"}, "the body is not application/x-www-form-urlencoded"},
		"no form":           {"", "%zz", []string{"Content-Type", "application/x-www-form-urlencoded"}, "the body is not a form"},
		"semicolons":        {"", strings.ReplaceAll(good, "&", ";"), []string{"Content-Type", "application/x-www-form-urlencoded"}, "the body is not a form"},
		"bearer": {"", good, []string{"Content-Type", "application/x-www-form-urlencoded", "Authorization", "Bearer " + a.token},
			"the client proves itself with client_assertion alone, not with Authorization"},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, a.client, "POST", srv.URL+tokenPath, c.body, c.headers...)
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, map[string]any{"error": "invalid_request", "error_description": c.want}, got.json(t))
		})
	}
	got := send(t, a.client, "POST", srv.URL+tokenPath+"?"+good, "", "Content-Type", "application/x-www-form-urlencoded")
	assert.Equal(t, http.StatusBadRequest, got.status, "the form in the query")
	got = send(t, a.client, "POST", srv.URL+tokenPath, good, "Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	assert.Equal(t, http.StatusOK, got.status, "nothing of it used the assertion up")
}

func TestUnknownFormField(t *testing.T) {
	a := newApp(t, begin(t, tomoidvtest.WithUnknownProperties(), tomoidvtest.WithoutListener()))
	f := form(a.assertion())
	f.Set("foo", "1")
	assert.Equal(t, http.StatusOK, a.ask(t, f).status)
}

func TestTokenLife(t *testing.T) {
	for name, c := range map[string]struct {
		opts []tomoidvtest.Option
		life time.Duration
	}{
		"an hour":         {nil, time.Hour},
		"twenty minutes":  {[]tomoidvtest.Option{tomoidvtest.WithTokenLife(20 * time.Minute)}, 20 * time.Minute},
		"a single second": {[]tomoidvtest.Option{tomoidvtest.WithTokenLife(time.Second)}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, append(c.opts, tomoidvtest.WithoutListener())...)
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			srv.SetTime(now)
			a := newApp(t, srv)
			a.now = func() time.Time { return now }
			a.authorize(t)
			srv.Advance(c.life - 1)
			assert.Equal(t, http.StatusOK, a.post(t, startPath, `{}`).status)
			srv.Advance(1)
			got := a.post(t, startPath, `{}`)
			assert.Equal(t, http.StatusUnauthorized, got.status)
			assert.Equal(t, now.Add(c.life).Format(http.TimeFormat), got.header.Get("Date"), "by the server's clock")
			now = now.Add(c.life)
			a.authorize(t)
			assert.Equal(t, http.StatusOK, a.post(t, startPath, `{}`).status)
		})
	}
}

func TestManyTokens(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	one, two := authorized(t, srv), authorized(t, srv)
	require.NotEqual(t, one.token, two.token)
	assert.Equal(t, http.StatusOK, one.post(t, startPath, `{}`).status, "the first is good as well")
	srv.RevokeTokens()
	assert.Equal(t, http.StatusUnauthorized, one.post(t, startPath, `{}`).status)
	assert.Equal(t, http.StatusUnauthorized, two.post(t, startPath, `{}`).status)
	one.authorize(t)
	assert.Equal(t, http.StatusOK, one.post(t, startPath, `{}`).status)
	assert.Equal(t, 3, srv.TokenCalls())
}

func TestBearer(t *testing.T) {
	paths := []string{startPath, resultPath, resetPath, deletePath, bulkPath, kycPath}
	for name, headers := range map[string]func(a *app) []string{
		"none":       func(*app) []string { return nil },
		"empty":      func(*app) []string { return []string{"Authorization", ""} },
		"bare":       func(a *app) []string { return []string{"Authorization", a.token} },
		"basic":      func(a *app) []string { return []string{"Authorization", "Basic " + a.token} },
		"unknown":    func(a *app) []string { return []string{"Authorization", "Bearer " + a.token + "x"} },
		"two spaces": func(a *app) []string { return []string{"Authorization", "Bearer  " + a.token} },
		"twice": func(a *app) []string {
			return []string{"Authorization", "Bearer " + a.token, "Authorization", "Bearer " + a.token}
		},
		"the assertion": func(a *app) []string { return []string{"Authorization", "Bearer " + a.assertion()} },
	} {
		for _, c := range []struct {
			opts   []tomoidvtest.Option
			status int
		}{{nil, 401}, {[]tomoidvtest.Option{tomoidvtest.WithTokenRefusalStatus(400)}, 400}} {
			t.Run(name+" "+http.StatusText(c.status), func(t *testing.T) {
				a := authorized(t, begin(t, append(c.opts, tomoidvtest.WithoutListener())...))
				for _, path := range paths {
					got := send(t, a.client, "POST", a.srv.URL+path, `{}`, append(headers(a), "Content-Type", "application/json")...)
					assert.Equal(t, c.status, got.status, path)
					assert.Equal(t, `{"message":"invalid Authorization"}`, got.body, path)
					challenge := map[int]string{401: `Bearer error="invalid_token"`, 400: ""}[c.status]
					assert.Equal(t, challenge, got.header.Get("WWW-Authenticate"), path)
				}
			})
		}
	}
	t.Run("scheme in lower case", func(t *testing.T) {
		a := authorized(t, begin(t, tomoidvtest.WithoutListener()))
		got := send(t, a.client, "POST", a.srv.URL+startPath, `{}`, "Content-Type", "application/json", "Authorization", "bearer "+a.token)
		assert.Equal(t, http.StatusOK, got.status)
	})
}

func TestHealth(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		got := send(t, client, "GET", srv.URL+healthPath, "")
		assert.Equal(t, http.StatusOK, got.status)
		assert.Equal(t, `"ok"`, got.body)
		assert.Equal(t, "application/json;charset=utf-8", got.header.Get("Content-Type"))
		got = send(t, client, "GET", srv.URL+healthPath+"?a=b", "")
		assert.Equal(t, http.StatusBadRequest, got.status)
	})
}

func TestPathsThatAreNotThere(t *testing.T) {
	a := authorized(t, begin(t, tomoidvtest.WithoutListener()))
	for _, c := range [][2]string{
		{"POST", "/"}, {"POST", "/v1"}, {"POST", "/v1/idv"}, {"GET", tokenPath}, {"GET", startPath}, {"PUT", startPath},
		{"POST", healthPath}, {"POST", startPath + "/"}, {"POST", "/v1//idv/start"}, {"POST", "/v1/idv/../idv/start"},
		{"POST", "/v1/idv/jp/start"}, {"POST", "/v1/idv/sessions/start"}, {"POST", "/v1/idv/cn/token"}, {"GET", "/v1/idv/us/health"},
		{"POST", "/v1/idv/us/kyc/get"},
	} {
		got := send(t, a.client, c[0], a.srv.URL+c[1], `{}`, "Content-Type", "application/json", "Authorization", "Bearer "+a.token)
		assert.Equal(t, http.StatusNotFound, got.status, c)
		assert.Equal(t, `{"message":"Not Found"}`, got.body, c)
	}
	_, err := try(t, a.client, "GET", "https://elsewhere.invalid"+healthPath, "")
	assert.ErrorContains(t, err, "a host that is not served in this process")
}

func TestErrorForms(t *testing.T) {
	for name, c := range map[string]struct {
		form        tomoidvtest.ErrorForm
		contentType string
		unknown     string
		bearer      string
		missing     string
	}{
		"message": {
			tomoidvtest.MessageErrors, "application/json;charset=utf-8",
			`{"message":"invalid body: user_id is missing"}`, `{"message":"invalid Authorization"}`, `{"message":"Not Found"}`,
		},
		"OAuth": {
			tomoidvtest.OAuthErrors, "application/json;charset=utf-8",
			`{"error":"invalid_request","error_description":"invalid body: user_id is missing"}`,
			`{"error":"invalid_token","error_description":"invalid Authorization"}`,
			`{"error":"not_found","error_description":"Not Found"}`,
		},
		"text": {tomoidvtest.TextErrors, "text/plain;charset=utf-8", "invalid body: user_id is missing", "invalid Authorization", "Not Found"},
	} {
		t.Run(name, func(t *testing.T) {
			a := authorized(t, begin(t, tomoidvtest.WithErrorForm(c.form), tomoidvtest.WithoutListener()))
			got := a.post(t, resultPath, `{}`)
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, c.unknown, got.body)
			assert.Equal(t, c.contentType, got.header.Get("Content-Type"))
			assert.Equal(t, c.missing, a.post(t, "/v1", `{}`).body)
			assert.Equal(t, "invalid_client", a.ask(t, form("a")).json(t)["error"], "always so")
			assert.Equal(t, "unsupported_api_version", a.post(t, resultPath, `{}`, "Tomo-API-Version", "1.3").json(t)["error"], "always so")
			a.srv.RevokeTokens()
			assert.Equal(t, c.bearer, a.post(t, resultPath, `{}`).body)
		})
	}
}
