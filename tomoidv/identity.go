package tomoidv

import (
	"context"
	"errors"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// An Identity is a person as TomoIDV verified them: what Record.Result holds in
// either contract, and KYC's answer. What is not known is "", and so may be
// what is: a Korean certificate has no address.
type Identity struct {
	FullName   string `json:"full_name"`
	GivenName  string `json:"given_name,omitzero"`
	FamilyName string `json:"family_name,omitzero"`
	// DateOfBirth is YYYY-MM-DD.
	DateOfBirth Date `json:"date_of_birth"`
	// Sex is as the source states it, such as "F".
	Sex string `json:"sex,omitzero"`
	// Country may be in capitals here, unlike a Record's.
	Country      Country `json:"country"`
	FullAddress  string  `json:"full_address"`
	Street       string  `json:"street,omitzero"`
	City         string  `json:"city,omitzero"`
	Region       string  `json:"region,omitzero"`
	PostalCode   string  `json:"postal_code,omitzero"`
	EmailAddress string  `json:"email_address,omitzero"`
	PhoneNumber  string  `json:"phone_number,omitzero"`

	meta Meta
}

// Meta tells how KYC's answer reached this program. That of a Record is empty:
// see [Result.Meta].
func (i *Identity) Meta() Meta { return i.meta }

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
