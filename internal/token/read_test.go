package token

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func lasting(context.Context) (string, time.Duration, error) { return "token", 24 * time.Hour, nil }

func accept(context.Context, string) error { return nil }

func never(error) bool { return false }

// filled is a cache that has its token.
func filled(tb testing.TB, margin time.Duration) *Cache {
	tb.Helper()
	c := New(Config{Fetch: lasting, Margin: margin})
	require.NoError(tb, c.Do(context.Background(), accept, never))
	return c
}

func TestReadTakesNoLock(t *testing.T) {
	for name, elapsed := range map[string]time.Duration{"fresh": time.Hour, "inside the margin": 23*time.Hour + 30*time.Minute} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := filled(t, time.Hour)
				<-time.After(elapsed)
				before := c.current.Load()
				c.mu.Lock()
				defer c.mu.Unlock()
				require.NoError(t, c.Do(t.Context(), accept, never)) // hangs if it wants the lock
				assert.Same(t, before, c.current.Load())
				assert.Nil(t, c.running)
			})
		})
	}
}

// Between the look that finds nothing and the lock another caller may have
// refreshed the token.
func TestRefreshLooksAgainUnderTheLock(t *testing.T) {
	c := filled(t, time.Minute)
	held := c.current.Load()
	h, r, err := c.join()
	require.NoError(t, err)
	assert.Nil(t, r)
	assert.Same(t, held, h)
	c.refreshEarly()
	assert.Nil(t, c.running)
	assert.Same(t, held, c.current.Load())
}

func TestReadAllocatesNothing(t *testing.T) {
	c, ctx := filled(t, time.Minute), t.Context()
	assert.Zero(t, testing.AllocsPerRun(1000, func() { _ = c.Do(ctx, accept, never) }))
}

func TestNothingIsLeftRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which fails if a goroutine is left
		down := errors.New("down")
		c := New(Config{Fetch: func(context.Context) (string, time.Duration, error) { return "", 0, down }})
		for range 5 {
			require.Equal(t, down, c.Do(t.Context(), accept, never))
			<-time.After(time.Minute)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		assert.Nil(t, c.running)
	})
}

// What a read is measured against: one atomic load and a look at the clock.
func floor(p *atomic.Pointer[held]) bool { return time.Now().Before(p.Load().end) }

func BenchmarkRead(b *testing.B) {
	c, ctx := filled(b, time.Minute), b.Context()
	b.Run("floor", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			floor(&c.current)
		}
	})
	b.Run("cache", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = c.Do(ctx, accept, never)
		}
	})
}

func BenchmarkReadParallel(b *testing.B) {
	c, ctx := filled(b, time.Minute), b.Context()
	b.Run("floor", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				floor(&c.current)
			}
		})
	})
	b.Run("cache", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				_ = c.Do(ctx, accept, never)
			}
		})
	})
}
