package kychttp_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// A flaky store fails where a test wants it to.
type flaky struct {
	*kychttp.MemoryStore
	create, get, update, remove, due, sweep error
}

func newFlaky() *flaky { return &flaky{MemoryStore: kychttp.NewMemoryStore()} }

func (f *flaky) Create(ctx context.Context, r *kychttp.Record) error {
	if f.create != nil {
		return f.create
	}
	return f.MemoryStore.Create(ctx, r)
}

func (f *flaky) Get(ctx context.Context, id string) (*kychttp.Record, error) {
	if f.get != nil {
		return nil, f.get
	}
	return f.MemoryStore.Get(ctx, id)
}

func (f *flaky) Update(ctx context.Context, id string, fn func(context.Context, *kychttp.Record) error) error {
	if f.update != nil {
		return f.update
	}
	return f.MemoryStore.Update(ctx, id, fn)
}

func (f *flaky) Delete(ctx context.Context, id string) error {
	if f.remove != nil {
		return f.remove
	}
	return f.MemoryStore.Delete(ctx, id)
}

func (f *flaky) Due(ctx context.Context, before time.Time, limit int) ([]string, error) {
	if f.due != nil {
		return nil, f.due
	}
	return f.MemoryStore.Due(ctx, before, limit)
}

func (f *flaky) Sweep(ctx context.Context, before time.Time) (int, error) {
	if f.sweep != nil {
		return 0, f.sweep
	}
	return f.MemoryStore.Sweep(ctx, before)
}

var errDatabase = errors.New("duplicate entry 'MARKER-CI' for key 'people.ci'")

func TestNoLinkUnlessTheCheckIsStored(t *testing.T) {
	kerr := func(kind error) func(*kyc.Check) (*kyc.Check, error) {
		return func(*kyc.Check) (*kyc.Check, error) {
			return nil, &kyc.Error{Provider: "desk", Op: "start", Kind: kind}
		}
	}
	changed := func(change func(*kyc.Check)) func(*kyc.Check) (*kyc.Check, error) {
		return func(check *kyc.Check) (*kyc.Check, error) { change(check); return check, nil }
	}
	for name, test := range map[string]struct {
		store   func(*flaky)
		onStart func(*kyc.Check) (*kyc.Check, error)
		started bool // the vendor heard of it
		remains bool // the row
	}{
		"create fails":         {store: func(f *flaky) { f.create = errDatabase }},
		"update fails":         {store: func(f *flaky) { f.update = errDatabase }, started: true, remains: true},
		"unconfirmed":          {onStart: kerr(kyc.ErrUnconfirmed), started: true, remains: true},
		"context's end":        {onStart: kerr(nil), started: true, remains: true},
		"an unknown error":     {onStart: func(*kyc.Check) (*kyc.Check, error) { return nil, errors.New("x") }, started: true, remains: true},
		"vendor is down":       {onStart: kerr(kyc.ErrUnavailable), started: true},
		"credentials":          {onStart: kerr(kyc.ErrUnauthorized), started: true},
		"refused":              {onStart: kerr(kyc.ErrInvalidRequest), started: true},
		"and delete fails":     {onStart: kerr(kyc.ErrInvalidRequest), store: func(f *flaky) { f.remove = errDatabase }, started: true, remains: true},
		"another check":        {onStart: changed(func(c *kyc.Check) { c.ID = kyc.NewCheckID() }), started: true, remains: true},
		"another account":      {onStart: changed(func(c *kyc.Check) { c.Reference = "user-66" }), started: true, remains: true},
		"another provider":     {onStart: changed(func(c *kyc.Check) { c.Provider = "other" }), started: true, remains: true},
		"a URL that is a file": {onStart: changed(func(c *kyc.Check) { c.URL = "file:///etc/passwd" }), started: true, remains: true},
		"nowhere to go":        {onStart: changed(func(c *kyc.Check) { c.URL = "" }), started: true, remains: true},
		"no check":             {onStart: func(*kyc.Check) (*kyc.Check, error) { return nil, nil }, started: true, remains: true},
	} {
		t.Run(name, func(t *testing.T) {
			v, store := newVendor("desk"), newFlaky()
			v.onStart = test.onStart
			if test.store != nil {
				test.store(store)
			}
			s := newSite(t, []kyc.Provider{v}, withStore(store))
			b := s.browser("user-42")
			got := b.post(baseURL+"/desk/start", "")
			assert.Equal(t, http.StatusServiceUnavailable, got.code)
			assert.Empty(t, got.location)
			assert.Empty(t, got.cookies)
			assert.Contains(t, got.body, "try again later")
			assert.NotContains(t, got.body, "Continue", "there is no page to go on with")
			assert.NotContains(t, got.body, "vendor.example")
			assert.Equal(t, test.started, len(v.started) == 1)
			assert.Equal(t, test.onStart != nil, s.log.has("kychttp: start failed"))
			if !test.started {
				return
			}
			id := v.started[0]
			row, err := store.MemoryStore.Get(t.Context(), id)
			assert.Equal(t, test.remains, err == nil)
			if err != nil {
				return
			}
			assert.False(t, row.Started)
			assert.False(t, row.Open)
			v.decide(id, kyc.StatusApproved, noon)
			store.update = nil
			assert.Equal(t, http.StatusOK, s.webhook("desk", id, "session-"+id, "decided"))
			require.NoError(t, s.service.Refresh(t.Context(), 0))
			assert.Zero(t, v.calls(), "nobody has a link, so nobody can have been verified")
			assert.Empty(t, s.acted())
		})
	}
}

