package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// A client is a browser that does not follow redirects.
type client struct {
	*http.Client
	t   *testing.T
	url string
}

// An answer has its body read.
type answer struct {
	*http.Response
	text string
}

func newClient(t *testing.T, url string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &client{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, t, url}
}

func (c *client) send(method, path string, body io.Reader, header ...string) *answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, body)
	require.NoError(c.t, err)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	got, err := c.Do(req)
	require.NoError(c.t, err)
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	require.NoError(c.t, err)
	return &answer{got, string(text)}
}

func (c *client) get(path string) *answer { c.t.Helper(); return c.send(http.MethodGet, path, nil) }

func (c *client) post(path string, fields ...string) *answer {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return c.send(http.MethodPost, path, strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
}

// signUp makes an account, and is signed in to it.
func (c *client) signUp(email string) {
	c.t.Helper()
	require.Equal(c.t, "/account", c.post("/signup", "email", email, "password", testPassword).Header.Get("Location"))
}

func TestSignUp(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct{ email, password, says string }{
		"no address":                   {"", testPassword, "alert.email"},
		"no address with a name":       {"Hong <hong@maru.example>", testPassword, "alert.email"},
		"a long address":               {strings.Repeat("a", 250) + "@b.example", testPassword, "alert.email"},
		"a short password":             {"hong@maru.example", "elevenchars", "alert.password"},
		"twelve bytes, not characters": {"hong@maru.example", "홍미래입니다", "alert.password"},
		"a long password":              {"hong@maru.example", strings.Repeat("a", 257), "alert.password"},
	} {
		t.Run(name, func(t *testing.T) {
			got := newClient(t, w.url).post("/signup", "email", test.email, "password", test.password)
			assert.Equal(t, http.StatusUnprocessableEntity, got.StatusCode)
			assert.Contains(t, got.text, words[test.says].en)
			assert.Empty(t, got.Cookies())
			assert.NotContains(t, got.text, test.password)
		})
	}
	newClient(t, w.url).signUp("hong@maru.example")
	got := newClient(t, w.url).post("/signup", "email", "HONG@maru.example", "password", testPassword)
	assert.Contains(t, got.text, words["alert.taken"].en)
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	newClient(t, w.url).signUp("hong@maru.example")
	c := newClient(t, w.url)
	wrong := c.post("/signin", "email", "hong@maru.example", "password", testPassword+"!")
	unknown := c.post("/signin", "email", "lee@maru.example", "password", testPassword)
	assert.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	assert.Equal(t, strings.ReplaceAll(wrong.text, "hong@", "lee@"), unknown.text, "nobody learns who has an account")
	for _, path := range []string{"/account", "/members", "/account/erase", "/staff", "/staff/accounts/1"} {
		assert.Equal(t, "/signin", c.get(path).Header.Get("Location"), path)
	}

	got := c.post("/signin", "email", " hong@maru.example", "password", testPassword, "next", "https://elsewhere.example")
	assert.Equal(t, "/account", got.Header.Get("Location"))
	cookie := got.Cookies()[0]
	assert.True(t, cookie.HttpOnly)
	assert.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	assert.Contains(t, c.get("/account").text, "hong@maru.example")
	var hashes string
	require.NoError(t, w.db.QueryRowContext(t.Context(), `SELECT group_concat(token_hash) FROM sessions`).Scan(&hashes))
	assert.NotContains(t, hashes, cookie.Value)

	again := c.post("/signin", "email", "hong@maru.example", "password", testPassword).Cookies()
	assert.NotEqual(t, cookie.Value, again[len(again)-1].Value, "each session has a token of its own")
	stolen := newClient(t, w.url)
	assert.Equal(t, "/signin", stolen.send("GET", "/account", nil, "Cookie", cookie.Name+"="+cookie.Value).Header.Get("Location"), "the one before has ended")
	newest := again[len(again)-1]
	assert.Equal(t, "/", c.post("/signout").Header.Get("Location"))
	assert.Equal(t, "/signin", stolen.send("GET", "/account", nil, "Cookie", newest.Name+"="+newest.Value).Header.Get("Location"), "whoever signs out ends it")
}

func TestSessionEnds(t *testing.T) {
	w := newWorld(t)
	c := newClient(t, w.url)
	c.signUp("hong@maru.example")
	_, err := w.db.ExecContext(t.Context(), `UPDATE sessions SET ends_at = 1`)
	require.NoError(t, err)
	assert.Equal(t, "/signin", c.get("/account").Header.Get("Location"))
}

func TestGuessingIsHopeless(t *testing.T) {
	w := newWorld(t)
	newClient(t, w.url).signUp("hong@maru.example")
	results := make(chan error, 2*maxTries)
	for range 2 * maxTries { // at once
		go func() {
			_, err := w.db.signIn(context.WithoutCancel(t.Context()), "Hong@maru.example", "wrong password")
			results <- err
		}()
	}
	count := map[error]int{}
	for range 2 * maxTries {
		count[<-results]++
	}
	assert.Equal(t, map[error]int{errWrong: maxTries, errTooManyTries: maxTries}, count)
	got := newClient(t, w.url).post("/signin", "email", "hong@maru.example", "password", testPassword)
	assert.Contains(t, got.text, words["alert.too_many_tries"].en)
	_, err := w.db.ExecContext(t.Context(), `UPDATE tries SET at = at - ?`, int64(triesWindow))
	require.NoError(t, err)
	assert.Equal(t, "/account", newClient(t, w.url).post("/signin", "email", "hong@maru.example", "password", testPassword).Header.Get("Location"))
}

func TestOtherSitesDoNothing(t *testing.T) {
	w := newWorld(t)
	c := newClient(t, w.url)
	c.signUp("hong@maru.example")
	for _, path := range []string{"/signup", "/signin", "/signout", "/account/erase", "/staff/accounts/1", "/verify/veriff/start"} {
		for name, header := range map[string][]string{
			"Sec-Fetch-Site": {"Sec-Fetch-Site", "cross-site"},
			"same-site":      {"Sec-Fetch-Site", "same-site"}, // another port of this host
			"Origin":         {"Origin", "https://elsewhere.example"},
		} {
			got := c.send("POST", path, strings.NewReader("password="+url.QueryEscape(testPassword)), append(header, "Content-Type", "application/x-www-form-urlencoded")...)
			assert.Equal(t, http.StatusForbidden, got.StatusCode, "%s by %s", path, name)
		}
	}
	assert.Equal(t, http.StatusOK, c.get("/account").StatusCode, "the account is there, and signed in")
	assert.Empty(t, w.fakes.veriff.Sessions())
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	c := newClient(t, w.url)
	c.signUp("hong@maru.example")
	start := c.post("/verify/iamport/start")
	launchPath := start.Header.Get("Location")
	for _, path := range []string{"/", "/signin", "/account", "/nowhere", "/static/style.css", "/verify/veriff/check/1", "/verify/nobody", launchPath} {
		got := c.get(path)
		policy := got.Header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'", path)
		assert.Contains(t, policy, "frame-ancestors 'none'", path)
		assert.Contains(t, policy, "base-uri 'none'", path)
		assert.Equal(t, path == launchPath, strings.Contains(policy, "script-src"), path)
		assert.NotContains(t, strings.Split(policy, "style-src")[0], "'unsafe-", path)
		assert.Equal(t, path == launchPath, strings.Contains(policy, "'unsafe-inline'"), path)
		assert.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"), path)
		assert.NotEmpty(t, got.Header.Get("Referrer-Policy"), path)
		assert.Empty(t, got.Header.Get("Strict-Transport-Security"), "this is http")
		assert.Equal(t, !strings.HasPrefix(path, "/static/"), got.Header.Get("Cache-Control") == "no-store", path)
	}
	one, two := c.get(launchPath), c.get(launchPath)
	nonce := regexp.MustCompile(`'nonce-([A-Z2-7]+)'`)
	assert.NotEqual(t, nonce.FindStringSubmatch(one.Header.Get("Content-Security-Policy"))[1], nonce.FindStringSubmatch(two.Header.Get("Content-Security-Policy"))[1])
}

// Behind TLS, cookies are __Host- and the browser is told to stay there.
func TestBehindTLS(t *testing.T) {
	s, err := liveSettings(in(whole()))
	require.NoError(t, err)
	s.vendors = vendorSettings{}
	f, err := startFakes()
	require.NoError(t, err)
	t.Cleanup(f.close)
	s.vendors = f.settings("").vendors
	w := &world{fakes: f, log: &logged{}}
	w.app, err = openApp(filepath.Join(t.TempDir(), "test.db"), s, w.logger())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.db.Close()) })
	form := url.Values{"email": {"hong@maru.example"}, "password": {testPassword}}.Encode()
	post := func(path, body string, cookies ...*http.Cookie) *http.Response {
		r := httptest.NewRequest(http.MethodPost, "http://10.0.0.1:8500"+path, strings.NewReader(body)) // a proxy's Host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://maru.example")
		for _, cookie := range cookies {
			r.AddCookie(cookie)
		}
		answer := httptest.NewRecorder()
		w.handler().ServeHTTP(answer, r)
		return answer.Result()
	}
	got := post("/signup", form)
	require.Equal(t, "/account", got.Header.Get("Location"))
	assert.NotEmpty(t, got.Header.Get("Strict-Transport-Security"))
	started := post("/verify/iamport/start", "", got.Cookies()...)
	require.Equal(t, http.StatusSeeOther, started.StatusCode)
	for _, cookie := range append(got.Cookies(), started.Cookies()...) {
		assert.True(t, strings.HasPrefix(cookie.Name, "__Host-") && cookie.Secure && cookie.HttpOnly, cookie.Name)
	}
}

