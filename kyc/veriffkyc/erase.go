package veriffkyc

import (
	"context"
	"errors"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// Erase deletes the check's session at Veriff, after having asked whose it is:
// another's is kyc.ErrForeign and stays. kyc.ErasureDeleted is Veriff's word that
// it has begun; person, media and decision are gone within 12 hours, and until
// then Result may still tell of them. A check that is not decided ends by it,
// unless the person has handed it in: then it is kyc.ErasureNotDeletable for now,
// so ask again after the decision.
//
// Deleting is off until Veriff switches it on for the integration, and is then
// kyc.ErrUnauthorized; 10 sessions in 24 hours and 5 in one may be deleted, and
// more are kyc.ErrRateLimited. kyc.ErrNotFound means that there is no such
// session now, as after an earlier Erase.
func (p *Provider) Erase(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
	const op = "erase"
	decision, err := p.decision(ctx, op, check)
	if err != nil {
		return "", err
	}
	// Before a decision Veriff may name nobody. That Start made the session is
	// enough then, and what a notice claimed is not.
	if check.VendorIDClaimed && decision.VendorData != check.ID {
		return "", failure(op, kyc.ErrForeign, errors.New("nothing says that the session is the check's"))
	}
	_, err = p.client.DeleteSession(ctx, check.VendorID)
	switch {
	case err == nil, deletedBefore(err):
		return kyc.ErasureDeleted, nil
	case errors.Is(err, veriff.ErrConflict):
		return kyc.ErasureNotDeletable, nil
	}
	return "", failure(op, class(err), err)
}

// deletedBefore tells whether an attempt of the same call has done its work, and
// its answer was lost. A first one that is told of no session proves nothing:
// how Veriff says that deleting is off is not established.
func deletedBefore(err error) bool {
	failed, ok := errors.AsType[*veriff.Error](err)
	return ok && errors.Is(err, veriff.ErrNotFound) && failed.Attempts > 1
}
