package kychttp_test

import (
	"cmp"
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

func newWindow(t *testing.T, options ...siteOption) (window, *site, *browser, string) {
	t.Helper()
	v := window{newVendor("window")}
	s := newSite(t, []kyc.Provider{v}, options...)
	b := s.browser("user-42")
	return v, s, b, b.begin("window")
}

func TestLaterReturnReplacesAClaimThatLedNowhere(t *testing.T) {
	v, s, b, id := newWindow(t)
	require.Equal(t, http.StatusSeeOther, b.get(returnTo("window", id)+"?claim=imp-1&check="+id).code)
	assert.Equal(t, "imp-1", s.record(id).Check.VendorID)
	v.decide("imp-2", kyc.StatusApproved, noon)
	require.Equal(t, http.StatusSeeOther, b.get(returnTo("window", id)+"?claim=imp-2").code)
	row := s.record(id)
	assert.Equal(t, "imp-2", row.Check.VendorID)
	assert.True(t, row.Check.VendorIDClaimed)
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
}

// What a return brought is in its address alone while the store fails: the page
// leads to it again, and nobody has to be certified twice.
func TestReturnThatIsNotStoredIsLoadedAgain(t *testing.T) {
	link := regexp.MustCompile(`<a href="([^"]+)">Continue</a>`)
	for name, broken := range map[string]func(*flaky){
		"get":    func(f *flaky) { f.get = errDatabase },
		"update": func(f *flaky) { f.update = errDatabase },
	} {
		t.Run(name, func(t *testing.T) {
			store := newFlaky()
			v, s, b, id := newWindow(t, withStore(store))
			v.decide("imp-1", kyc.StatusApproved, noon)
			broken(store)
			got := b.get(returnTo("window", id) + "?claim=imp-1&check=" + id + "&name=%22%3E")
			assert.Equal(t, http.StatusServiceUnavailable, got.code)
			again := link.FindStringSubmatch(got.body)
			require.NotNil(t, again, got.body)
			posted := link.FindStringSubmatch(b.post(returnTo("window", id), "claim=imp-1").body)
			require.NotNil(t, posted)
			assert.Equal(t, "/verify/window/check/"+id, posted[1], "a link brings no form")

			*store = flaky{MemoryStore: store.MemoryStore}
			got = b.get(html.UnescapeString(again[1]))
			assert.Equal(t, http.StatusSeeOther, got.code)
			assert.Equal(t, "/verify/window/check/"+id, got.location)
			assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
			assert.Equal(t, "imp-1", s.record(id).Check.VendorID)
		})
	}
}

// Whoever was admitted by one certification stays the person of the check,
// whatever other certification a later return names.
func TestCheckThatLedToAnOutcomeIsUsedUp(t *testing.T) {
	for _, first := range []kyc.Status{kyc.StatusApproved, kyc.StatusDeclined, kyc.StatusExpired, kyc.StatusReview} {
		t.Run(first.String(), func(t *testing.T) {
			v, s, b, id := newWindow(t)
			v.decide("imp-1", first, noon)
			v.decide("imp-2", kyc.StatusApproved, noon.Add(time.Hour))
			require.Equal(t, http.StatusSeeOther, b.get(returnTo("window", id)+"?claim=imp-1").code)
			asked := v.calls()
			got := b.get(returnTo("window", id) + "?claim=imp-2")
			assert.Equal(t, http.StatusSeeOther, got.code, "the person sees how the check stands")
			assert.Equal(t, asked, v.calls())
			assert.Equal(t, []kyc.Status{first}, s.acted())
			row := s.record(id)
			assert.Equal(t, "imp-1", row.Check.VendorID)
			assert.Equal(t, "imp-1", row.Result.Attempt)
			assert.True(t, s.log.has("kychttp: notice ignored"))

			assert.Equal(t, http.StatusOK, s.webhook("window", id, "imp-2"), "delivered again it would be no other")
			assert.Equal(t, asked, v.calls())

			v.decide("imp-1", kyc.StatusCanceled, noon.Add(2*time.Hour))
			require.Equal(t, http.StatusSeeOther, b.get(returnTo("window", id)+"?claim=imp-1").code)
			assert.Equal(t, []kyc.Status{first, kyc.StatusCanceled}, s.acted(), "what the vendor says of the same one later is news")
		})
	}
}

// Two certifications of one check come back at once, and both are answered
// before either is stored.
func TestOfTwoCertificationsAtOnceOneCounts(t *testing.T) {
	v, s, b, id := newWindow(t)
	v.decide("imp-1", kyc.StatusApproved, noon)
	v.decide("imp-2", kyc.StatusApproved, noon.Add(time.Hour)) // which would supersede
	arrived, all := make(chan string, 2), make(chan struct{})
	v.onResult = func(_ context.Context, check *kyc.Check) error {
		arrived <- check.VendorID
		<-all
		return nil
	}
	done := make(chan int, 2)
	for _, claim := range []string{"imp-1", "imp-2"} {
		go func() { done <- b.get(returnTo("window", id) + "?claim=" + claim).code }()
	}
	assert.ElementsMatch(t, []string{"imp-1", "imp-2"}, []string{<-arrived, <-arrived})
	close(all)
	for range 2 {
		assert.Equal(t, http.StatusSeeOther, <-done)
	}
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
	row := s.record(id)
	assert.Equal(t, row.Check.VendorID, row.Result.Attempt)
}

// A failed attempt's answer that arrives after a newer claim's leaves that one
// in place; an approval takes its place.
func TestAnswerAboutAnOlderClaimArrivesLast(t *testing.T) {
	for _, late := range []kyc.Status{kyc.StatusPending, kyc.StatusApproved} {
		t.Run(late.String(), func(t *testing.T) {
			v, s, b, id := newWindow(t)
			v.decide("imp-1", late, time.Time{})
			arrived, release := make(chan struct{}), make(chan struct{})
			v.onResult = func(_ context.Context, check *kyc.Check) error {
				if check.VendorID == "imp-1" {
					close(arrived)
					<-release
				}
				return nil
			}
			done := make(chan int)
			go func() { done <- b.get(returnTo("window", id) + "?claim=imp-1").code }()
			<-arrived
			require.Equal(t, http.StatusSeeOther, b.get(returnTo("window", id)+"?claim=imp-2").code)
			close(release)
			require.Equal(t, http.StatusSeeOther, <-done)
			want := map[kyc.Status]string{kyc.StatusPending: "imp-2", kyc.StatusApproved: "imp-1"}[late]
			assert.Equal(t, want, s.record(id).Check.VendorID)
			assert.Equal(t, late, s.record(id).Result.Status)
		})
	}
}

// The browser loads the page of a try in vain again, while a certification that
// came later waits for the vendor to be asked about it.
func TestTryInVainDoesNotReplaceAClaimThatIsKept(t *testing.T) {
	for name, test := range map[string]struct {
		later   kyc.Status // what the kept claim turns out to be
		failure error      // or why that is not known
		code    int
		claim   string // that is stored then
		acted   []kyc.Status
	}{
		"an approval":             {later: kyc.StatusApproved, code: http.StatusSeeOther, claim: "imp-2", acted: []kyc.Status{kyc.StatusApproved}},
		"in vain too":             {later: kyc.StatusPending, code: http.StatusSeeOther, claim: "imp-1"},
		"the vendor is down":      {failure: kyc.ErrUnavailable, code: http.StatusServiceUnavailable, claim: "imp-2"},
		"another's":               {failure: kyc.ErrForeign, code: http.StatusSeeOther, claim: "imp-1"},
		"unknown to the vendor":   {failure: kyc.ErrNotFound, code: http.StatusSeeOther, claim: "imp-1"},
		"nothing to ask about it": {failure: kyc.ErrInvalidRequest, code: http.StatusSeeOther, claim: "imp-1"},
	} {
		t.Run(name, func(t *testing.T) {
			v, s, b, id := newWindow(t)
			require.Equal(t, http.StatusSeeOther, b.get(returnTo("window", id)+"?claim=imp-1").code)
			failure := kyc.ErrUnavailable
			v.onResult = func(_ context.Context, check *kyc.Check) error {
				if check.VendorID == "imp-2" && failure != nil {
					return &kyc.Error{Provider: "window", Op: "result", Kind: failure}
				}
				return nil
			}
			v.decide("imp-2", test.later, noon)
			require.Equal(t, http.StatusServiceUnavailable, b.get(returnTo("window", id)+"?claim=imp-2").code)
			require.Equal(t, "imp-2", s.record(id).Check.VendorID, "it is kept")

			failure = test.failure
			assert.Equal(t, test.code, b.get(returnTo("window", id)+"?claim=imp-1").code)
			assert.Equal(t, test.claim, s.record(id).Check.VendorID)
			assert.Equal(t, test.acted, s.acted())
		})
	}
}

func TestClaimsThatAreNotStored(t *testing.T) {
	for name, test := range map[string]struct {
		query string
		kind  error
		code  int
	}{
		"another check's":       {"?claim=imp-1", kyc.ErrForeign, http.StatusConflict},
		"unknown to the vendor": {"?claim=imp-1", kyc.ErrNotFound, http.StatusConflict},
		"refused as wrong":      {"?claim=imp-1", kyc.ErrInvalidRequest, http.StatusServiceUnavailable},
		"names another check":   {"?claim=imp-1&check=" + kyc.NewCheckID(), nil, http.StatusConflict},
		"no path element":       {"?claim=..%2Fx", nil, http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			v, s, b, id := newWindow(t)
			v.onResult = func(context.Context, *kyc.Check) error {
				if test.kind == nil {
					t.Error("the vendor must not be asked")
				}
				return &kyc.Error{Provider: "window", Op: "result", Kind: test.kind}
			}
			before := s.record(id)
			got := b.get(returnTo("window", id) + test.query)
			assert.Equal(t, test.code, got.code)
			assert.Equal(t, before, s.record(id))
			assert.Empty(t, s.acted())
			assert.NotContains(t, got.body, "imp-1")
			assert.NotContains(t, got.body, "kyc:", "no detail")
			assert.Contains(t, got.body, "/verify/window/check/"+id)
		})
	}
}

