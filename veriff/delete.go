package veriff

import (
	"context"
	"errors"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A DeletedSession is one whose data Veriff has agreed to delete.
type DeletedSession struct {
	// ID is the session's.
	ID string `json:"id"`

	meta Meta
}

// Meta tells how the answer reached this program.
func (d *DeletedSession) Meta() Meta { return d.meta }

type deletedAnswer struct {
	status
	Verification DeletedSession `json:"verification"`
}

// notCompletedMessage is what Veriff says of a session that waits for its
// decision. With which status and code it says so is not established.
const notCompletedMessage = "Session is not in a completed status."

// DeleteSession has Veriff delete everything it holds of a session: person,
// media and decision are gone within 12 hours. Deleting is off until Veriff
// switches it on for the integration, and limited to 10 sessions in 24 hours
// and 5 in one hour; how Veriff tells of either is not established, and the
// status decides: [ErrForbidden], [ErrRateLimited] or [ErrInvalidRequest].
//
// A session whose person has not finished (created, started or
// resubmission_requested) ends by this, and Veriff posts a decision webhook that
// says expired or abandoned. One that was submitted and is not decided cannot be
// deleted, which is [ErrConflict].
//
// The call is sent again when no answer came. An error that is [ErrNotFound] or
// [ErrConflict] and has Attempts over 1 may therefore mean that an earlier
// attempt of this very call did its work.
//
// Source: DELETE /v1/sessions/{id}.
func (c *Client) DeleteSession(ctx context.Context, sessionID string) (*DeletedSession, error) {
	call := &transport.Call{
		Op: "DeleteSession", Method: http.MethodDelete, Route: "/v1/sessions/{id}", Args: []string{sessionID},
	}
	var got deletedAnswer
	meta, err := c.ask(ctx, call, "session id", &got, func() error {
		if err := got.status.check(); err != nil {
			return err
		}
		if got.Verification.ID != sessionID {
			return foreign("its id is not the one asked for")
		}
		return nil
	})
	if err != nil {
		if failed, ok := errors.AsType[*Error](err); ok && failed.Message == notCompletedMessage && !errors.Is(err, ErrConflict) {
			failed.kinds = append(failed.kinds, ErrConflict)
		}
		return nil, err
	}
	deleted := got.Verification
	deleted.meta = meta
	return &deleted, nil
}
