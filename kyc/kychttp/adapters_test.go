package kychttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func newVeriff(t *testing.T) (*verifftest.Server, kyc.Provider) {
	t.Helper()
	srv := verifftest.NewServer(t, verifftest.WithoutListener())
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL), veriff.WithMaxAttempts(1),
		veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	require.NoError(t, err)
	provider, err := veriffkyc.New(client, veriffkyc.Config{Verifier: verifier})
	require.NoError(t, err)
	return srv, provider
}

// unprefixed serves the webhook route where the fake delivers to.
func unprefixed(s *site, name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/verify/" + name + "/webhook"
		s.handler.ServeHTTP(w, r)
	})
}

func TestVeriffByWebhook(t *testing.T) {
	srv, provider := newVeriff(t)
	s := newSite(t, []kyc.Provider{provider})
	srv.DeliverTo(unprefixed(s, "veriff"))
	b := s.browser("user-42")
	got := b.post(baseURL+"/veriff/start", "")
	session := srv.Sessions()[0]
	assert.Equal(t, session.URL, got.location)
	id := session.VendorData

	s.onNews = func(_ context.Context, check *kyc.Check, result, _ *kyc.Result) error {
		assert.Equal(t, id, check.ID)
		assert.IsType(t, &veriff.Decision{}, result.Vendor, "everything that the vendor said is there to act on")
		return nil
	}

	require.NoError(t, srv.Submit(session.ID))
	assert.Equal(t, http.StatusSeeOther, b.get(returnTo("veriff", id)).code)
	assert.Contains(t, b.get(pageOf("veriff", id)).body, "under way")
	require.NoError(t, srv.RequestResubmission(session.ID, 204, ""))
	page := b.get(pageOf("veriff", id))
	assert.Contains(t, page.body, "Poor image quality")
	assert.Equal(t, session.URL, b.post(pageOf("veriff", id), "").location, "the same URL takes the next attempt")

	require.NoError(t, srv.Inject(verifftest.Status(503, 0).On(verifftest.DecisionRoute).Times(3)))
	require.NoError(t, srv.Submit(session.ID))
	require.NoError(t, srv.Approve(session.ID, verifftest.Person{FirstName: "Mirae"}))
	assert.Equal(t, []kyc.Status{kyc.StatusResubmit}, s.acted(), "the API is down")
	srv.ClearFaults()
	assert.Zero(t, srv.Redeliver(), "each was answered 503 and delivered again")
	for _, webhook := range srv.Webhooks() { // all again, the old ones late
		status, err := srv.Deliver(webhook)
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, status)
		status, err = srv.Deliver(webhook.Tampered())
		require.NoError(t, err)
		assert.Equal(t, http.StatusUnauthorized, status)
	}
	assert.Equal(t, []effect{
		{"user-42", kyc.StatusResubmit, kyc.StatusPending}, {"user-42", kyc.StatusApproved, kyc.StatusResubmit},
	}, s.effects)
	assert.Contains(t, b.get(pageOf("veriff", id)).body, "You are verified")
}

func TestVeriffReturnBeforeTheWebhook(t *testing.T) {
	srv, provider := newVeriff(t)
	s := newSite(t, []kyc.Provider{provider})
	srv.DeliverTo(unprefixed(s, "veriff"))
	b := s.browser("user-42")
	id := b.beginAt("veriff", func() string { return srv.Sessions()[0].VendorData })
	session := srv.Sessions()[0].ID
	require.NoError(t, srv.Submit(session))
	srv.Hold()
	require.NoError(t, srv.Approve(session, verifftest.Person{}))
	require.Equal(t, http.StatusSeeOther, b.get(returnTo("veriff", id)).code)
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
	assert.Zero(t, srv.Release())
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
}

