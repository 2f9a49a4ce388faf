package kychttp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

func TestStolenReturnLinkChangesNothing(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v, newVendor("bureau")})
	owner := s.browser("user-42")
	id := owner.begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	before := s.record(id)
	other := s.browser("user-66")
	second := s.browser("user-42")
	forged := s.browser("user-66")
	forged.jar.SetCookies(forged.url(origin), []*http.Cookie{{Name: "__Host-kyc-" + id[:12], Value: before.Browser, Path: "/", Secure: true}})
	var bodies []string
	for _, b := range []*browser{other, s.browser(""), second, forged} {
		got := b.get(returnTo("desk", id) + "?claim=x")
		assert.Equal(t, http.StatusForbidden, got.code)
		assert.Contains(t, got.body, "Continue your verification")
		assert.Contains(t, got.body, `<a href="/verify/desk/check/`+id+`">Continue</a>`)
		assert.NotContains(t, got.body, "claim=x")
		assert.NotContains(t, got.body, "vendor.example")
		assert.Empty(t, got.cookies)
		bodies = append(bodies, got.body)
	}
	got := owner.get(returnTo("bureau", id))
	assert.Equal(t, http.StatusForbidden, got.code, "another provider's")
	unknown := kyc.NewCheckID()
	got = other.get(returnTo("desk", unknown))
	assert.Equal(t, http.StatusForbidden, got.code)
	assert.Equal(t, bodies[0], strings.ReplaceAll(got.body, unknown, id), "nobody learns which checks there are")
	assert.Zero(t, v.calls())
	assert.Equal(t, before, s.record(id))
	assert.Empty(t, s.acted())

	got = owner.get(returnTo("desk", id))
	assert.Equal(t, http.StatusSeeOther, got.code)
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
}

// A session in a SameSite=Strict cookie is not there when a vendor sends the
// browser back. The return counts all the same, and one click shows the page.
func TestReturnWithoutTheApplicationsSession(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	b.signIn("")
	require.Equal(t, http.StatusSeeOther, b.get(returnTo("desk", id)).code)
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
	got := b.get(pageOf("desk", id))
	assert.Equal(t, http.StatusForbidden, got.code)
	assert.Contains(t, got.body, `href="/verify/desk/check/`+id+`"`)
	b.signIn("user-42")
	assert.Contains(t, b.get(pageOf("desk", id)).body, "You are verified")
}

func TestPageIsForTheAccountAlone(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	owner := s.browser("user-42")
	id := owner.begin("desk")
	s.edit(id, long)
	owner.signIn("user-66") // the same browser, another person
	var bodies []string
	for _, asked := range []string{id, kyc.NewCheckID(), strings.Repeat("1", 38), "x", "..%2Fx"} {
		for _, got := range []answer{owner.get(pageOf("desk", asked)), owner.post(pageOf("desk", asked), "")} {
			assert.Equal(t, http.StatusForbidden, got.code)
			assert.Empty(t, got.location)
			assert.Empty(t, got.cookies)
			bodies = append(bodies, strings.ReplaceAll(got.body, "/check/"+asked, "/check/ID"))
		}
	}
	for _, body := range bodies {
		assert.Equal(t, bodies[0], body)
	}
	assert.Zero(t, v.calls())
}

func TestPersonGoesOnInAnotherBrowser(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	first, second := s.browser("user-42"), s.browser("user-42")
	id := first.begin("desk")
	page := second.get(pageOf("desk", id))
	assert.Contains(t, page.body, `<form method="post" action="/verify/desk/check/`+id+`">`)
	assert.Empty(t, page.cookies, "looking changes nothing")
	got := second.post(pageOf("desk", id), "")
	require.Equal(t, http.StatusSeeOther, got.code)
	assert.Equal(t, "https://vendor.example/v/"+id, got.location)
	require.Len(t, got.cookies, 1)

	v.decide(id, kyc.StatusApproved, noon)
	assert.Equal(t, http.StatusForbidden, first.get(returnTo("desk", id)).code, "it goes on in one browser only")
	assert.Equal(t, http.StatusSeeOther, second.get(returnTo("desk", id)).code)
	got = second.post(pageOf("desk", id), "")
	assert.Equal(t, "/verify/desk/check/"+id, got.location, "there is nothing to go on with")
}

