package veriffkyc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

const name = "veriff"

// A Provider verifies people through one integration of Veriff's. It is
// immutable and safe for any number of goroutines. Make it with [New].
type Provider struct {
	client *veriff.Client
	cfg    Config
}

var (
	_ kyc.Provider      = (*Provider)(nil)
	_ kyc.WebhookParser = (*Provider)(nil)
	_ kyc.Eraser        = (*Provider)(nil)
)

// New returns a provider that asks through client. An error names what is
// wrong with the arguments; nothing is sent.
func New(client *veriff.Client, cfg Config) (*Provider, error) {
	if client == nil {
		return nil, errors.New("veriffkyc: the client is nil")
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.Verifier != nil {
		// What webhooks announce is asked of the client, so the two must be of
		// one integration; this is the one place that compares their API keys.
		_, err := veriff.NewWebhookHandler(cfg.Verifier, ignore, veriff.ConfirmWith(client))
		if err != nil {
			return nil, fmt.Errorf("veriffkyc: Config.Verifier: %w", err)
		}
	}
	cfg.DocumentCountries = slices.Clone(cfg.DocumentCountries)
	return &Provider{client: client, cfg: cfg}, nil
}

func ignore(context.Context, veriff.Webhook) error { return nil }

// Name is "veriff".
func (p *Provider) Name() string { return name }

// ParseWebhook verifies a webhook of Veriff's and tells which check it is
// about. Every kind that this module knows names its check, a watchlist screening
// and a full auto decision too: whether they changed anything is for Result to
// ask. Whatever else is genuine is about none and gives an empty Notice: a kind
// of webhook that this module does not know, and a session whose vendorData is
// missing or not a check's id, because something else than Start made it. A
// decision that is not pending sets Notice.Decided, and DecidedAt from its
// decisionTime.
//
// It returns kyc.ErrSignature for a wrong signature or API key,
// kyc.ErrInvalidNotice for a genuine body that cannot be read, and
// kyc.ErrUnsupported without Config.Verifier.
func (p *Provider) ParseWebhook(header http.Header, body []byte) (*kyc.Notice, error) {
	const op = "parse webhook"
	if p.cfg.Verifier == nil {
		return nil, failure(op, kyc.ErrUnsupported, nil)
	}
	webhook, err := p.cfg.Verifier.Parse(header, body)
	if err != nil {
		return nil, failure(op, webhookClass(err), err)
	}
	switch webhook := webhook.(type) {
	case *veriff.Decision:
		n := notice(webhook.VendorData, webhook.ID)
		if n.CheckID != "" && status(webhook) != kyc.StatusPending {
			n.Decided, n.DecidedAt = true, webhook.DecisionTime.Time
		}
		return n, nil
	case *veriff.Event:
		return notice(webhook.VendorData, webhook.ID), nil
	case *veriff.WatchlistScreening:
		return notice(webhook.VendorData, webhook.SessionID), nil
	case *veriff.FullAutoDecision:
		return notice(webhook.VendorData, webhook.SessionID), nil
	}
	return &kyc.Notice{}, nil
}

func notice(vendorData, sessionID string) *kyc.Notice {
	if !kyc.IsCheckID(vendorData) {
		return &kyc.Notice{}
	}
	return &kyc.Notice{CheckID: vendorData, VendorID: sessionID}
}
