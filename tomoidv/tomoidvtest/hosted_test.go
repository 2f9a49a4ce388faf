package tomoidvtest_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// click posts the form of a check's page.
func click(t *testing.T, client *http.Client, page, outcome string, fields ...string) answer {
	t.Helper()
	form := url.Values{"outcome": {outcome}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return send(t, client, "POST", page, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func someone() []string {
	return []string{"fullName", "김민수", "otherName", "Kim Minsu", "dateOfBirth", "1985-12-24", "documentNumber", "M7"}
}

func TestHostedPage(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		a := authorized(t, srv)
		page := a.begin(t, map[string]any{"user_id": "u-1", "country": "jp", "kyc_policy": kycPolicy(passport())})
		before := len(srv.Requests())
		for range 2 {
			got := send(t, client, "GET", page, "")
			assert.Equal(t, http.StatusOK, got.status)
			assert.Equal(t, "text/html; charset=utf-8", got.header.Get("Content-Type"))
			assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
			assert.Equal(t, "no-referrer", got.header.Get("Referrer-Policy"))
			assert.Contains(t, got.header.Get("Content-Security-Policy"), "default-src 'none'")
			for _, want := range []string{
				`<html lang="en">`, "This is a fake.", "Nothing here reaches TomoIDV", "u-1", "sandbox",
				"jp:document:passport:document_ocr_check:no_owner_assurance", `value="Alex Example"`, `value="1990-01-31"`,
				`value="pass"`, `value="review"`, `value="fail"`, `value="cancel"`, `value="leave"`,
			} {
				assert.Contains(t, got.body, want)
			}
			assert.NotContains(t, got.body, "<script")
			for _, m := range regexp.MustCompile(`<(?:input|select) id="(\w+)"`).FindAllStringSubmatch(got.body, -1) {
				assert.Contains(t, got.body, `<label for="`+m[1]+`">`)
			}
			for _, m := range regexp.MustCompile(`aria-describedby="(\w+)"`).FindAllStringSubmatch(got.body, -1) {
				assert.Contains(t, got.body, `id="`+m[1]+`"`)
			}
			assert.Equal(t, 4, strings.Count(got.body, "<input "))
		}
		assert.Len(t, srv.Requests(), before, "a visit is no request to the API")
		assert.Equal(t, "open", srv.Attempts()[0].Status)
	})
}

func TestHostedPageAsksForEmail(t *testing.T) {
	srv := begin(t, tomoidvtest.WithEnvironment(tomoidvtest.Production), tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	for body, want := range map[string]bool{
		`{"country":"us"}`: true, `{"country":"uk"}`: true, `{"country":"ca"}`: true, `{"country":"jp"}`: false, `{}`: false,
		`{"country":"us","email":"hanako@shop.invalid"}`: false,
	} {
		got := send(t, a.client, "GET", a.begin(t, body), "")
		assert.Equal(t, want, strings.Contains(got.body, `name="email"`), body)
		assert.Contains(t, got.body, "production")
	}
	page := a.begin(t, `{"user_id":"u","country":"us"}`)
	require.Equal(t, http.StatusSeeOther, click(t, a.client, page, "pass", append(someone(), "email", "minsu@shop.invalid")...).status)
	assert.Equal(t, "minsu@shop.invalid", only(t, a.result13(t, `{"user_id":"u"}`))["result"].(map[string]any)["email_address"])
}

func TestHostedPageEscapes(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	const evil = `"><script>alert('1')</script>&amp;`
	page := a.begin(t, map[string]any{"user_id": evil, "country": "us"})
	for name, body := range map[string]string{
		"first":  send(t, a.client, "GET", page, "").body,
		"failed": click(t, a.client, page, "nothing", "fullName", evil, "otherName", evil, "dateOfBirth", evil, "documentNumber", evil, "email", evil).body,
	} {
		assert.NotContains(t, body, "<script", name)
		assert.Contains(t, html.UnescapeString(body), evil, name)
	}
}

func TestHostedOutcomes(t *testing.T) {
	for outcome, c := range map[string]struct{ status, back string }{
		"pass":   {"approved", "https://shop.invalid/idv/1?success=1&token="},
		"review": {"pending_review", "https://shop.invalid/idv/1?success=1&token="},
		"fail":   {"rejected", "https://shop.invalid/idv/1?fail=1#top"},
		"cancel": {"canceled", "https://shop.invalid/idv/1?fail=1#top"},
		"leave":  {"open", "https://shop.invalid/idv/1?fail=1#top"},
	} {
		t.Run(outcome, func(t *testing.T) {
			both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
				a := authorized(t, srv)
				page := a.begin(t, `{"user_id":"u","country":"kr",`+urls+`}`)
				got := click(t, client, page, outcome, someone()...)
				require.Equal(t, http.StatusSeeOther, got.status, got.body)
				back := got.header.Get("Location")
				assert.True(t, strings.HasPrefix(back, c.back), back)
				want, err := srv.ReturnURL("u")
				require.NoError(t, err)
				assert.Equal(t, want, back)
				assert.Equal(t, c.status, srv.Attempts()[0].Status)
				if outcome == "leave" {
					assert.Empty(t, records(t, a.result14(t, `{"user_id":"u"}`)))
					assert.Contains(t, send(t, client, "GET", page, "").body, `value="pass"`, "and can come back")
					return
				}
				r := only(t, a.result14(t, `{"user_id":"u"}`))
				who := kycOf(t, r)["person"].(map[string]any)
				assert.Equal(t, c.status, kycOf(t, r)["status"])
				if outcome == "cancel" {
					assert.Equal(t, "", who["full_name"])
					return
				}
				assert.Equal(t, "김민수", who["full_name"])
				assert.Equal(t, []any{map[string]any{"kind": "alternate_script", "value": "Kim Minsu"}}, who["name_variants"])
				assert.Equal(t, "1985-12-24", who["date_of_birth"])
				assert.Equal(t, "M7", kycOf(t, r)["document"].(map[string]any)["number"])
				if outcome == "pass" {
					token, err := url.Parse(back)
					require.NoError(t, err)
					assert.Equal(t, srv.Attempts()[0].PPID, verified(t, token.Query().Get("token"), token.Query().Get("key"))["sub"])
				}
			})
		})
	}
}