func TestLargeForm(t *testing.T) {
	w := newWorld(t)
	got := newClient(t, w.url).post("/signin", "email", strings.Repeat("a", maxForm))
	assert.Equal(t, http.StatusRequestEntityTooLarge, got.StatusCode)
	assert.Contains(t, got.text, words["failed.title"].en)
}

func TestBackOfficeIsForStaff(t *testing.T) {
	w := newWorld(t)
	c := newClient(t, w.url)
	c.signUp("hong@maru.example")
	id := w.accountOf(t, "hong@maru.example")
	for _, got := range []*answer{
		c.get("/staff"), c.get("/staff/accounts/" + id),
		c.post("/staff/accounts/"+id, "verdict", "admit", "reason", "I would like to come in."),
	} {
		assert.Equal(t, http.StatusNotFound, got.StatusCode)
		assert.Contains(t, got.text, words["notfound.title"].en)
	}
	w.assertEffects(t, "hong@maru.example")

	password, err := w.db.addStaff(t.Context(), "kim@maru.example")
	require.NoError(t, err)
	staff := newClient(t, w.url)
	require.Equal(t, "/staff", staff.post("/signin", "email", "kim@maru.example", "password", password).Header.Get("Location"))
	assert.Contains(t, staff.get("/staff?q=HONG").text, "hong@maru.example")
	assert.NotContains(t, staff.get("/staff?q=%25").text, "hong@maru.example", "no pattern but what stands there")
	for name, test := range map[string]struct{ account, verdict, reason, says string }{
		"no reason":         {id, "admit", " short ", "alert.reason"},
		"no verdict":        {id, "", "Because of a test.", "alert.verdict"},
		"their own":         {w.accountOf(t, "kim@maru.example"), "admit", "Because it is me.", "alert.own_account"},
		"an unheard-of one": {id, "promote", "Because of a test.", "alert.verdict"},
	} {
		got := staff.post("/staff/accounts/"+test.account, "verdict", test.verdict, "reason", test.reason)
		assert.Equal(t, http.StatusUnprocessableEntity, got.StatusCode, name)
		assert.Contains(t, got.text, words[test.says].en, name)
	}
	assert.Equal(t, http.StatusNotFound, staff.post("/staff/accounts/1", "verdict", "admit", "reason", "Because of a test.").StatusCode)
	assert.Equal(t, http.StatusNotFound, staff.get("/staff/accounts/1").StatusCode)
	w.assertEffects(t, "hong@maru.example")
}

