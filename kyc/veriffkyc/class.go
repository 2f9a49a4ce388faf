package veriffkyc

import (
	"errors"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// class gives the portable class of a client's error. One error can be several
// of Veriff's, and the first that fits is the one to act on: whether something
// was done at all comes before why the answer was of no use. It is nil when the
// caller's context ended, which the error itself tells.
func class(err error) error {
	for _, pair := range []struct{ vendor, portable error }{
		{veriff.ErrUnconfirmed, kyc.ErrUnconfirmed},
		{veriff.ErrSignature, kyc.ErrSignature},
		{veriff.ErrForeign, kyc.ErrForeign},
		{veriff.ErrUnauthorized, kyc.ErrUnauthorized},
		{veriff.ErrForbidden, kyc.ErrUnauthorized},
		{veriff.ErrNotFound, kyc.ErrNotFound},
		{veriff.ErrRateLimited, kyc.ErrRateLimited},
		{veriff.ErrUnavailable, kyc.ErrUnavailable},
		{veriff.ErrConflict, kyc.ErrInvalidRequest},
		{veriff.ErrInvalidRequest, kyc.ErrInvalidRequest},
		{veriff.ErrInvalidAnswer, kyc.ErrInvalidAnswer},
	} {
		if errors.Is(err, pair.vendor) {
			return pair.portable
		}
	}
	return nil
}

// webhookClass gives the portable class of a verifier's error.
func webhookClass(err error) error {
	if errors.Is(err, veriff.ErrSignature) || errors.Is(err, veriff.ErrAPIKey) {
		return kyc.ErrSignature
	}
	return kyc.ErrInvalidNotice
}

func failure(op string, kind, cause error) error {
	return &kyc.Error{Provider: name, Op: op, Kind: kind, Err: cause}
}
