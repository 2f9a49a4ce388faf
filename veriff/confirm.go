package veriff

import (
	"context"
	"errors"
	"time"
)

// Confirm asks the API whether a webhook's decision is what it tells now, and
// returns the API's. An error is [ErrSuperseded] when the API tells another
// decision of the same age or newer, so that the webhook is late or was sent
// again, [ErrUnavailable] when the API does not show the decision yet, and
// [ErrNotFound] when Veriff does not know the session, or not any more. A
// program that does not use [NewWebhookHandler] calls this after
// [Verifier.Parse].
func (c *Client) Confirm(ctx context.Context, decision *Decision) (*Decision, error) {
	if decision == nil {
		return nil, invalid(opConfirm, errors.New("the decision is nil"))
	}
	current, err := c.current(ctx, decision)
	if err != nil {
		return nil, err
	}
	if !current.sameAs(decision) {
		return nil, &Error{Op: opConfirm, kinds: []error{ErrSuperseded}}
	}
	return current, nil
}

const opConfirm = "Confirm"

// current returns the decision that the API tells about the session of one
// that a webhook brought. An API that is behind the webhook is an error: what
// the webhook announced would be lost.
func (c *Client) current(ctx context.Context, announced *Decision) (*Decision, error) {
	current, err := c.Decision(ctx, announced.ID)
	switch {
	case err != nil:
		return nil, err
	case announced.Pending() && current.Pending():
		return announced, nil // the API's may not even name the session
	case !current.sameAs(announced) && current.behind(announced):
		return nil, notYet("decision")
	}
	return current, nil
}

// currentScreening is current for a watchlist screening.
func (c *Client) currentScreening(ctx context.Context, announced *WatchlistScreening) (*WatchlistScreening, error) {
	current, err := c.WatchlistScreening(ctx, announced.SessionID)
	switch {
	case err != nil:
		return nil, err
	case announced.CreatedAt.Sub(current.CreatedAt.Time) >= time.Second: // under that they may be rounded
		return nil, notYet("screening")
	}
	current.SessionID = announced.SessionID // which the API's may not name
	return current, nil
}

// currentFullAuto is current for a full auto decision. It has no time: of two
// attempts nothing tells which is the later one.
func (c *Client) currentFullAuto(ctx context.Context, announced *FullAutoDecision) (*FullAutoDecision, error) {
	current, err := c.FullAutoDecision(ctx, announced.SessionID)
	switch {
	case err != nil:
		return nil, err
	case current.AttemptID != announced.AttemptID && current.AttemptID != "" && announced.AttemptID != "":
		return nil, notYet("attempt")
	}
	current.SessionID = announced.SessionID // which the API's may not name
	return current, nil
}

func notYet(what string) *Error {
	return &Error{Op: opConfirm, kinds: []error{ErrUnavailable}, detail: "the API does not show this " + what + " yet"}
}

// behind tells whether a decision may be older than another one that a webhook
// brought.
func (d *Decision) behind(announced *Decision) bool {
	if d.Pending() || announced.Pending() {
		return !announced.Pending()
	}
	order, told := d.compare(announced)
	return !told || order < 0
}
