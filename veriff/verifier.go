package veriff

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

const maxWebhook = 1 << 20

// A Verifier tells Veriff's webhooks from forgeries. It is immutable and safe
// for any number of goroutines. Make it with [NewVerifier].
type Verifier struct {
	apiKey  secret.Box
	secrets []secret.Box // the current one first
	legacy  bool
	logger  *slog.Logger
	decoder *transport.Decoder
}

// A VerifierOption changes what [NewVerifier] makes.
type VerifierOption interface {
	applyToVerifier(*Verifier) error
}

type verifierOption func(*Verifier) error

func (o verifierOption) applyToVerifier(v *Verifier) error { return o(v) }

// NewVerifier returns a verifier for the integration with this API key and
// shared secret.
func NewVerifier(apiKey, sharedSecret string, options ...VerifierOption) (*Verifier, error) {
	if err := checkCredentials(apiKey, sharedSecret); err != nil {
		return nil, err
	}
	v := &Verifier{
		apiKey:  secret.FromString(apiKey),
		secrets: []secret.Box{secret.FromString(sharedSecret)},
		logger:  slog.New(slog.DiscardHandler),
		decoder: new(transport.Decoder),
	}
	for _, option := range options {
		if option == nil {
			return nil, errors.New("veriff: an option is nil")
		}
		if err := option.applyToVerifier(v); err != nil {
			return nil, fmt.Errorf("veriff: %w", err)
		}
	}
	return v, nil
}

// WithPreviousSecret also takes webhooks signed with a secret that is being
// rotated out; it can be given more than once. Its use is logged, so that one
// sees when it can go.
func WithPreviousSecret(sharedSecret string) VerifierOption {
	return verifierOption(func(v *Verifier) error {
		if err := secret.CheckCredential("previous shared secret", sharedSecret); err != nil {
			return named("WithPreviousSecret", err)
		}
		v.secrets = append(v.secrets, secret.FromString(sharedSecret))
		return nil
	})
}

// WithLegacySignature also takes webhooks that carry nothing but X-SIGNATURE,
// SHA-256(body + secret), as document 003 describes them.
func WithLegacySignature() VerifierOption {
	return verifierOption(func(v *Verifier) error {
		v.legacy = true
		return nil
	})
}

func (o LoggerOption) applyToVerifier(v *Verifier) error {
	if o.logger == nil {
		return errors.New("WithLogger: the logger is nil")
	}
	v.logger = o.logger
	return nil
}

// Format prints no field, since among them are the credentials.
func (v Verifier) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Verifier") }

// LogValue logs no field.
func (v Verifier) LogValue() slog.Value { return secret.LogValue("veriff.Verifier") }

// Verify tells whether body, the raw bytes as they came, is a webhook from
// Veriff for this integration: an API key and an HMAC under the x- or the vrf-
// name of its header. The names may be in any case, as what runs serverless
// functions often hands them over in lower case. An error is [ErrAPIKey] or
// [ErrSignature].
//
// The signature has no time in it: a genuine webhook that somebody kept can be
// sent again. Ask the API before acting on one, see [ConfirmWith].
func (v *Verifier) Verify(header http.Header, body []byte) error {
	ours, others := v.apiKeys(header)
	if ours == 0 {
		return webhookError(ErrAPIKey, "")
	}
	hmacs, legacy := values(header, headerHMAC, headerVRFHMAC), values(header, headerLegacy)
	var held []bool
	switch {
	case len(hmacs) > 0:
		held = v.check(schemeHMAC, hmacs, body)
	case len(legacy) == 0:
		return webhookError(ErrSignature, "no signature")
	case !v.legacy:
		return webhookError(ErrSignature, "only the legacy X-SIGNATURE, which WithLegacySignature would take")
	default:
		held = v.check(schemeLegacy, legacy, body)
	}
	if !slices.Contains(held, true) {
		return webhookError(ErrSignature, "")
	}
	// From here on a header that says otherwise proves nothing either way, but
	// somebody should know. A legacy signature beside an HMAC is one of those.
	if len(hmacs) > 0 {
		held = append(held, v.check(schemeLegacy, legacy, body)...)
	}
	ctx := context.Background()
	if slices.Contains(held, false) {
		v.logger.WarnContext(ctx, "veriff: webhook signatures disagree")
	}
	if others > 0 {
		v.logger.WarnContext(ctx, "veriff: webhook API keys disagree")
	}
	return nil
}

