package kychttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

const (
	// workTimeout bounds what one request does at the vendor and in the store,
	// which is finished even if the sender hangs up.
	workTimeout = time.Minute
	// keepTimeout bounds what has to be stored after that.
	keepTimeout = 10 * time.Second

	maxForm    = 64 << 10
	maxWebhook = 1 << 20
)

// A Service serves the routes of checks and asks about those that are open. Any
// number of goroutines and processes may serve one Store. Make it with [New].
type Service struct {
	cfg         Config
	base        *url.URL
	providers   map[string]kyc.Provider
	crossOrigin *http.CrossOriginProtection
	log         *slog.Logger
}

// New returns a Service. An error names what is wrong with cfg; nothing is sent
// or stored.
func New(cfg Config) (*Service, error) {
	base, err := cfg.validate()
	if err != nil {
		return nil, err
	}
	crossOrigin := http.NewCrossOriginProtection()
	// A proxy may hand on another Host than the one that browsers see.
	if err := crossOrigin.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, errors.New("kychttp: Config.BaseURL has a host that browsers do not know as an origin")
	}
	s := &Service{cfg: cfg, base: base, providers: map[string]kyc.Provider{}, crossOrigin: crossOrigin, log: cfg.Logger}
	s.cfg.Providers = nil
	for _, provider := range cfg.Providers {
		s.providers[provider.Name()] = provider
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.cfg.DoneURL == "" {
		s.cfg.DoneURL = "/"
	}
	if s.cfg.Page == nil {
		s.cfg.Page = defaultPage
	}
	return s, nil
}

// Format prints no content, for every verb.
func (Service) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "kychttp.Service[redacted]") }

// LogValue logs no content.
func (Service) LogValue() slog.Value { return slog.StringValue("kychttp.Service[redacted]") }

// Handler returns the routes, all below BaseURL, where NAME is a provider's and
// ID a check's:
//
//	POST NAME/start      begins a check and sends the browser to it
//	GET  NAME/return/ID  where vendors send the browser back to
//	POST NAME/return/ID  the same for a page that posts what its popup got
//	POST NAME/webhook    for providers that have a kyc.WebhookParser
//	GET  NAME/check/ID   how the check stands, for the account that owns it
//	POST NAME/check/ID   goes on with it in this browser
//
// Other methods get 405, and other paths 404.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	for name, provider := range s.providers {
		route := s.base.Path + "/" + name
		guarded := func(pattern string, serve func(http.ResponseWriter, *http.Request, kyc.Provider)) {
			mux.Handle(pattern, s.guard(func(w http.ResponseWriter, r *http.Request) {
				if s.crossOrigin.Check(r) != nil {
					s.log.WarnContext(r.Context(), "kychttp: cross-origin request refused", "provider", name)
					s.problem(w, r, provider, http.StatusForbidden, ProblemRefused, nil)
					return
				}
				r.Body = http.MaxBytesReader(w, r.Body, maxForm)
				serve(w, r, provider)
			}))
		}
		guarded("POST "+route+"/start", s.start)
		guarded("GET "+route+"/return/{id}", s.comeBack)
		guarded("POST "+route+"/return/{id}", s.comeBack)
		guarded("GET "+route+"/check/{id}", s.show)
		guarded("POST "+route+"/check/{id}", s.goOn)
		if _, ok := provider.(kyc.WebhookParser); ok {
			mux.Handle("POST "+route+"/webhook", s.guard(func(w http.ResponseWriter, r *http.Request) {
				s.webhook(w, r, provider)
			}))
		}
	}
	return mux
}

// guard turns a panic into a 500 that says nothing.
func (s *Service) guard(serve http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				s.logPanic(r.Context(), p)
				http.Error(w, "Something went wrong. Try again later.", http.StatusInternalServerError)
			}
		}()
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "strict-origin")
		serve(w, r)
	})
}

// work is the context for what a request has done: it survives the sender
// hanging up, because half of it is of use to nobody.
func work(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), workTimeout)
}

func (s *Service) route(provider, action, id string) string {
	return s.base.Path + "/" + provider + "/" + action + "/" + url.PathEscape(id)
}

// PagePath is the path of the check's page, where the account that owns it sees
// how it stands and goes on with it, in any browser.
func (s *Service) PagePath(check *kyc.Check) string {
	return s.route(check.Provider, "check", check.ID)
}

// returnURL has the check's id in its path, since vendors mangle queries.
func (s *Service) returnURL(provider, id string) string {
	back := *s.base
	back.Path = s.route(provider, "return", id)
	return back.String()
}
