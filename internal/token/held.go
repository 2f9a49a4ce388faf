package token

import (
	"errors"
	"sync/atomic"
	"time"
)

const (
	// A token is fetched anew after that time however long it lives.
	maxLifetime = 24 * time.Hour
	// Early refreshes that succeed are at least that far apart, for a vendor
	// that hands out the same token with the same end.
	minRefreshInterval = 5 * time.Second

	maxTokenBytes = 16 << 10
)

// ErrUnusable is an answer of the token endpoint with no token in it, one that
// no header can carry, or one that has no life left.
var ErrUnusable = errors.New("token endpoint gave no usable token")

// grant is a token as it comes from the vendor or the store. It is not kept.
type grant struct {
	value string
	// end is on the local monotonic clock.
	end time.Time
	// lifetime is how long it lived from issue to end.
	lifetime time.Duration
}

// usable tells whether value can be a bearer token: RFC 6749 has it made of
// visible ASCII.
func usable(value string) bool {
	for i := range len(value) {
		if value[i] <= ' ' || value[i] >= 0x7f {
			return false
		}
	}
	return value != "" && len(value) <= maxTokenBytes
}

// early is when a refresh of the token begins.
func (g grant) early(margin time.Duration) time.Time {
	return g.end.Add(-min(margin, g.lifetime/2))
}

// held is a token at rest. It does not change, but for trial.
type held struct {
	value      func() string // in a closure, which nothing prints
	generation uint64
	refreshAt  time.Time
	end        time.Time
	failures   int // of early refreshes
	// trial is true for a token that replaced a refused one, until the vendor
	// has accepted it or the cool-down has begun; nil for others.
	trial *atomic.Bool
}

func (h *held) fresh(now time.Time) bool { return h != nil && now.Before(h.refreshAt) }

func (h *held) valid(now time.Time) bool { return h != nil && now.Before(h.end) }

func (h *held) onTrial() bool { return h.trial != nil && h.trial.Load() }

func (h *held) endTrial() {
	if h.onTrial() {
		h.trial.Store(false)
	}
}

// refreshedAt is the same token with another time for its early refresh, which
// after the token's end is no early one.
func (h *held) refreshedAt(t time.Time, failures int) *held {
	next := *h
	next.refreshAt, next.failures = t, failures
	if h.end.Before(t) {
		next.refreshAt = h.end
	}
	return &next
}