func TestBeginMustBeWhole(t *testing.T) {
	for name, req := range map[string]*kyc.StartRequest{
		"nothing":       nil,
		"no reference":  {},
		"an id":         {Reference: "user-42", CheckID: kyc.NewCheckID()},
		"a return URL":  {Reference: "user-42", ReturnURL: "https://evil.example/"},
		"a bad hint":    {Reference: "user-42", Hints: kyc.Hints{Email: "x"}},
		"bad reference": {Reference: strings.Repeat("a", 257)},
	} {
		v := newVendor("desk")
		s := newSite(t, []kyc.Provider{v}, func(cfg *kychttp.Config) {
			cfg.Begin = func(*http.Request, string) (*kyc.StartRequest, error) { return req, nil }
		})
		got := s.browser("user-42").post(baseURL+"/desk/start", "")
		assert.Equal(t, http.StatusInternalServerError, got.code, name)
		assert.Empty(t, v.started, name)
		assert.True(t, s.log.has("kychttp: start failed"), name)
	}
}

// What a webhook is answered decides whether the vendor delivers it again.
func TestWebhookAnswers(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v, newVendor("other")})
	id := s.browser("user-42").begin("desk")
	unknown := kyc.NewCheckID()
	deliver := func(method, path, signature, body string) int {
		r := httptest.NewRequest(method, baseURL+path, strings.NewReader(body))
		r.Header.Set("X-Signature", signature)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		if w.Code < 405 || w.Code > 405 {
			assert.NotContains(t, w.Body.String(), "kyc", "no detail")
		}
		return w.Code
	}
	const genuine, post = "genuine", http.MethodPost
	for name, test := range map[string]struct {
		method, path, signature, body string
		code                          int
	}{
		"get":                   {http.MethodGet, "/desk/webhook", genuine, "", 405},
		"forged":                {post, "/desk/webhook", "x", id, 401},
		"unreadable":            {post, "/desk/webhook", genuine, "a b c d", 400},
		"vendor id is a path":   {post, "/desk/webhook", genuine, id + " ../x", 400},
		"too large":             {post, "/desk/webhook", genuine, strings.Repeat(" ", 1<<20+1), 413},
		"about no check":        {post, "/desk/webhook", genuine, "", 200},
		"largest":               {post, "/desk/webhook", genuine, strings.Repeat(" ", 1<<20), 200},
		"unknown":               {post, "/desk/webhook", genuine, unknown, 200},
		"no id":                 {post, "/desk/webhook", genuine, "x", 200},
		"of another provider":   {post, "/other/webhook", genuine, id, 200},
		"of no provider":        {post, "/nobody/webhook", genuine, id, 404},
		"genuine, from a check": {post, "/desk/webhook", genuine, id, 200},
	} {
		assert.Equal(t, test.code, deliver(test.method, test.path, test.signature, test.body), name)
	}
	assert.Equal(t, 1, v.calls())
	assert.Empty(t, s.acted())
}

