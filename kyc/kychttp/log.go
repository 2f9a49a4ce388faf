package kychttp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/kyckit/kyckit-go/kyc"
)

// LogID is what stands for a check's id in logs: the first 12 hex digits of its
// SHA-256. The id itself is what somebody needs to come back as the person.
func LogID(checkID string) string {
	sum := sha256.Sum256([]byte(checkID))
	return hex.EncodeToString(sum[:6])
}

// safeText is what may be logged of an error: the text of this module's own and
// of a context's, and of any other the type.
func safeText(err error) string {
	if kycErr, ok := errors.AsType[*kyc.Error](err); ok {
		return kycErr.Error()
	}
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, ErrNoRecord} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return fmt.Sprintf("%T", err)
		}
		err = inner
	}
}

// logPanic logs where it was and not what it said.
func (s *Service) logPanic(ctx context.Context, p any) {
	s.log.ErrorContext(ctx, "kychttp: panic", "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
}
