package iamportkyc

import (
	"context"
	"errors"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
)

// Erase deletes the check's certification at Iamport, after having asked whose
// it is: another's is kyc.ErrForeign and stays. kyc.ErasureDeleted covers
// Iamport's own record of the attempt that VendorID names. The records of
// earlier attempts that failed, which hold nothing of a person, and what the
// gateway and the carrier keep, are not touched.
//
// kyc.ErrNotFound means that there is no such record now, as after an earlier
// Erase. A check that has no VendorID is kyc.ErrInvalidRequest: Iamport can
// neither find nor delete by merchant_uid.
func (p *Provider) Erase(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
	const op = "erase"
	if err := check.Validate(name); err != nil {
		return "", err
	}
	if check.VendorID == "" {
		return "", failure(op, kyc.ErrInvalidRequest, errors.New("VendorID is missing"))
	}
	if _, err := p.certification(ctx, op, check); err != nil {
		return "", err
	}
	_, err := p.client.DeleteCertification(ctx, check.VendorID)
	// It was there a moment ago: an attempt whose answer was lost deleted it, or
	// another call of Erase.
	if err != nil && !errors.Is(err, iamport.ErrNotFound) {
		return "", failure(op, class(err), err)
	}
	return kyc.ErasureDeleted, nil
}
