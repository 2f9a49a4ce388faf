package veriff

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// An Option changes what [NewClient] makes. Each one validates its argument.
type Option interface {
	applyToClient(*clientConfig) error
}

type clientConfig struct {
	transport  transport.Config
	legacy     bool
	signedOnly bool
}

type clientOption func(*clientConfig) error

func (o clientOption) applyToClient(cfg *clientConfig) error { return o(cfg) }

// named says which option an error is about.
func named(option string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", option, err)
	}
	return nil
}

// WithBaseURL names the API's base URL, as the Customer Portal shows it for
// the integration, with or without "/v1". It must be https; http is taken for
// loopback only. No host is refused: Veriff serves from several.
func WithBaseURL(baseURL string) Option {
	return clientOption(func(cfg *clientConfig) error {
		trimmed := strings.TrimSuffix(strings.TrimRight(baseURL, "/"), "/v1")
		return named("WithBaseURL", cfg.transport.SetBaseURL(trimmed))
	})
}

// WithHTTPClient sends through a copy of hc, for a proxy, certificates or
// tracing of one's own. Its redirect policy and cookie jar are not used.
func WithHTTPClient(hc *http.Client) Option {
	return clientOption(func(cfg *clientConfig) error {
		return named("WithHTTPClient", cfg.transport.SetHTTPClient(hc))
	})
}

// WithMaxAttempts bounds how often a call is tried in all, 3 unless set, 1 for
// never again. Only what is safe to repeat is: see [ErrUnconfirmed].
func WithMaxAttempts(n int) Option {
	return clientOption(func(cfg *clientConfig) error {
		return named("WithMaxAttempts", cfg.transport.SetMaxAttempts(n))
	})
}

// WithAttemptTimeout bounds one attempt with its answer's body, 30 s unless
// set. Of an upload or a download, which may take long without a fault, it
// bounds each time in which the network lets it wait. The whole call is bounded
// by its context.
func WithAttemptTimeout(d time.Duration) Option {
	return clientOption(func(cfg *clientConfig) error {
		return named("WithAttemptTimeout", cfg.transport.SetAttemptTimeout(d))
	})
}

// WithUserAgent puts the application's "name/version" before ours in the
// User-Agent header.
func WithUserAgent(application string) Option {
	return clientOption(func(cfg *clientConfig) error {
		return named("WithUserAgent", cfg.transport.SetUserAgent(application))
	})
}

// WithSignedAnswersOnly makes an answer without a signature an error that is
// [ErrSignature]. A signature that does not hold is one in any case; an absent
// one is by default only logged and told by [Meta.Signed].
func WithSignedAnswersOnly() Option {
	return clientOption(func(cfg *clientConfig) error {
		cfg.signedOnly = true
		return nil
	})
}

// WithLegacyAPI speaks Veriff's API as document 003 (2019-20) describes it:
// SHA-256(payload + secret) in X-SIGNATURE, https://api.veriff.me unless
// WithBaseURL says otherwise, a timestamp in each request that is posted, and
// at most 40 characters of vendorData. Veriff still answers it but asks to
// avoid it.
func WithLegacyAPI() Option {
	return clientOption(func(cfg *clientConfig) error {
		cfg.legacy = true
		return nil
	})
}

// A LoggerOption is an option for clients and verifiers alike.
type LoggerOption struct{ logger *slog.Logger }

// WithLogger logs through logger; without it nothing is logged. Debug tells
// each attempt, Warn what an on-call person needs to know. No record holds a
// secret, a body, an id or personal data.
func WithLogger(logger *slog.Logger) LoggerOption { return LoggerOption{logger} }

func (o LoggerOption) applyToClient(cfg *clientConfig) error {
	return named("WithLogger", cfg.transport.SetLogger(o.logger))
}
