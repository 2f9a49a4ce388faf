package tomoidvtest_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

const urls = `"redirect_url_success":"https://shop.invalid/idv/1?success=1","redirect_url_fail":"https://shop.invalid/idv/1?fail=1#top"`

func TestReturnAfterSuccess(t *testing.T) {
	for name, c := range map[string]struct {
		opts     []tomoidvtest.Option
		urls     string
		prefix   string
		fragment string
	}{
		"redirect_url_success": {nil, urls, "https://shop.invalid/idv/1?success=1&token=", ""},
		"and callback_url":     {nil, urls + `,"callback_url":"https://shop.invalid/old"`, "https://shop.invalid/idv/1?success=1&token=", ""},
		"callback_url":         {nil, `"callback_url":"https://shop.invalid/old"`, "https://shop.invalid/old?token=", ""},
		"callback_url first": {
			[]tomoidvtest.Option{tomoidvtest.WithCallbackFirst()},
			urls + `,"callback_url":"https://shop.invalid/old"`, "https://shop.invalid/old?token=", "",
		},
		"redirect_url_success without a callback_url": {
			[]tomoidvtest.Option{tomoidvtest.WithCallbackFirst()}, urls, "https://shop.invalid/idv/1?success=1&token=", "",
		},
		"an app":        {nil, `"redirect_url_success":"shopapp://idv/done"`, "shopapp://idv/done?token=", ""},
		"fragment":      {nil, `"redirect_url_success":"https://shop.invalid/#/back"`, "https://shop.invalid/?token=", "/back"},
		"query at end":  {nil, `"redirect_url_success":"https://shop.invalid/?"`, "https://shop.invalid/?token=", ""},
		"another's own": {nil, `"redirect_url_success":"https://shop.invalid/?a=b%26c&"`, "https://shop.invalid/?a=b%26c&token=", ""},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, append(c.opts, tomoidvtest.WithoutListener())...)
			a := authorized(t, srv)
			a.begin(t, `{"user_id":"u","country":"jp",`+c.urls+`}`)
			require.NoError(t, srv.Pass("u", hanako()))
			got, err := srv.ReturnURL("u")
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(got, c.prefix), got)
			address, err := url.Parse(got)
			require.NoError(t, err)
			assert.Equal(t, c.fragment, address.Fragment)
			claims := verified(t, address.Query().Get("token"), address.Query().Get("key"))
			assert.Equal(t, srv.Attempts()[0].PPID, claims["sub"])
			assert.Equal(t, srv.URL, claims["iss"])
			assert.Equal(t, srv.ClientID, claims["aud"])
			assert.NotEmpty(t, claims["jti"])
			assert.Equal(t, 300.0, claims["exp"].(float64)-claims["iat"].(float64))
		})
	}
}

func TestReturnWithoutSuccess(t *testing.T) {
	for name, end := range map[string]func(*tomoidvtest.Server) error{
		"fail":   func(s *tomoidvtest.Server) error { return s.Fail("u") },
		"cancel": func(s *tomoidvtest.Server) error { return s.Cancel("u") },
		"leave":  func(s *tomoidvtest.Server) error { return s.Leave("u") },
	} {
		for _, c := range []struct {
			opts []tomoidvtest.Option
			urls string
			want string
		}{
			{nil, urls, "https://shop.invalid/idv/1?fail=1#top"},
			{nil, `"redirect_url_success":"https://shop.invalid/","callback_url":"https://shop.invalid/old"`, "https://shop.invalid/old"},
			{
				[]tomoidvtest.Option{tomoidvtest.WithFailParameter("error", "a b"), tomoidvtest.WithFailParameter("reason", "&")},
				urls, "https://shop.invalid/idv/1?fail=1&error=a+b&reason=%26#top",
			},
			{[]tomoidvtest.Option{tomoidvtest.WithCallbackFirst()}, urls + `,"callback_url":"https://shop.invalid/old"`, "https://shop.invalid/old"},
		} {
			t.Run(name+" "+c.want, func(t *testing.T) {
				srv := begin(t, append(c.opts, tomoidvtest.WithoutListener())...)
				authorized(t, srv).begin(t, `{"user_id":"u","country":"jp",`+c.urls+`}`)
				require.NoError(t, end(srv))
				got, err := srv.ReturnURL("u")
				require.NoError(t, err)
				assert.Equal(t, c.want, got)
			})
		}
	}
}