func TestWebhookRouteIsThereForWhoHasOne(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{silent{v}})
	assert.Equal(t, http.StatusNotFound, s.webhook("desk", kyc.NewCheckID()))
	s = newSite(t, []kyc.Provider{unable{v}})
	assert.Equal(t, http.StatusNotFound, s.webhook("desk", kyc.NewCheckID()))
}

// silent is a provider whose vendor calls nobody.
type silent struct{ kyc.Provider }

// unable was not configured for webhooks.
type unable struct{ kyc.Provider }

func (unable) ParseWebhook(http.Header, []byte) (*kyc.Notice, error) {
	return nil, &kyc.Error{Provider: "desk", Op: "parse webhook", Kind: kyc.ErrUnsupported}
}

// Whatever fails on the way, nothing is acted on, and the next delivery mends
// it.
func TestFailuresAreMendedByTheNextDelivery(t *testing.T) {
	kerr := func(kind error) error { return &kyc.Error{Provider: "desk", Op: "result", Kind: kind} }
	for name, test := range map[string]struct {
		vendor error
		store  func(*flaky)
		news   func() error
		code   int
	}{
		"vendor is down":         {vendor: kerr(kyc.ErrUnavailable), code: 503},
		"vendor limits":          {vendor: kerr(kyc.ErrRateLimited), code: 503},
		"vendor does not know":   {vendor: kerr(kyc.ErrNotFound), code: 503},
		"credentials":            {vendor: kerr(kyc.ErrUnauthorized), code: 503},
		"unreadable":             {vendor: kerr(kyc.ErrInvalidAnswer), code: 503},
		"signature of an answer": {vendor: kerr(kyc.ErrSignature), code: 503},
		"an unknown error":       {vendor: errors.New("x"), code: 503},
		"foreign":                {vendor: kerr(kyc.ErrForeign), code: 200},
		"get":                    {store: func(f *flaky) { f.get = errDatabase }, code: 503},
		"update":                 {store: func(f *flaky) { f.update = errDatabase }, code: 503},
		"OnResult":               {news: func() error { return errDatabase }, code: 500},
		"OnResult panics":        {news: func() error { panic("MARKER-CI") }, code: 500},
	} {
		t.Run(name, func(t *testing.T) {
			v, store := newVendor("desk"), newFlaky()
			s := newSite(t, []kyc.Provider{v}, withStore(store))
			b := s.browser("user-42")
			id := b.begin("desk")
			v.decide(id, kyc.StatusApproved, noon)
			if test.vendor != nil {
				v.onResult = func(context.Context, *kyc.Check) error { return test.vendor }
			}
			if test.store != nil {
				test.store(store)
			}
			s.onNews = func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error {
				if test.news != nil {
					return test.news()
				}
				return nil
			}
			assert.Equal(t, test.code, s.webhook("desk", id, "session-"+id, "decided"))
			got := b.get(returnTo("desk", id))
			assert.GreaterOrEqual(t, got.code, 400)
			assert.NotContains(t, got.body, "MARKER")
			assert.NotContains(t, got.body, "kyc:")
			assert.Contains(t, got.body, `href="/account"`)
			assert.Empty(t, s.acted())
			row, err := store.MemoryStore.Get(t.Context(), id)
			require.NoError(t, err)
			assert.Nil(t, row.Result)
			assert.True(t, row.Open)

			v.onResult, s.onNews = nil, nil
			*store = flaky{MemoryStore: store.MemoryStore}
			assert.Equal(t, http.StatusOK, s.webhook("desk", id, "session-"+id, "decided"))
			assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
			assert.NotContains(t, s.log.String(), "MARKER")
		})
	}
}

