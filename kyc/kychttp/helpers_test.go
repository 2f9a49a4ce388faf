package kychttp_test

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

const (
	origin  = "https://shop.example"
	baseURL = origin + "/verify"
)

// noon is when the vendor decides, unless a test says otherwise.
var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// A vendor is a provider whose answers a test sets.
type vendor struct {
	name string

	mu      sync.Mutex
	outcome map[string]kyc.Result // by vendor id where there is a claim, else by check id
	asked   int
	started []string
	hints   kyc.Hints // of the last start

	onStart  func(*kyc.Check) (*kyc.Check, error)
	onResult func(ctx context.Context, check *kyc.Check) error // runs after the answer was fixed
}

func newVendor(name string) *vendor { return &vendor{name: name, outcome: map[string]kyc.Result{}} }

func (v *vendor) Name() string { return v.name }

func (v *vendor) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	if err := ctx.Err(); err != nil {
		return nil, &kyc.Error{Provider: v.name, Op: "start", Err: err}
	}
	check, err := kyc.NewCheck(v.name, req)
	if err != nil {
		return nil, err
	}
	check.VendorID, check.URL = "session-"+check.ID, "https://vendor.example/v/"+check.ID
	v.mu.Lock()
	v.started, v.hints = append(v.started, check.ID), req.Hints
	v.mu.Unlock()
	if v.onStart != nil {
		return v.onStart(check)
	}
	return check, nil
}

func (v *vendor) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	if err := check.Validate(v.name); err != nil {
		return nil, err
	}
	if !check.VendorIDClaimed && check.VendorID != "" && check.VendorID != "session-"+check.ID {
		return nil, &kyc.Error{Provider: v.name, Op: "result", Kind: kyc.ErrForeign}
	}
	v.mu.Lock()
	v.asked++
	result, ok := v.outcome[check.VendorID]
	if !ok {
		result = v.outcome[check.ID]
	}
	v.mu.Unlock()
	if result.Status == kyc.StatusUnknown {
		result.Status = kyc.StatusPending
	}
	if result.CheckID == "" {
		result.CheckID = check.ID
	}
	if result.Provider == "" {
		result.Provider = v.name
	}
	result.Attempt = check.VendorID
	result.Evidence.FetchedAt = time.Now().UTC().Round(0)
	if v.onResult != nil {
		if err := v.onResult(ctx, check); err != nil {
			return nil, err
		}
	}
	return &result, nil
}

// ParseWebhook takes "CHECK", "CHECK VENDORID" and, for what announces an
// outcome, "CHECK VENDORID decided" or the time instead of that word.
func (v *vendor) ParseWebhook(header http.Header, body []byte) (*kyc.Notice, error) {
	if header.Get("X-Signature") != "genuine" {
		return nil, &kyc.Error{Provider: v.name, Op: "parse webhook", Kind: kyc.ErrSignature}
	}
	parts := strings.Fields(string(body))
	notice := &kyc.Notice{}
	if len(parts) > 0 {
		notice.CheckID = parts[0]
	}
	if len(parts) > 1 {
		notice.VendorID = parts[1]
	}
	if len(parts) > 2 {
		notice.Decided = true
		if at, err := time.Parse(time.RFC3339Nano, parts[2]); err == nil {
			notice.DecidedAt = at
		}
	}
	if len(parts) > 3 {
		return nil, &kyc.Error{Provider: v.name, Op: "parse webhook", Kind: kyc.ErrInvalidNotice}
	}
	return notice, nil
}

func (v *vendor) decide(id string, status kyc.Status, at time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.outcome[id] = kyc.Result{Status: status, DecidedAt: at, Person: kyc.Person{FullName: "홍미래"}}
}

func (v *vendor) calls() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.asked
}

// A window is a vendor that starts in the application's page, and whose return
// brings an id: claim=ID&check=CHECK.
type window struct{ *vendor }

func (v window) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	check, err := v.vendor.Start(ctx, req)
	if err == nil {
		check.VendorID, check.URL, check.ExpiresAt = "", "", check.StartedAt.Add(time.Hour)
	}
	return check, err
}

func (v window) Launch(check *kyc.Check) (template.HTML, error) {
	return template.HTML(`<button id="launch">` + template.HTMLEscapeString(check.ID) + `</button>`), nil
}

func (v window) ParseReturn(r *http.Request) (*kyc.Notice, error) {
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, &kyc.Error{Provider: v.name, Op: "parse return", Kind: kyc.ErrInvalidNotice, Err: err}
		}
		r.URL.RawQuery = string(body)
	}
	query := r.URL.Query()
	if query.Get("claim") == "" && query.Get("check") == "" {
		return nil, &kyc.Error{Provider: v.name, Op: "parse return", Kind: kyc.ErrInvalidNotice}
	}
	return &kyc.Notice{CheckID: query.Get("check"), VendorID: query.Get("claim")}, nil
}

// An effect is one call of OnResult that came to its end.
type effect struct {
	reference string
	status    kyc.Status
	old       kyc.Status // "none" for nil
}