func TestReturnUnderReview(t *testing.T) {
	for _, fails := range []bool{false, true} {
		opts := []tomoidvtest.Option{tomoidvtest.WithoutListener()}
		if fails {
			opts = append(opts, tomoidvtest.WithReviewAsFailure())
		}
		srv := begin(t, opts...)
		authorized(t, srv).begin(t, `{"user_id":"u","country":"jp",`+urls+`}`)
		require.NoError(t, srv.Review("u", hanako()))
		got, err := srv.ReturnURL("u")
		require.NoError(t, err)
		assert.Equal(t, fails, got == "https://shop.invalid/idv/1?fail=1#top")
		assert.Equal(t, !fails, strings.HasPrefix(got, "https://shop.invalid/idv/1?success=1&token="))
	}
}

func TestNoReturn(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	a.begin(t, `{"user_id":"u","country":"jp",`+urls+`}`)
	_, err := srv.ReturnURL("u")
	require.ErrorContains(t, err, "has not been sent back, or there is nowhere to go")
	require.NoError(t, srv.Expire("u"))
	_, err = srv.ReturnURL("u")
	require.ErrorContains(t, err, "has not been sent back", "nobody was there to be sent")
	a.begin(t, `{"user_id":"v","country":"jp"}`)
	require.NoError(t, srv.Pass("v", hanako()))
	_, err = srv.ReturnURL("v")
	require.ErrorContains(t, err, "nowhere to go")
	_, err = srv.ReturnURL("nobody")
	require.ErrorContains(t, err, "no check was started for this user")
}

func TestTransitions(t *testing.T) {
	changes := map[string]func(*tomoidvtest.Server) error{
		"pass":   func(s *tomoidvtest.Server) error { return s.Pass("u", hanako()) },
		"fail":   func(s *tomoidvtest.Server) error { return s.Fail("u") },
		"review": func(s *tomoidvtest.Server) error { return s.Review("u", hanako()) },
		"cancel": func(s *tomoidvtest.Server) error { return s.Cancel("u") },
		"leave":  func(s *tomoidvtest.Server) error { return s.Leave("u") },
		"expire": func(s *tomoidvtest.Server) error { return s.Expire("u") },
	}
	after := map[string]string{
		"": "open", "pass": "approved", "fail": "rejected", "review": "pending_review", "cancel": "canceled", "leave": "open", "expire": "expired",
	}
	for first, status := range after {
		for second, change := range changes {
			t.Run(first+" then "+second, func(t *testing.T) {
				srv := begin(t, tomoidvtest.WithoutListener())
				a := authorized(t, srv)
				a.begin(t, `{"user_id":"u","country":"jp"}`)
				if first != "" {
					require.NoError(t, changes[first](srv))
				}
				require.Equal(t, status, srv.Attempts()[0].Status)
				err := change(srv)
				if status == "open" || status == "pending_review" && (second == "pass" || second == "fail") {
					require.NoError(t, err)
					assert.Equal(t, after[second], srv.Attempts()[0].Status)
				} else {
					require.ErrorContains(t, err, "a check that is "+status+" cannot ")
					assert.Equal(t, status, srv.Attempts()[0].Status)
				}
				want := 1
				if srv.Attempts()[0].Status == "open" {
					want = 0
				}
				found := records(t, a.result14(t, `{"user_id":"u"}`))
				require.Len(t, found, want)
				if want == 1 {
					assert.Equal(t, srv.Attempts()[0].Status, kycOf(t, found[0])["status"])
				}
			})
		}
	}
	for name, change := range changes {
		require.ErrorContains(t, change(begin(t, tomoidvtest.WithoutListener())), "no check was started for this user", name)
	}
}