func TestPageShowsWhatIsStoredWhileTheVendorIsDown(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("desk")
	v.decide(id, kyc.StatusReview, noon)
	require.Equal(t, http.StatusOK, s.webhook("desk", id))
	s.edit(id, long)
	v.onResult = func(context.Context, *kyc.Check) error {
		return &kyc.Error{Provider: "desk", Op: "result", Kind: kyc.ErrUnavailable}
	}
	got := b.get(pageOf("desk", id))
	assert.Equal(t, http.StatusOK, got.code)
	assert.Contains(t, got.body, "Under review")
}

func TestPageThatIsLoadedAgainAsksOnce(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("desk")
	s.edit(id, long)
	for range 5 {
		require.Equal(t, http.StatusOK, b.get(pageOf("desk", id)).code)
	}
	assert.Equal(t, 1, v.calls())
}

// People who load a page again and again while a vendor is down, or the
// application's own code is, do not make it worse.
func TestPageThatIsLoadedAgainWhileItFailsAsksOnce(t *testing.T) {
	for name, broken := range map[string]func(*vendor, *site){
		"vendor": func(v *vendor, _ *site) {
			v.onResult = func(context.Context, *kyc.Check) error {
				return &kyc.Error{Provider: "desk", Op: "result", Kind: kyc.ErrUnavailable}
			}
		},
		"OnResult": func(_ *vendor, s *site) {
			s.onNews = func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { return errDatabase }
		},
	} {
		v := newVendor("desk")
		s := newSite(t, []kyc.Provider{v})
		b := s.browser("user-42")
		id := b.begin("desk")
		v.decide(id, kyc.StatusReview, noon)
		broken(v, s)
		s.edit(id, long)
		for range 5 {
			require.Equal(t, http.StatusOK, b.get(pageOf("desk", id)).code, name)
		}
		assert.Equal(t, 1, v.calls(), name)
	}
}

// A clock that was wrong when the vendor was last asked, and is right again,
// does not keep a page from asking, or a webhook's time from being written down.
func TestAskedInTheFuture(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("desk")
	wrong := func(r *kychttp.Record) { r.AskedAt = time.Now().UTC().Add(240 * time.Hour) }
	s.edit(id, wrong)
	require.Equal(t, http.StatusOK, b.get(pageOf("desk", id)).code)
	assert.Equal(t, 1, v.calls())
	assert.False(t, s.record(id).AskedAt.After(time.Now()))
	s.edit(id, wrong)
	require.Equal(t, http.StatusOK, s.webhook("desk", id))
	assert.False(t, s.record(id).AskedAt.After(time.Now()), "Refresh sees it again")
}

func TestPanicsSayNothing(t *testing.T) {
	for name, option := range map[string]siteOption{
		"Begin": func(cfg *kychttp.Config) {
			cfg.Begin = func(*http.Request, string) (*kyc.StartRequest, error) { panic("MARKER-CI") }
		},
		"Page": func(cfg *kychttp.Config) {
			cfg.Begin = func(*http.Request, string) (*kyc.StartRequest, error) { return nil, errSignedOut }
			cfg.Page = func(http.ResponseWriter, *http.Request, *kychttp.Page) { panic(errors.New("MARKER-CI")) }
		},
	} {
		s := newSite(t, []kyc.Provider{newVendor("desk")}, option)
		got := s.browser("user-42").post(baseURL+"/desk/start", "")
		assert.Equal(t, http.StatusInternalServerError, got.code, name)
		assert.NotContains(t, got.body, "MARKER", name)
		assert.True(t, s.log.has("kychttp: panic"), name)
		assert.NotContains(t, s.log.String(), "MARKER", name)
	}
	s := newSite(t, []kyc.Provider{newVendor("desk")}, func(cfg *kychttp.Config) {
		cfg.Begin = func(*http.Request, string) (*kyc.StartRequest, error) { panic(http.ErrAbortHandler) }
	})
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { s.browser("user-42").post(baseURL+"/desk/start", "") })
}

