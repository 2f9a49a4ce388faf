package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// A shop is the application: the part that you write. Its database is a map.
type shop struct {
	url      string
	provider kyc.Provider

	mu       sync.Mutex
	attempts map[string]*attempt // by the check's id
}

// An attempt is one account's try to be verified.
type attempt struct {
	account string
	check   *kyc.Check
	heard   []string         // what webhooks announced
	latest  *veriff.Decision // from the webhook handler
	result  *kyc.Result
}

// start begins a check. The attempt is stored first, so that an answer that
// gets lost leaves a row that never ends, not a check that belongs to nobody.
func (s *shop) start(ctx context.Context, account string, hints kyc.Hints) (*kyc.Check, error) {
	id := kyc.NewCheckID()
	s.mu.Lock()
	s.attempts[id] = &attempt{account: account}
	s.mu.Unlock()
	check, err := s.provider.Start(ctx, &kyc.StartRequest{
		CheckID:   id,
		Reference: account,
		ReturnURL: s.url + "/back/" + id, // Veriff adds nothing that says who comes back
		Hints:     hints,
	})
	if err != nil {
		return nil, err
	}
	s.update(id, func(a *attempt) { a.check = check })
	return check, nil // now the person may have check.URL
}

// onWebhook hears of signed webhooks only. A decision is not the one that the
// webhook brought but what the API tells now, because of veriff.ConfirmWith.
func (s *shop) onWebhook(_ context.Context, webhook veriff.Webhook) error {
	switch webhook := webhook.(type) {
	case *veriff.Event:
		s.hear(webhook.VendorData, webhook.ID, string(webhook.Action), nil)
	case *veriff.Decision:
		s.hear(webhook.VendorData, webhook.ID, outcome(webhook), webhook)
	}
	return nil // 200; an error makes Veriff deliver again
}

// hear ignores sessions that this shop did not start: anybody can finish a
// session of their own, and its webhooks are as genuine.
func (s *shop) hear(checkID, sessionID, word string, decision *veriff.Decision) {
	s.update(checkID, func(a *attempt) {
		if a.check == nil || a.check.VendorID != sessionID {
			return
		}
		a.heard = append(a.heard, word)
		if decision != nil {
			a.latest = decision
		}
	})
}

// back is where the person's browser comes back to. Anybody can visit it, so it
// believes nothing: it asks the vendor. A shop with accounts also checks here
// that the attempt is one of the account that this browser is signed in to.
func (s *shop) back(w http.ResponseWriter, r *http.Request) {
	a := s.attempt(r.PathValue("check"))
	if a.check == nil {
		http.NotFound(w, r)
		return
	}
	result, err := s.provider.Result(r.Context(), a.check)
	if err != nil {
		http.Error(w, "We cannot tell yet, please come back later.", http.StatusServiceUnavailable)
		return
	}
	s.update(a.check.ID, func(a *attempt) {
		if result.Supersedes(a.result) { // webhooks, polls and returns overtake each other
			a.result = result
		}
	})
	_, _ = fmt.Fprintf(w, "Thank you. Your check is %s.\n", result.Status)
}

// attempt returns a copy of the row, empty if there is none.
func (s *shop) attempt(checkID string) attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.attempts[checkID]; a != nil {
		return *a
	}
	return attempt{}
}

// update changes a row, if there is one.
func (s *shop) update(checkID string, change func(*attempt)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.attempts[checkID]; a != nil {
		change(a)
	}
}

func outcome(d *veriff.Decision) string { return fmt.Sprintf("%s (%d)", d.Status, int(d.Code)) }