// A person who left halfway goes on at the session's URL for as long as it is
// open. When it is over, nobody is sent there any more; whom nobody declined
// begins again, with another session.
func TestVeriffSessionsThatAreOver(t *testing.T) {
	const week = 7 * 24 * time.Hour
	for name, test := range map[string]struct {
		leave  func(*verifftest.Server, string) error
		end    func(*verifftest.Server, string) error
		status kyc.Status
		says   string
		again  bool
	}{
		"nobody came": {
			leave:  func(*verifftest.Server, string) error { return nil },
			end:    func(srv *verifftest.Server, _ string) error { srv.Advance(week); return nil },
			status: kyc.StatusExpired, says: "Time is up", again: true,
		},
		"left halfway": {
			leave:  (*verifftest.Server).Open,
			end:    func(srv *verifftest.Server, _ string) error { srv.Advance(week); return nil },
			status: kyc.StatusAbandoned, says: "Not finished", again: true,
		},
		"declined": {
			leave: (*verifftest.Server).Open,
			end: func(srv *verifftest.Server, id string) error {
				return errors.Join(srv.Submit(id), srv.Decline(id, 106, ""))
			},
			status: kyc.StatusDeclined, says: "Not verified",
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv, provider := newVeriff(t)
			s := newSite(t, []kyc.Provider{provider})
			srv.DeliverTo(unprefixed(s, "veriff"))
			b := s.browser("user-42")
			id := b.beginAt("veriff", func() string { return srv.Sessions()[0].VendorData })
			session := srv.Sessions()[0]
			require.NoError(t, test.leave(srv, session.ID))
			assert.Equal(t, session.URL, b.post(pageOf("veriff", id), "").location, "back to where it was left")

			require.NoError(t, test.end(srv, session.ID))
			assert.Equal(t, []kyc.Status{test.status}, s.acted())
			page := b.get(pageOf("veriff", id)).body
			assert.Contains(t, page, test.says)
			assert.Equal(t, test.again, strings.Contains(page, "Begin again"))
			assert.NotContains(t, page, "Go on")
			assert.Equal(t, "/verify/veriff/check/"+id, b.post(pageOf("veriff", id), "").location, "not to a closed session")
			if !test.again {
				return
			}
			got := b.post(baseURL+"/veriff/start", "")
			require.Len(t, srv.Sessions(), 2)
			another := srv.Sessions()[1]
			assert.Equal(t, another.URL, got.location)
			assert.NotEqual(t, session.URL, another.URL)
			assert.NotEqual(t, id, another.VendorData)
		})
	}
}

// Veriff's page sends the browser to the check's own return route, with nothing
// in the URL about the outcome.
func TestVeriffSendsTheBrowserBack(t *testing.T) {
	srv, provider := newVeriff(t)
	s := newSite(t, []kyc.Provider{provider})
	srv.DeliverTo(unprefixed(s, "veriff"))
	b := s.browser("user-42")
	id := b.beginAt("veriff", func() string { return srv.Sessions()[0].VendorData })
	click, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.Sessions()[0].URL, strings.NewReader("outcome=approve"))
	require.NoError(t, err)
	click.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := srv.RoundTripper().RoundTrip(click)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, returnTo("veriff", id), resp.Header.Get("Location"))
	assert.Equal(t, "/verify/veriff/check/"+id, b.get(resp.Header.Get("Location")).location)
	assert.Contains(t, b.get(pageOf("veriff", id)).body, "You are verified")
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
}

// beginAt starts a check whose id the vendor knows.
func (b *browser) beginAt(name string, id func() string) string {
	b.t.Helper()
	got := b.post(baseURL+"/"+name+"/start", "")
	require.Equal(b.t, http.StatusSeeOther, got.code, got.body)
	return id()
}

func TestTomoIDV(t *testing.T) {
	srv := tomoidvtest.NewServer(t, tomoidvtest.WithoutListener())
	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(srv.URL), tomoidv.WithMaxAttempts(1),
		tomoidv.WithContractVersion("1.4"), tomoidv.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	provider, err := tomoidvkyc.New(client, tomoidvkyc.Config{
		Country: "jp", Policy: tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret)),
	})
	require.NoError(t, err)
	s := newSite(t, []kyc.Provider{provider})
	b := s.browser("user-42")
	begin := func() string {
		known := len(srv.Attempts())
		return b.beginAt("tomoidv", func() string { return srv.Attempts()[known].UserID })
	}
	id := begin()
	person := tomoidvtest.Person{FullName: "佐藤花子", DateOfBirth: "1991-05-06"}
	require.NoError(t, srv.Pass(id, person))
	address, err := srv.ReturnURL(id)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(address, returnTo("tomoidv", id)+"?"), "a token and a key, which say nothing")
	assert.Equal(t, http.StatusForbidden, s.browser("user-66").get(address).code)
	require.Equal(t, http.StatusSeeOther, b.get(address).code)
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())

	second := begin() // whose person never comes back
	require.NoError(t, srv.Fail(second))
	require.NoError(t, s.service.Refresh(t.Context(), 0))
	assert.Equal(t, []kyc.Status{kyc.StatusApproved, kyc.StatusDeclined}, s.acted())
}

