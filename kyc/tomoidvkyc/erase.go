package tomoidvkyc

import (
	"context"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// Erase deletes for good what TomoIDV holds about the check's person.
//
// TomoIDV deletes by person. Where it says, with contract 1.4, that it approved
// the check, Erase sends the person's PPID, and kyc.ErasureDeleted covers all of
// the person's results at this client, those of other checks as well. Otherwise
// nobody is known to be that person, and somebody else's results may not be
// deleted: Erase sends the check's id. TomoIDV's documents do not promise that
// it takes one, so expect kyc.ErasureNotDeletable, which is also the answer for
// what is already gone; then ask TomoIDV, or delete with
// tomoidv.Client.DeleteResult by a PPID that the application knows to be the
// person's.
//
// Erase asks Result first, and deletes nothing where that fails. After
// kyc.ErrUnconfirmed it may be called again. What it calls "deleted" does not
// speak of TomoIDV's own sources and sub-processors.
func (p *Provider) Erase(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
	const op = "erase"
	result, err := p.result(ctx, op, check)
	if err != nil {
		return "", err
	}
	userID := tomoidv.PPID(check.ID)
	if result.VendorStatus == string(tomoidv.StatusApproved) {
		for _, key := range result.Keys {
			userID = tomoidv.PPID(key.Value)
		}
	}
	deletion, err := p.client.DeleteResult(ctx, userID)
	if err != nil {
		return "", failure(op, class(err), err)
	}
	return erasure(deletion.Status), nil
}

// erasure keeps a status that TomoIDV has added since as sent, which is no
// deletion.
func erasure(status tomoidv.DeletionStatus) kyc.Erasure {
	switch status {
	case tomoidv.DeletionStatusDeleted:
		return kyc.ErasureDeleted
	case tomoidv.DeletionStatusNotDeletable:
		return kyc.ErasureNotDeletable
	}
	return kyc.Erasure(status)
}
