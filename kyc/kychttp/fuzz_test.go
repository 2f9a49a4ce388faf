package kychttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

// No request of a stranger's touches a check or asks a vendor, whatever its path,
// query, cookies and body; a webhook touches the check that it names, and the
// browser of the check's owner that check, by the claim that it brings. Nobody is
// sent to another site than the vendor's, nor to a page there that is another's.
func FuzzRequest(f *testing.F) {
	const account = "owner-9f8e7d6c5b4a39281706" // no input has it
	const (
		asOwner, asVendor, posts, sameOrigin = 1, 2, 4, 8
		other                                = "27182818284590452353602874713526624977"
	)
	for _, path := range []string{
		"alpha/start", "alpha/return/{alpha}", "alpha/check/{alpha}", "alpha/webhook", "beta/return/{beta}", "beta/check/{beta}", "beta/webhook", "beta/start",
		"alpha/return/{beta}", "beta/check/" + other, "/evil.example/", "../..//evil.example", "alpha/check/%2e%2e", "alpha/check/..", `alpha/return/\evil.example`, "",
	} {
		for _, as := range []byte{0, posts, asVendor | posts, asOwner, asOwner | posts | sameOrigin} {
			f.Add(path, "claim=imp_own&check={beta}", "session=mallory", "{beta} imp_own 2026-06-15T12:00:00Z", as)
		}
		f.Add(path, "claim=imp_other", "__Host-kyc-271828182845=x; session=", "{alpha}", byte(asOwner|asVendor|posts))
	}
	f.Fuzz(func(t *testing.T, path, query, cookie, body string, as byte) {
		alphaVendor, betaVendor := newVendor("alpha"), newVendor("beta")
		site := newSite(t, []kyc.Provider{alphaVendor, window{betaVendor}})
		owner := site.browser(account)
		alpha, beta := owner.begin("alpha"), owner.begin("beta")
		alphaVendor.decide("session-"+alpha, kyc.StatusApproved, noon)
		betaVendor.decide("imp_own", kyc.StatusApproved, noon)
		named := strings.NewReplacer("{alpha}", alpha, "{beta}", beta)
		path, query, body = named.Replace(path), named.Replace(query), named.Replace(body)
		before := map[string]any{alpha: *site.record(alpha), beta: *site.record(beta)}
		asked := alphaVendor.calls() + betaVendor.calls()

		target, err := url.ParseRequestURI("/verify/" + path + "?" + query)
		if err != nil {
			return // a server hands on no such request
		}
		r := httptest.NewRequest(http.MethodGet, origin, nil)
		r.URL = target
		if as&posts != 0 {
			r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if as&sameOrigin != 0 {
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		if as&asVendor != 0 {
			r.Header.Set("X-Signature", "genuine")
		}
		r.Header.Set("Cookie", cookie)
		if as&asOwner != 0 {
			r.Header.Del("Cookie")
			for _, cookie := range owner.jar.Cookies(owner.url(baseURL)) {
				r.AddCookie(cookie)
			}
		}
		answer := httptest.NewRecorder()
		site.handler.ServeHTTP(answer, r)

		assertStays(t, answer.Header().Get("Location"))
		after := map[string]any{alpha: *site.record(alpha), beta: *site.record(beta)}
		words := append(strings.Fields(body), "", "")
		webhook := as&asVendor != 0 && as&posts != 0 && strings.HasSuffix(target.Path, "/webhook")
		if !webhook || answer.Code != http.StatusServiceUnavailable { // of a vendor that is behind its webhook
			require.Less(t, answer.Code, 500, site.log.String())
		}
		if as&asOwner == 0 && !webhook {
			require.Equal(t, before, after)
			require.Equal(t, asked, alphaVendor.calls()+betaVendor.calls())
			require.Empty(t, site.acted())
			for _, id := range []string{alpha, beta} { // a check of the stranger's own may begin
				for _, cookie := range answer.Header().Values("Set-Cookie") {
					require.NotContains(t, cookie, "kyc-"+id[:12])
				}
				for _, secret := range []string{"vendor.example/v/" + id, account, "홍미래"} {
					require.NotContains(t, answer.Header().Get("Location")+answer.Body.String(), secret)
				}
			}
		}
		for id, vendor := range map[string]string{alpha: "alpha", beta: "beta"} {
			record := site.record(id)
			was := before[id]
			require.Equal(t, []string{id, vendor, account}, []string{record.Check.ID, record.Check.Provider, record.Check.Reference})
			if as&asOwner == 0 && words[0] != id {
				require.Equal(t, was, after[id], "a webhook about another check")
			}
			if record.Result == nil || record.Result.Status == kyc.StatusPending {
				continue
			}
			require.Equal(t, kyc.StatusApproved, record.Result.Status)
			if vendor == "beta" {
				require.Equal(t, "imp_own", record.Check.VendorID)
				require.True(t, as&asOwner != 0 && strings.Contains(query+body, "imp_own") || webhook && words[1] == "imp_own")
			} else {
				require.Equal(t, "session-"+id, record.Check.VendorID)
			}
		}
	})
}

// assertStays wants a redirect to lead to a path of the site's own, or to the
// vendor's page.
func assertStays(tb testing.TB, location string) {
	tb.Helper()
	if location == "" || strings.HasPrefix(location, "https://vendor.example/v/") {
		return
	}
	require.Regexp(tb, `^/([^/\\]|$)`, location)
	to, err := url.Parse(location)
	require.NoError(tb, err)
	require.Empty(tb, to.Scheme+to.Host)
}
