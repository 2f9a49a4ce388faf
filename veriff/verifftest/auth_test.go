package verifftest_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestRefusedCredentials(t *testing.T) {
	const body = `{"verification":{}}`
	const foreign = "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"
	srv := start(t)
	id := created(t, srv, `{}`)
	post := func(headers ...string) []string { return append([]string{"POST", sessions, body}, headers...) }
	get := func(headers ...string) []string {
		return append([]string{"GET", sessions + "/" + id + "/decision", ""}, headers...)
	}
	key := srv.APIKey
	for name, c := range map[string]struct {
		request []string // method, path, body, then headers in pairs
		code    string
	}{
		"no key":                               {post(), "1801"},
		"no key, path with an id":              {get("X-HMAC-SIGNATURE", hmacHex(srv.Secret, id)), "1801"},
		"empty key":                            {post("X-AUTH-CLIENT", ""), "1801"},
		"key that is no UUID":                  {post("X-AUTH-CLIENT", srv.Secret), "1802"},
		"two keys":                             {post("X-AUTH-CLIENT", key, "X-AUTH-CLIENT", key), "1802"},
		"another's key":                        {post("X-AUTH-CLIENT", foreign), "1803"},
		"another's key with our signature":     {get("X-AUTH-CLIENT", foreign, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, id)), "1803"},
		"key under its new name alone":         {post("vrf-auth-client", key), "1801"},
		"HMAC of another body":                 {post("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, body+" ")), "1819"},
		"HMAC with another secret":             {post("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", hmacHex("secret", body)), "1819"},
		"HMAC with the API key":                {post("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", hmacHex(key, body)), "1819"},
		"SHA256 of another body":               {post("X-AUTH-CLIENT", key, "X-SIGNATURE", shaHex(body+" ", srv.Secret)), "1814"},
		"SHA256 where HMAC belongs":            {post("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", shaHex(body, srv.Secret)), "1819"},
		"HMAC where SHA256 belongs":            {post("X-AUTH-CLIENT", key, "X-SIGNATURE", hmacHex(srv.Secret, body)), "1814"},
		"SHA256 with the secret in front":      {post("X-AUTH-CLIENT", key, "X-SIGNATURE", shaHex(srv.Secret, body)), "1814"},
		"empty HMAC":                           {post("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", ""), "1812"},
		"HMAC that is no hash":                 {post("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", "abc"), "1812"},
		"HMAC in upper case":                   {post("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", strings.ToUpper(hmacHex(srv.Secret, body))), "1812"},
		"HMAC twice":                           {post("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, body), "X-HMAC-SIGNATURE", hmacHex(srv.Secret, body)), "1812"},
		"right HMAC beside wrong SHA256":       {post("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, body), "X-SIGNATURE", shaHex("", srv.Secret)), "1814"},
		"right SHA256 beside wrong HMAC":       {post("X-AUTH-CLIENT", key, "X-SIGNATURE", shaHex(body, srv.Secret), "X-HMAC-SIGNATURE", hmacHex(srv.Secret, "")), "1819"},
		"GET without a signature":              {get("X-AUTH-CLIENT", key), "1815"},
		"GET signed over nothing":              {get("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, "")), "1818"},
		"GET signed over its path":             {get("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, sessions+"/"+id+"/decision")), "1818"},
		"GET signed over another id":           {get("X-AUTH-CLIENT", key, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, foreign)), "1818"},
		"GET with a SHA256 over another id":    {get("X-AUTH-CLIENT", key, "X-SIGNATURE", shaHex(foreign, srv.Secret)), "1813"},
		"GET with a signature that is no hash": {get("X-AUTH-CLIENT", key, "X-SIGNATURE", id), "1812"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(srv.Sessions())
			r := c.request
			a := send(t, inProcess(srv), r[0], srv.URL+r[1], r[2], r[3:]...)
			assert.Equal(t, http.StatusUnauthorized, a.status)
			assert.Contains(t, a.body, `{"status":"fail","code":"`+c.code+`","message":"`)
			assert.Equal(t, "application/json; charset=utf-8", a.header.Get("Content-Type"))
			assert.Empty(t, a.header.Get("X-HMAC-SIGNATURE")+a.header.Get("X-SIGNATURE"), "to whom would it be signed")
			assert.Len(t, srv.Sessions(), before, "nothing was created")
			assert.NotContains(t, a.body, srv.Secret)
		})
	}
}

func TestAcceptedSignatures(t *testing.T) {
	const body = `{"verification":{}}`
	both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
		for name, headers := range map[string][]string{
			"none":                  {},
			"HMAC":                  {"X-HMAC-SIGNATURE", hmacHex(srv.Secret, body)},
			"SHA256":                {"X-SIGNATURE", shaHex(body, srv.Secret)},
			"both":                  {"X-HMAC-SIGNATURE", hmacHex(srv.Secret, body), "X-SIGNATURE", shaHex(body, srv.Secret)},
			"HMAC, path with slash": {"X-HMAC-SIGNATURE", hmacHex(srv.Secret, body)},
		} {
			url := srv.URL + sessions
			if strings.HasSuffix(name, "slash") {
				url += "/"
			}
			a := send(t, client, "POST", url, body, append(headers, "X-AUTH-CLIENT", srv.APIKey)...)
			require.Equal(t, http.StatusCreated, a.status, name)
			assert.Equal(t, srv.APIKey, a.header.Get("X-AUTH-CLIENT"), name)
			if name == "SHA256" {
				assert.Equal(t, shaHex(a.body, srv.Secret), a.header.Get("X-SIGNATURE"), name)
				assert.Empty(t, a.header.Values("X-HMAC-SIGNATURE"), name)
			} else {
				assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"), name)
				assert.Empty(t, a.header.Values("X-SIGNATURE"), name)
			}
			assert.Empty(t, a.header.Values("vrf-hmac-signature"), name)

			id := a.verification(t)["id"].(string)
			url = srv.URL + sessions + "/" + id + "/decision?version=1.0.0"
			a = send(t, client, "GET", url, "", "X-AUTH-CLIENT", srv.APIKey, "X-SIGNATURE", shaHex(id, srv.Secret))
			require.Equal(t, http.StatusOK, a.status, "the query is not signed")
			assert.Equal(t, shaHex(a.body, srv.Secret), a.header.Get("X-SIGNATURE"), name)
			a = send(t, client, "GET", url, "", "X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, id))
			require.Equal(t, http.StatusOK, a.status)
			assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"), name)
		}
	})
}

func TestSignatureOptions(t *testing.T) {
	t.Run("new headers", func(t *testing.T) {
		srv := start(t, verifftest.WithHeaders(verifftest.VRFHeaders))
		a := create(t, srv, `{}`)
		assert.Equal(t, srv.APIKey, a.header.Get("vrf-auth-client"))
		assert.Equal(t, srv.APIKey, a.header.Get("vrf-integration-id"))
		assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("vrf-hmac-signature"))
		assert.Empty(t, a.header.Values("X-HMAC-SIGNATURE"))
		assert.Empty(t, a.header.Values("X-AUTH-CLIENT"))
	})
	t.Run("both headers", func(t *testing.T) {
		srv := start(t, verifftest.WithHeaders(verifftest.BothHeaders))
		a := create(t, srv, `{}`)
		assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("vrf-hmac-signature"))
		assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
		assert.Equal(t, srv.APIKey, a.header.Get("X-AUTH-CLIENT"))
	})
	t.Run("unsigned answers", func(t *testing.T) {
		srv := start(t, verifftest.WithUnsignedAnswers())
		a := create(t, srv, `{}`)
		require.Equal(t, http.StatusCreated, a.status)
		assert.Empty(t, a.header.Values("X-HMAC-SIGNATURE"))
	})
	t.Run("no legacy signatures", func(t *testing.T) {
		srv := start(t, verifftest.WithoutLegacySignatures())
		a := send(t, inProcess(srv), "POST", srv.URL+sessions, "{}", "X-AUTH-CLIENT", srv.APIKey, "X-SIGNATURE", shaHex("{}", srv.Secret))
		assert.Equal(t, http.StatusUnauthorized, a.status)
		assert.Contains(t, a.body, `"code":"1815"`)
	})
	t.Run("uncoded refusals", func(t *testing.T) {
		srv := start(t, verifftest.WithUncodedRefusals())
		a := send(t, inProcess(srv), "POST", srv.URL+sessions, "{}")
		assert.Equal(t, http.StatusUnauthorized, a.status)
		assert.Equal(t, `{"status":"fail","message":"Not Authorized."}`, a.body)
	})
}

func TestEveryRefusalAfterTheKeyIsSigned(t *testing.T) {
	srv := start(t)
	a := create(t, srv, `{"vendorData":1}`)
	require.Equal(t, http.StatusBadRequest, a.status)
	assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
}

// The samples that document 003 publishes were signed by the vendor: signing
// their bodies must give their signatures.
func TestPublishedSignatures(t *testing.T) {
	for _, c := range []struct{ file, key, secret, want string }{
		{
			"testdata/approved.json", "Your-API-Key", "Your-API-Secret",
			"cd0e28104516bc27b4506026d81d07e532b927440b84c4f01ac02d92a2b1419c",
		},
		{
			"testdata/resubmission.json", "8e4f7cd8-7a19-4d7d-971f-a076407ee03c", "3c184872-6929-43d9-91d5-9e68468b5aa1",
			"cdffd99617c46e20d37d1db6e4f1bfefb929409e36a59122b6de25c6924d3c65",
		},
	} {
		body, err := os.ReadFile(c.file)
		require.NoError(t, err)
		signed := verifftest.Webhook{Kind: verifftest.DecisionWebhook, Body: body}.SignedWith(c.key, c.secret, true)
		assert.Equal(t, http.Header{"X-Auth-Client": {c.key}, "X-Signature": {c.want}}, signed.Header)
		assert.Equal(t, body, signed.Body)
	}
}

func TestUnknownPathsAndIDs(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	unknown := "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"
	for name, c := range map[string]struct {
		method, path, signed string
		status               int
		body                 string
	}{
		"root":               {"GET", "/", "", 404, `{"status":"fail","message":"Not Found."}`},
		"no version":         {"POST", "/sessions", "", 404, `{"status":"fail","message":"Not Found."}`},
		"version twice":      {"POST", "/v1/v1/sessions", "", 404, `{"status":"fail","message":"Not Found."}`},
		"list of sessions":   {"GET", "/v1/sessions", "", 404, `{"status":"fail","message":"Not Found."}`},
		"wrong method":       {"PUT", sessions + "/" + id + "/decision", id, 404, `{"status":"fail","message":"Not Found."}`},
		"double slash":       {"GET", "/v1//sessions/" + id + "/decision", id, 404, `{"status":"fail","message":"Not Found."}`},
		"dots":               {"GET", "/v1/x/../sessions/" + id + "/decision", id, 404, `{"status":"fail","message":"Not Found."}`},
		"unknown session":    {"GET", sessions + "/" + unknown + "/decision", unknown, 404, `{"status":"fail","message":"Not Found."}`},
		"short id":           {"GET", sessions + "/abc/decision", "abc", 400, `"code":"1001"`},
		"long id":            {"GET", sessions + "/" + id + "aaaaa/decision", id + "aaaaa", 400, `"code":"1001"`},
		"id that is no UUID": {"GET", sessions + "/" + id + "a/decision", id + "a", 400, `"code":"1002"`},
		"UUID of version 1":  {"GET", sessions + "/8e4f7cd8-7a19-1d7d-971f-a076407ee03c/decision", "8e4f7cd8-7a19-1d7d-971f-a076407ee03c", 400, `"code":"1002"`},
		"UUID of no variant": {"GET", sessions + "/8e4f7cd8-7a19-4d7d-c71f-a076407ee03c/decision", "8e4f7cd8-7a19-4d7d-c71f-a076407ee03c", 400, `"code":"1002"`},
		"another operation":  {"GET", sessions + "/" + id, id, 404, `{"status":"fail","message":"Not Found."}`},
	} {
		t.Run(name, func(t *testing.T) {
			a := send(t, inProcess(srv), c.method, srv.URL+c.path, "",
				"X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, c.signed))
			assert.Equal(t, c.status, a.status)
			assert.Contains(t, a.body, c.body)
		})
	}
}
