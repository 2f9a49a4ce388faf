package tomoidv_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

func forged(payload string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"ES256"}`)) + "." + encode([]byte(payload)) + "." + encode([]byte("no signature"))
}

func returned(query string) *http.Request {
	return httptest.NewRequest(http.MethodGet, "https://shop.example/idv/"+userID+"?"+query, nil)
}

func TestParseReturn(t *testing.T) {
	token := forged(`{"sub":"` + ppid + `","iss":"tomo","aud":"x","iat":1,"exp":2,"jti":"y"}`)
	const key = `{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB"}`
	for name, test := range map[string]struct {
		query string
		want  tomoidv.Claim
	}{
		"token and key":        {"token=" + token + "&key=" + url.QueryEscape(key), tomoidv.Claim{PPID: ppid, Token: token, Key: key}},
		"with one's own":       {"success=1&token=" + token + "&key=abc", tomoidv.Claim{PPID: ppid, Token: token, Key: "abc"}},
		"token alone":          {"token=" + token, tomoidv.Claim{PPID: ppid, Token: token}},
		"older personal id":    {"token=" + forged(`{"sub":"abc"}`), tomoidv.Claim{PPID: "abc", Token: forged(`{"sub":"abc"}`)}},
		"a failure":            {"fail=1", tomoidv.Claim{}},
		"nothing":              {"", tomoidv.Claim{}},
		"an empty token":       {"token=&key=", tomoidv.Claim{}},
		"of 64 KiB":            {"key=" + strings.Repeat("a", 64<<10-4), tomoidv.Claim{Key: strings.Repeat("a", 64<<10-4)}},
		"a key that is no key": {"token=" + token + "&key=%7Bhunter2", tomoidv.Claim{PPID: ppid, Token: token, Key: "{hunter2"}},
	} {
		got, err := tomoidv.ParseReturn(returned(test.query))
		require.NoError(t, err, name)
		assert.Equal(t, test.want, *got, name)
	}
}

// Whoever writes the URL writes the claim: a victim's PPID with a key of the
// attacker's own parses like any other, and is only text.
func TestClaimIsOnlyAClaim(t *testing.T) {
	got, err := tomoidv.ParseReturn(returned("token=" + forged(`{"sub":"`+other+`"}`) + "&key=" + url.QueryEscape(privateJWK(t))))
	require.NoError(t, err)
	assert.Equal(t, tomoidv.PPID(other), got.PPID)
}

func TestReturnsThatAreRefused(t *testing.T) {
	good := forged(`{"sub":"` + ppid + `"}`)
	for name, test := range map[string]struct {
		request *http.Request
		says    string
		kind    error
	}{
		"none":            {nil, "there is no request", tomoidv.ErrInvalidAnswer},
		"no URL":          {&http.Request{}, "there is no request", tomoidv.ErrInvalidAnswer},
		"POST":            {httptest.NewRequest(http.MethodPost, "https://shop.example/?token="+good, strings.NewReader("")), "neither GET nor HEAD", tomoidv.ErrInvalidAnswer},
		"bad escape":      {returned("token=%zz"), "the query cannot be read", tomoidv.ErrInvalidAnswer},
		"semicolons":      {returned("token=a;key=b"), "the query cannot be read", tomoidv.ErrInvalidAnswer},
		"two tokens":      {returned("token=" + good + "&token=" + good), "it has two of token", tomoidv.ErrInvalidAnswer},
		"two keys":        {returned("token=" + good + "&key=a&key=b"), "it has two of key", tomoidv.ErrInvalidAnswer},
		"not a JWT":       {returned("token=hunter2"), "its token is not a JWT", tomoidv.ErrInvalidAnswer},
		"two parts":       {returned("token=a.b"), "its token is not a JWT", tomoidv.ErrInvalidAnswer},
		"four parts":      {returned("token=" + good + ".x"), "its token is not a JWT", tomoidv.ErrInvalidAnswer},
		"not base64":      {returned("token=a.*.c"), "its token is not a JWT", tomoidv.ErrInvalidAnswer},
		"payload no JSON": {returned("token=a." + base64.RawURLEncoding.EncodeToString([]byte("hunter2")) + ".c"), "payload is not a JSON object", tomoidv.ErrInvalidAnswer},
		"payload a list":  {returned("token=" + forged(`["sub"]`)), "payload is not a JSON object", tomoidv.ErrInvalidAnswer},
		"payload null":    {returned("token=" + forged(`null`)), "its token has no sub", tomoidv.ErrInvalidAnswer},
		"no sub":          {returned("token=" + forged(`{"iss":"x"}`)), "its token has no sub", tomoidv.ErrInvalidAnswer},
		"sub null":        {returned("token=" + forged(`{"sub":null}`)), "its token has no sub", tomoidv.ErrInvalidAnswer},
		"sub a number":    {returned("token=" + forged(`{"sub":7}`)), "payload is not a JSON object", tomoidv.ErrInvalidAnswer},
		"sub empty":       {returned("token=" + forged(`{"sub":""}`)), "its token's sub is empty", tomoidv.ErrInvalidAnswer},
		"sub with a line": {returned("token=" + forged(`{"sub":"a\nb"}`)), "its token's sub has a control character", tomoidv.ErrInvalidAnswer},
		"two subs":        {returned("token=" + forged(`{"sub":"a","sub":"b"}`)), "payload is not a JSON object", tomoidv.ErrInvalidAnswer},
		"trailed":         {returned("token=" + forged(`{"sub":"a"}{}`)), "payload is not a JSON object", tomoidv.ErrInvalidAnswer},
		"over 64 KiB":     {returned("key=" + strings.Repeat("a", 64<<10-3)), "too large", tomoidv.ErrTooLarge},
	} {
		got, err := tomoidv.ParseReturn(test.request)
		assert.Nil(t, got, name)
		assertKinds(t, err, test.kind)
		require.ErrorContains(t, err, "tomoidv: ParseReturn: ", name)
		require.ErrorContains(t, err, test.says, name)
		assert.NotContains(t, err.Error(), "hunter2", name)
	}
}
