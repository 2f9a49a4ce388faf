package tomoidv

import (
	"context"
	"errors"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A KYCRequest says whom to ask about. Source: POST /v1/idv/kyc/get.
type KYCRequest struct {
	// UserID and Country are required.
	UserID  string  `json:"user_id"`
	Country Country `json:"country"`
}

// Validate names the first field that cannot be right.
func (r *KYCRequest) Validate() error {
	if r == nil {
		return errNoRequest
	}
	if err := checkID("UserID", r.UserID); err != nil {
		return err
	}
	return r.Country.check("Country")
}

// KYC asks who a user is, without saying under which policy that was found out
// or what was decided. Admit nobody by it; use [Client.Result].
//
// Source: POST /v1/idv/kyc/get.
func (c *Client) KYC(ctx context.Context, req *KYCRequest) (*Identity, error) {
	const op = "KYC"
	if err := req.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	var got Identity
	call := &transport.Call{Op: op, Route: "/v1/idv/kyc/get", Repeatable: true} // it reads
	meta, err := c.post(ctx, call, req, &got, func() error {
		if got.FullName == "" && got.DateOfBirth == "" {
			return errors.New("it has neither full_name nor date_of_birth")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	got.meta = meta
	return &got, nil
}
