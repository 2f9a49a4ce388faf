package veriff

import (
	"errors"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Webhook is what Veriff posts to the URLs set in the Customer Portal: a
// [*Decision], an [*Event], or an [*UnknownWebhook] for every other kind.
type Webhook interface {
	// Meta tells how the webhook reached this program.
	Meta() Meta
	webhook()
}

func (*Decision) webhook()       {}
func (*Event) webhook()          {}
func (*UnknownWebhook) webhook() {}

// An Event tells how far the person has come: started or submitted. It never
// tells an outcome.
//
// Source: the event webhook; document 003, /webhooks/events.
type Event struct {
	// ID is the session's.
	ID         string      `json:"id"`
	AttemptID  string      `json:"attemptId,omitzero"`
	Feature    string      `json:"feature,omitzero"` // "selfid"
	Code       EventCode   `json:"code,omitzero"`
	Action     EventAction `json:"action,omitzero"`
	VendorData string      `json:"vendorData,omitzero"`
	EndUserID  string      `json:"endUserId,omitzero"`
	// AddressID comes with some submissions of a proof of address.
	AddressID string       `json:"addressId,omitzero"`
	Context   EventContext `json:"context,omitzero"`

	meta Meta
}

// EventContext says more about an event of the web flow.
type EventContext struct {
	Reason string `json:"reason,omitzero"`
	State  string `json:"state,omitzero"`
}

// Meta tells how the event reached this program.
func (e *Event) Meta() Meta { return e.meta }

// An UnknownWebhook is genuine, but of a kind that this package does not type;
// Meta().Raw() holds it. Veriff adds kinds without notice.
type UnknownWebhook struct{ meta Meta }

// Meta tells how the webhook reached this program.
func (u *UnknownWebhook) Meta() Meta { return u.meta }

var errNoSession = errors.New("it names no session")

// webhookKind is what tells the kinds apart: only a decision has a
// verification, only an event an action with a code.
type webhookKind struct {
	Verification *struct{} `json:"verification"`
	Action       *Text     `json:"action"`
	Code         *Text     `json:"code"`
}

// parseWebhook decodes bytes whose signature held.
func parseWebhook(meta Meta) (Webhook, error) {
	body := meta.body.Bytes()
	var kind webhookKind
	if err := transport.Decode(body, &kind); err != nil {
		return nil, err
	}
	switch {
	case kind.Verification != nil:
		var got decisionAnswer
		if err := transport.Decode(body, &got); err != nil {
			return nil, err
		}
		if err := got.status.check(); err != nil {
			return nil, err
		}
		if transport.CheckID("session id", got.Verification.ID) != nil {
			return nil, errNoSession
		}
		return got.decision(meta), nil
	case kind.Action != nil && kind.Code != nil:
		event := Event{}
		if err := transport.Decode(body, &event); err != nil {
			return nil, err
		}
		if transport.CheckID("session id", event.ID) != nil {
			return nil, errNoSession
		}
		event.meta = meta
		return &event, nil
	}
	return &UnknownWebhook{meta: meta}, nil
}

// newWebhookMeta boxes a copy: the caller may reuse its buffer.
func newWebhookMeta(body []byte) Meta {
	return Meta{body: secret.FromString(string(body)), signed: true, receivedAt: time.Now()}
}
