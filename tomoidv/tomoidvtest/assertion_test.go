package tomoidvtest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

func TestAssertionsThatAreRefused(t *testing.T) {
	another, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	claim := func(name string, v any) func(a *app) string {
		return func(a *app) string {
			claims := a.claims()
			claims[name] = v
			return sign(a.key, header(), claims)
		}
	}
	without := func(name string) func(a *app) string {
		return func(a *app) string {
			claims := a.claims()
			delete(claims, name)
			return sign(a.key, header(), claims)
		}
	}
	head := func(h string) func(a *app) string {
		return func(a *app) string { return signText(a.key, h, string(text(a.claims()))) }
	}
	// times are seconds from now.
	times := func(iat, exp int64) func(a *app) string {
		return func(a *app) string {
			claims := a.claims()
			now := a.now().Unix()
			claims["iat"], claims["exp"] = now+iat, now+exp
			return sign(a.key, header(), claims)
		}
	}
	for name, c := range map[string]struct {
		assertion func(a *app) string
		want      string
	}{
		"no JWT":        {func(*app) string { return "abc" }, "client_assertion is not three parts"},
		"four parts":    {func(a *app) string { return a.assertion() + ".e30" }, "client_assertion is not three parts"},
		"padded":        {func(a *app) string { return a.assertion() + "==" }, "is not base64url without padding"},
		"standard":      {func(a *app) string { return strings.Replace(a.assertion(), ".", "+.", 1) }, "is not base64url without padding"},
		"line break":    {func(a *app) string { return strings.Replace(a.assertion(), ".", "\n.", 1) }, "is not base64url without padding"},
		"header no map": {head(`[]`), "has a header or claims that are not a JSON object"},
		"header no JSON": {
			head(`{`), "has a header that is not a JSON object",
		},
		"header twice": {head(`{"alg":"ES256","typ":"JWT","alg":"ES256"}`), "or names a member twice"},
		"claims no JSON": {
			func(a *app) string { return signText(a.key, string(text(header())), `{}x`) }, "has claims that are not a JSON object",
		},
		"claim twice": {
			func(a *app) string {
				claims := string(text(a.claims()))
				return signText(a.key, string(text(header())), `{"iss":"`+a.id+`",`+claims[1:])
			},
			"or names one twice",
		},
		"alg none":     {head(`{"alg":"none","typ":"JWT"}`), "alg is not ES256"},
		"alg HS256":    {head(`{"alg":"HS256","typ":"JWT"}`), "alg is not ES256"},
		"no alg":       {head(`{"typ":"JWT"}`), "alg is not ES256"},
		"no typ":       {head(`{"alg":"ES256"}`), "typ is not JWT"},
		"typ in lower": {head(`{"alg":"ES256","typ":"jwt"}`), "typ is not JWT"},
		"kid":          {head(`{"alg":"ES256","typ":"JWT","kid":"1"}`), "the header has more than alg and typ"},
		"jwk":          {head(`{"alg":"ES256","typ":"JWT","jwk":{}}`), "the header has more than alg and typ"},
		"another key": {
			func(a *app) string { return sign(another, header(), a.claims()) }, "the signature does not match",
		},
		"no signature": {
			func(a *app) string {
				return strings.TrimRight(a.assertion(), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
			},
			"the signature does not match",
		},
		"ASN.1 signature": {
			func(a *app) string {
				parts := strings.Split(a.assertion(), ".")
				raw, err := base64.RawURLEncoding.DecodeString(parts[2])
				if err != nil {
					panic(err)
				}
				der := append([]byte{0x30, 70, 2, 33, 0}, raw[:32]...)
				der = append(append(der, 2, 33, 0), raw[32:]...)
				return parts[0] + "." + parts[1] + "." + segment(der)
			},
			"the signature does not match",
		},
		"zero signature": {
			func(a *app) string {
				parts := strings.Split(a.assertion(), ".")
				return parts[0] + "." + parts[1] + "." + segment(make([]byte, 64))
			},
			"the signature does not match",
		},
		"more than a signature": {
			func(a *app) string {
				parts := strings.Split(a.assertion(), ".")
				raw, err := base64.RawURLEncoding.DecodeString(parts[2])
				if err != nil {
					panic(err)
				}
				return parts[0] + "." + parts[1] + "." + segment(raw, []byte{0})
			},
			"the signature does not match",
		},
		"changed afterwards": {
			func(a *app) string {
				one, two := strings.Split(a.assertion(), "."), strings.Split(a.assertion(), ".")
				return one[0] + "." + one[1] + "." + two[2]
			},
			"the signature does not match",
		},
		"unknown client": {claim("sub", "00000000-0000-4000-8000-000000000000"), "sub is no client id"},
		"no sub":         {without("sub"), "sub is no client id"},
		"another iss":    {claim("iss", "00000000-0000-4000-8000-000000000000"), "iss is not the client id"},
		"no iss":         {without("iss"), "iss is not the client id"},
		"another aud":    {claim("aud", "https://api.tomopayment.com/v1/oauth2/token"), "aud is not"},
		"aud is a list": {
			func(a *app) string {
				claims := a.claims()
				claims["aud"] = []any{claims["aud"]}
				return sign(a.key, header(), claims)
			},
			"aud is not the address of the token endpoint, as one string",
		},
		"aud with a slash": {
			func(a *app) string {
				claims := a.claims()
				claims["aud"] = claims["aud"].(string) + "/"
				return sign(a.key, header(), claims)
			},
			"aud is not",
		},
		"no aud":        {without("aud"), "aud is not"},
		"no iat":        {without("iat"), "iat is not a number of seconds"},
		"iat is text":   {claim("iat", "1"), "iat is not a number of seconds"},
		"iat has parts": {claim("iat", 1.5), "iat is not a number of seconds"},
		"iat is huge":   {claim("iat", int64(1)<<60), "iat is not a number of seconds"},
		"no exp":        {without("exp"), "exp is not a number of seconds"},
		"exp is null":   {claim("exp", nil), "exp is not a number of seconds"},
		"exp negative":  {claim("exp", -1), "exp is not a number of seconds"},
		"early":         {times(90, 200), "iat is in the future"},
		"late":          {times(-300, -60), "exp is over"},
		"too long":      {times(0, 301), "exp is too long after iat"},
		"backwards":     {times(0, 0), "exp is not after iat"},
		"milliseconds": {
			func(a *app) string {
				claims := a.claims()
				now := a.now().UnixMilli()
				claims["iat"], claims["exp"] = now, now+300_000
				return sign(a.key, header(), claims)
			},
			"iat is in the future",
		},
		"no jti":            {without("jti"), "jti is not a random UUID"},
		"empty jti":         {claim("jti", ""), "jti is not a random UUID"},
		"jti is no UUID":    {claim("jti", "1"), "jti is not a random UUID"},
		"jti is not random": {claim("jti", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "jti is not a random UUID"},
		"nbf":               {claim("nbf", 1), "claims besides iss, sub, aud, iat, exp and jti"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithoutListener())
			a := newApp(t, srv)
			got := a.ask(t, form(c.assertion(a)))
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
			body := got.json(t)
			assert.Equal(t, "invalid_client", body["error"])
			assert.Contains(t, body["error_description"], c.want)
			assert.Len(t, body, 2)
			a.authorize(t) // and one that holds is not refused
		})
	}
}

