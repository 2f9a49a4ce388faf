package main

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kyckit/kyckit-go/veriff"
)

const (
	done     = "done"             // what stands under a webhook's key in the end; before that its holder
	keptFor  = 8 * 24 * time.Hour // Veriff delivers again for seven days
	leaseFor = 70 * time.Second   // the handler gives a callback a minute
)

// A deduper is a veriff.Deduper for all replicas: one takes a lease on the
// webhook's key, and what it does about the webhook is committed together with
// the word that it is done, or not at all. A replica that is killed before has
// done nothing, and one that is killed after has done all; either way the next
// delivery finds out.
//
// This holds for what is written to Redis by way of [effects]. Whatever else a
// callback does, such as sending a mail, can happen once more: give it
// veriff.WebhookKey as the key by which it knows the second time.
type deduper struct {
	redis *redis.Client
	lease time.Duration
}

// Once is as veriff.Deduper has it.
func (d deduper) Once(ctx context.Context, key string, fn func(context.Context) error) error {
	key = "webhook:" + key
	holder := rand.Text()
	mine, err := d.redis.SetNX(ctx, key, holder, d.lease).Result()
	if err != nil {
		return err
	}
	if !mine {
		state, err := d.redis.Get(ctx, key).Result()
		switch {
		case state == done:
			return nil
		case err != nil && !errors.Is(err, redis.Nil): // Nil: the lease has just ended
			return err
		}
		return veriff.ErrBusy // 503: Veriff delivers again, about hourly
	}
	err = d.redis.Watch(ctx, func(tx *redis.Tx) error {
		// From here on nothing can be committed once the key has changed. A
		// replica that was stopped for longer than its lease, and wakes up
		// while another is at work, finds that it has lost.
		if state, err := tx.Get(ctx, key).Result(); err != nil || state != holder {
			return errors.Join(err, veriff.ErrBusy)
		}
		commit := tx.TxPipeline()
		failed := fn(context.WithValue(ctx, effectsKey{}, commit))
		if failed != nil {
			commit.Discard()
			commit.Del(ctx, key) // whoever gets the next delivery need not wait for the lease
		} else {
			commit.Set(ctx, key, done, keptFor)
		}
		_, err := commit.Exec(ctx)
		return errors.Join(failed, err)
	}, key)
	if errors.Is(err, redis.TxFailedErr) {
		return veriff.ErrBusy
	}
	return err
}

type effectsKey struct{}

// effects take the commands that are to be committed when the callback with
// this context has succeeded.
func effects(ctx context.Context) redis.Pipeliner {
	return ctx.Value(effectsKey{}).(redis.Pipeliner)
}
