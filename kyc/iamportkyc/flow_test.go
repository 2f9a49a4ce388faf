package iamportkyc_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// A browser goes through the gateway's window, as the page's scripts would.
type browser struct {
	t   *testing.T
	srv *iamporttest.Server
}

// do sends a form, or gets a page for none, and tells where that leads.
func (b browser) do(address string, form url.Values) (location, body string) {
	b.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := b.srv.RoundTripper().RoundTrip(req)
	require.NoError(b.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(b.t, err)
	return answer.Header.Get("Location"), string(text)
}

// goThrough clicks the button of the page and fills in the gateway's form. It
// tells where the browser comes back to.
func (b browser) goThrough(page, mode string, form url.Values) string {
	b.t.Helper()
	address, said := b.do(b.srv.URL+"/v1/window", url.Values{
		"user_code": {b.srv.UserCode}, "param": {params(b.t, page)}, "mode": {mode},
		"page": {"https://shop.example/verify"}, "origin": {"https://shop.example"},
	})
	require.NotEmpty(b.t, address, said)
	address, said = b.do(b.srv.URL+address, form)
	require.NotEmpty(b.t, address, said)
	if mode == "redirect" {
		return address
	}
	_, said = b.do(b.srv.URL+address, nil)
	rsp := regexp.MustCompile(`data-rsp="([^"]*)"`).FindStringSubmatch(said)
	require.Len(b.t, rsp, 2)
	return b.afterPopup(page, html.UnescapeString(rsp[1]))
}

// afterPopup is where the page's own script goes with what the callback got.
func (b browser) afterPopup(page, rsp string) string {
	b.t.Helper()
	var said map[string]any
	require.NoError(b.t, json.Unmarshal([]byte(rsp), &said))
	var param map[string]any
	require.NoError(b.t, json.Unmarshal([]byte(params(b.t, page)), &param))
	back, err := url.Parse(param["m_redirect_url"].(string))
	require.NoError(b.t, err)
	query := back.Query()
	for name, value := range said {
		switch value := value.(type) {
		case bool:
			query.Set(name, map[bool]string{true: "true", false: "false"}[value])
		case string:
			query.Set(name, value)
		}
	}
	back.RawQuery = query.Encode()
	return back.String()
}

func TestWholeFlow(t *testing.T) {
	passes := url.Values{"name": {"홍미래"}, "birthday": {"1990-03-01"}, "outcome": {"pass"}}
	for _, mode := range []string{"redirect", "popup"} {
		t.Run(mode, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19, Popup: mode == "popup"})
			check := reread(t, start(t, provider))
			first := ask(t, provider, check)
			assert.Equal(t, kyc.StatusPending, first.Status)
			assert.Empty(t, first.Attempt)
			assert.Empty(t, srv.Requests(), "before a return nobody is asked")

			page, err := kyc.Launch(provider, check)
			require.NoError(t, err)
			address := browser{t, srv}.goThrough(string(page), mode, passes)
			assert.Regexp(t, `^https://shop\.example/back\?account=42&`, address)
			notice, err := kyc.ParseReturn(provider, back(address))
			require.NoError(t, err)
			assert.Equal(t, check.ID, notice.CheckID)
			check, err = check.Apply(notice)
			require.NoError(t, err)
			assert.True(t, check.VendorIDClaimed)

			result := ask(t, provider, reread(t, check))
			assert.Equal(t, kyc.StatusApproved, result.Status)
			assert.Equal(t, "홍미래", result.Person.FullName)
			assert.True(t, result.Supersedes(first))
			assert.False(t, ask(t, provider, check).Supersedes(result), "asking again is no news")
		})
	}
}

// Document 001's own page posts the imp_uid alone, as a form that says JSON.
func TestReturnOfDocument001(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := start(t, provider)
	claimed := certified(t, srv, check, mirae())
	req := httptest.NewRequest(http.MethodPost, "/certifications", strings.NewReader("imp_uid="+claimed.VendorID))
	req.Header.Set("Content-Type", "application/json")
	notice, err := kyc.ParseReturn(provider, req)
	require.NoError(t, err)
	assert.Equal(t, kyc.Notice{VendorID: claimed.VendorID}, *notice)
	check, err = check.Apply(notice) // found by the person's session
	require.NoError(t, err)
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
}

