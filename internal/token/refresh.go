package token

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"
)

// ErrTimeout is a token endpoint that did not answer in time. It stands in for
// errors that would pass for the end of the caller's context under errors.Is.
var ErrTimeout = errors.New("token endpoint did not answer in time")

var errAborted = errors.New("token refresh was aborted")

const (
	minRetryWait = time.Second
	maxRetryWait = 30 * time.Second
)

// retryWait is the wait after that many failures in a row.
func retryWait(failures int) time.Duration {
	return min(minRetryWait<<min(failures-1, 10), maxRetryWait)
}

// refresh is one that runs. Its result is there once done is closed.
type refresh struct {
	done chan struct{}
	held *held
	err  error
}

// refreshEarly begins a refresh of a token that stays in use. Whoever does not
// get the lock at once leaves it to whoever has it.
func (c *Cache) refreshEarly() {
	if !c.mu.TryLock() {
		return
	}
	defer c.mu.Unlock()
	now := time.Now()
	h := c.current.Load()
	if c.running != nil || h.fresh(now) || !h.valid(now) {
		return
	}
	c.current.Store(h.refreshedAt(h.end, h.failures)) // the others need not look
	c.start()
}

// wait gives the token that a refresh brings, or what is remembered of the
// last one.
func (c *Cache) wait(ctx context.Context) (*held, error) {
	if ctx.Err() != nil {
		return nil, endOf(ctx)
	}
	h, r, err := c.join()
	if r == nil {
		return h, err
	}
	select {
	case <-r.done:
		return r.held, r.err
	case <-ctx.Done():
		return nil, endOf(ctx)
	}
}

func (c *Cache) join() (*held, *refresh, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	switch h := c.current.Load(); {
	case h.valid(now):
		return h, nil, nil
	case c.running == nil && now.Before(c.retryAt):
		return nil, nil, c.failure
	case c.running == nil:
		c.start()
	}
	return nil, c.running, nil
}

// start needs the lock.
func (c *Cache) start() {
	r := &refresh{done: make(chan struct{})}
	c.running = r
	fromStore := c.shared != nil && !c.unsettled
	detached(func() { c.run(r, fromStore) })
}

func (c *Cache) run(r *refresh, fromStore bool) {
	defer c.fail(r, errAborted) // counts if Fetch or the store ends the goroutine
	if fromStore {
		g, err := c.shared.get()
		if err != nil {
			c.storeFailed("get", err)
		}
		if err == nil && c.succeedFromStore(r, g) {
			return
		}
	}
	g, err := c.ask()
	if err != nil {
		c.fail(r, err)
		return
	}
	if again := c.succeed(r, g); again || c.shared == nil {
		return
	}
	if err := c.shared.set(g); err != nil {
		c.storeFailed("set", err)
	}
}

// ask calls Fetch.
func (c *Cache) ask() (grant, error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.fetchTimeout)
	defer cancel()
	value, lifetime, err := c.fetch(ctx)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return grant{}, ErrTimeout
	case err != nil:
		return grant{}, err
	case !usable(value), lifetime <= 0:
		return grant{}, ErrUnusable
	}
	lifetime = min(lifetime, maxLifetime)
	return grant{value, time.Now().Add(lifetime), lifetime}, nil
}

// succeedFromStore ends r with what another process has got, unless it is due
// for a refresh itself or has been refused.
func (c *Cache) succeedFromStore(r *refresh, g grant) bool {
	if g.value == "" || !time.Now().Before(g.early(c.margin)) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unsettled || c.refused != nil && c.refused.value() == g.value {
		return false
	}
	c.publish(r, g)
	return true
}

// succeed ends r with what the vendor gave. again tells that it is the text
// that was refused last.
func (c *Cache) succeed(r *refresh, g grant) (again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.publish(r, g)
	c.unsettled = false
	return c.refused != nil && c.refused.value() == g.value
}

// publish needs the lock.
func (c *Cache) publish(r *refresh, g grant) {
	refreshAt := g.early(c.margin)
	if soonest := time.Now().Add(minRefreshInterval); refreshAt.Before(soonest) {
		refreshAt = soonest
	}
	c.generation++
	h := (&held{value: func() string { return g.value }, generation: c.generation, end: g.end}).refreshedAt(refreshAt, 0)
	if c.unsettled {
		h.trial = new(atomic.Bool)
		h.trial.Store(true)
	}
	c.current.Store(h)
	c.failures, c.failure, c.retryAt = 0, nil, time.Time{}
	c.running, r.held = nil, h
	close(r.done)
}

// fail ends r, unless it has ended. A token that is still valid stays, and its
// next early refresh waits; otherwise the error is remembered for as long.
func (c *Cache) fail(r *refresh, err error) {
	c.mu.Lock()
	if c.running != r {
		c.mu.Unlock()
		return
	}
	now := time.Now()
	h := c.current.Load()
	valid := h.valid(now)
	if valid {
		n := h.failures + 1
		c.current.Store(h.refreshedAt(now.Add(retryWait(n)), n))
	} else {
		c.failures++
		c.failure, c.retryAt = err, now.Add(retryWait(c.failures))
	}
	c.running, r.err = nil, err
	close(r.done)
	c.mu.Unlock()
	c.logger.Warn("token refresh failed", slog.String("error", err.Error()), slog.Bool("still_valid", valid))
}

// storeFailed says nothing of err but its kind: what a store writes into its
// errors is not known.
func (c *Cache) storeFailed(op string, err error) {
	c.logger.Warn("token store failed", slog.String("op", op), slog.String("error", storeWord(err)))
}

// ended is the end of a caller's context: its Err and its Cause.
type ended struct{ err, cause error }

func endOf(ctx context.Context) error { return ended{ctx.Err(), context.Cause(ctx)} }

// Error leaves the cause out, whose text is the caller's.
func (e ended) Error() string   { return "waiting for a token: " + e.err.Error() }
func (e ended) Unwrap() []error { return []error{e.err, e.cause} }