// A browser comes back once. What it brought is not lost with an answer that did
// not come, or with the application's own failure: Refresh and the page go on.
func TestClaimOutlivesAFailure(t *testing.T) {
	down := func(kind error) func(*vendor, *site) {
		return func(v *vendor, _ *site) {
			v.onResult = func(context.Context, *kyc.Check) error {
				return &kyc.Error{Provider: "window", Op: "result", Kind: kind, Err: context.DeadlineExceeded}
			}
		}
	}
	for name, fails := range map[string]func(*vendor, *site){
		"unavailable":    down(kyc.ErrUnavailable),
		"rate limited":   down(kyc.ErrRateLimited),
		"unauthorized":   down(kyc.ErrUnauthorized),
		"invalid answer": down(kyc.ErrInvalidAnswer),
		"no time left":   down(nil),
		"OnResult": func(_ *vendor, s *site) {
			s.onNews = func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { return errDatabase }
		},
	} {
		for _, by := range []string{"Refresh", "page"} {
			t.Run(name+", then "+by, func(t *testing.T) {
				v, s, b, id := newWindow(t)
				v.decide("imp-1", kyc.StatusApproved, noon)
				fails(v.vendor, s)
				require.GreaterOrEqual(t, b.get(returnTo("window", id)+"?claim=imp-1").code, 500)
				assert.Empty(t, s.acted())
				v.onResult, s.onNews = nil, nil
				if by == "Refresh" {
					require.NoError(t, s.service.Refresh(t.Context(), 0))
				} else {
					s.edit(id, long)
					assert.Contains(t, b.get(pageOf("window", id)).body, "You are verified")
				}
				assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
			})
		}
	}
}