func TestPassAfterReview(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	a.begin(t, `{"user_id":"u","country":"jp","email":"hanako@shop.invalid"}`)
	require.NoError(t, srv.Review("u", whole()))
	require.NoError(t, srv.Pass("u", tomoidvtest.Person{Phone: "+810000000"}))
	r := only(t, a.result14(t, `{"user_id":"u"}`))
	assert.Equal(t, "Hanako Sato", r["result"].(map[string]any)["full_name"])
	assert.Equal(t, "+810000000", r["result"].(map[string]any)["phone_number"])
	assert.Equal(t, "+810000000", kycOf(t, r)["contact"].(map[string]any)["phone_number"])

	a.begin(t, `{"user_id":"v","country":"jp","email":"hanako@shop.invalid"}`)
	require.NoError(t, srv.Review("v", hanako()))
	require.NoError(t, srv.Fail("v"))
	r = only(t, a.result14(t, `{"user_id":"v"}`))
	assert.Equal(t, "rejected", kycOf(t, r)["status"])
	assert.Equal(t, "Hanako Sato", kycOf(t, r)["person"].(map[string]any)["full_name"], "who was rejected")
	assert.Equal(t, "hanako@shop.invalid", kycOf(t, r)["contact"].(map[string]any)["email_address"], "of the start")
}

func TestPassUnderAWeakerPolicy(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	weak := tomoidvtest.Policy{SubjectKind: "document", IDType: "id_card", Method: "document_ocr_check", OwnerKind: "no_owner_assurance"}
	for _, review := range []bool{false, true} {
		a.begin(t, map[string]any{"user_id": "u", "country": "jp", "kyc_policy": kycPolicy(idCard())})
		if review {
			require.NoError(t, srv.Review("u", hanako()))
		}
		require.NoError(t, srv.Pass("u", hanako(), tomoidvtest.Under("us", weak)))
		r := only(t, a.result14(t, `{"user_id":"u"}`))
		assert.Equal(t, "us:document:id_card:document_ocr_check:no_owner_assurance", r["policy_key"])
		assert.Equal(t, "us", r["country"])
		assert.Equal(t, "approved", kycOf(t, r)["status"])
		question := map[string]any{"user_id": "u", "country": "jp", "policy": kycPolicy(idCard())}
		assert.Empty(t, records(t, a.result14(t, question)), "nothing under the policy that was asked for")
		assert.Equal(t, idCard(), srv.Attempts()[0].Policy)
	}
}

func TestPersonsWhoCannotPass(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*tomoidvtest.Person)
		want   string
	}{
		"nobody":          {func(p *tomoidvtest.Person) { *p = tomoidvtest.Person{} }, "a person has a name"},
		"no name":         {func(p *tomoidvtest.Person) { p.FullName = "" }, "a person has a name"},
		"no birth":        {func(p *tomoidvtest.Person) { p.DateOfBirth = "" }, "a person has a date of birth"},
		"half a birth":    {func(p *tomoidvtest.Person) { p.DateOfBirth = "1990-01" }, "a person has a date of birth"},
		"impossible":      {func(p *tomoidvtest.Person) { p.DateOfBirth = "1990-02-30" }, "a person has a date of birth"},
		"not born yet":    {func(p *tomoidvtest.Person) { p.DateOfBirth = "2026-03-02" }, "a date of birth is not in the future"},
		"PPID of no form": {func(p *tomoidvtest.Person) { p.PPID = "abc" }, "a PPID begins with ppid."},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithoutListener())
			at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			srv.SetTime(at)
			a := newApp(t, srv)
			a.now = func() time.Time { return at }
			a.authorize(t)
			a.begin(t, `{"user_id":"u","country":"jp"}`)
			p := hanako()
			c.change(&p)
			require.ErrorContains(t, srv.Pass("u", p), "tomoidvtest: "+c.want)
			require.ErrorContains(t, srv.Review("u", p), "tomoidvtest: "+c.want)
			assert.Equal(t, "open", srv.Attempts()[0].Status)
			p = hanako()
			p.DateOfBirth = "2026-03-01"
			require.NoError(t, srv.Pass("u", p))
		})
	}
}

func TestTheLatestStartCounts(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	a.begin(t, `{"user_id":"u","country":"jp"}`)
	a.begin(t, `{"user_id":"u","country":"us"}`)
	require.NoError(t, srv.Pass("u", hanako()))
	assert.Equal(t, "open", srv.Attempts()[0].Status)
	assert.Equal(t, "approved", srv.Attempts()[1].Status)
	require.Error(t, srv.Pass("u", hanako()))
}

