package token_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/token"
)

var (
	errRefused = errors.New("status 401")
	errDown    = errors.New("status 503")
)

func refused(err error) bool { return errors.Is(err, errRefused) }

// endpoint is a token endpoint in memory.
type endpoint struct {
	takes  time.Duration
	answer func(n int) (string, time.Duration, error) // n counts from 1

	mu            sync.Mutex
	at            []time.Time
	running, most int
}

func (e *endpoint) fetch(ctx context.Context) (string, time.Duration, error) {
	e.mu.Lock()
	e.at = append(e.at, time.Now())
	n := len(e.at)
	e.running++
	e.most = max(e.most, e.running)
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		e.running--
		e.mu.Unlock()
	}()
	if e.takes > 0 {
		select {
		case <-time.After(e.takes):
		case <-ctx.Done():
			return "", 0, fmt.Errorf("asking for a token: %w", ctx.Err())
		}
	}
	return e.answer(n)
}

// calls are the times of all calls since start.
func (e *endpoint) calls(start time.Time) []time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []time.Duration
	for _, at := range e.at {
		out = append(out, at.Sub(start))
	}
	return out
}

func (e *endpoint) count() int { return len(e.calls(time.Time{})) }

// numbered gives token-1, token-2 and so on.
func numbered(lifetime time.Duration) func(int) (string, time.Duration, error) {
	return func(n int) (string, time.Duration, error) { return fmt.Sprintf("token-%d", n), lifetime, nil }
}

func fails(int) (string, time.Duration, error) { return "", 0, errDown }

// api is what the token is for. It accepts every token but those that were
// revoked.
type api struct {
	mu      sync.Mutex
	revoked func(string) bool
	seen    []string
}

func (a *api) use(_ context.Context, token string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen = append(a.seen, token)
	if a.revoked != nil && a.revoked(token) {
		return errRefused
	}
	return nil
}

func (a *api) revoke(f func(string) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.revoked = f
}

func anything(string) bool { return true }

func just(tokens ...string) func(string) bool {
	return func(s string) bool {
		for _, t := range tokens {
			if s == t {
				return true
			}
		}
		return false
	}
}

// got calls through the cache and returns the tokens that were used for it.
func got(tb testing.TB, c *token.Cache, a *api) ([]string, error) {
	tb.Helper()
	a.mu.Lock()
	a.seen = nil
	a.mu.Unlock()
	err := c.Do(tb.Context(), a.use, refused)
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen, err
}

// gets requires that a call was done with those tokens, the last of which was
// accepted.
func gets(tb testing.TB, c *token.Cache, a *api, want ...string) {
	tb.Helper()
	seen, err := got(tb, c, a)
	require.NoError(tb, err)
	require.Equal(tb, want, seen)
}

// crowd runs n calls at once and counts the errors.
func crowd(tb testing.TB, n int, c *token.Cache, a *api) (failed int) {
	tb.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := c.Do(tb.Context(), a.use, refused); err != nil {
				mu.Lock()
				failed++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return failed
}

// elapse lets d pass, and then whatever was due by then.
func elapse(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// journal is a log that tests can read.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// lines are the lines so far, none of which shows a token.
func (j *journal) lines(tb testing.TB) []string {
	tb.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	text := strings.TrimSpace(j.buf.String())
	assert.NotContains(tb, text, "token-")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