// A vendor that answers nobody takes all the time that a request has.
func TestClaimOutlivesATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, s, b, id := newWindow(t)
		v.onResult = func(ctx context.Context, _ *kyc.Check) error {
			<-ctx.Done()
			return &kyc.Error{Provider: "window", Op: "result", Err: ctx.Err()}
		}
		require.Equal(t, http.StatusServiceUnavailable, b.get(returnTo("window", id)+"?claim=imp-1").code)
		assert.Equal(t, "imp-1", s.record(id).Check.VendorID)
	})
}

// The last return is the one that counts, and none counts for a check that is
// used up, when nobody could ask about it either.
func TestClaimThatFailedReplacesNoOther(t *testing.T) {
	store := newFlaky()
	v, s, b, id := newWindow(t, withStore(store))
	v.onResult = func(context.Context, *kyc.Check) error {
		if s.record(id).Check.VendorID == "" { // another return is faster
			s.edit(id, func(r *kychttp.Record) { r.Check.VendorID, r.Check.VendorIDClaimed = "imp-2", true })
		}
		return &kyc.Error{Provider: "window", Op: "result", Kind: kyc.ErrUnavailable}
	}
	require.Equal(t, http.StatusServiceUnavailable, b.get(returnTo("window", id)+"?claim=imp-1").code)
	assert.Equal(t, "imp-2", s.record(id).Check.VendorID)

	v.onResult = func(context.Context, *kyc.Check) error {
		s.edit(id, func(r *kychttp.Record) {
			r.Result = &kyc.Result{CheckID: id, Provider: "window", Status: kyc.StatusApproved}
		})
		return &kyc.Error{Provider: "window", Op: "result", Kind: kyc.ErrUnavailable}
	}
	require.Equal(t, http.StatusServiceUnavailable, b.get(returnTo("window", id)+"?claim=imp-3").code)
	assert.Equal(t, "imp-2", s.record(id).Check.VendorID)
	assert.False(t, s.log.has("kychttp: store failed"), "it did what it was asked to")

	s.edit(id, func(r *kychttp.Record) { r.Result = nil })
	v.onResult = func(context.Context, *kyc.Check) error {
		store.update = errDatabase
		return &kyc.Error{Provider: "window", Op: "result", Kind: kyc.ErrUnavailable}
	}
	require.Equal(t, http.StatusServiceUnavailable, b.get(returnTo("window", id)+"?claim=imp-4").code)
	assert.True(t, s.log.has("kychttp: store failed"))
}

