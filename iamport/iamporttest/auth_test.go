package iamporttest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

func TestAuthorization(t *testing.T) {
	const raw, wrong = "{token}", "0123456789012345678901234567890123456789"
	for name, c := range map[string]struct {
		headers    []string
		ok, strict bool // by default, and with WithBearerOnly
	}{
		"nothing":              {nil, false, false},
		"bearer":               {[]string{"Authorization", "Bearer " + raw}, true, true},
		"bearer in lower case": {[]string{"Authorization", "bearer " + raw}, true, true},
		"bare":                 {[]string{"Authorization", raw}, true, false},
		"old header":           {[]string{"X-ImpTokenHeader", raw}, true, false},
		"old header wrong":     {[]string{"X-ImpTokenHeader", wrong}, false, false},
		"old header, bearer":   {[]string{"X-ImpTokenHeader", "Bearer " + raw}, false, false},
		"old header twice":     {[]string{"X-ImpTokenHeader", raw, "X-ImpTokenHeader", raw}, false, false},
		"both, one wrong":      {[]string{"Authorization", "Bearer " + raw, "X-ImpTokenHeader", wrong}, true, true},
		"Authorization wins":   {[]string{"Authorization", "Bearer " + wrong, "X-ImpTokenHeader", raw}, false, false},
		"empty one wins too":   {[]string{"Authorization", "", "X-ImpTokenHeader", raw}, false, false},
		"two of them":          {[]string{"Authorization", "Bearer " + raw, "Authorization", "Bearer " + raw}, false, false},
		"unknown":              {[]string{"Authorization", "Bearer " + wrong}, false, false},
		"empty":                {[]string{"Authorization", "Bearer "}, false, false},
		"another scheme":       {[]string{"Authorization", "Basic " + raw}, false, false},
		"part of it":           {[]string{"Authorization", "Bearer " + raw[:3]}, false, false},
		"two spaces":           {[]string{"Authorization", "Bearer  " + raw}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, strict := range []bool{false, true} {
				opts, ok := []iamporttest.Option(nil), c.ok
				if strict {
					opts, ok = []iamporttest.Option{iamporttest.WithBearerOnly()}, c.strict
				}
				srv := start(t, opts...)
				impUID, err := srv.Begin(iamporttest.Attempt{})
				require.NoError(t, err)
				_, text, _ := strings.Cut(bearer(t, srv), " ")
				var headers []string
				for _, h := range c.headers {
					headers = append(headers, strings.ReplaceAll(h, raw, text))
				}
				for _, target := range []string{
					"GET " + certifications + impUID, "DELETE " + certifications + "imp_1", "POST " + otpRequest, "POST " + otpConfirm + "imp_1",
				} {
					method, path, _ := strings.Cut(target, " ")
					a := send(t, inProcess(srv), method, srv.URL+path, "", headers...)
					if !ok {
						a.refused(t, http.StatusUnauthorized, "Unauthorized")
						continue
					}
					assert.NotEqual(t, http.StatusUnauthorized, a.status, target)
				}
			}
		})
	}
}

func TestNoTokenBeforeTheFirst(t *testing.T) {
	for _, now := range []time.Time{noon(), time.Unix(-1, 0)} {
		srv := start(t)
		srv.SetTime(now)
		a := send(t, inProcess(srv), "GET", srv.URL+certifications+"imp_1", "", "Authorization", "")
		a.refused(t, http.StatusUnauthorized, "Unauthorized")
	}
}

func TestTiers(t *testing.T) {
	const none = "인증결과가 존재하지 않습니다."
	for name, all := range map[string]bool{"an agent sees its own": false, "an agent sees all": true} {
		t.Run(name, func(t *testing.T) {
			opts := []iamporttest.Option{iamporttest.WithTier("abc"), iamporttest.WithTier("D01")}
			if all {
				opts = append(opts, iamporttest.WithAgentSeesTiers())
			}
			srv := start(t, opts...)
			impUIDs := map[string]string{}
			for _, tier := range []string{"", "abc", "D01"} {
				impUID, err := srv.Certify(iamporttest.Attempt{Tier: tier}, mirae())
				require.NoError(t, err)
				impUIDs[tier] = impUID
			}
			for of, impUID := range impUIDs {
				for by := range impUIDs {
					var headers []string
					if by != "" {
						headers = []string{"Tier", by}
					}
					for _, a := range []answer{
						get(t, srv, impUID, headers...),
						call(t, srv, "DELETE", certifications+impUID+"x", "", headers...),
					} {
						if a.status == http.StatusOK {
							assert.True(t, by == of || by == "" && all, "%q sees %q", by, of)
							continue
						}
						a.refused(t, http.StatusNotFound, none)
					}
				}
			}
			assert.Equal(t, http.StatusOK, get(t, srv, impUIDs["abc"], "Tier", "abc").status)
			assert.Equal(t, http.StatusOK, get(t, srv, impUIDs[""]).status)
			call(t, srv, "DELETE", certifications+impUIDs["abc"], "", "Tier", "D01").refused(t, http.StatusNotFound, none)
			assert.Equal(t, all, get(t, srv, impUIDs["abc"]).status == http.StatusOK)
			assert.Len(t, srv.Certifications(), 3)
		})
	}
}

func TestTiersThatAreRefused(t *testing.T) {
	srv := start(t, iamporttest.WithTier("abc"))
	for name, headers := range map[string][]string{
		"unknown": {"Tier", "abd"}, "another case": {"Tier", "ABC"}, "empty": {"Tier", ""}, "twice": {"Tier", "abc", "Tier", "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			get(t, srv, "imp_1", headers...).refused(t, http.StatusUnauthorized, "등록되지 않은 하위 상점입니다.")
			a := send(t, inProcess(srv), "POST", srv.URL+"/users/getToken", credentials(srv), headers...)
			assert.Equal(t, http.StatusUnauthorized, a.status)
		})
	}
	assert.Equal(t, bearer(t, srv),
		"Bearer "+send(t, inProcess(srv), "POST", srv.URL+"/users/getToken", credentials(srv), "Tier", "abc").response(t)["access_token"].(string),
		"tiers share the agent's token")
	_, err := srv.Begin(iamporttest.Attempt{Tier: "abd"})
	assert.ErrorContains(t, err, `no tier "abd"`)
}
