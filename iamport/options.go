package iamport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/kyckit/kyckit-go/internal/transport"
)

const (
	defaultBaseURL = "https://api.iamport.kr"
	staticBaseURL  = "https://static-api.iamport.kr"
)

// An Option changes what [NewClient] makes. Each one validates its argument.
type Option func(*config) error

type config struct {
	transport transport.Config
	static    bool
	store     TokenStore
}

// chooseHost settles the base URL once all options were seen.
func (c *config) chooseHost() error {
	switch set := c.transport.BaseURL() != ""; {
	case set && c.static:
		return errors.New("WithStaticHost and WithBaseURL contradict each other")
	case set:
		return nil
	case c.static:
		return c.transport.SetBaseURL(staticBaseURL)
	}
	return c.transport.SetBaseURL(defaultBaseURL)
}

// named says which option an error is about.
func named(option string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", option, err)
	}
	return nil
}

// WithBaseURL sends to another host than https://api.iamport.kr, such as a
// fake. It must be https; http is taken for loopback only.
func WithBaseURL(baseURL string) Option {
	return func(cfg *config) error {
		return named("WithBaseURL", cfg.transport.SetBaseURL(baseURL))
	}
}

// WithStaticHost sends to https://static-api.iamport.kr, the same API behind
// fixed addresses, for a firewall that lists where programs may connect to.
// Iamport's current documents do not mention it; its SDKs do.
func WithStaticHost() Option {
	return func(cfg *config) error {
		cfg.static = true
		return nil
	}
}

// WithHTTPClient sends through a copy of hc, for a proxy, certificates or
// tracing of one's own. Its redirect policy and cookie jar are not used.
func WithHTTPClient(hc *http.Client) Option {
	return func(cfg *config) error {
		return named("WithHTTPClient", cfg.transport.SetHTTPClient(hc))
	}
}

// WithLogger logs through logger; without it nothing is logged. Debug tells
// each attempt, Warn what an on-call person needs to know. No record holds a
// credential, a token, a body, an id or personal data.
func WithLogger(logger *slog.Logger) Option {
	return func(cfg *config) error {
		return named("WithLogger", cfg.transport.SetLogger(logger))
	}
}

// WithMaxAttempts bounds how often a call is tried in all, 3 unless set, 1 for
// never again. Only what is safe to repeat is: see [ErrUnconfirmed]. A refused
// access token is replaced once beyond that.
func WithMaxAttempts(n int) Option {
	return func(cfg *config) error {
		return named("WithMaxAttempts", cfg.transport.SetMaxAttempts(n))
	}
}

// WithAttemptTimeout bounds one attempt with its answer's body, 30 s unless
// set. The whole call is bounded by its context.
func WithAttemptTimeout(d time.Duration) Option {
	return func(cfg *config) error {
		return named("WithAttemptTimeout", cfg.transport.SetAttemptTimeout(d))
	}
}

// WithUserAgent puts the application's "name/version" before ours in the
// User-Agent header.
func WithUserAgent(application string) Option {
	return func(cfg *config) error {
		return named("WithUserAgent", cfg.transport.SetUserAgent(application))
	}
}

// A TokenStore shares the access token between processes, in Redis for
// example. Keys are hashes and values are encrypted with the credentials, so
// that the store learns nothing; it may lose anything at any time. A store that
// fails, panics or takes longer than a second is passed by.
type TokenStore interface {
	// Get returns what was last set under key, "" if there is nothing.
	Get(ctx context.Context, key string) (value string, err error)
	// Set keeps value under key for ttl.
	Set(ctx context.Context, key, value string, ttl time.Duration) error
}

// WithTokenStore shares the access token through store with the other
// processes that have the same credentials: for many replicas, and for
// processes that do not live long. Without it each process asks for the token
// itself, and Iamport gives all of them the same one.
func WithTokenStore(store TokenStore) Option {
	return func(cfg *config) error {
		if store == nil {
			return named("WithTokenStore", errors.New("store is nil"))
		}
		cfg.store = store
		return nil
	}
}
