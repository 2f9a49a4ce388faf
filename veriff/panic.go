package veriff

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"runtime"
	"strings"
)

var errPanicked = errors.New("veriff: it panicked")

// guard calls the application's code and makes an error of a panic, of
// http.ErrAbortHandler too: an answer of 500 is surer to bring the webhook back
// than a broken connection, which a proxy may explain away.
func (h *webhookHandler) guard(ctx context.Context, call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			h.logPanic(ctx, value)
			err = errPanicked
		}
	}()
	return call()
}

// logPanic does what net/http would have done, without the value and without
// the arguments of the calls.
func (h *webhookHandler) logPanic(ctx context.Context, value any) {
	logger := h.verifier.logger
	if !logger.Enabled(ctx, slog.LevelError) {
		logger = slog.Default()
	}
	logger.ErrorContext(ctx, "veriff: webhook callback panicked", "type", fmt.Sprintf("%T", value), "stack", panicStack())
}

// panicStack is the functions that a panic came through, innermost first, when
// called by what recovers.
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
