package iamporttest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

func TestGetToken(t *testing.T) {
	both(t, func(t *testing.T, srv *iamporttest.Server, client *http.Client) {
		srv.SetTime(noon().Add(999 * time.Millisecond))
		a := send(t, client, "POST", srv.URL+"/users/getToken", credentials(srv))
		r := a.response(t)
		assert.Regexp(t, "^[0-9a-f]{40}$", r["access_token"])
		assert.Equal(t, float64(noon().Unix()), r["now"])
		assert.Equal(t, float64(noon().Unix()+1800), r["expired_at"])
		assert.Len(t, r, 3)

		fields := url.Values{"imp_key": {srv.APIKey}, "imp_secret": {srv.APISecret}}
		again := send(t, client, "POST", srv.URL+"/users/getToken", fields.Encode(), "Content-Type", form+"; charset=utf-8")
		assert.Equal(t, a.body, again.body, "a form will do")
		assert.Equal(t, 2, srv.TokenCalls())
	})
}

func TestGetTokenRefusals(t *testing.T) {
	const (
		missing = "imp_key, imp_secret 파라메터가 누락되었습니다."
		wrong   = "인증에 실패하였습니다. API키와 secret을 확인하세요."
	)
	srv := start(t)
	key, secret := srv.APIKey, srv.APISecret
	for name, c := range map[string]struct {
		body, contentType string
		status            int
		message           string
	}{
		"nothing":             {"", "", 400, missing},
		"no secret":           {`{"imp_key":"` + key + `"}`, "", 400, missing},
		"no key":              {`{"imp_secret":"` + secret + `"}`, "", 400, missing},
		"empty key":           {`{"imp_key":"","imp_secret":"` + secret + `"}`, "", 400, missing},
		"null":                {`{"imp_key":"` + key + `","imp_secret":null}`, "", 400, missing},
		"number":              {`{"imp_key":` + "1" + key[1:] + `,"imp_secret":"` + secret + `"}`, "", 400, missing},
		"no JSON":             {`{"imp_key"`, "", 400, missing},
		"more than JSON":      {credentials(srv) + "{}", "", 400, missing},
		"no object":           {`[]`, "", 400, missing},
		"not UTF-8":           {"{\"imp_key\":\"\xff\",\"imp_secret\":\"1\"}", "", 400, missing},
		"form called JSON":    {"imp_key=" + key + "&imp_secret=" + secret, "application/json", 400, missing},
		"JSON called form":    {credentials(srv), form, 400, "parameter"},
		"another type":        {credentials(srv), "text/plain", 400, missing},
		"no type":             {credentials(srv), ";", 400, missing},
		"key twice":           {"imp_key=" + key + "&imp_key=" + key + "&imp_secret=" + secret, form, 400, missing},
		"broken form":         {"imp_key=%zz", form, 400, missing},
		"wrong key":           {`{"imp_key":"1","imp_secret":"` + secret + `"}`, "", 401, wrong},
		"wrong secret":        {`{"imp_key":"` + key + `","imp_secret":"1"}`, "", 401, wrong},
		"undocumented member": {`{"imp_key":"` + key + `","imp_secret":"` + secret + `","grant":"x"}`, "", 400, "grant 파라메터가 올바르지 않습니다."},
	} {
		t.Run(name, func(t *testing.T) {
			var headers []string
			if c.contentType != "" {
				headers = []string{"Content-Type", c.contentType}
			}
			a := send(t, inProcess(srv), "POST", srv.URL+"/users/getToken", c.body, headers...)
			if c.message == "parameter" { // its name is the whole text
				assert.Equal(t, 400, a.status)
				return
			}
			a.refused(t, c.status, c.message)
		})
	}
}

