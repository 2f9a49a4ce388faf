package veriff

import (
	"errors"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Webhook is what Veriff posts to the URLs set in the Customer Portal: a
// [*Decision], an [*Event], a [*WatchlistScreening], a [*FullAutoDecision], or
// an [*UnknownWebhook] for every other kind, among them those of registries and
// of statuses that a user of the portal has defined.
type Webhook interface {
	// Meta tells how the webhook reached this program.
	Meta() Meta
	webhook()
}

func (*Decision) webhook()           {}
func (*Event) webhook()              {}
func (*WatchlistScreening) webhook() {}
func (*FullAutoDecision) webhook()   {}
func (*UnknownWebhook) webhook()     {}

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

// webhookKind is what tells the kinds apart. It reads any object, whatever its
// members hold: what this package has no type for must reach the program too.
type webhookKind struct {
	fullAutoMark
	Verification object[verificationMark] `json:"verification"`
	Data         object[struct {
		fullAutoMark
		Verification object[verificationMark] `json:"verification"`
	}] `json:"data"`
	Action      present `json:"action"`
	Code        present `json:"code"`
	CheckType   present `json:"checkType"`
	MatchStatus present `json:"matchStatus"`
}

type verificationMark struct {
	fullAutoMark
	Status Text    `json:"status"`
	Code   present `json:"code"`
}

// fullAutoMark is in the object that holds a full auto decision.
type fullAutoMark struct {
	Decision      present `json:"decision"`
	DecisionScore present `json:"decisionScore"`
	Insights      present `json:"insights"`
}

func (m fullAutoMark) is() bool { return bool(m.Decision && (m.DecisionScore || m.Insights)) }

// present tells whether a member is there and not null.
type present bool

func (p *present) UnmarshalJSON(data []byte) error {
	*p = string(data) != "null"
	return nil
}

// object holds a member if that is an object, and nothing for any other value.
type object[T any] struct{ value T }

func (o *object[T]) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '{' {
		return nil
	}
	return transport.Decode(data, &o.value)
}

// A decision has a verification with a code, or with a status that is one of
// Veriff's, whatever may be beside them. Nothing else is one: an object that
// merely names a session is of some other kind.
func (k *webhookKind) decision() bool {
	return bool(k.Verification.value.Code) || Status(k.Verification.value.Status).Known()
}

func (k *webhookKind) event() bool     { return bool(k.Action && k.Code) }
func (k *webhookKind) watchlist() bool { return bool(k.CheckType && k.MatchStatus) }
func (k *webhookKind) fullAuto() bool {
	data := k.Data.value
	return k.is() || k.Verification.value.is() || data.is() || data.Verification.value.is()
}

// parseWebhook decodes bytes whose signature held. What could be of two kinds
// that are no decisions is of neither.
func (v *Verifier) parseWebhook(meta Meta) (Webhook, error) {
	var likely decisionAnswer
	if v.decoder.Decode(meta.body.Bytes(), &likely) == nil && likely.decided() {
		return likely.announced(meta) // which most are, and would be read twice below
	}
	var kind webhookKind
	if err := v.decoder.Decode(meta.body.Bytes(), &kind); err != nil {
		return nil, err
	}
	switch event, watchlist, fullAuto := kind.event(), kind.watchlist(), kind.fullAuto(); {
	case kind.decision():
		return v.parseDecision(meta)
	case event && !watchlist && !fullAuto:
		return v.parseEvent(meta)
	case watchlist && !event && !fullAuto:
		return v.parseWatchlistScreening(meta)
	case fullAuto && !event && !watchlist:
		return v.parseFullAutoDecision(meta), nil
	}
	return &UnknownWebhook{meta: meta}, nil
}

func (v *Verifier) parseDecision(meta Meta) (Webhook, error) {
	var got decisionAnswer
	if err := v.decoder.Decode(meta.body.Bytes(), &got); err != nil {
		return nil, err
	}
	return got.announced(meta)
}

// decided tells of an answer what webhookKind's decision does, if it says yes;
// no may be wrong, as for a code of 0.
func (a *decisionAnswer) decided() bool {
	return a.Verification != nil && (a.Verification.Code != 0 || a.Verification.Status.Known())
}

// announced takes the envelope off a webhook's decision.
func (a *decisionAnswer) announced(meta Meta) (Webhook, error) {
	if err := a.status.check(); err != nil {
		return nil, err
	}
	if transport.CheckID("session id", a.Verification.ID) != nil {
		return nil, errNoSession
	}
	return a.decision(meta), nil
}

func (v *Verifier) parseEvent(meta Meta) (Webhook, error) {
	var event Event
	if err := v.decoder.Decode(meta.body.Bytes(), &event); err != nil {
		return nil, err
	}
	if transport.CheckID("session id", event.ID) != nil {
		return nil, errNoSession
	}
	event.meta = meta
	return &event, nil
}

func (v *Verifier) parseWatchlistScreening(meta Meta) (Webhook, error) {
	var screening WatchlistScreening
	if err := v.decoder.Decode(meta.body.Bytes(), &screening); err != nil {
		return nil, err
	}
	if transport.CheckID("session id", screening.SessionID) != nil {
		return nil, errNoSession
	}
	screening.meta = meta
	return &screening, nil
}

// parseFullAutoDecision never fails: the shape of this kind is not established,
// so one that cannot be read is of an unknown kind, and nothing to deliver again
// for a week.
func (v *Verifier) parseFullAutoDecision(meta Meta) Webhook {
	unknown := &UnknownWebhook{meta: meta}
	var got fullAutoAnswer
	if v.decoder.Decode(meta.body.Bytes(), &got) != nil || got.Status != "" && got.status.check() != nil {
		return unknown
	}
	decision, err := got.fullAuto()
	if err != nil || transport.CheckID("session id", decision.SessionID) != nil {
		return unknown
	}
	decision.meta = meta
	return decision
}

// newWebhookMeta boxes a copy: the caller may reuse its buffer.
func newWebhookMeta(body []byte) Meta {
	return Meta{body: secret.FromString(string(body)), signed: true, receivedAt: time.Now()}
}