func TestRoutesThatAreNot(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("desk")
	for address, code := range map[string]int{
		"GET /verify/desk/start":                 405,
		"PUT /verify/desk/return/" + id:          405,
		"DELETE /verify/desk/check/" + id:        405,
		"GET /verify/desk/return/":               404,
		"GET /verify/desk/return/" + id + "/x":   404,
		"POST /verify/nobody/start":              404,
		"GET /desk/check/" + id:                  404,
		"GET /verify":                            404,
		"GET /verify/desk/return/" + id[:37]:     403,
		"GET /verify/desk/return/" + id + "1":    403,
		"GET /verify/desk/return/x%2F..%2F" + id: 403,
	} {
		method, path, _ := strings.Cut(address, " ")
		assert.Equal(t, code, b.do(method, path, "").code, address)
	}
	assert.Zero(t, v.calls())
}

func TestWhatIsNoIDIsNotLookedFor(t *testing.T) {
	store := newFlaky()
	s := newSite(t, []kyc.Provider{newVendor("desk")}, withStore(store))
	b := s.browser("user-42")
	store.get = errDatabase
	for _, id := range []string{"x", "%27%20OR%201=1", strings.Repeat("9", 5000)} {
		assert.Equal(t, http.StatusForbidden, b.get(returnTo("desk", id)).code)
		assert.Equal(t, http.StatusForbidden, b.get(pageOf("desk", id)).code)
	}
	assert.Equal(t, http.StatusOK, s.webhook("desk", "x"))
	assert.False(t, s.log.has("kychttp: store failed"))
}

// twisted is a store whose Get gives something else than it has.
type twisted struct {
	*kychttp.MemoryStore
	give func(*kychttp.Record) (*kychttp.Record, error)
}

func (w *twisted) Get(ctx context.Context, id string) (*kychttp.Record, error) {
	record, err := w.MemoryStore.Get(ctx, id)
	if err != nil || w.give == nil {
		return record, err
	}
	return w.give(record)
}

// A store that has a record is believed only if it gives that record and no
// error.
func TestWhatAStoreGivesMustMakeSense(t *testing.T) {
	for name, give := range map[string]func(*kychttp.Record) (*kychttp.Record, error){
		"nothing":               func(*kychttp.Record) (*kychttp.Record, error) { return nil, nil },
		"a record and an error": func(r *kychttp.Record) (*kychttp.Record, error) { return r, errDatabase },
		"another record":        func(r *kychttp.Record) (*kychttp.Record, error) { r.Check.ID = kyc.NewCheckID(); return r, nil },
	} {
		t.Run(name, func(t *testing.T) {
			v, store := newVendor("desk"), &twisted{MemoryStore: kychttp.NewMemoryStore()}
			s := newSite(t, []kyc.Provider{v}, withStore(store))
			b := s.browser("user-42")
			id := b.begin("desk")
			v.decide(id, kyc.StatusApproved, noon)
			store.give = give
			assert.Equal(t, http.StatusServiceUnavailable, b.get(pageOf("desk", id)).code)
			assert.Equal(t, http.StatusServiceUnavailable, s.webhook("desk", id))
			assert.Zero(t, v.calls())
			assert.Empty(t, s.acted())
			assert.True(t, s.log.has("kychttp: store failed"))
			assert.False(t, s.log.has("kychttp: panic"))
		})
	}
}

// Who hangs up does not leave half of it behind.
func TestSenderHangsUp(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	id := s.browser("user-42").begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	ctx, cancel := context.WithCancel(t.Context())
	v.onResult = func(ctx context.Context, _ *kyc.Check) error {
		cancel()
		_, bounded := ctx.Deadline()
		assert.True(t, bounded)
		return ctx.Err()
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, baseURL+"/desk/webhook", strings.NewReader(id))
	r.Header.Set("X-Signature", "genuine")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
}