func TestAssertionTimes(t *testing.T) {
	for name, c := range map[string]struct {
		opts     []tomoidvtest.Option
		iat, exp int64
		want     int
	}{
		"a minute ahead":     {nil, 60, 360, 200},
		"more than a minute": {nil, 61, 360, 400},
		"a minute over":      {nil, -300, -59, 200},
		"just over":          {nil, -300, -60, 400},
		"five minutes":       {nil, 0, 300, 200},
		"no tolerance":       {[]tomoidvtest.Option{tomoidvtest.WithClockTolerance(0)}, 1, 300, 400},
		"in time":            {[]tomoidvtest.Option{tomoidvtest.WithClockTolerance(0)}, 0, 1, 200},
		"not in time":        {[]tomoidvtest.Option{tomoidvtest.WithClockTolerance(0)}, -1, 0, 400},
		"a longer life":      {[]tomoidvtest.Option{tomoidvtest.WithAssertionLife(time.Hour)}, 0, 3600, 200},
		"a shorter life":     {[]tomoidvtest.Option{tomoidvtest.WithAssertionLife(time.Minute)}, 0, 61, 400},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, append(c.opts, tomoidvtest.WithoutListener())...)
			at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			srv.SetTime(at)
			a := newApp(t, srv)
			claims := a.claims()
			claims["iat"], claims["exp"] = at.Unix()+c.iat, at.Unix()+c.exp
			got := a.ask(t, form(sign(a.key, header(), claims)))
			assert.Equal(t, c.want, got.status, got.body)
		})
	}
}

