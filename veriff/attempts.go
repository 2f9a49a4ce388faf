package veriff

import (
	"context"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// An AttemptList is every attempt at one session, as Veriff lists them.
type AttemptList struct {
	Attempts []Attempt `json:"verifications"`

	meta Meta
}

// An Attempt is one try of the person's; a resubmission makes another one.
type Attempt struct {
	// ID is what decisions and webhooks have as attemptId.
	ID string `json:"id"`
	// Status is where this attempt stands. It is no approval of the session;
	// only [Decision.Approved] is.
	Status Status `json:"status,omitzero"`
}

// Meta tells how the list reached this program.
func (l *AttemptList) Meta() Meta { return l.meta }

// Attempts lists the attempts at a session. The answer does not name the
// session: not even its signature ties it to the one asked about.
//
// Source: GET /v1/sessions/{id}/attempts.
func (c *Client) Attempts(ctx context.Context, sessionID string) (*AttemptList, error) {
	call := &transport.Call{
		Op: "Attempts", Method: http.MethodGet, Route: "/v1/sessions/{id}/attempts", Args: []string{sessionID},
	}
	var got struct {
		status
		Verifications part[[]Attempt] `json:"verifications"`
	}
	meta, err := c.ask(ctx, call, "session id", &got, func() error {
		if err := got.status.check(); err != nil {
			return err
		}
		if err := got.Verifications.check("verifications"); err != nil {
			return err
		}
		for _, attempt := range *got.Verifications.value {
			if err := transport.CheckID("an attempt's id", attempt.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &AttemptList{Attempts: *got.Verifications.value, meta: meta}, nil
}