// A site is an application with a Service in it.
type site struct {
	t       *testing.T
	service *kychttp.Service
	handler http.Handler
	store   kychttp.Store
	log     *safeBuffer

	mu      sync.Mutex
	effects []effect
	onNews  func(ctx context.Context, check *kyc.Check, result, old *kyc.Result) error
}

type siteOption func(*kychttp.Config)

func withStore(store kychttp.Store) siteOption {
	return func(cfg *kychttp.Config) { cfg.Store = store }
}

func newSite(t *testing.T, providers []kyc.Provider, options ...siteOption) *site {
	t.Helper()
	s := &site{t: t, log: &safeBuffer{}}
	cfg := kychttp.Config{
		Providers: providers,
		Store:     kychttp.NewMemoryStore(),
		BaseURL:   baseURL,
		Begin: func(r *http.Request, _ string) (*kyc.StartRequest, error) {
			account := accountOf(r)
			if account == "" {
				return nil, errSignedOut
			}
			return &kyc.StartRequest{Reference: account, Hints: kyc.Hints{FullName: r.FormValue("name")}}, nil
		},
		Owns:     func(r *http.Request, reference string) bool { return accountOf(r) == reference },
		OnResult: s.news,
		DoneURL:  "/account",
		Logger:   slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, option := range options {
		option(&cfg)
	}
	service, err := kychttp.New(cfg)
	require.NoError(t, err)
	s.service, s.handler, s.store = service, service.Handler(), cfg.Store
	return s
}

var errSignedOut = errors.New("signed out")

func accountOf(r *http.Request) string {
	cookie, err := r.Cookie("session")
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (s *site) news(ctx context.Context, check *kyc.Check, result, old *kyc.Result) error {
	if s.onNews != nil {
		if err := s.onNews(ctx, check, result, old); err != nil {
			return err
		}
	}
	before := kyc.Status("none")
	if old != nil {
		before = old.Status
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.effects = append(s.effects, effect{check.Reference, result.Status, before})
	return nil
}

func (s *site) acted() []kyc.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []kyc.Status
	for _, e := range s.effects {
		out = append(out, e.status)
	}
	return out
}

func (s *site) record(id string) *kychttp.Record {
	s.t.Helper()
	record, err := s.store.Get(s.t.Context(), id)
	require.NoError(s.t, err)
	return record
}

// edit changes a stored row as somebody with a database shell does.
func (s *site) edit(id string, change func(*kychttp.Record)) {
	s.t.Helper()
	require.NoError(s.t, s.store.Update(s.t.Context(), id, func(_ context.Context, r *kychttp.Record) error {
		change(r)
		return nil
	}))
}

// webhook delivers what the vendor signed.
func (s *site) webhook(name string, words ...string) int {
	r := httptest.NewRequest(http.MethodPost, baseURL+"/"+name+"/webhook", strings.NewReader(strings.Join(words, " ")))
	r.Header.Set("X-Signature", "genuine")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Code
}

// A browser keeps cookies and is signed in to an account.
type browser struct {
	t    *testing.T
	site *site
	jar  *cookiejar.Jar
}

func (s *site) browser(account string) *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(s.t, err)
	b := &browser{s.t, s, jar}
	b.signIn(account)
	return b
}

func (b *browser) signIn(account string) {
	b.jar.SetCookies(b.url(origin), []*http.Cookie{{Name: "session", Value: account, Path: "/", Secure: true}})
}

func (b *browser) url(address string) *url.URL {
	b.t.Helper()
	u, err := url.Parse(address)
	require.NoError(b.t, err)
	return u
}

// an answer of the site.
type answer struct {
	code     int
	location string
	body     string
	header   http.Header
	cookies  []*http.Cookie
}

func (b *browser) do(method, address, body string, header ...string) answer {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = origin + address
	}
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for _, cookie := range b.jar.Cookies(r.URL) {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	b.site.handler.ServeHTTP(w, r)
	got := w.Result()
	b.jar.SetCookies(r.URL, got.Cookies())
	return answer{w.Code, w.Header().Get("Location"), w.Body.String(), w.Header(), got.Cookies()}
}

func (b *browser) get(address string, header ...string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, address, "", header...)
}

func (b *browser) post(address, body string, header ...string) answer {
	b.t.Helper()
	return b.do(http.MethodPost, address, body, header...)
}

// begin starts a check and returns its id.
func (b *browser) begin(name string) string {
	b.t.Helper()
	got := b.post(baseURL+"/"+name+"/start", "")
	require.Equal(b.t, http.StatusSeeOther, got.code, got.body)
	return got.location[strings.LastIndex(got.location, "/")+1:]
}

func returnTo(name, id string) string { return baseURL + "/" + name + "/return/" + id }
func pageOf(name, id string) string   { return baseURL + "/" + name + "/check/" + id }

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// has tells whether an event was logged.
func (b *safeBuffer) has(message string) bool {
	return slices.ContainsFunc(strings.Split(b.String(), "\n"), func(line string) bool {
		return strings.Contains(line, `"msg":"`+message+`"`)
	})
}
