package transport

import (
	"context"
	"time"
)

// bound gives the context of one attempt, which ends when the attempt takes too
// long: all of it, or for a call that streams each time in which nothing moves,
// since a long content on a slow line is no fault.
func (c *Client) bound(ctx context.Context, call *Call) (context.Context, *silence, context.CancelFunc) {
	if !call.streams() {
		ctx, cancel := context.WithTimeoutCause(ctx, c.attemptTimeout, errTimeout)
		return ctx, nil, cancel
	}
	ctx, cancel := context.WithCancelCause(ctx)
	s := &silence{limit: c.attemptTimeout}
	s.timer = time.AfterFunc(s.limit, func() { cancel(errTimeout) })
	return ctx, s, func() {
		s.timer.Stop()
		cancel(nil)
	}
}

// silence is how long the network may let a stream wait. The nil silence is
// that of a call which does not stream, and does nothing.
type silence struct {
	limit time.Duration
	timer *time.Timer
}

// pause stops the clock while the caller's own reader or writer is at work.
func (s *silence) pause() {
	if s != nil {
		s.timer.Stop()
	}
}

// restart tells that something moved, and that the network is to move next.
func (s *silence) restart() {
	if s != nil {
		s.timer.Reset(s.limit)
	}
}
