package kychttp_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

func TestCheckIsStoredBeforeThePersonGetsALink(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	v.onStart = func(check *kyc.Check) (*kyc.Check, error) {
		row := s.record(check.ID)
		assert.False(t, row.Started)
		assert.Equal(t, "user-42", row.Check.Reference, "it belongs to somebody before the vendor hears of it")
		return check, nil
	}
	b := s.browser("user-42")
	got := b.post(baseURL+"/desk/start", "name=%ED%99%8D%EB%AF%B8%EB%9E%98")
	require.Equal(t, http.StatusSeeOther, got.code)
	id := v.started[0]
	assert.Equal(t, "홍미래", v.hints.FullName)
	assert.Equal(t, "https://vendor.example/v/"+id, got.location)
	assert.NotContains(t, got.body, id, "the link stands in the header alone")
	row := s.record(id)
	assert.True(t, row.Started)
	assert.True(t, row.Open)
	assert.Equal(t, returnTo("desk", id), row.Check.ReturnURL)
	assert.Equal(t, "https://vendor.example/v/"+id, row.Check.URL)
	assert.Equal(t, "no-store", got.header.Get("Cache-Control"))

	require.Len(t, got.cookies, 1)
	cookie := got.cookies[0]
	assert.Equal(t, "__Host-kyc-"+id[:12], cookie.Name)
	assert.Equal(t, "/", cookie.Path)
	assert.Equal(t, 30*24*60*60, cookie.MaxAge)
	assert.True(t, cookie.Secure)
	assert.True(t, cookie.HttpOnly)
	assert.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	assert.Empty(t, cookie.Domain)
	assert.NotContains(t, cookie.Value, row.Browser, "the store holds its hash alone")
	assert.GreaterOrEqual(t, len(cookie.Value), 26)
}

// Whatever comes first, and however often, the application acts once.
func TestOrders(t *testing.T) {
	const webhook, comeBack, refresh, look = "webhook", "return", "refresh", "look"
	for name, order := range map[string][]string{
		"webhook first":           {webhook, comeBack},
		"return first":            {comeBack, webhook},
		"webhook twice":           {webhook, webhook, webhook},
		"return twice":            {comeBack, comeBack},
		"webhook alone":           {webhook},
		"return alone":            {comeBack},
		"refresh alone":           {refresh, refresh},
		"late":                    {refresh, comeBack, webhook, look},
		"only the page":           {look},
		"everything, and again":   {webhook, comeBack, refresh, look, webhook, comeBack, refresh, look},
		"return, refresh, return": {comeBack, refresh, comeBack},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor("desk")
			s := newSite(t, []kyc.Provider{v})
			b := s.browser("user-42")
			id := b.begin("desk")
			v.decide(id, kyc.StatusApproved, noon)
			s.edit(id, long)
			for _, way := range order {
				switch way {
				case webhook:
					assert.Equal(t, http.StatusOK, s.webhook("desk", id, "session-"+id, "decided"))
				case comeBack:
					got := b.get(returnTo("desk", id))
					assert.Equal(t, http.StatusSeeOther, got.code)
					assert.Equal(t, "/verify/desk/check/"+id, got.location)
				case refresh:
					require.NoError(t, s.service.Refresh(t.Context(), 0))
				case look:
					assert.Contains(t, b.get(pageOf("desk", id)).body, "You are verified")
				}
				assert.Equal(t, []effect{{"user-42", kyc.StatusApproved, "none"}}, s.effects)
			}
			assert.Equal(t, kyc.StatusApproved, s.record(id).Result.Status)
			assert.False(t, s.record(id).Open)
		})
	}
}

func TestEachChangeOfOutcomeIsActedOn(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	id := s.browser("user-42").begin("desk")
	at := noon
	for _, status := range []kyc.Status{
		kyc.StatusPending, kyc.StatusReview, kyc.StatusResubmit, kyc.StatusPending, kyc.StatusApproved, kyc.StatusDeclined,
	} {
		at = at.Add(time.Minute)
		decided := at
		if status == kyc.StatusPending {
			decided = time.Time{}
		}
		v.decide(id, status, decided)
		for range 2 {
			require.Equal(t, http.StatusOK, s.webhook("desk", id))
		}
	}
	assert.Equal(t, []effect{
		{"user-42", kyc.StatusReview, kyc.StatusPending}, {"user-42", kyc.StatusResubmit, kyc.StatusReview},
		{"user-42", kyc.StatusApproved, kyc.StatusResubmit}, {"user-42", kyc.StatusDeclined, kyc.StatusApproved},
	}, s.effects, "an approval that the vendor takes back is news, and pending is none")
}

func TestOlderOutcomeThatArrivesLastIsNotStored(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	id := s.browser("user-42").begin("desk")

	first, second := make(chan struct{}), make(chan struct{})
	slow := true
	v.onResult = func(context.Context, *kyc.Check) error {
		v.mu.Lock()
		mine := slow
		slow = false
		v.mu.Unlock()
		if mine {
			close(first)
			<-second
		}
		return nil
	}
	v.decide(id, kyc.StatusApproved, noon)
	done := make(chan int)
	go func() { done <- s.webhook("desk", id) }()
	<-first // it holds the approval
	v.decide(id, kyc.StatusDeclined, noon.Add(time.Minute))
	require.Equal(t, http.StatusOK, s.webhook("desk", id))
	close(second)
	require.Equal(t, http.StatusOK, <-done)
	assert.Equal(t, []kyc.Status{kyc.StatusDeclined}, s.acted())
	assert.Equal(t, kyc.StatusDeclined, s.record(id).Result.Status)
}