func TestNoCheckBegins(t *testing.T) {
	w := newWorld(t)
	assert.Contains(t, newClient(t, w.url).post("/verify/veriff/start").text, words["problem.refused.signed_out.title"].en)
	c := newClient(t, w.url)
	c.signUp("hong@maru.example")
	for range maxChecks {
		require.Equal(t, http.StatusSeeOther, c.post("/verify/veriff/start").StatusCode)
	}
	got := c.post("/verify/iamport/start")
	assert.Equal(t, http.StatusForbidden, got.StatusCode)
	assert.Contains(t, got.text, words["problem.refused.too_many.title"].en)
	staff := &account{ID: "staff", Email: "kim@maru.example"}
	for v, says := range map[verdict]string{verdictAdmit: "problem.refused.admitted.title", verdictRefuse: "problem.refused.by_human.title"} {
		fresh := newClient(t, w.url)
		email := string(v) + "@maru.example"
		fresh.signUp(email)
		require.NoError(t, w.decide(t.Context(), staff, w.accountOf(t, email), &decision{Verdict: v, Reason: "because of a test"}))
		assert.Contains(t, fresh.post("/verify/veriff/start").text, words[says].en)
	}
	assert.Len(t, w.fakes.veriff.Sessions(), maxChecks)
}

// Nothing of a person, and no way into a check, is in the log.
func TestLogIsSilent(t *testing.T) {
	w := newWorld(t)
	c := newClient(t, w.url)
	c.signUp("marker@maru.example")
	c.post("/verify/veriff/start")
	session := w.fakes.veriff.Sessions()[0]
	require.NoError(t, w.fakes.veriff.Submit(session.ID))
	require.NoError(t, w.fakes.veriff.Approve(session.ID, veriffPerson()))
	id, returnURL := w.newestCheck(t)
	c.send("GET", strings.TrimPrefix(returnURL, w.url), nil)
	newClient(t, w.url).send("GET", strings.TrimPrefix(returnURL, w.url), nil)
	require.NoError(t, w.fakes.veriff.Inject())
	c.post("/account/erase", "password", testPassword)
	text := w.log.String()
	assert.Contains(t, text, "kychttp: result")
	for _, secret := range []string{"marker", "Mirae", "1990", id, session.ID, session.URL, testPassword, w.fakes.veriff.Secret} {
		assert.NotContains(t, text, secret)
	}
}