// Each step moves the clock and asks for a token, or tries the first one.
func TestTokenLife(t *testing.T) {
	const first, second = "first", "second"
	type step struct {
		at        int64 // seconds after the first token
		token     string
		expiredAt int64
	}
	for name, c := range map[string]struct {
		opts  []iamporttest.Option
		steps []step
	}{
		"the same until the last minute": {nil, []step{{1, first, 1800}, {1739, first, 1800}, {1740, first, 1800}}},
		"extended in the last minute":    {nil, []step{{1741, first, 2100}, {1742, first, 2100}, {2040, first, 2100}}},
		"extended in the last second":    {nil, []step{{1799, first, 2100}}},
		"another when expired":           {nil, []step{{1800, second, 3600}, {1801, second, 3600}}},
		"extended again":                 {nil, []step{{1741, first, 2100}, {2041, first, 2400}, {2341, first, 2700}, {2700, second, 4500}}},
		"extended once": {[]iamporttest.Option{iamporttest.WithSingleExtension()},
			[]step{{1741, first, 2100}, {2041, first, 2100}, {2100, second, 3900}, {3841, second, 4200}}},
		"extended from the request": {[]iamporttest.Option{iamporttest.WithExtensionFromRequest()},
			[]step{{1740, first, 1800}, {1750, first, 2050}, {1990, first, 2050}, {1991, first, 2291}}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, c.opts...)
			srv.SetTime(noon())
			names := map[any]string{getToken(t, srv).response(t)["access_token"]: first}
			for _, s := range c.steps {
				srv.SetTime(noon().Add(time.Duration(s.at) * time.Second))
				r := getToken(t, srv).response(t)
				if names[r["access_token"]] == "" {
					names[r["access_token"]] = second
				}
				assert.Equal(t, s.token, names[r["access_token"]], s.at)
				assert.Equal(t, float64(noon().Unix()+s.at), r["now"], s.at)
				assert.Equal(t, float64(noon().Unix()+s.expiredAt), r["expired_at"], s.at)
			}
		})
	}
}

func TestTokenHoldsUntilItExpires(t *testing.T) {
	srv := start(t)
	srv.SetTime(noon())
	impUID, err := srv.Begin(iamporttest.Attempt{})
	require.NoError(t, err)
	authorization := bearer(t, srv)
	ask := func() answer {
		return send(t, inProcess(srv), "GET", srv.URL+certifications+impUID, "", "Authorization", authorization)
	}
	srv.SetTime(noon().Add(1800*time.Second - 1))
	assert.Equal(t, http.StatusOK, ask().status)
	srv.SetTime(noon().Add(1800 * time.Second))
	ask().refused(t, http.StatusUnauthorized, "Unauthorized")
	assert.NotEqual(t, authorization, bearer(t, srv))
	ask().refused(t, http.StatusUnauthorized, "Unauthorized")

	authorization = bearer(t, srv)
	srv.Advance(1741 * time.Second)
	assert.Equal(t, authorization, bearer(t, srv), "extended")
	srv.Advance(358 * time.Second)
	assert.Equal(t, http.StatusOK, ask().status)
	srv.Advance(time.Second)
	assert.Equal(t, http.StatusUnauthorized, ask().status)
}

func TestRevokeToken(t *testing.T) {
	for name, c := range map[string]struct {
		opts []iamporttest.Option
		same bool
	}{
		"another one next":  {nil, false},
		"the same one next": {[]iamporttest.Option{iamporttest.WithSameToken()}, true},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, c.opts...)
			srv.SetTime(noon())
			srv.RevokeToken() // nobody has one
			impUID, err := srv.Begin(iamporttest.Attempt{})
			require.NoError(t, err)
			before := getToken(t, srv).response(t)
			ask := func(token any) int {
				return send(t, inProcess(srv), "GET", srv.URL+certifications+impUID, "", "Authorization", fmt.Sprint("Bearer ", token)).status
			}
			assert.Equal(t, 200, ask(before["access_token"]))
			srv.RevokeToken()
			assert.Equal(t, 401, ask(before["access_token"]))
			assert.Equal(t, 401, ask(before["access_token"]), "until it is fetched")

			srv.Advance(time.Second)
			after := getToken(t, srv).response(t)
			assert.Equal(t, 200, ask(after["access_token"]))
			assert.Equal(t, c.same, before["access_token"] == after["access_token"])
			assert.Equal(t, c.same, before["expired_at"] == after["expired_at"])
			if !c.same {
				assert.Equal(t, 401, ask(before["access_token"]))
			}
		})
	}
}

func TestTokenCalls(t *testing.T) {
	srv := start(t)
	assert.Zero(t, srv.TokenCalls())
	require.NoError(t, srv.FailNext(503, 0))
	assert.Equal(t, 503, getToken(t, srv).status)
	send(t, inProcess(srv), "POST", srv.URL+"/users/getToken", "{}")
	send(t, inProcess(srv), "GET", srv.URL+"/users/getToken", "")
	get(t, srv, "imp_1")
	assert.Equal(t, 3, srv.TokenCalls())
}
