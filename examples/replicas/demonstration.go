package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// demonstrate tells on out how three replicas, and later four, share what they
// have. It fails if anything happens twice, or not at all.
func demonstrate(ctx context.Context, out io.Writer, replica ...string) error {
	w, err := newWorld(ctx, replica...)
	if err != nil {
		return err
	}
	defer w.close()
	for range 3 {
		if _, err := w.start(ctx); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(out, "Access tokens\n")
	if err := w.ask(ctx); err != nil {
		return err
	}
	iamport, tomoidv := w.iamport.TokenCalls(), w.tomoidv.TokenCalls()
	_, _ = fmt.Fprintf(out, "  %d asked of Iamport and %d of TomoIDV, when 3 cold replicas got 24 requests at once\n", iamport, tomoidv)
	if max(iamport, tomoidv) > 3 || min(iamport, tomoidv) == 0 {
		return errors.New("a replica asks for a token once at most")
	}
	late, err := w.start(ctx)
	if err != nil {
		return err
	}
	if err := w.ask(ctx); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "  %d and %d more, with a fourth replica and 32 requests\n", w.iamport.TokenCalls()-iamport, w.tomoidv.TokenCalls()-tomoidv)
	if w.iamport.TokenCalls() != iamport || w.tomoidv.TokenCalls() != tomoidv {
		return errors.New("nobody needs another token")
	}

	const persons = 20
	if err := w.sessions(ctx, persons); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "\nWebhooks\n  %d persons were approved: %d webhooks\n", persons, len(w.veriff.Webhooks()))
	first := w.deliverTwice(func() { late.kill() })
	_, _ = fmt.Fprintf(out, "  each delivered to two replicas at once, and one replica killed meanwhile (SIGKILL): %d not answered with 200\n", first)
	rounds, err := w.deliverAgain(ctx)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "  all answered, in %d more rounds of deliveries\n", rounds)
	return w.settle(ctx, out, persons)
}

// deliverTwice delivers each webhook that waits to two replicas at once, and
// does something when a third of it has happened. It returns how many nobody
// has answered with 200.
func (w *world) deliverTwice(meanwhile func()) (pending int) {
	var all sync.WaitGroup
	var delivered atomic.Int64
	webhooks := w.veriff.Webhooks()
	for chunk := range slices.Chunk(webhooks, 6) { // at a time
		for _, webhook := range append(chunk, chunk...) {
			all.Go(func() {
				if delivered.Add(1) == int64(2*len(webhooks)/3) {
					meanwhile()
				}
				_, _ = w.veriff.Deliver(webhook)
			})
		}
		all.Wait()
	}
	for _, webhook := range w.veriff.Webhooks() {
		if !webhook.Delivered() {
			pending++
		}
	}
	return pending
}

// deliverAgain does what Veriff does every hour, until all are answered.
func (w *world) deliverAgain(ctx context.Context) (rounds int, err error) {
	for {
		rounds++
		if w.veriff.Redeliver() == 0 {
			return rounds, nil
		}
		select {
		case <-time.After(lease / 5): // what a killed replica held is free after a lease
		case <-ctx.Done():
			return rounds, ctx.Err()
		}
	}
}

// settle counts what the replicas have done: each webhook and each person once.
func (w *world) settle(ctx context.Context, out io.Writer, persons int) error {
	journal, err := w.redis.LRange(ctx, "journal", 0, -1).Result()
	if err != nil {
		return err
	}
	admitted, err := w.redis.HGetAll(ctx, "admitted").Result()
	if err != nil {
		return err
	}
	entries := len(journal)
	slices.Sort(journal)
	different := len(slices.Compact(journal))
	_, _ = fmt.Fprintf(out, "  the journal has %d entries, %d of them different; %d persons are admitted\n", entries, different, len(admitted))
	if entries != different || entries != len(w.veriff.Webhooks()) || len(admitted) != persons {
		return errors.New("each webhook has an effect once")
	}
	for account, times := range admitted {
		if times != "1" {
			return fmt.Errorf("%s is admitted %s times", account, times)
		}
	}
	return nil
}
