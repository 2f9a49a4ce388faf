package tomoidv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/internal/transport"
)

const (
	productionURL = "https://api.tomopayment.com"
	sandboxURL    = "https://test.tomopayment.com"

	contractVersion = "1.4"
)

// An Option changes what [NewClient] makes. Each one validates its argument.
type Option func(*config) error

type config struct {
	transport         transport.Config
	sandbox           bool
	contractVersion   string
	audience          string
	assertionLifetime time.Duration
	keyID             string
	scope             string
	resource          string
	store             TokenStore
}

// chooseHost settles the base URL once all options were seen, and says which
// credentials it takes.
func (c *config) chooseHost() (hint string, err error) {
	switch set := c.transport.BaseURL() != ""; {
	case set && c.sandbox:
		return "", errors.New("WithSandbox and WithBaseURL contradict each other")
	case c.sandbox:
		return "with WithSandbox the client ID and the secret key must be of the sandbox console", c.transport.SetBaseURL(sandboxURL)
	case !set:
		return "the client ID and the secret key must be of the production console; those of the sandbox need WithSandbox", c.transport.SetBaseURL(productionURL)
	}
	return "the client ID and the secret key must be of the environment that WithBaseURL names", nil
}

// named says which option an error is about.
func named(option string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", option, err)
	}
	return nil
}

// WithSandbox sends to https://test.tomopayment.com, where the flow runs
// without a real identity document and anyone can be anyone. It takes the
// credentials of the sandbox console only (document 002).
func WithSandbox() Option {
	return func(cfg *config) error {
		cfg.sandbox = true
		return nil
	}
}

// WithBaseURL sends to another host than https://api.tomopayment.com, such as
// a fake. It must be https; http is taken for loopback only.
func WithBaseURL(baseURL string) Option {
	return func(cfg *config) error {
		return named("WithBaseURL", cfg.transport.SetBaseURL(baseURL))
	}
}

// WithContractVersion asks for a version of the contract by the header
// Tomo-API-Version. "1.4" is the only one that can be asked for; without this
// option nothing is, and TomoIDV applies 1.3, to which "1.3" in the header is
// no valid name. Only Result's answer differs: 1.4 adds who was verified
// (Result.UserID) and what was found ([Record.KYC], with a status).
func WithContractVersion(version string) Option {
	return func(cfg *config) error {
		if version != contractVersion {
			return named("WithContractVersion", errors.New(`version is not "1.4"; leave the option out for 1.3`))
		}
		cfg.contractVersion = version
		return nil
	}
}

// WithAudience sets the aud of client assertions. It is the token endpoint
// unless set, the base URL with /v1/oauth2/token, which is wrong behind a
// proxy of one's own.
func WithAudience(audience string) Option {
	return func(cfg *config) error {
		cfg.audience = audience
		return named("WithAudience", checkID("audience", audience))
	}
}

// WithAssertionLifetime sets how long a client assertion is good for, 5 minutes
// unless set: whole seconds, from 30 seconds to an hour. What TomoIDV allows is
// not documented.
func WithAssertionLifetime(d time.Duration) Option {
	return func(cfg *config) error {
		cfg.assertionLifetime = d
		switch {
		case d < minAssertionLifetime || d > maxAssertionLifetime:
			return named("WithAssertionLifetime", fmt.Errorf("%s is not within %s and %s", d, minAssertionLifetime, maxAssertionLifetime))
		case d%time.Second != 0:
			return named("WithAssertionLifetime", fmt.Errorf("%s is not in whole seconds", d))
		}
		return nil
	}
}

// WithKeyID puts a kid into the header of client assertions. TomoIDV documents
// none, and none is sent unless set.
func WithKeyID(keyID string) Option {
	return func(cfg *config) error {
		cfg.keyID = keyID
		return named("WithKeyID", checkID("key ID", keyID))
	}
}

var scopes = regexp.MustCompile(`^[!#-\[\]-~]+( [!#-\[\]-~]+)*$`)

// WithScope asks for access tokens with these scopes, separated by single
// spaces. "idv.read" is the only one that is known, and what the server takes
// when none is sent, which is the default.
func WithScope(scope string) Option {
	return func(cfg *config) error {
		cfg.scope = scope
		if !scopes.MatchString(scope) {
			return named("WithScope", errors.New("scope is not a list of names with single spaces between them"))
		}
		return nil
	}
}

// WithResource sends a resource indicator (RFC 8707), an absolute URI without a
// fragment, with token requests. Document 002 says that it is not in use, and
// none is sent unless set.
func WithResource(resource string) Option {
	return func(cfg *config) error {
		cfg.resource = resource
		if u, err := url.Parse(resource); err != nil || !u.IsAbs() || strings.Contains(resource, "#") {
			return named("WithResource", errors.New("resource is not an absolute URI without a fragment"))
		}
		return nil
	}
}

// WithHTTPClient sends through a copy of hc, for a proxy, certificates or
// tracing of one's own. Its redirect policy and cookie jar are not used.
// TomoIDV refuses anything older than TLS 1.3, and so does a client without a
// Transport of its own; see to it that a Transport does.
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
// processes that do not live long. Without it each process asks for a token of
// its own.
func WithTokenStore(store TokenStore) Option {
	return func(cfg *config) error {
		if store == nil {
			return named("WithTokenStore", errors.New("store is nil"))
		}
		cfg.store = store
		return nil
	}
}
