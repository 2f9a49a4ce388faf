package kychttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/kyckit/kyckit-go/kyc"
)

// Config says what a [Service] serves. Logger, Page and DoneURL may be left out.
type Config struct {
	// Providers are those with whom checks can be begun. Each has its own routes,
	// under its Name.
	Providers []kyc.Provider

	Store Store

	// BaseURL is where browsers and vendors reach the Handler, as in
	// "https://shop.example/verify": https, or http on a loopback host. Its path
	// is part of every route, so mount the Handler there without stripping it.
	BaseURL string

	// Begin tells what to start for the account that the request is signed in to,
	// by the application's own session, with the provider of that name. Reference
	// names the account and is required; CheckID and ReturnURL are the Service's
	// to set. What the browser says can serve as hints, and for nothing else: the
	// body, at most 64 KiB, is the application's to read. An error refuses: the
	// person is shown a Page with ProblemRefused that has it as Err.
	Begin func(r *http.Request, provider string) (*kyc.StartRequest, error)

	// Owns tells whether the request is signed in to the account that Begin named
	// reference. Only then is it shown a check's page.
	Owns func(r *http.Request, reference string) bool

	// OnResult acts on an outcome: result is new, old is the one before it, nil
	// or pending at first, and result.Status decides. It is called once for each
	// change of outcome, never for one that is older than what is stored, and not
	// for StatusPending.
	//
	// It runs in the transaction in which Store.Update stores the result, and ctx
	// is the one that the Store gave. An error stores nothing, and the same
	// outcome comes again: from the vendor's next delivery, the next return, or
	// Refresh. So it is called at least once, and an effect that is part of the
	// transaction happens exactly once; any other must bear repetition, or be
	// queued in the transaction. That somebody is not admitted, because another
	// account has the same kyc.Key or for any other reason, is no error: write it
	// down and return nil.
	//
	// The arguments are not to be changed. The error's text is not logged, as a
	// database's can hold values, but its type is: log what is safe yourself.
	OnResult func(ctx context.Context, check *kyc.Check, result, old *kyc.Result) error

	// Page shows a person how a check stands, or what went wrong. Without it
	// there are plain pages in English.
	Page func(w http.ResponseWriter, r *http.Request, page *Page)

	// DoneURL is where a person goes on to in the application: a path of its own
	// or an https URL; "/" unless set. Nothing that a browser says changes it.
	DoneURL string

	// Logger gets the events that the package documentation lists. By default
	// there is none.
	Logger *slog.Logger
}

// Format prints no content, for every verb.
func (Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "kychttp.Config[redacted]") }

// LogValue logs no content.
func (Config) LogValue() slog.Value { return slog.StringValue("kychttp.Config[redacted]") }

var providerName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

func (cfg *Config) validate() (base *url.URL, err error) {
	if len(cfg.Providers) == 0 {
		return nil, errors.New("kychttp: Config.Providers is empty")
	}
	seen := map[string]bool{}
	for i, provider := range cfg.Providers {
		switch {
		case provider == nil:
			return nil, fmt.Errorf("kychttp: Config.Providers[%d] is nil", i)
		case !providerName.MatchString(provider.Name()):
			return nil, fmt.Errorf("kychttp: Config.Providers[%d] has a name that cannot stand in a path", i)
		case seen[provider.Name()]:
			return nil, fmt.Errorf("kychttp: Config.Providers[%d] has the name of another", i)
		}
		seen[provider.Name()] = true
	}
	switch {
	case cfg.Store == nil:
		return nil, errors.New("kychttp: Config.Store is nil")
	case cfg.Begin == nil:
		return nil, errors.New("kychttp: Config.Begin is nil")
	case cfg.Owns == nil:
		return nil, errors.New("kychttp: Config.Owns is nil")
	case cfg.OnResult == nil:
		return nil, errors.New("kychttp: Config.OnResult is nil")
	case !isDoneURL(cfg.DoneURL):
		return nil, errors.New("kychttp: Config.DoneURL must be a path of the application's or an https URL")
	}
	return parseBase(cfg.BaseURL)
}

func parseBase(text string) (*url.URL, error) {
	base, err := url.Parse(text) // the error repeats the URL
	switch {
	case err != nil || !isWeb(base):
		return nil, errors.New("kychttp: Config.BaseURL must be an https URL, or http on a loopback host")
	case strings.ContainsAny(text, "?#"):
		return nil, errors.New("kychttp: Config.BaseURL has a query or a fragment")
	}
	// As browsers write an Origin.
	base.Host = strings.TrimSuffix(strings.ToLower(base.Host), map[string]string{"https": ":443", "http": ":80"}[base.Scheme])
	base.Path = strings.TrimRight(base.Path, "/")
	for segment := range strings.SplitSeq(strings.TrimPrefix(base.Path, "/"), "/") {
		if base.Path != "" && !pathSegment.MatchString(segment) {
			return nil, errors.New("kychttp: the path of Config.BaseURL must be plain words between slashes")
		}
	}
	return base, nil
}

var pathSegment = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func isWeb(u *url.URL) bool {
	host := u.Hostname()
	if host == "" || u.User != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	loopback := host == "localhost" || err == nil && addr.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && loopback
}

func isDoneURL(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	if err != nil || strings.ContainsAny(text, "\\\t\n\r") {
		return false
	}
	if u.Scheme == "" {
		return strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//")
	}
	return isWeb(u)
}