func TestHostedPageWithoutReturn(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	page := a.begin(t, `{"user_id":"u"}`)
	got := click(t, a.client, page, "pass", someone()...)
	require.Equal(t, http.StatusSeeOther, got.status)
	end := got.header.Get("Location")
	assert.True(t, strings.HasPrefix(end, "/idv/end?token="), end)
	got = send(t, a.client, "GET", srv.URL+end, "")
	assert.Equal(t, http.StatusOK, got.status)
	assert.Contains(t, got.body, "You can close this page.")
	assert.Len(t, srv.Requests(), 2)
}

func TestFormsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		outcome string
		fields  []string
		want    string
	}{
		"no outcome":      {"", nil, "Choose an outcome."},
		"unknown outcome": {"approve", nil, "Choose an outcome."},
		"no name":         {"pass", []string{"fullName", ""}, "A person has a name."},
		"blank birth":     {"review", []string{"dateOfBirth", ""}, "A person has a date of birth"},
		"date of birth":   {"pass", []string{"dateOfBirth", "31.1.1990"}, "A person has a date of birth"},
		"not born yet":    {"pass", []string{"dateOfBirth", "9999-12-31"}, "A date of birth is not in the future."},
		"too much":        {"pass", []string{"fullName", strings.Repeat("a", 64<<10)}, "The form could not be read."},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithoutListener())
			a := authorized(t, srv)
			got := click(t, a.client, a.begin(t, `{"user_id":"u"}`), c.outcome, append(someone(), c.fields...)...)
			assert.Equal(t, http.StatusUnprocessableEntity, got.status)
			assert.Contains(t, got.body, `role="alert">`+c.want)
			if name != "too much" {
				assert.Contains(t, got.body, `value="Kim Minsu"`, "what was typed is still there")
			}
			assert.Equal(t, "open", srv.Attempts()[0].Status)
		})
	}
}

func TestFinishedCheck(t *testing.T) {
	for status, end := range map[string]func(*tomoidvtest.Server) error{
		"approved":       func(s *tomoidvtest.Server) error { return s.Pass("u", hanako()) },
		"pending_review": func(s *tomoidvtest.Server) error { return s.Review("u", hanako()) },
		"expired":        func(s *tomoidvtest.Server) error { return s.Expire("u") },
	} {
		t.Run(status, func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithoutListener())
			a := authorized(t, srv)
			page := a.begin(t, `{"user_id":"u",`+urls+`}`)
			require.NoError(t, end(srv))
			for _, got := range []answer{send(t, a.client, "GET", page, ""), click(t, a.client, page, "pass", someone()...)} {
				assert.Equal(t, http.StatusOK, got.status)
				assert.Contains(t, got.body, "Nothing is to be done here")
				assert.NotContains(t, got.body, "<form")
				assert.NotContains(t, got.body, "Hanako", "who comes late learns nothing about the person")
			}
			assert.Equal(t, status, srv.Attempts()[0].Status)
		})
	}
}

func TestTwoClicks(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	page := a.begin(t, `{"user_id":"u",`+urls+`}`)
	statuses := make(chan int)
	for range 8 {
		go func() { statuses <- click(t, a.client, page, "pass", someone()...).status }()
	}
	count := make(map[int]int)
	for range 8 {
		count[<-statuses]++
	}
	assert.Equal(t, map[int]int{http.StatusSeeOther: 1, http.StatusOK: 7}, count, "one of them counts")
}

func TestUnknownPage(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	page := a.begin(t, `{"user_id":"u"}`)
	token := claimsOf(t, strings.Split(page, "token=")[1])["jti"].(string)
	for _, address := range []string{"/idv", "/idv?token=", "/idv?token=unknown", "/idv/end?token=unknown", "/idv?token=" + token, "/idv?token=u"} {
		got := send(t, a.client, "GET", srv.URL+address, "")
		assert.Equal(t, http.StatusNotFound, got.status, address)
		assert.Contains(t, got.body, "There is no such check", address)
	}
	assert.Equal(t, http.StatusNotFound, click(t, a.client, srv.URL+"/idv?token=unknown", "pass", someone()...).status)
	assert.Equal(t, "open", srv.Attempts()[0].Status)
}
