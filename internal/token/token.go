// Package token keeps the access token of a vendor's API.
//
// A read is one atomic load and a look at the clock. One refresh runs at a
// time, on a context of its own that no caller can end; a caller that waits for
// it leaves when its own context ends. Inside the margin before its end a token
// stays in use while it is refreshed; after its end everyone waits. A refresh
// that fails is not tried again at once, so that a dead endpoint is not
// stormed. A token that the vendor refuses is dropped by its generation and
// not by its text, because a vendor may hand the same text out again.
//
// Lifetimes run on the local monotonic clock, which no correction of the wall
// clock moves. It may stand still while the machine sleeps; the token is then
// held for longer than it lives, the vendor refuses it, and [Cache.Do] gets
// another one.
package token

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
)

// Fetch asks the vendor's token endpoint for a token. lifetime is how long it
// still lives by the server's own clock, counted from the answer. Fetch must
// return when ctx ends, and its errors must have texts that may be logged.
type Fetch func(ctx context.Context) (value string, lifetime time.Duration, err error)

// Config is what a cache is made of.
type Config struct {
	// Fetch is required.
	Fetch Fetch
	// FetchTimeout bounds a call of Fetch; 0 means one minute.
	FetchTimeout time.Duration
	// Margin is how long before its end a token is refreshed. It counts for
	// half of the token's life at most.
	Margin time.Duration
	// Shared is where other processes find the token; nil keeps it here.
	Shared *Shared
	// Logger is told of failures; nil means nobody.
	Logger *slog.Logger
}

const defaultFetchTimeout = time.Minute

// A Cache holds one token. It is safe for any number of goroutines.
type Cache struct {
	fetch        Fetch
	fetchTimeout time.Duration
	margin       time.Duration
	shared       *Shared
	logger       *slog.Logger

	current atomic.Pointer[held] // nil when there is none; changed under mu

	mu         sync.Mutex // never held during I/O
	running    *refresh   // nil when there is none
	generation uint64

	// What is remembered of refreshes that failed while there was no token.
	failures int
	failure  error
	retryAt  time.Time

	refused    *held     // the last one that was
	unsettled  bool      // the vendor has given no token since
	coolUntil  time.Time // no refusal causes a refresh before
	doubtAfter time.Time // no doubt is heard before
}

// New makes an empty cache; it does not fetch.
func New(c Config) *Cache {
	return &Cache{
		fetch:        c.Fetch,
		fetchTimeout: cmp.Or(max(c.FetchTimeout, 0), defaultFetchTimeout),
		margin:       max(c.Margin, 0),
		shared:       c.Shared,
		logger:       cmp.Or(c.Logger, slog.New(slog.DiscardHandler)),
	}
}

// Do calls use with the token. If refused says of its error that the vendor
// did not accept the token, Do drops the token, gets another one and calls use
// once more. A call that the vendor refused must therefore have done nothing.
//
// An error is that of use, or of getting a token: what Fetch returned, now or a
// moment ago to another caller, [ErrTimeout], [ErrUnusable], or the end of ctx.
// Errors of Fetch are shared between callers; do not change them.
func (c *Cache) Do(ctx context.Context, use func(ctx context.Context, token string) error, refused func(error) bool) error {
	h, err := c.get(ctx)
	if err != nil {
		return err
	}
	err = use(ctx, h.value())
	if err == nil {
		h.endTrial()
		return nil
	}
	if !refused(err) || !c.drop(h) {
		return err
	}
	if h, err = c.get(ctx); err != nil {
		return err
	}
	err = use(ctx, h.value())
	switch {
	case err == nil:
		h.endTrial()
	case refused(err):
		c.refusedAgain(h)
	}
	return err
}

// get gives a token that is valid by the local clock.
func (c *Cache) get(ctx context.Context) (*held, error) {
	h, now := c.current.Load(), time.Now()
	switch {
	case h.fresh(now):
		return h, nil
	case h.valid(now):
		c.refreshEarly()
		return h, nil
	}
	return c.wait(ctx)
}

// Format keeps a store's contents out of every verb.
func (c *Cache) Format(f fmt.State, _ rune) { secret.Print(f, "Cache") }

// LogValue keeps them out of logs.
func (c *Cache) LogValue() slog.Value { return secret.LogValue("Cache") }