func TestLanguage(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct{ accept, want string }{
		"nothing":            {"", "en"},
		"Korean":             {"ko-KR,ko;q=0.9,en-US;q=0.8", "ko"},
		"English before":     {"en-US,en;q=0.9,ko;q=0.8", "en"},
		"another, then ours": {"fr-FR, ko;q=0.5, en;q=0.1", "ko"},
		"neither":            {"fr", "en"},
		"not Korean":         {"kok-IN", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			got := newClient(t, w.url).send("GET", "/", nil, "Accept-Language", test.accept)
			assert.Equal(t, test.want, got.Header.Get("Content-Language"))
			assert.Contains(t, got.text, `<html lang="`+test.want+`">`)
		})
	}
	c := newClient(t, w.url)
	assert.Contains(t, c.get("/signin?lang=ko").text, "로그인")
	assert.Contains(t, c.get("/").text, words["home.title"].ko, "it is kept")
	assert.Contains(t, c.get("/?lang=xx").text, words["home.title"].ko)
	assert.Contains(t, c.get("/?lang=en").text, words["home.title"].en)
}

// Every key of words is used, by a template or by Go, and none is missing.
func TestWords(t *testing.T) {
	for key, phrase := range words {
		assert.NotEmpty(t, phrase.en, key)
		assert.NotEmpty(t, phrase.ko, key)
		assert.Equal(t, strings.Count(phrase.en, "%"), strings.Count(phrase.ko, "%"), key)
		if !slices.Contains([]string{"vendor.tomoidv", "vendor.veriff"}, key) {
			assert.NotEqual(t, phrase.en, phrase.ko, key)
		}
	}
	used := map[string]bool{}
	built := []string{} // keys that are put together
	files, err := filepath.Glob("pages/*.html")
	require.NoError(t, err)
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range append(files, sources...) {
		if file == "words.go" || strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range regexp.MustCompile(`\.T "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			assert.Contains(t, words, match[1], file)
		}
		for _, match := range regexp.MustCompile(`"([a-z0-9_. ]+)"`).FindAllStringSubmatch(string(text), -1) {
			used[match[1]] = true
			if strings.HasSuffix(match[1], ".") {
				built = append(built, match[1])
			}
		}
	}
	for _, status := range []kyc.Status{
		kyc.StatusUnknown, kyc.StatusPending, kyc.StatusReview, kyc.StatusResubmit, kyc.StatusApproved, kyc.StatusDeclined, kyc.StatusExpired,
		kyc.StatusAbandoned, kyc.StatusCanceled,
	} {
		assert.Contains(t, words, "state."+status.String())
	}
	for _, problem := range []kychttp.Problem{
		kychttp.ProblemOtherBrowser, kychttp.ProblemNotOwner, kychttp.ProblemRefused, kychttp.ProblemMismatch, kychttp.ProblemTryLater,
	} {
		assert.Contains(t, words, "problem."+string(problem)+".title")
		assert.Contains(t, words, "problem."+string(problem)+".text")
	}
	for _, key := range slices.Sorted(maps.Keys(words)) {
		name := strings.TrimSuffix(strings.TrimSuffix(key, ".title"), ".text")
		isBuilt := slices.ContainsFunc(built, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
		assert.True(t, used[key] || used[name] || isBuilt, "%s is not used", key)
	}
}

func TestKindReasons(t *testing.T) {
	for code := 201; code <= 207; code++ {
		key := kindReason("veriff", &kyc.Result{ReasonCode: fmt.Sprint(code)})
		assert.Equal(t, fmt.Sprint("reason.", code), key)
	}
	for _, result := range []*kyc.Result{nil, {}, {ReasonCode: "999"}, {ReasonCode: "other"}} {
		assert.Equal(t, "reason.other", kindReason("veriff", result))
	}
	assert.Equal(t, "reason.other", kindReason("another", &kyc.Result{ReasonCode: "204"}))
}