// A window that did not open brings nothing, and a return that cannot be read
// no more. The path names the check.
func TestReturnThatBringsNothing(t *testing.T) {
	_, s, b, id := newWindow(t)
	assert.Equal(t, http.StatusSeeOther, b.get(returnTo("window", id)).code)
	assert.Empty(t, s.record(id).Check.VendorID)
	got := b.post(returnTo("window", id), strings.Repeat("a", 64<<10+1))
	assert.Equal(t, http.StatusRequestEntityTooLarge, got.code)
	got = b.post(returnTo("window", id), "claim=imp-1&pad="+strings.Repeat("a", 64<<10-32))
	assert.Equal(t, http.StatusSeeOther, got.code)
	assert.Equal(t, "imp-1", s.record(id).Check.VendorID)
}

func TestWebhookThatNamesAnotherSession(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	id := s.browser("user-42").begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	assert.Equal(t, http.StatusOK, s.webhook("desk", id, "session-of-somebody", "decided"), "delivering it again changes nothing")
	assert.Zero(t, v.calls())
	assert.Empty(t, s.acted())
	assert.Nil(t, s.record(id).Result)
}

func TestEditedRows(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(*kychttp.Record)
		code int
	}{
		"another provider": {func(r *kychttp.Record) { r.Check.Provider = "other" }, http.StatusOK},
		"no version":       {func(r *kychttp.Record) { r.Check.Version = 0 }, http.StatusServiceUnavailable},
		"no account":       {func(r *kychttp.Record) { r.Check.Reference = "" }, http.StatusServiceUnavailable},
		"not started":      {func(r *kychttp.Record) { r.Started = false }, http.StatusOK},
		"another session":  {func(r *kychttp.Record) { r.Check.VendorID = "session-of-somebody" }, http.StatusOK},
		"bad url":          {func(r *kychttp.Record) { r.Check.URL = "javascript:alert(1)" }, http.StatusServiceUnavailable},
		"result of another check": {func(r *kychttp.Record) {
			r.Result = &kyc.Result{CheckID: kyc.NewCheckID(), Provider: "desk", Status: kyc.StatusPending}
		}, http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor("desk")
			s := newSite(t, []kyc.Provider{v})
			b := s.browser("user-42")
			id := b.begin("desk")
			v.decide(id, kyc.StatusApproved, noon)
			s.edit(id, test.edit)
			assert.Equal(t, test.code, s.webhook("desk", id, "session-"+id, "decided"))
			assert.NotEqual(t, http.StatusSeeOther, b.get(returnTo("desk", id)).code)
			got := b.post(pageOf("desk", id), "")
			assert.NotContains(t, got.location, "javascript:")
			require.NoError(t, s.service.Refresh(t.Context(), 0))
			assert.Empty(t, s.acted())
		})
	}
}

