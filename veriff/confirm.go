package veriff

import (
	"context"
	"errors"
	"time"
)

// Confirm asks the API whether a webhook's decision is what it tells now, and
// returns the API's. An error is [ErrSuperseded] when the API tells another
// decision of the same age or newer, so that the webhook is late or was sent
// again, and [ErrUnavailable] when the API does not show the decision yet. A
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
		return nil, &Error{Op: opConfirm, kinds: []error{ErrUnavailable}, detail: "the API does not show this decision yet"}
	}
	return current, nil
}

// behind tells whether a decision may be older than another one that a webhook
// brought. Where one of them has no time it may be, unless it is the end of the
// seven days, which comes last.
func (d *Decision) behind(announced *Decision) bool {
	switch {
	case announced.Pending():
		return false
	case d.Pending():
		return true
	case d.Code == CodeExpired && announced.Code != CodeExpired:
		return d.DecisionTime.Before(announced.DecisionTime.Time) && !d.DecisionTime.IsZero()
	}
	return announced.DecisionTime.IsZero() || d.DecisionTime.Before(announced.DecisionTime.Time)
}

// sameAs tells whether two decisions about one session are the same one.
// Webhooks and answers differ in how many digits of a second they write, and
// may round.
func (d *Decision) sameAs(other *Decision) bool {
	sameAttempt := d.AttemptID == other.AttemptID || d.AttemptID == "" || other.AttemptID == ""
	sameTime := d.DecisionTime.Sub(other.DecisionTime.Time).Abs() < time.Second
	return d.ID == other.ID && sameAttempt && d.Status == other.Status && d.Code == other.Code &&
		d.ReasonCode == other.ReasonCode && sameTime
}
