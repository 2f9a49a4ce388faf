package verifftest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A WebhookKind tells which of the integration's webhook addresses a webhook
// goes to.
type WebhookKind string

// The kinds. Others can be made with SendWebhook.
const (
	DecisionWebhook  WebhookKind = "decision"
	EventWebhook     WebhookKind = "event"
	WatchlistWebhook WebhookKind = "watchlist-screening"
	FullAutoWebhook  WebhookKind = "full-auto"
)

// A Webhook is a signed message about a session.
type Webhook struct {
	Kind       WebhookKind
	SessionID  string // empty for one that SendWebhook made
	Header     http.Header
	Body       []byte
	Deliveries []Delivery // every try to deliver this very webhook, oldest first

	number int // its place among those produced, from 1; 0 for an altered one
}

// A Delivery is how one try to deliver a webhook ended.
type Delivery struct {
	StatusCode int   // of the receiver's answer, 0 when there was none
	Err        error // why there was none
}

// Delivered tells whether the receiver answered 200. Veriff takes any other
// status for a failure.
func (w Webhook) Delivered() bool {
	return slices.ContainsFunc(w.Deliveries, func(d Delivery) bool { return d.StatusCode == http.StatusOK })
}

// Tampered is the webhook as somebody changed it on its way: it says that the
// session was approved, names other vendorData, and keeps its signature.
func (w Webhook) Tampered() Webhook {
	w = w.altered()
	body := make(map[string]any)
	if v, err := fake.DecodeJSON(w.Body); err == nil {
		if object, ok := v.(map[string]any); ok {
			body = object
		}
	}
	if verification, ok := body["verification"].(map[string]any); ok {
		verification["status"], verification["code"] = statusApproved, json.Number("9001")
		verification["reason"], verification["reasonCode"] = nil, nil
		verification["vendorData"] = "tampered"
	} else {
		body["vendorData"] = "tampered"
	}
	w.Body = fake.EncodeJSON(body)
	return w
}

// SignedWith is the webhook signed anew over its Body, with any key and
// secret: HMAC under the headers that it had, or, if legacy, document 003's
// scheme.
func (w Webhook) SignedWith(apiKey, secret string, legacy bool) Webhook {
	w = w.altered()
	family := XHeaders
	if w.Header.Get(vrfHMACHeader) != "" {
		family = VRFHeaders
		if w.Header.Get(hmacHeader) != "" {
			family = BothHeaders
		}
	}
	for _, name := range signatureHeaders() {
		w.Header.Del(name)
	}
	for _, name := range []string{authClientHeader, vrfAuthClientHeader, vrfIntegrationHeader} {
		w.Header.Del(name)
	}
	sign(w.Header, family, legacy, apiKey, secret, w.Body)
	return w
}

// altered is a copy that is not one of those produced.
func (w Webhook) altered() Webhook {
	if w.Header = w.Header.Clone(); w.Header == nil {
		w.Header = make(http.Header) // a Webhook that somebody composed
	}
	w.Body = bytes.Clone(w.Body)
	w.Deliveries = nil
	w.number = 0
	return w
}

// Webhooks are all that were produced, oldest first, delivered or not.
func (s *Server) Webhooks() []Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	webhooks := make([]Webhook, 0, len(s.webhooks))
	for _, w := range s.webhooks {
		webhooks = append(webhooks, w.clone())
	}
	return webhooks
}

func (w *Webhook) clone() Webhook {
	c := *w
	c.Header = w.Header.Clone()
	c.Body = bytes.Clone(w.Body)
	c.Deliveries = slices.Clone(w.Deliveries)
	return c
}

// SendWebhook produces a webhook of any kind with any body, signs it as it is
// and delivers it to who receives that kind.
func (s *Server) SendWebhook(kind WebhookKind, body []byte) {
	s.mu.Lock()
	made := len(s.webhooks)
	s.produce(kind, "", bytes.Clone(body))
	s.deliverSince(made)
}

// announce produces an event webhook. It runs under the lock, as produce does.
func (s *Server) announce(x *session, code int, action string) {
	s.produce(EventWebhook, x.id, fake.EncodeJSON(map[string]any{
		"id":         x.id,
		"attemptId":  x.attempt().id,
		"feature":    "selfid",
		"code":       code,
		"action":     action,
		"vendorData": x.vendorData,
		"endUserId":  x.endUserID,
	}))
}

func (s *Server) produce(kind WebhookKind, sessionID string, body []byte) {
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	sign(header, s.settings.headers, s.settings.legacyWebhooks, s.APIKey, s.Secret, body)
	s.webhooks = append(s.webhooks, &Webhook{
		Kind:      kind,
		SessionID: sessionID,
		Header:    header,
		Body:      body,
		number:    len(s.webhooks) + 1,
	})
}