// An application that compares the name of nobody with that of nobody shows
// nobody's check to everybody.
func TestCheckOfNoAccountIsNobodys(t *testing.T) {
	s := newSite(t, []kyc.Provider{newVendor("desk")}) // whose Owns is true of "" and ""
	id := s.browser("user-42").begin("desk")
	s.edit(id, func(r *kychttp.Record) { r.Check.Reference = "" })
	for _, got := range []answer{s.browser("").get(pageOf("desk", id)), s.browser("").post(pageOf("desk", id), "")} {
		assert.Equal(t, http.StatusServiceUnavailable, got.code)
		assert.Empty(t, got.location)
		assert.Empty(t, got.cookies)
	}
}

// Somebody edits a row while the vendor is asked: what was asked about is not
// what is there now.
func TestRowsThatAreEditedWhileAsking(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(*kychttp.Record)
		code int
	}{
		"another session":  {func(r *kychttp.Record) { r.Check.VendorID = "session-of-somebody" }, http.StatusOK},
		"another provider": {func(r *kychttp.Record) { r.Check.Provider = "other" }, http.StatusOK},
		"no start":         {func(r *kychttp.Record) { r.Check.StartedAt = time.Time{} }, http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor("desk")
			s := newSite(t, []kyc.Provider{v})
			id := s.browser("user-42").begin("desk")
			v.decide(id, kyc.StatusApproved, noon)
			v.onResult = func(context.Context, *kyc.Check) error { s.edit(id, test.edit); return nil }
			assert.Equal(t, test.code, s.webhook("desk", id, "session-"+id, "decided"))
			assert.Empty(t, s.acted())
			assert.Nil(t, s.record(id).Result)
		})
	}
}

// A first result would supersede nothing, whatever it is about.
func TestResultOfAnotherCheck(t *testing.T) {
	for name, foreign := range map[string]kyc.Result{
		"check":    {CheckID: kyc.NewCheckID()},
		"provider": {Provider: "bureau"},
	} {
		v := newVendor("desk")
		s := newSite(t, []kyc.Provider{v})
		id := s.browser("user-42").begin("desk")
		foreign.Status, foreign.DecidedAt = kyc.StatusApproved, noon
		v.outcome[id] = foreign
		assert.Equal(t, http.StatusOK, s.webhook("desk", id, "session-"+id, "decided"), name)
		assert.Empty(t, s.acted(), name)
		assert.Nil(t, s.record(id).Result, name)
	}
}

// A store that gives another row than it was asked for gives none.
func TestRowOfAnotherCheck(t *testing.T) {
	store := &mixedUp{MemoryStore: kychttp.NewMemoryStore()}
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v}, withStore(store))
	b := s.browser("user-42")
	theirs, mine := s.browser("user-66").begin("desk"), b.begin("desk")
	v.decide(theirs, kyc.StatusApproved, noon)
	store.instead = theirs
	assert.Equal(t, http.StatusServiceUnavailable, s.webhook("desk", mine))
	assert.Equal(t, http.StatusServiceUnavailable, b.get(returnTo("desk", mine)).code)
	assert.Equal(t, http.StatusServiceUnavailable, b.get(pageOf("desk", mine)).code)
	assert.Zero(t, v.calls())
	assert.Empty(t, s.acted())
}

type mixedUp struct {
	*kychttp.MemoryStore
	instead string
}

func (m *mixedUp) Get(ctx context.Context, id string) (*kychttp.Record, error) {
	return m.MemoryStore.Get(ctx, cmp.Or(m.instead, id))
}

// OnResult is told about a check, and cannot give it to somebody.
func TestOnResultDoesNotChangeTheCheck(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	s.onNews = func(_ context.Context, check *kyc.Check, _, _ *kyc.Result) error {
		check.Reference = "user-66"
		return nil
	}
	id := s.browser("user-42").begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	require.Equal(t, http.StatusOK, s.webhook("desk", id))
	assert.Equal(t, "user-42", s.record(id).Check.Reference)
}
