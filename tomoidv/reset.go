package tomoidv

import (
	"context"
	"errors"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A ResetRequest says what to reset. All of it is required. Source: POST
// /v1/idv/reset.
type ResetRequest struct {
	UserID  string  `json:"user_id"`
	Country Country `json:"country"`
	Policy  Policy  `json:"kyc_policy"`
}

// Validate names the first field that cannot be right.
func (r *ResetRequest) Validate() error {
	if r == nil {
		return errNoRequest
	}
	if err := checkID("UserID", r.UserID); err != nil {
		return err
	}
	if err := r.Country.check("Country"); err != nil {
		return err
	}
	if r.Policy == (Policy{}) {
		return errors.New("Policy is empty")
	}
	return checkPolicy(r.Policy, r.Country)
}

// A ResetResult tells what became of a reset. A status that is not Known must
// not be taken for a reset.
type ResetResult struct {
	Status ResetStatus `json:"status"`

	meta Meta
}

// Meta tells how the answer reached this program.
func (r *ResetResult) Meta() Meta { return r.meta }

// Reset takes back a user's verification under one policy, so that it can be
// done again.
//
// It is never sent again once it may have arrived, because the answer to a
// repetition would be about the repetition alone, and could undo what happened
// in between. After an error that is [ErrUnconfirmed], asking for the result
// tells whether it was done.
//
// Source: POST /v1/idv/reset.
func (c *Client) Reset(ctx context.Context, req *ResetRequest) (*ResetResult, error) {
	const op = "Reset"
	if err := req.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	var got ResetResult
	meta, err := c.post(ctx, &transport.Call{Op: op, Route: "/v1/idv/reset"}, req, &got, func() error {
		if got.Status == "" {
			return errNoStatus
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	got.meta = meta
	return &got, nil
}

var errNoStatus = errors.New("it has no status")