func TestGoingOnInTheSameBrowserKeepsItsSecret(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("desk")
	before := s.record(id).Browser
	got := b.post(pageOf("desk", id), "")
	assert.Equal(t, http.StatusSeeOther, got.code)
	assert.Empty(t, got.cookies)
	assert.Equal(t, before, s.record(id).Browser)
}

func TestWindowIsInThePage(t *testing.T) {
	v := window{newVendor("window")}
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	got := b.post(baseURL+"/window/start", "")
	id := v.started[0]
	require.Equal(t, "/verify/window/check/"+id, got.location)
	page := b.get(got.location)
	assert.Contains(t, page.body, `<button id="launch">`+id+`</button>`, "as the provider wrote it")
	assert.NotContains(t, page.header.Get("Content-Security-Policy"), "default-src")
	assert.Contains(t, page.header.Get("Content-Security-Policy"), "frame-ancestors 'none'")

	second := s.browser("user-42")
	page = second.get(pageOf("window", id))
	assert.NotContains(t, page.body, "launch", "whose return would not count")
	got = second.post(pageOf("window", id), "")
	require.Equal(t, "/verify/window/check/"+id, got.location)
	assert.Contains(t, second.get(got.location).body, "launch")

	s.edit(id, func(r *kychttp.Record) {
		r.Check.StartedAt, r.Check.ExpiresAt = noon.AddDate(-1, 0, 0), noon.AddDate(-1, 0, 1)
	})
	page = second.get(pageOf("window", id))
	assert.NotContains(t, page.body, "launch", "it would lead to nothing")
	assert.Contains(t, page.body, "Begin again")
}

func TestReturnsOfAPopup(t *testing.T) {
	v := window{newVendor("window")}
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("window")
	v.decide("imp-1", kyc.StatusApproved, noon)
	for name, header := range map[string][]string{
		"another site's page":   {"Sec-Fetch-Site", "cross-site"},
		"a sibling's page":      {"Sec-Fetch-Site", "same-site"},
		"an old browser's page": {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
	} {
		got := b.post(returnTo("window", id), "claim=imp-1", header...)
		assert.Equal(t, http.StatusForbidden, got.code, name)
		got = b.post(baseURL+"/window/start", "", header...)
		assert.Equal(t, http.StatusForbidden, got.code, name)
		got = b.post(pageOf("window", id), "", header...)
		assert.Equal(t, http.StatusForbidden, got.code, name)
	}
	assert.Zero(t, v.calls())
	assert.Len(t, v.started, 1)
	assert.True(t, s.log.has("kychttp: cross-origin request refused"))

	got := b.post(returnTo("window", id), "claim=imp-1")
	assert.Equal(t, http.StatusSeeOther, got.code)
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
}

// Behind a proxy the request names another host than the browser's.
func TestOriginBehindAProxy(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	r := httptest.NewRequest(http.MethodPost, "http://10.0.0.7:8080/verify/desk/start", nil)
	r.Header.Set("Origin", origin)
	r.AddCookie(&http.Cookie{Name: "session", Value: "user-42"})
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	assert.Equal(t, http.StatusSeeOther, w.Code)
	assert.Equal(t, returnTo("desk", v.started[0]), s.record(v.started[0]).Check.ReturnURL, "and the host of a request is not believed")
}

// Browsers leave the default port out of an Origin, and people leave it in a
// configuration.
func TestOriginOfTheDefaultPort(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v}, func(cfg *kychttp.Config) { cfg.BaseURL = "https://Shop.example:443/verify/" })
	r := httptest.NewRequest(http.MethodPost, "http://10.0.0.7:8080/verify/desk/start", nil)
	r.Header.Set("Origin", origin)
	r.AddCookie(&http.Cookie{Name: "session", Value: "user-42"})
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	assert.Equal(t, http.StatusSeeOther, w.Code)
}

