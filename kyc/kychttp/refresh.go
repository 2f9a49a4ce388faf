package kychttp

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	refreshBatch   = 100
	refreshWorkers = 4
)

// Refresh asks again about the open checks that were last asked about longer
// ago than olderThan, and stores and acts on what is news, as a return or a
// webhook does. Call it from time to time, about every minute with some minutes
// for olderThan: it is the only way in which the end of a check is heard of
// whose person does not come back from a vendor that never calls, as Iamport and
// TomoIDV do not, and of one whose webhook was lost.
//
// A few checks are asked about at a time. One that fails is logged, and its turn
// comes again. One of a provider that is not among Config.Providers is left to
// the program that has it. The error is the store's or the context's. A check is open until
// it has a final result. One that stays pending is given up 24 hours after
// Check.ExpiresAt, or 8 days after it began where there is none, and any other
// 30 days after it began: a return, a webhook or a look at its page still asks.
// So they do about a check that was last asked about while the clock was ahead,
// which Refresh leaves until the clock has come there again.
func (s *Service) Refresh(ctx context.Context, olderThan time.Duration) error {
	if olderThan < 0 {
		return errors.New("kychttp: Refresh: olderThan is negative")
	}
	before := time.Now().UTC().Add(-olderThan)
	done := map[string]bool{}
	stuck := 0 // stay due, and must not be all that fits into a batch
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		due, err := s.cfg.Store.Due(ctx, before, refreshBatch+stuck)
		if err != nil {
			s.log.ErrorContext(ctx, "kychttp: store failed", "op", "due", "error", safeText(err))
			return err
		}
		// What comes twice is another program's, or its failure could not be written
		// down.
		var ids []string
		for _, id := range due {
			if !done[id] {
				done[id] = true
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 && len(due) < refreshBatch+stuck {
			return nil
		}
		stuck = len(due) - len(ids)
		s.refreshAll(ctx, ids)
	}
}

func (s *Service) refreshAll(ctx context.Context, ids []string) {
	turn := make(chan struct{}, refreshWorkers)
	var all sync.WaitGroup
	for _, id := range ids {
		turn <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		all.Add(1)
		go func() {
			defer all.Done()
			defer func() { <-turn }()
			s.refresh(ctx, id)
		}()
	}
	all.Wait()
}

func (s *Service) refresh(ctx context.Context, id string) {
	failed := true
	s.shielded(ctx, func() { failed = !s.refreshed(ctx, id) })
	if failed && ctx.Err() == nil {
		s.shielded(ctx, func() { s.postpone(ctx, id) })
	}
}

// shielded keeps a panic of a provider's or the store's from ending the process.
func (s *Service) shielded(ctx context.Context, do func()) {
	defer func() {
		if p := recover(); p != nil {
			s.logPanic(ctx, p)
		}
	}()
	do()
}

// refreshed tells whether nothing is left to do about the check for now.
func (s *Service) refreshed(ctx context.Context, id string) bool {
	record, err := s.get(ctx, id)
	if err != nil {
		return errors.Is(err, ErrNoRecord) // deleted meanwhile
	}
	provider := s.providers[record.Check.Provider]
	if provider == nil {
		// Another program that shares the store may have it, and is to have its turn.
		s.ignored(ctx, viaRefresh, &record.Check, "no such provider")
		return record.stillOpen(time.Now())
	}
	if !record.Started {
		s.ignored(ctx, viaRefresh, &record.Check, "not started")
		return false
	}
	_, err = s.ask(ctx, viaRefresh, provider, record, nil)
	return err == nil
}

// postpone lets the others have their turn before a check that failed.
func (s *Service) postpone(ctx context.Context, id string) {
	err := s.cfg.Store.Update(ctx, id, func(_ context.Context, row *Record) error {
		row.AskedAt = time.Now().UTC()
		row.Open = row.Open && row.stillOpen(row.AskedAt)
		return nil
	})
	if err != nil && !errors.Is(err, ErrNoRecord) {
		s.storeFailed(ctx, "update", id, err)
	}
}

// Sweep deletes the records of checks that began longer ago than olderThan,
// whatever has become of them, and tells how many. What the vendor says of them
// later is ignored, so olderThan is longer than any check can take, and as long
// as the results have to be kept. It deletes nothing at the vendor: see
// kyc.Erase.
func (s *Service) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	if olderThan <= 0 {
		return 0, errors.New("kychttp: Sweep: olderThan is not positive")
	}
	swept, err := s.cfg.Store.Sweep(ctx, time.Now().UTC().Add(-olderThan))
	if err != nil {
		s.log.ErrorContext(ctx, "kychttp: store failed", "op", "sweep", "error", safeText(err))
		return 0, err
	}
	s.log.InfoContext(ctx, "kychttp: swept", "records", swept)
	return swept, nil
}
