package main

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// An app is the application.
type app struct {
	db        *database
	service   *kychttp.Service
	providers map[string]kyc.Provider
	offered   []string // names of providers, in the order of the page
	pages     *pages
	baseURL   string
	pepper    []byte
	windows   []string
	log       *slog.Logger
}

// openApp opens the database, which serve closes.
func openApp(path string, s *settings, log *slog.Logger) (*app, error) {
	providers, err := s.vendors.providers(log)
	if err != nil {
		return nil, err
	}
	a := &app{providers: map[string]kyc.Provider{}, pages: newPages(), baseURL: s.baseURL, pepper: s.pepper, windows: s.windows, log: log}
	for _, provider := range providers {
		a.providers[provider.Name()] = provider
		a.offered = append(a.offered, provider.Name())
	}
	if a.db, err = openDatabase(path); err != nil {
		return nil, err
	}
	a.service, err = kychttp.New(kychttp.Config{
		Providers: providers,
		Store:     records{a.db},
		BaseURL:   a.baseURL + verifyPath,
		Begin:     a.begin,
		Owns:      a.owns,
		OnResult:  a.onResult,
		Page:      a.showCheck,
		DoneURL:   "/account",
		Logger:    log,
	})
	if err != nil {
		_ = a.db.Close()
		return nil, err
	}
	return a, nil
}

// maxForm bounds what anybody may send to the site's own forms.
const maxForm = 64 << 10

//go:embed static
var static embed.FS

// handler is all that is served.
func (a *app) handler() http.Handler {
	site := http.NewServeMux()
	page := func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		site.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				a.failed(w, r, err)
			}
		})
	}
	member := func(pattern string, serve func(http.ResponseWriter, *http.Request, *account) error) {
		page(pattern, func(w http.ResponseWriter, r *http.Request) error {
			who, err := a.signedIn(r)
			if err == nil && who == nil {
				http.Redirect(w, r, "/signin", http.StatusSeeOther)
				return nil
			}
			if err != nil {
				return err
			}
			return serve(w, r, who)
		})
	}
	staff := func(pattern string, serve func(http.ResponseWriter, *http.Request, *account) error) {
		member(pattern, func(w http.ResponseWriter, r *http.Request, who *account) error {
			if !who.Staff {
				return errNotFound // whether there is a back office is nobody's business
			}
			return serve(w, r, who)
		})
	}
	page("GET /{$}", a.showHome)
	page("GET /signup", a.showSignUp)
	page("POST /signup", a.doSignUp)
	page("GET /signin", a.showSignIn)
	page("POST /signin", a.doSignIn)
	page("POST /signout", a.doSignOut)
	member("GET /account", a.showAccount)
	member("GET /members", a.showMembers)
	member("GET /account/erase", a.showErase)
	member("POST /account/erase", a.doErase)
	staff("GET /staff", a.showStaff)
	staff("GET /staff/accounts/{id}", a.showCase)
	staff("POST /staff/accounts/{id}", a.doDecide)
	files := http.FileServerFS(static)
	site.HandleFunc("GET /static/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=300")
		files.ServeHTTP(w, r)
	})
	page("/", func(http.ResponseWriter, *http.Request) error { return errNotFound })

	// Browsers say from which site a form comes; whatever comes from another is
	// refused. A proxy may hand on another Host than the one that browsers see.
	crossOrigin := http.NewCrossOriginProtection()
	if err := crossOrigin.AddTrustedOrigin(a.baseURL); err != nil {
		panic(err) // kychttp has taken the same address
	}
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.show(w, r, http.StatusForbidden, "message", message{"crossorigin.title", "crossorigin.text"})
	}))

	root := http.NewServeMux()
	root.Handle("/", crossOrigin.Handler(http.MaxBytesHandler(site, maxForm)))
	root.Handle(verifyPath+"/", a.service.Handler()) // it protects itself, and lets webhooks in
	return a.harden(root)
}

// harden sets what holds for every answer. The Content-Security-Policy is the
// strictest; a page that is to do anything loosens it (see show).
func (a *app) harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()") // vendors ask on their own pages
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin-allow-popups") // a vendor's popup reports back
		if a.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// policy is the Content-Security-Policy of a page. No page has a style or a
// script in it but the one with a vendor's launch fragment, whose scripts get
// the nonce. What such a script loads and shows is the vendor's to say.
func (a *app) policy(nonce string) string {
	vendors := strings.Join(append([]string{"https:"}, a.windows...), " ")
	policy := "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' " +
		// A form leads to a vendor by a redirect, which browsers hold against form-action too.
		vendors
	if nonce == "" {
		return policy + "; style-src 'self'; img-src 'self'"
	}
	return policy + "; script-src 'nonce-" + nonce + "' 'strict-dynamic'; style-src 'self' 'unsafe-inline' " + vendors +
		"; img-src 'self' data: " + vendors + "; font-src data: " + vendors + "; connect-src 'self' " + vendors + "; frame-src " + vendors
}

// withNonce lets the scripts of a launch fragment run. There is no "<script" in
// it but of its own: iamport.Launch writes values so that they have no "<".
func withNonce(fragment string) (allowed, nonce string) {
	nonce = rand.Text()
	return strings.ReplaceAll(fragment, "<script", `<script nonce="`+nonce+`"`), nonce
}

var errNotFound = errors.New("onboarding: not found")

// failed shows that something failed, and to the log alone what.
func (a *app) failed(w http.ResponseWriter, r *http.Request, err error) {
	switch _, tooLarge := errors.AsType[*http.MaxBytesError](err); {
	case errors.Is(err, errNotFound):
		a.show(w, r, http.StatusNotFound, "message", message{"notfound.title", "notfound.text"})
	case errors.Is(err, context.Canceled): // the person went away
	case tooLarge:
		a.show(w, r, http.StatusRequestEntityTooLarge, "message", message{"failed.title", "failed.text"})
	default:
		a.log.ErrorContext(r.Context(), "onboarding: request failed", "route", r.Pattern, "error", err)
		a.show(w, r, http.StatusInternalServerError, "message", message{"failed.title", "failed.text"})
	}
}
