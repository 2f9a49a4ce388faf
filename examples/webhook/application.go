package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"

	"github.com/kyckit/kyckit-go/veriff"
)

// An application is yours: it sends persons to Veriff, and admits those whom
// Veriff approved.
type application struct {
	client   *veriff.Client
	verifier *veriff.Verifier
	log      *slog.Logger

	// Sessions are those that this application created, by id. Yours are a
	// table: these are forgotten when the program ends, and then everybody's
	// decision is about no session of ours.
	mu       sync.Mutex
	sessions map[string]*session
}

type session struct {
	account  string
	decision *veriff.Decision // what was decided last, nil before
}

func newApplication(apiKey, secret, baseURL string, log *slog.Logger) (*application, error) {
	client, err := veriff.NewClient(apiKey, secret, veriff.WithBaseURL(baseURL), veriff.WithLogger(log))
	if err != nil {
		return nil, err
	}
	verifier, err := veriff.NewVerifier(apiKey, secret, veriff.WithLogger(log)) // WithPreviousSecret while one is rotated
	if err != nil {
		return nil, err
	}
	return &application{client: client, verifier: verifier, log: log, sessions: map[string]*session{}}, nil
}

// start creates a session for an account and returns the page for its person.
func (a *application) start(ctx context.Context, account string) (page string, err error) {
	created, err := a.client.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: rand.Text()})
	if err != nil {
		return "", err // with veriff.ErrUnconfirmed there may be one, which nobody can use
	}
	// Stored before anybody has the URL, so that no webhook is faster.
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions[created.ID] = &session{account: account}
	return created.URL, nil
}

// heard is called with a webhook that is genuine, and with what the API says
// now of what it announces. It may be called again with the same, or twice at
// once. Nil says that it is done with, an error makes Veriff deliver again.
func (a *application) heard(_ context.Context, webhook veriff.Webhook) error {
	decision, ok := webhook.(*veriff.Decision)
	if !ok {
		return nil // an event tells that somebody came or finished, never how it ended
	}
	// In SQL the rest is one transaction.
	a.mu.Lock()
	defer a.mu.Unlock()
	ours := a.sessions[decision.ID]
	switch {
	case ours == nil:
		// Genuine, and not ours: of another program with the same integration.
		// Whoever goes by vendorData or by the person's name instead admits a
		// stranger who was approved somewhere else.
		a.log.Warn("a decision about no session of ours")
		return nil
	case !decision.Supersedes(ours.decision):
		return nil // known already, or older than what is known
	}
	ours.decision = decision
	switch {
	case decision.Approved(): // the only success; and it may be taken back by a later decision
		a.log.Info("admit", "account", ours.account)
	case decision.ResubmissionRequested():
		a.log.Info("ask again, at the same page", "account", ours.account, "because", decision.ReasonCode)
	default:
		a.log.Info("do not admit", "account", ours.account, "decision", decision)
	}
	return nil
}

// admitted tells whether what was decided last admits an account.
func (a *application) admitted(account string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.sessions {
		if s.account == account && s.decision != nil && s.decision.Approved() {
			return true
		}
	}
	return false
}