// A person fails, leaves, and then passes: each time with another imp_uid.
func TestLaterReturnReplacesOneThatFailed(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := start(t, provider)
	page, err := provider.Launch(check)
	require.NoError(t, err)
	var stored *kyc.Result
	var news []kyc.Status
	var attempts []string
	for _, form := range []url.Values{
		{"outcome": {"fail"}, "errorCode": {"0086"}},
		{"outcome": {"leave"}},
		{"outcome": {"pass"}, "name": {"홍미래"}, "birthday": {"1990-03-01"}},
		{"outcome": {"fail"}}, // again in a page that was left open
	} {
		srv.Advance(time.Minute)
		notice, err := kyc.ParseReturn(provider, back(browser{t, srv}.goThrough(string(page), "redirect", form)))
		require.NoError(t, err)
		check, err = check.Apply(notice)
		require.NoError(t, err)
		result := ask(t, provider, check)
		assert.Equal(t, check.VendorID, result.Attempt)
		attempts = append(attempts, result.Attempt)
		if result.Supersedes(stored) {
			stored = result
		}
		news = append(news, result.Status)
	}
	assert.Equal(t, []kyc.Status{kyc.StatusPending, kyc.StatusPending, kyc.StatusApproved, kyc.StatusPending}, news)
	assert.Equal(t, kyc.StatusApproved, stored.Status, "a failure takes no approval back")
	assert.Equal(t, attempts[2], stored.Attempt)
}

// Nothing of a person who has not passed is there, and a window that is open
// may still be passed.
func TestUnfinished(t *testing.T) {
	for name, end := range map[string]func(*iamporttest.Server, string) error{
		"open": func(*iamporttest.Server, string) error { return nil },
		"left": (*iamporttest.Server).Abandon,
		"failed": func(srv *iamporttest.Server, impUID string) error {
			return srv.Fail(impUID, "9010", "통신사 정보가 올바르지 않습니다.")
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19})
			check := begun(t, srv, start(t, provider))
			require.NoError(t, end(srv, check.VendorID))
			srv.Advance(24 * time.Hour)
			result := ask(t, provider, check)
			assert.Equal(t, kyc.Result{
				CheckID: check.ID, Provider: "iamport", Status: kyc.StatusPending,
				Reason:  "not certified: not finished, failed or given up",
				Attempt: check.VendorID, Evidence: result.Evidence, Vendor: result.Vendor,
			}, *result)
			assert.NotEmpty(t, result.Evidence.SHA256)
		})
	}
	t.Run("not certified, but with all of a person", func(t *testing.T) {
		at := noon.Add(2 * time.Hour)
		result := forced(t, iamportkyc.Config{MinimumAge: 99}, map[string]any{"certified": false, "certified_at": at.Unix(), "pg_provider": "x"})
		assert.Equal(t, kyc.StatusPending, result.Status)
		assert.True(t, result.DecidedAt.IsZero())
		assert.Zero(t, result.Person)
		assert.Empty(t, result.Keys)
	})
	t.Run("open, then passed", func(t *testing.T) {
		srv := newServer(t)
		provider := newProvider(t, srv, iamportkyc.Config{})
		check := begun(t, srv, start(t, provider))
		pending := ask(t, provider, check)
		require.NoError(t, srv.Pass(check.VendorID, mirae()))
		approved := ask(t, provider, check)
		assert.Equal(t, kyc.StatusApproved, approved.Status)
		assert.True(t, approved.Supersedes(pending))
	})
}

// Danal's window keeps the minimum age; a person who edited the page is refused
// by Result.
func TestMinorInThePage(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19})
	minor := url.Values{"name": {"홍아이"}, "birthday": {"2010-03-01"}, "outcome": {"pass"}}
	check := start(t, provider)
	page, err := provider.Launch(check)
	require.NoError(t, err)
	for page, want := range map[string]kyc.Status{
		string(page): kyc.StatusPending,
		strings.Replace(string(page), `"min_age":19,`, "", 1): kyc.StatusDeclined,
	} {
		notice, err := kyc.ParseReturn(provider, back(browser{t, srv}.goThrough(page, "redirect", minor)))
		require.NoError(t, err)
		claimed, err := check.Apply(notice)
		require.NoError(t, err)
		assert.Equal(t, want, ask(t, provider, claimed).Status)
	}
}
