package verifftest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A target is where webhooks of a kind go.
type target struct {
	url    string
	client *http.Client
}

func (t *target) closeIdle() { t.client.CloseIdleConnections() }

func newTarget(address string, transport http.RoundTripper) *target {
	return &target{url: address, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// DeliverTo delivers the webhooks of these kinds to handler, in this process.
// If none is named it delivers all, those of unheard-of kinds too, and nobody
// else receives any longer. Every call that changes a session, a request to the
// API too, returns after its webhooks were delivered and answered. What was
// produced before stays as it is until Redeliver.
func (s *Server) DeliverTo(handler http.Handler, kinds ...WebhookKind) {
	s.setTarget(newTarget("https://webhook.invalid/", &fake.InProcess{Handler: handler}), kinds)
}

// DeliverToURL is DeliverTo over a connection. Veriff delivers to https only;
// here http will do as well.
func (s *Server) DeliverToURL(address string, kinds ...WebhookKind) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return s.fail(errors.New("verifftest: webhooks go to an absolute http or https URL"))
	}
	s.setTarget(newTarget(address, &http.Transport{}), kinds)
	return nil
}

func (s *Server) setTarget(t *target, kinds []WebhookKind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(kinds) == 0 {
		for _, before := range s.targets {
			before.closeIdle()
		}
		s.targets = map[WebhookKind]*target{everyKind: t}
		return
	}
	for _, kind := range kinds {
		if before := s.targets[kind]; before != nil {
			before.closeIdle()
		}
		s.targets[kind] = t
	}
}

// everyKind is the place of a target for the kinds that have none of their own.
const everyKind WebhookKind = ""

// target is nil for a kind that nobody receives.
func (s *Server) target(kind WebhookKind) *target {
	if t := s.targets[kind]; t != nil {
		return t
	}
	return s.targets[everyKind]
}

// Hold keeps the webhooks that are produced from now on from being delivered,
// until Release.
func (s *Server) Hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = true
}

// Release ends Hold and delivers what is pending, as Redeliver does.
func (s *Server) Release() (pending int) {
	s.mu.Lock()
	s.held = false
	s.mu.Unlock()
	return s.Redeliver()
}

// Redeliver delivers, oldest first, every webhook that nobody has answered with
// 200 yet, and returns how many that leaves. Veriff does it about every hour
// for a week.
func (s *Server) Redeliver() (pending int) {
	for _, w := range s.Webhooks() {
		if w.Delivered() {
			continue
		}
		if status, _ := s.send(w); status != http.StatusOK {
			pending++
		}
	}
	return pending
}

// Deliver delivers any webhook, whatever has become of it before: again, late,
// in another order, or altered. It returns the status of the receiver's answer,
// or why there was none.
func (s *Server) Deliver(w Webhook) (status int, err error) {
	return s.send(w)
}

// deliverSince unlocks s and delivers the webhooks from number made on. The
// receiver may well call the API, or change a session.
func (s *Server) deliverSince(made int) {
	var out []Webhook
	if !s.held {
		for _, w := range s.webhooks[made:] {
			if s.target(w.Kind) != nil {
				out = append(out, w.clone())
			}
		}
	}
	s.mu.Unlock()
	for _, w := range out {
		_, _ = s.send(w)
	}
}

// send makes one delivery and keeps how it ended.
func (s *Server) send(w Webhook) (int, error) {
	s.mu.Lock()
	t := s.target(w.Kind)
	s.mu.Unlock()
	if t == nil {
		return 0, fmt.Errorf("verifftest: nobody receives %s webhooks: call DeliverTo", w.Kind)
	}
	status, err := s.post(t, w)
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.number > 0 {
		kept := s.webhooks[w.number-1]
		kept.Deliveries = append(kept.Deliveries, Delivery{StatusCode: status, Err: err})
	}
	return status, err
}

func (s *Server) post(t *target, w Webhook) (int, error) {
	ctx, cancel := context.WithTimeout(s.server.Context(), s.settings.webhookTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(w.Body))
	if err != nil {
		return 0, fmt.Errorf("verifftest: %w", err)
	}
	req.Header = w.Header.Clone()
	resp, err := t.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("verifftest: the webhook is not answered: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)); err != nil {
		return 0, fmt.Errorf("verifftest: the webhook is not answered: %w", err)
	}
	return resp.StatusCode, nil
}