func TestReplay(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := newApp(t, srv)
	assertion := a.assertion()
	require.Equal(t, http.StatusOK, a.ask(t, form(assertion)).status)
	got := a.ask(t, form(assertion))
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Equal(t, "jti was used before", got.json(t)["error_description"])

	claims := a.claims()
	claims["jti"] = claimsOf(t, assertion)["jti"]
	assert.Equal(t, http.StatusBadRequest, a.ask(t, form(sign(a.key, header(), claims))).status, "in another assertion")

	given := srv.AddClient(tomoidvtest.Sandbox)
	b := appOf(t, srv, given.ID, given.SecretKey)
	claims["iss"], claims["sub"] = b.id, b.id
	assert.Equal(t, http.StatusOK, b.ask(t, form(sign(b.key, header(), claims))).status, "of another client")

	refused := a.claims()
	refused["aud"] = "elsewhere"
	require.Equal(t, http.StatusBadRequest, a.ask(t, form(sign(a.key, header(), refused))).status)
	refused["aud"] = srv.URL + tokenPath
	assert.Equal(t, http.StatusOK, a.ask(t, form(sign(a.key, header(), refused))).status, "what was refused is not used up")
}

func TestReplayAfterItsTime(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := newApp(t, srv)
	assertion := a.assertion()
	require.Equal(t, http.StatusOK, a.ask(t, form(assertion)).status)
	srv.Advance(6*time.Minute - 2*time.Second)
	assert.Equal(t, "jti was used before", a.ask(t, form(assertion)).json(t)["error_description"])
	srv.Advance(2 * time.Second)
	assert.Equal(t, "exp is over", a.ask(t, form(assertion)).json(t)["error_description"])
}

func TestReplayAtTheSameTime(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := newApp(t, srv)
	assertion := a.assertion()
	statuses := make(chan int)
	for range 8 {
		go func() { statuses <- a.ask(t, form(assertion)).status }()
	}
	count := make(map[int]int)
	for range 8 {
		count[<-statuses]++
	}
	assert.Equal(t, map[int]int{http.StatusOK: 1, http.StatusBadRequest: 7}, count)
}

func TestAssertionKnobs(t *testing.T) {
	for name, c := range map[string]struct {
		opt    tomoidvtest.Option
		header map[string]any
		claim  string
		value  any
		want   int
	}{
		"kid":                        {tomoidvtest.WithKeyIDs(), map[string]any{"kid": "1"}, "", nil, 200},
		"kid, and something else":    {tomoidvtest.WithKeyIDs(), map[string]any{"x5u": "1"}, "", nil, 400},
		"audience":                   {tomoidvtest.WithAudience("https://issuer.invalid"), nil, "aud", "https://issuer.invalid", 200},
		"audience, and the endpoint": {tomoidvtest.WithAudience("https://issuer.invalid"), nil, "", nil, 400},
		"unknown claim":              {tomoidvtest.WithUnknownProperties(), nil, "nbf", 1, 200},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, begin(t, c.opt, tomoidvtest.WithoutListener()))
			h, claims := header(), a.claims()
			for n, v := range c.header {
				h[n] = v
			}
			if c.claim != "" {
				claims[c.claim] = c.value
			}
			got := a.ask(t, form(sign(a.key, h, claims)))
			assert.Equal(t, c.want, got.status, got.body)
		})
	}
	t.Run("jti again", func(t *testing.T) {
		a := newApp(t, begin(t, tomoidvtest.WithJTIReuse(), tomoidvtest.WithoutListener()))
		assertion := a.assertion()
		require.Equal(t, http.StatusOK, a.ask(t, form(assertion)).status)
		assert.Equal(t, http.StatusOK, a.ask(t, form(assertion)).status)
	})
	t.Run("status of invalid_client", func(t *testing.T) {
		a := newApp(t, begin(t, tomoidvtest.WithInvalidClientStatus(401), tomoidvtest.WithoutListener()))
		got := a.ask(t, form("a.b.c"))
		assert.Equal(t, http.StatusUnauthorized, got.status)
		assert.Equal(t, "invalid_client", got.json(t)["error"])
		assert.Equal(t, http.StatusBadRequest, a.ask(t, nil).status, "of nothing else")
	})
}

func TestEnvironments(t *testing.T) {
	for server, other := range map[tomoidvtest.Environment]tomoidvtest.Environment{
		tomoidvtest.Sandbox: tomoidvtest.Production, tomoidvtest.Production: tomoidvtest.Sandbox,
	} {
		t.Run(string(server), func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithEnvironment(server), tomoidvtest.WithoutListener())
			authorized(t, srv)
			same := srv.AddClient(server)
			appOf(t, srv, same.ID, same.SecretKey).authorize(t)
			given := srv.AddClient(other)
			a := appOf(t, srv, given.ID, given.SecretKey)
			got := a.ask(t, form(a.assertion()))
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, "invalid_client", got.json(t)["error"])
			assert.Equal(t, "sub is no client id of this environment", got.json(t)["error_description"])
		})
	}
}
