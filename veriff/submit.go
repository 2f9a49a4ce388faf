package veriff

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// submission is the whole body of a PATCH: this is the one change that Veriff
// lets an integration make to a session. frontState and timestamp are document
// 003's.
type submission struct {
	Status     Status `json:"status"`
	FrontState string `json:"frontState,omitzero"`
	Timestamp  Time   `json:"timestamp,omitzero"`
}

// SubmitSession tells Veriff that all media of an attempt are uploaded, and
// that it may decide. Only a session that is created or started can be
// submitted, and no media can be added afterwards; a session in another state
// is [ErrConflict], mostly with Error.Code 1304. [WithLegacyAPI] also sends the
// frontState and the timestamp that document 003 wants.
//
// What is asked for twice is done once, so the call is sent again when no
// answer came. An error that is [ErrConflict] and has Attempts over 1 may
// therefore mean that an earlier attempt of this very call did its work: ask
// [Client.Attempts] or [Client.Decision] before uploading anything again.
//
// Source: PATCH /v1/sessions/{id}.
func (c *Client) SubmitSession(ctx context.Context, sessionID string) (*Session, error) {
	const op = "SubmitSession"
	if err := c.made(op); err != nil {
		return nil, err
	}
	if err := transport.CheckID("session id", sessionID); err != nil {
		return nil, invalid(op, err)
	}
	verification := submission{Status: StatusSubmitted}
	if c.scheme == schemeLegacy {
		verification.FrontState, verification.Timestamp = "done", legacyTimestamp()
	}
	body, err := json.Marshal(map[string]submission{"verification": verification})
	if err != nil {
		return nil, invalid(op, errors.New("the request cannot be encoded"))
	}
	call := &transport.Call{
		Op: op, Method: http.MethodPatch, Route: "/v1/sessions/{id}", Args: []string{sessionID}, Body: body, Repeatable: true,
	}
	var got sessionAnswer
	meta, err := c.send(ctx, call, body, &got, func() error { return got.checkSubmitted(sessionID) })
	if err != nil {
		return nil, err
	}
	got.Verification.meta = meta
	return got.Verification, nil
}

func (a *sessionAnswer) checkSubmitted(sessionID string) error {
	if err := a.status.check(); err != nil {
		return err
	}
	switch {
	case a.Verification == nil:
		return errors.New("it names no session")
	case a.Verification.ID != sessionID:
		return foreign("its id is not the one asked for")
	}
	return nil
}