func TestAtOnce(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	const each = 8
	arrived := make(chan struct{}, 3*each)
	all := make(chan struct{})
	v.onResult = func(context.Context, *kyc.Check) error {
		arrived <- struct{}{}
		<-all
		return nil
	}
	done := make(chan int, 3*each)
	for range each {
		go func() { done <- s.webhook("desk", id, "session-"+id, "decided") }()
		go func() { done <- b.get(returnTo("desk", id)).code }()
	}
	for range 2 * each {
		<-arrived // everyone has the answer before anyone stores it
	}
	close(all)
	for range 2 * each {
		assert.Contains(t, []int{http.StatusOK, http.StatusSeeOther}, <-done)
	}
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
}

func TestVendorBehindItsWebhook(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	id := s.browser("user-42").begin("desk")
	session := "session-" + id
	assert.Equal(t, http.StatusOK, s.webhook("desk", id, session), "an event announces nothing")
	assert.Equal(t, http.StatusServiceUnavailable, s.webhook("desk", id, session, "decided"))
	assert.True(t, s.log.has("kychttp: vendor is behind its webhook"))
	assert.Empty(t, s.acted())
	v.decide(id, kyc.StatusResubmit, noon)
	assert.Equal(t, http.StatusOK, s.webhook("desk", id, session, "decided"), "the delivery after that")

	second := noon.Add(time.Hour).Format(time.RFC3339Nano)
	assert.Equal(t, http.StatusServiceUnavailable, s.webhook("desk", id, session, second), "the API tells the first attempt's")
	v.decide(id, kyc.StatusApproved, noon.Add(time.Hour))
	assert.Equal(t, http.StatusOK, s.webhook("desk", id, session, second))
	v.decide(id, kyc.StatusPending, time.Time{})
	assert.Equal(t, http.StatusOK, s.webhook("desk", id, session, noon.Format(time.RFC3339Nano)), "an old one, of what is stored long since")
	assert.Equal(t, []kyc.Status{kyc.StatusResubmit, kyc.StatusApproved}, s.acted())
}

// long lets it be a while since the vendor was asked.
func long(r *kychttp.Record) { r.AskedAt = r.AskedAt.Add(-time.Minute) }

func TestPageTellsHowItStands(t *testing.T) {
	for status, test := range map[kyc.Status]struct{ says, button string }{
		kyc.StatusPending:   {"under way", "Go on"},
		kyc.StatusReview:    {"Under review", ""},
		kyc.StatusResubmit:  {"Please try again", "Go on"},
		kyc.StatusApproved:  {"You are verified", ""},
		kyc.StatusDeclined:  {"Not verified", ""},
		kyc.StatusExpired:   {"Time is up", "Begin again"},
		kyc.StatusAbandoned: {"Not finished", "Begin again"},
		kyc.StatusCanceled:  {"Called off", "Begin again"},
		"odd":               {"Please wait", ""},
	} {
		t.Run(status.String(), func(t *testing.T) {
			v := newVendor("desk")
			s := newSite(t, []kyc.Provider{v})
			b := s.browser("user-42")
			id := b.begin("desk")
			v.outcome[id] = kyc.Result{Status: status, DecidedAt: noon, Reason: `blurred <photo>`}
			s.edit(id, long)
			got := b.get(pageOf("desk", id))
			require.Equal(t, http.StatusOK, got.code)
			assert.Contains(t, got.body, test.says)
			assert.Contains(t, got.body, `href="/account"`)
			assert.NotContains(t, got.body, "vendor.example", "the URL is in no page")
			assert.Equal(t, status == kyc.StatusResubmit, strings.Contains(got.body, "blurred &lt;photo&gt;"))
			assert.Equal(t, !status.Final(), strings.Contains(got.body, "Look again"))
			for _, button := range []string{"Go on", "Begin again"} {
				assert.Equal(t, button == test.button, strings.Contains(got.body, button), button)
			}
			assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
			assert.Contains(t, got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
		})
	}
}

// A check that begins on a page ends there with its time. One that began at the
// vendor's URL may still be decided, and an outcome stays what it is.
func TestPageAfterTheTime(t *testing.T) {
	for name, test := range map[string]struct {
		onPage bool
		status kyc.Status
		says   string
	}{
		"on a page":               {true, kyc.StatusPending, "Time is up"},
		"on a page, approved":     {true, kyc.StatusApproved, "You are verified"},
		"on a page, in review":    {true, kyc.StatusReview, "Under review"},
		"at the vendor":           {false, kyc.StatusPending, "under way"},
		"at the vendor, approved": {false, kyc.StatusApproved, "You are verified"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := newVendor("desk")
				v.onStart = func(check *kyc.Check) (*kyc.Check, error) {
					check.ExpiresAt = check.StartedAt.Add(time.Hour)
					return check, nil
				}
				var provider kyc.Provider = v
				if test.onPage {
					provider = window{v}
				}
				s := newSite(t, []kyc.Provider{provider})
				b := s.browser("user-42")
				id := b.begin("desk")
				v.decide(id, test.status, noon)
				require.Equal(t, http.StatusOK, s.webhook("desk", id))
				<-time.After(time.Hour)
				assert.Contains(t, b.get(pageOf("desk", id)).body, test.says)
			})
		})
	}
}

// Somebody who tries again sees that, and not what came of the try before.
func TestPageWhileAPersonTriesAgain(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("desk")
	v.decide(id, kyc.StatusResubmit, noon)
	require.Equal(t, http.StatusOK, s.webhook("desk", id))
	v.decide(id, kyc.StatusPending, time.Time{})
	b.get(returnTo("desk", id))
	assert.Contains(t, b.get(pageOf("desk", id)).body, "under way")
	assert.Equal(t, kyc.StatusResubmit, s.record(id).Result.Status)
}
