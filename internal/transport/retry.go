package transport

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	minBackoff = 200 * time.Millisecond
	maxBackoff = 5 * time.Second
	// What is waited for at most when the vendor asks for it.
	maxRetryWait = time.Minute
	// What is believed at most of a Retry-After.
	maxRetryAfter = 24 * time.Hour
)

// passing says whether a status is likely to be another one soon.
func passing(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// backoff is the wait after an attempt: full jitter below a ceiling that
// doubles, and no less than the vendor asked for.
func backoff(attempt int, retryAfter time.Duration) time.Duration {
	ceiling := min(minBackoff<<(attempt-1), maxBackoff)
	return max(rand.N(ceiling), min(retryAfter, maxRetryWait))
}

// MaxDuration is how long a call takes at most that may be sent again: all its
// attempts, each ended by its own timeout, and a vendor's longest wait between
// them. A second to spare lets a context of this length end after the call.
func (c *Client) MaxDuration() time.Duration {
	attempts := time.Duration(c.maxAttempts)
	waits := (attempts-1)*maxRetryWait + time.Second
	if c.attemptTimeout > (math.MaxInt64-waits)/attempts {
		return math.MaxInt64
	}
	return attempts*c.attemptTimeout + waits
}

// retryAfter reads the header of that name, 0 if it is missing or makes no
// sense.
func retryAfter(a *Answer) time.Duration {
	value := strings.TrimSpace(a.Header.Get("Retry-After"))
	if value != "" && strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.Atoi(value)
		if err != nil || seconds > int(maxRetryAfter/time.Second) {
			return maxRetryAfter
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		now = a.ReceivedAt
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

type pauseEnd int

const (
	elapsed pauseEnd = iota
	interrupted
	deadlineTooSoon
)

// pause waits for d, unless the context ends before it would be over.
func pause(ctx context.Context, d time.Duration) pauseEnd {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d && !ended(ctx) {
		return deadlineTooSoon
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	if ended(ctx) {
		return interrupted
	}
	return elapsed
}

// ended says whether the caller's context is over. A deadline that has passed
// counts although the context's own timer has not fired yet: the network has
// the same deadline and may have noticed first.
func ended(ctx context.Context) bool {
	if ctx.Err() != nil {
		return true
	}
	deadline, ok := ctx.Deadline()
	return ok && !time.Now().Before(deadline)
}