// apiKeys counts the API keys that are ours and those that are not, in
// constant time: the key is no secret in Veriff's scheme, but it costs nothing
// to treat it as one.
func (v *Verifier) apiKeys(header http.Header) (ours, others int) {
	for _, key := range values(header, headerAuthClient, headerVRFAuthClient) {
		if subtle.ConstantTimeCompare([]byte(key), v.apiKey.Bytes()) == 1 {
			ours++
		} else {
			others++
		}
	}
	return ours, others
}

// values gives every value under these names in any case.
func values(header http.Header, names ...string) []string {
	var all []string
	for key, held := range header {
		if slices.ContainsFunc(names, func(name string) bool { return len(key) == len(name) && strings.EqualFold(key, name) }) {
			all = append(all, held...)
		}
	}
	return all
}

// check tells which of the signatures hold with one of the secrets. The body
// is hashed once for each secret, however many signatures a stranger sends.
func (v *Verifier) check(kind scheme, signatures []string, body []byte) []bool {
	held := make([]bool, len(signatures))
	for i, key := range v.secrets {
		if !slices.Contains(held, false) {
			break
		}
		sum, used := kind.sum(key, body), false
		for at, signature := range signatures {
			if !held[at] && equalHex(signature, sum) {
				held[at], used = true, true
			}
		}
		if used && i > 0 {
			v.logger.WarnContext(context.Background(), "veriff: webhook signed with a previous secret")
		}
	}
	return held
}

// Parse verifies a webhook and decodes it. Nothing of a body whose signature
// does not hold is looked at. Beyond Verify's errors, one is [ErrInvalidAnswer]
// for a genuine body that cannot be read.
func (v *Verifier) Parse(header http.Header, body []byte) (Webhook, error) {
	if err := v.Verify(header, body); err != nil {
		return nil, err
	}
	webhook, err := v.parseWebhook(newWebhookMeta(body))
	if err != nil {
		return nil, webhookError(ErrInvalidAnswer, err.Error())
	}
	switch webhook := webhook.(type) {
	case *Decision:
		webhook.warn(context.Background(), v.logger)
	case *WatchlistScreening:
		webhook.warn(context.Background(), v.logger)
	}
	return webhook, nil
}

// ParseRequest is Parse for an incoming request, of which it reads at most
// 1 MiB; a longer body is [ErrTooLarge]. It reads nothing of a request that
// names another API key, or that announces more.
func (v *Verifier) ParseRequest(r *http.Request) (Webhook, error) {
	if r == nil || r.Body == nil {
		return nil, webhookError(ErrInvalidAnswer, "there is no body")
	}
	if ours, _ := v.apiKeys(r.Header); ours == 0 {
		return nil, webhookError(ErrAPIKey, "")
	}
	if r.ContentLength > maxWebhook {
		return nil, webhookError(ErrTooLarge, "")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxWebhook+1))
	switch {
	case err != nil:
		return nil, &Error{Op: opWebhook, kinds: []error{ErrInvalidAnswer}, detail: "the body cannot be read", cause: err}
	case len(body) > maxWebhook:
		return nil, webhookError(ErrTooLarge, "")
	}
	return v.Parse(r.Header, body)
}

const opWebhook = "webhook"

func webhookError(kind error, detail string) *Error {
	return &Error{Op: opWebhook, kinds: []error{kind}, detail: detail}
}
