package tomoidvkyc

import (
	"errors"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// class gives the portable class of a client's error. One error can be several
// of TomoIDV's, and the first that fits is the one to act on: whether something
// was done at all comes before why the answer was of no use. It is nil when the
// caller's context ended, which the error itself tells.
func class(err error) error {
	for _, pair := range []struct{ vendor, portable error }{
		{tomoidv.ErrUnconfirmed, kyc.ErrUnconfirmed},
		{tomoidv.ErrForeign, kyc.ErrForeign},
		{tomoidv.ErrUnauthorized, kyc.ErrUnauthorized},
		{tomoidv.ErrForbidden, kyc.ErrUnauthorized},
		{tomoidv.ErrNotFound, notFound(err)},
		{tomoidv.ErrRateLimited, kyc.ErrRateLimited},
		{tomoidv.ErrUnavailable, kyc.ErrUnavailable},
		{tomoidv.ErrConflict, kyc.ErrInvalidRequest},
		{tomoidv.ErrInvalidRequest, kyc.ErrInvalidRequest},
		{tomoidv.ErrInvalidAnswer, kyc.ErrInvalidAnswer},
	} {
		if errors.Is(err, pair.vendor) {
			return pair.portable
		}
	}
	return nil
}

// notFound keeps a token endpoint that is not there from looking like a check
// that is not.
func notFound(err error) error {
	if isAbout(err, "getToken") {
		return kyc.ErrUnavailable
	}
	return kyc.ErrNotFound
}

// isAbout tells which of the client's calls failed: each may first have to get
// an access token.
func isAbout(err error, op string) bool {
	failed, ok := errors.AsType[*tomoidv.Error](err)
	return ok && failed.Op == op
}

func failure(op string, kind, cause error) error {
	return &kyc.Error{Provider: name, Op: op, Kind: kind, Err: cause}
}