func TestIamport(t *testing.T) {
	for _, mode := range []string{"redirect", "popup", "post"} {
		t.Run(mode, func(t *testing.T) {
			srv := iamporttest.NewServer(t, iamporttest.WithoutListener())
			client, err := iamport.NewClient(srv.APIKey, srv.APISecret, iamport.WithBaseURL(srv.URL), iamport.WithMaxAttempts(1),
				iamport.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
			require.NoError(t, err)
			provider, err := iamportkyc.New(client, iamportkyc.Config{
				UserCode: srv.UserCode, ChannelKey: srv.ChannelKey, ScriptURL: srv.URL + "/v1/iamport.js", Popup: mode != "redirect",
			})
			require.NoError(t, err)
			s := newSite(t, []kyc.Provider{provider})
			b := s.browser("user-42")
			id := b.begin("iamport")
			param := regexp.MustCompile(`IMP\.certification\((\{.*\}), come\);`).FindStringSubmatch(b.get(pageOf("iamport", id)).body)
			require.Len(t, param, 2)
			var launched struct {
				MerchantUID string `json:"merchant_uid"`
				RedirectURL string `json:"m_redirect_url"`
			}
			require.NoError(t, json.Unmarshal([]byte(html.UnescapeString(param[1])), &launched))
			require.Equal(t, id, launched.MerchantUID)
			require.Equal(t, returnTo("iamport", id), launched.RedirectURL)

			come := func(impUID string) answer {
				switch mode {
				case "redirect":
					address, err := srv.ReturnURL(impUID)
					require.NoError(t, err)
					return b.get(address)
				case "popup": // the fragment's script goes there
					return b.get(launched.RedirectURL + "?" + url.Values{"imp_uid": {impUID}, "merchant_uid": {id}, "success": {"true"}}.Encode())
				}
				said, err := srv.Callback(impUID)
				require.NoError(t, err)
				return b.post(launched.RedirectURL, string(said), "Content-Type", "application/json")
			}
			attempt := iamporttest.Attempt{MerchantUID: id}
			if mode == "redirect" {
				attempt.RedirectURL = launched.RedirectURL
			}
			failed, err := srv.Begin(attempt)
			require.NoError(t, err)
			require.NoError(t, srv.Fail(failed, "", ""))
			got := come(failed)
			require.Equal(t, "/verify/iamport/check/"+id, got.location)
			assert.Contains(t, b.get(got.location).body, "IMP.certification", "the person tries again in the same page")

			mirae, err := srv.Certify(attempt, iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01"})
			require.NoError(t, err)
			require.Equal(t, http.StatusSeeOther, come(mirae).code)
			other, err := srv.Certify(attempt, iamporttest.Person{Name: "홍다른", Birthday: "1980-03-01"})
			require.NoError(t, err)
			require.Equal(t, http.StatusSeeOther, come(other).code, "in a page that was left open")
			assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
			assert.Equal(t, "홍미래", s.record(id).Result.Person.FullName)
			assert.Contains(t, b.get(pageOf("iamport", id)).body, "You are verified")

			asked := len(srv.Requests())
			require.NoError(t, s.service.Refresh(t.Context(), 0))
			assert.Len(t, srv.Requests(), asked)

			mine := b.begin("iamport")
			theirs, err := srv.Certify(iamporttest.Attempt{MerchantUID: kyc.NewCheckID()}, iamporttest.Person{Name: "홍다른", Birthday: "1980-03-01"})
			require.NoError(t, err)
			got = b.get(returnTo("iamport", mine) + "?imp_uid=" + theirs + "&success=true")
			assert.Equal(t, http.StatusConflict, got.code, "another's certification")
			assert.Empty(t, s.record(mine).Check.VendorID)
			assert.Len(t, s.acted(), 1)
		})
	}
}