func TestLoopbackDevelopment(t *testing.T) {
	for _, base := range []string{"http://localhost:8080", "http://127.0.0.1:8080/", "http://[::1]:8080"} {
		v := newVendor("desk")
		s := newSite(t, []kyc.Provider{v}, func(cfg *kychttp.Config) { cfg.BaseURL = base })
		r := httptest.NewRequest(http.MethodPost, strings.TrimRight(base, "/")+"/desk/start", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: "user-42"})
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		require.Equal(t, http.StatusSeeOther, w.Code)
		cookie := w.Result().Cookies()[0]
		id := v.started[0]
		assert.Equal(t, "kyc-"+id[:12], cookie.Name)
		assert.False(t, cookie.Secure)
		assert.True(t, cookie.HttpOnly)
		back := httptest.NewRequest(http.MethodGet, s.record(id).Check.ReturnURL, nil)
		back.AddCookie(cookie)
		w = httptest.NewRecorder()
		s.handler.ServeHTTP(w, back)
		assert.Equal(t, http.StatusSeeOther, w.Code)
		assert.Equal(t, "/desk/check/"+id, w.Header().Get("Location"))
	}
}

// No cache keeps what a person was told, and no other site hears where from
// somebody comes: the path names the check.
func TestHeaders(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	started := b.post(baseURL+"/desk/start", "")
	id := v.started[0]
	for name, got := range map[string]answer{
		"start":             started,
		"start, signed out": s.browser("").post(baseURL+"/desk/start", ""),
		"cross-origin":      b.post(baseURL+"/desk/start", "", "Sec-Fetch-Site", "cross-site"),
		"return":            b.get(returnTo("desk", id)),
		"return, elsewhere": s.browser("").get(returnTo("desk", id)),
		"page":              b.get(pageOf("desk", id)),
		"page, signed out":  s.browser("").get(pageOf("desk", id)),
		"going on":          b.post(pageOf("desk", id), ""),
		"webhook":           b.post(baseURL+"/desk/webhook", ""),
	} {
		assert.Equal(t, "no-store", got.header.Get("Cache-Control"), name)
		assert.Equal(t, "strict-origin", got.header.Get("Referrer-Policy"), name)
		assert.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"), name)
		if got.location == "" && got.body != "" {
			assert.Contains(t, got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'", name)
		}
	}
}

func TestCookiesOfManyChecksDoNotPileUp(t *testing.T) {
	s := newSite(t, []kyc.Provider{newVendor("desk")})
	b := s.browser("user-42")
	var last string
	for range 30 {
		last = b.begin("desk")
	}
	cookies := b.jar.Cookies(b.url(baseURL))
	assert.Len(t, cookies, 8+1, "and the session")
	assert.Equal(t, http.StatusSeeOther, b.get(returnTo("desk", last)).code)
}

func TestApplicationsOwnPage(t *testing.T) {
	v := newVendor("desk")
	var shown []*kychttp.Page
	s := newSite(t, []kyc.Provider{v}, func(cfg *kychttp.Config) {
		cfg.DoneURL = ""
		cfg.Page = func(w http.ResponseWriter, r *http.Request, page *kychttp.Page) {
			shown = append(shown, page)
			if page.Err == errSignedOut {
				http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
				return
			}
			w.WriteHeader(page.Code)
		}
	})
	got := s.browser("").post(baseURL+"/desk/start", "")
	assert.Equal(t, "/sign-in", got.location)
	assert.Equal(t, kychttp.Page{
		Provider: "desk", Code: http.StatusForbidden, Problem: kychttp.ProblemRefused, Err: errSignedOut,
		Start: "/verify/desk/start", Done: "/",
	}, *shown[0])
	assert.Empty(t, v.started)
	assert.True(t, s.log.has("kychttp: start refused"))

	b := s.browser("user-42")
	id := b.begin("desk")
	v.decide(id, kyc.StatusResubmit, noon)
	b.get(returnTo("desk", id))
	got = b.get(pageOf("desk", id))
	assert.Equal(t, http.StatusOK, got.code)
	assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
	page := shown[1]
	self := "/verify/desk/check/" + id
	assert.Equal(t, kychttp.Page{
		Provider: "desk", Code: http.StatusOK, Status: kyc.StatusResubmit, Result: page.Result,
		Continue: self, Self: self, Start: "/verify/desk/start", Done: "/",
	}, *page)
	assert.Equal(t, "홍미래", page.Result.Person.FullName)
	check := s.record(id).Check
	assert.Equal(t, self, s.service.PagePath(&check))
}
