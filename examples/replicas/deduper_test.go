package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func newDeduper(t *testing.T) (*world, deduper) {
	t.Helper()
	w := begin(t)
	return w, deduper{w.redis, time.Hour}
}

func write(ctx context.Context) error {
	effects(ctx).RPush(ctx, "journal", "written")
	return nil
}

func never(context.Context) error { return errors.New("called") }

func TestDeduperCallsOnce(t *testing.T) {
	w, d := newDeduper(t)
	require.NoError(t, d.Once(t.Context(), "a", write))
	require.NoError(t, d.Once(t.Context(), "a", never))
	require.NoError(t, d.Once(t.Context(), "b", write), "another key")
	assert.Len(t, w.journal(t), 2)
	left, err := w.redis.TTL(t.Context(), "webhook:a").Result()
	require.NoError(t, err)
	assert.Greater(t, left, 7*24*time.Hour, "for longer than Veriff delivers")
}

func TestDeduperCallsAgainAfterAnError(t *testing.T) {
	w, d := newDeduper(t)
	broken := errors.New("broken")
	require.ErrorIs(t, d.Once(t.Context(), "a", func(ctx context.Context) error { return errors.Join(write(ctx), broken) }), broken)
	assert.Empty(t, w.journal(t), "with the key goes the effect")
	require.NoError(t, d.Once(t.Context(), "a", write), "at once")
	assert.Len(t, w.journal(t), 1)
}

func TestDeduperIsBusy(t *testing.T) {
	_, d := newDeduper(t)
	require.NoError(t, d.Once(t.Context(), "a", func(ctx context.Context) error {
		require.ErrorIs(t, d.Once(ctx, "a", never), veriff.ErrBusy)
		return nil
	}))
}

func TestDeduperLosesItsLease(t *testing.T) {
	for name, finish := range map[string]func(context.Context, deduper) error{
		"to one that is done": func(ctx context.Context, d deduper) error {
			return d.Once(ctx, "a", write)
		},
		"to one that failed": func(ctx context.Context, d deduper) error {
			_ = d.Once(ctx, "a", never)
			return d.Once(ctx, "a", write)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, d := newDeduper(t)
			err := d.Once(t.Context(), "a", func(ctx context.Context) error {
				require.NoError(t, w.redis.Del(ctx, "webhook:a").Err()) // its time is over
				require.NoError(t, finish(ctx, d))
				return write(ctx)
			})
			require.ErrorIs(t, err, veriff.ErrBusy)
			assert.Len(t, w.journal(t), 1)
			require.NoError(t, d.Once(t.Context(), "a", never), "what the other did stands")
		})
	}
}

func TestDeduperThatFailedLeavesTheLeaseOfAnother(t *testing.T) {
	w, d := newDeduper(t)
	err := d.Once(t.Context(), "a", func(ctx context.Context) error {
		require.NoError(t, w.redis.Set(ctx, "webhook:a", "another", time.Hour).Err())
		return errors.New("broken")
	})
	require.Error(t, err)
	require.ErrorIs(t, d.Once(t.Context(), "a", never), veriff.ErrBusy)
}

func TestDeduperAmongMany(t *testing.T) {
	w, d := newDeduper(t)
	var all sync.WaitGroup
	var called, handled atomic.Int64
	for range 50 {
		all.Go(func() {
			switch err := d.Once(t.Context(), "a", func(ctx context.Context) error { called.Add(1); return write(ctx) }); {
			case err == nil:
				handled.Add(1)
			default:
				assert.ErrorIs(t, err, veriff.ErrBusy)
			}
		})
	}
	all.Wait()
	assert.Equal(t, int64(1), called.Load())
	assert.Positive(t, handled.Load())
	assert.Len(t, w.journal(t), 1)
}

func TestDeduperWithoutRedis(t *testing.T) {
	w, d := newDeduper(t)
	w.server.kill()
	err := d.Once(t.Context(), "a", never)
	require.Error(t, err)
	assert.NotErrorIs(t, err, veriff.ErrBusy)
}

// A thief takes the lease between its beginning and the watch on it.
type thief struct{ steal func() }

func (t thief) DialHook(next redis.DialHook) redis.DialHook { return next }

func (t thief) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (t thief) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "watch" {
			t.steal()
		}
		return next(ctx, cmd)
	}
}

func TestDeduperLosesItsLeaseBeforeItWatches(t *testing.T) {
	w, d := newDeduper(t)
	stolen := false
	d.redis = redis.NewClient(d.redis.Options())
	t.Cleanup(func() { _ = d.redis.Close() })
	d.redis.AddHook(thief{func() {
		stolen = true
		require.NoError(t, w.redis.Set(t.Context(), "webhook:a", "another", time.Hour).Err())
	}})
	require.ErrorIs(t, d.Once(t.Context(), "a", never), veriff.ErrBusy)
	require.True(t, stolen)
}
