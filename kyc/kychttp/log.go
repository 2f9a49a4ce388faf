package kychttp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"

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
	s.log.ErrorContext(ctx, "kychttp: panic", "type", fmt.Sprintf("%T", p), "stack", panicStack())
}

// panicStack is the functions that a panic came through, innermost first, when
// called by what recovers. The runtime's own has the arguments of each call as
// well: a number is as it was, and a short text may be.
func panicStack() []string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(1, counters[:])])
	var stack []string
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			stack = nil // until here it was the recovery
		case !strings.HasPrefix(frame.Function, "runtime."):
			stack = append(stack, fmt.Sprintf("%s (%s:%d)", frame.Function, path.Base(frame.File), frame.Line))
		}
	}
	return stack
}