func TestForceResult(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	a.begin(t, `{"user_id":"u","country":"jp"}`)
	nested := map[string]any{"status": "on_hold", "person": map[string]any{"date_of_birth": "31.1.1990"}}
	require.NoError(t, srv.ForceResult("u", map[string]any{
		"country": "xx", "policy_key": "new:kind", "kyc": nested, "result": map[string]any{"full_name": "Nobody"}, "more": []int{1},
	}))
	nested["status"] = "changed later"
	r := only(t, a.result14(t, `{"user_id":"u"}`))
	assert.Equal(t, "new:kind", r["policy_key"])
	assert.Equal(t, "xx", r["country"])
	assert.Equal(t, []any{1.0}, r["more"])
	view := kycOf(t, r)
	assert.Equal(t, "on_hold", view["status"])
	assert.Equal(t, "31.1.1990", view["person"].(map[string]any)["date_of_birth"])
	assert.Contains(t, view["person"], "nationality", "the rest stays")
	r = only(t, a.result13(t, `{"user_id":"u"}`))
	assert.NotContains(t, r, "kyc")
	assert.Equal(t, "Nobody", r["result"].(map[string]any)["full_name"])
	require.NoError(t, srv.ForceResult("u", nil), "again")
	assert.Equal(t, "approved", kycOf(t, only(t, a.result14(t, `{"user_id":"u"}`)))["status"])
	require.ErrorContains(t, srv.ForceResult("u", map[string]any{"a": make(chan int)}), "no JSON form")
	require.ErrorContains(t, srv.ForceResult("nobody", nil), "no check was started")
}

func TestForceResultAfterAnOutcome(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := passed(t, srv)
	require.NoError(t, srv.ForceResult("p", map[string]any{"kyc": map[string]any{"status": "rejected"}}))
	r := only(t, a.result14(t, `{"user_id":"p"}`))
	assert.Equal(t, "rejected", kycOf(t, r)["status"])
	assert.Equal(t, "Hanako Sato", r["result"].(map[string]any)["full_name"])
}

func TestManyAtOnce(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	var all sync.WaitGroup
	for _, user := range strings.Split("abcdefgh", "") {
		all.Go(func() {
			b := newApp(t, srv)
			b.token = a.token
			b.begin(t, map[string]any{"user_id": user, "country": "jp", "kyc_policy": kycPolicy(passport())})
			assert.NoError(t, srv.Pass(user, hanako()))
			r := b.result14(t, map[string]any{"user_id": user, "country": "jp", "policy": kycPolicy(passport())})
			assert.Equal(t, user, r["result"].(map[string]any)["auth_id"])
			srv.Attempts()
			srv.Requests()
			srv.Advance(time.Second)
		})
		all.Go(func() {
			b := newApp(t, srv)
			assert.Equal(t, http.StatusOK, b.ask(t, form(b.assertion())).status)
			srv.AddClient(tomoidvtest.Sandbox)
		})
	}
	all.Wait()
	assert.Len(t, records(t, a.result14(t, map[string]any{"user_id": srv.Attempts()[0].PPID})), 8)
	assert.Equal(t, 9, srv.TokenCalls())
}

func TestInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := begin(t, tomoidvtest.WithoutListener())
		a := authorized(t, srv)
		timer := time.NewTimer(time.Hour)
		<-timer.C
		assert.Equal(t, http.StatusUnauthorized, a.post(t, startPath, `{}`).status)
		a.authorize(t)
		assert.Equal(t, http.StatusOK, a.post(t, startPath, `{}`).status)
	})
}

func TestOneUserOfTwoClients(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	given := srv.AddClient(tomoidvtest.Sandbox)
	b := appOf(t, srv, given.ID, given.SecretKey)
	b.authorize(t)
	for _, each := range []*app{a, b} {
		each.begin(t, `{"user_id":"u","country":"jp"}`)
		require.NoError(t, srv.Pass("u", hanako()))
	}
	one, two := a.result14(t, `{"user_id":"u"}`), b.result14(t, `{"user_id":"u"}`)
	only(t, one)
	only(t, two)
	assert.NotEqual(t, one["user_id"], two["user_id"], "each has its own")
	assert.Equal(t, srv.ClientID, srv.Attempts()[0].ClientID)
	assert.Equal(t, given.ID, srv.Attempts()[1].ClientID)
}
