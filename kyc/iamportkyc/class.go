package iamportkyc

import (
	"errors"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
)

// class gives the portable class of a client's error. It is nil when the
// caller's context ended, which the error itself tells.
func class(err error) error {
	for _, pair := range []struct{ vendor, portable error }{
		{iamport.ErrForeign, kyc.ErrForeign},
		{iamport.ErrUnauthorized, kyc.ErrUnauthorized},
		{iamport.ErrForbidden, kyc.ErrUnauthorized},
		{iamport.ErrNotFound, kyc.ErrNotFound},
		{iamport.ErrRateLimited, kyc.ErrRateLimited},
		{iamport.ErrUnavailable, kyc.ErrUnavailable},
		{iamport.ErrConflict, kyc.ErrInvalidRequest},
		{iamport.ErrInvalidRequest, kyc.ErrInvalidRequest},
		{iamport.ErrRefused, kyc.ErrInvalidRequest},
		{iamport.ErrInvalidAnswer, kyc.ErrInvalidAnswer},
	} {
		if errors.Is(err, pair.vendor) {
			return pair.portable
		}
	}
	return nil
}

func failure(op string, kind, cause error) error {
	return &kyc.Error{Provider: name, Op: op, Kind: kind, Err: cause}
}
