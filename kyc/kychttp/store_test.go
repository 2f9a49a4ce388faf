package kychttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// A ledger is a database of an application: the records and the accounts that
// were admitted, in one transaction.
type ledger struct {
	mu       sync.Mutex // one writer at a time, as SQLite has it
	rows     map[string][]byte
	admitted []string

	commits    int
	failCommit func(n int) error // n counts from 1
	lostCommit func(n int) error // the commit holds, and the answer is lost
	rerun      bool              // every transaction loses once to another
}

type transaction struct {
	rows     map[string][]byte
	admitted []string
}

type transactionKey struct{}

func newLedger() *ledger { return &ledger{rows: map[string][]byte{}} }

// admit is the application's effect, in the transaction of ctx.
func admit(ctx context.Context, check *kyc.Check, result, _ *kyc.Result) error {
	tx := ctx.Value(transactionKey{}).(*transaction)
	tx.admitted = append(tx.admitted, check.Reference+" "+result.Status.String())
	return nil
}

func (l *ledger) transact(ctx context.Context, fn func(context.Context, *transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for range 2 {
		tx := &transaction{rows: maps.Clone(l.rows)}
		if err := fn(context.WithValue(ctx, transactionKey{}, tx), tx); err != nil {
			return err // nothing of tx is kept
		}
		if l.rerun {
			l.rerun = false
			continue
		}
		l.commits++
		if l.failCommit != nil {
			if err := l.failCommit(l.commits); err != nil {
				return err
			}
		}
		l.rows = tx.rows
		l.admitted = append(l.admitted, tx.admitted...)
		if l.lostCommit != nil {
			return l.lostCommit(l.commits)
		}
		return nil
	}
	return errors.New("a transaction lost twice")
}

func (l *ledger) Create(ctx context.Context, record *kychttp.Record) error {
	return l.transact(ctx, func(_ context.Context, tx *transaction) error {
		if tx.rows[record.Check.ID] != nil {
			return errors.New("duplicate")
		}
		text, err := json.Marshal(record)
		tx.rows[record.Check.ID] = text
		return err
	})
}

func (l *ledger) Get(ctx context.Context, id string) (record *kychttp.Record, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	text, ok := l.rows[id]
	if !ok {
		return nil, kychttp.ErrNoRecord
	}
	record = &kychttp.Record{}
	return record, json.Unmarshal(text, record)
}

func (l *ledger) Update(ctx context.Context, id string, fn func(context.Context, *kychttp.Record) error) error {
	return l.transact(ctx, func(ctx context.Context, tx *transaction) error {
		text, ok := tx.rows[id]
		if !ok {
			return kychttp.ErrNoRecord
		}
		record := &kychttp.Record{}
		if err := json.Unmarshal(text, record); err != nil {
			return err
		}
		if err := fn(ctx, record); err != nil {
			return err
		}
		text, err := json.Marshal(record)
		tx.rows[id] = text
		return err
	})
}

func (l *ledger) Delete(ctx context.Context, id string) error {
	return l.transact(ctx, func(_ context.Context, tx *transaction) error {
		delete(tx.rows, id)
		return nil
	})
}

// Nothing that is tested with a ledger looks for what is old.
func (l *ledger) Due(context.Context, time.Time, int) ([]string, error) { return nil, nil }
func (l *ledger) Sweep(context.Context, time.Time) (int, error)         { return 0, nil }

func newLedgerSite(t *testing.T) (*vendor, *ledger, *site, string) {
	t.Helper()
	v, l := newVendor("desk"), newLedger()
	s := newSite(t, []kyc.Provider{v}, withStore(l), func(cfg *kychttp.Config) { cfg.OnResult = admit })
	id := s.browser("user-42").begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	l.commits = 0
	return v, l, s, id
}

// An effect in the Store's transaction happens exactly once, whatever becomes of
// a commit.
func TestEffectInTheTransactionHappensOnce(t *testing.T) {
	down := errors.New("connection lost")
	for name, test := range map[string]struct {
		break_ func(*ledger)
		codes  []int
	}{
		"nothing breaks":       {func(*ledger) {}, []int{200, 200}},
		"commit fails":         {func(l *ledger) { l.failCommit = onlyFirst(down) }, []int{503, 200, 200}},
		"commit's answer lost": {func(l *ledger) { l.lostCommit = onlyFirst(down) }, []int{503, 200, 200}},
		"fn runs twice":        {func(l *ledger) { l.rerun = true }, []int{200, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			_, l, s, id := newLedgerSite(t)
			test.break_(l)
			for _, code := range test.codes {
				assert.Equal(t, code, s.webhook("desk", id, "session-"+id, "decided"))
			}
			assert.Equal(t, []string{"user-42 approved"}, l.admitted)
			assert.Equal(t, kyc.StatusApproved, s.record(id).Result.Status)
		})
	}
}

func onlyFirst(err error) func(int) error {
	return func(n int) error {
		if n == 1 {
			return err
		}
		return nil
	}
}

func TestEffectInTheTransactionHappensOnceAtOnce(t *testing.T) {
	_, l, s, id := newLedgerSite(t)
	l.failCommit = func(n int) error {
		if n%3 == 1 {
			return errors.New("serialization failure")
		}
		return nil
	}
	done := make(chan int)
	const deliveries = 12
	for range deliveries {
		go func() { done <- s.webhook("desk", id, "session-"+id, "decided") }()
	}
	for range deliveries {
		assert.Contains(t, []int{200, 503}, <-done)
	}
	assert.Equal(t, []string{"user-42 approved"}, l.admitted)
}

// What kyctest.RunStore does not ask of every store.
func TestMemoryStore(t *testing.T) {
	store := kychttp.NewMemoryStore()
	ctx := t.Context()
	check, err := kyc.NewCheck("desk", &kyc.StartRequest{Reference: "user-42"})
	require.NoError(t, err)
	id := check.ID
	require.NoError(t, store.Create(ctx, &kychttp.Record{Check: *check}))
	err = store.Update(ctx, id, func(_ context.Context, r *kychttp.Record) error { r.Check.ID = kyc.NewCheckID(); return nil })
	require.Error(t, err, "a record keeps its id")
	err = store.Update(ctx, id, func(ctx context.Context, r *kychttp.Record) error {
		r.Result = &kyc.Result{CheckID: id, Provider: "desk", Status: kyc.StatusApproved, DecidedAt: noon, Vendor: t}
		_, err := store.Get(ctx, id)
		return err
	})
	require.NoError(t, err, "fn may read")
	got, err := store.Get(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, kyc.Result{CheckID: id, Provider: "desk", Status: kyc.StatusApproved, DecidedAt: noon}, *got.Result)
	err = store.Update(ctx, id, func(ctx context.Context, _ *kychttp.Record) error { return store.Delete(ctx, id) })
	require.ErrorIs(t, err, kychttp.ErrNoRecord, "it is not brought back")
}

func TestMemoryStoreUpdatesOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := kychttp.NewMemoryStore()
		check, err := kyc.NewCheck("desk", &kyc.StartRequest{Reference: "user-42"})
		require.NoError(t, err)
		require.NoError(t, store.Create(t.Context(), &kychttp.Record{Check: *check}))
		var order []string
		done := make(chan error)
		require.NoError(t, store.Update(t.Context(), check.ID, func(ctx context.Context, _ *kychttp.Record) error {
			go func() {
				done <- store.Update(ctx, check.ID, func(context.Context, *kychttp.Record) error {
					order = append(order, "second")
					return nil
				})
			}()
			synctest.Wait()
			order = append(order, "first")
			return nil
		}))
		require.NoError(t, <-done)
		assert.Equal(t, []string{"first", "second"}, order)
	})
}

func TestMemoryStoreHoldsToTheContext(t *testing.T) {
	store := kychttp.NewMemoryStore()
	check, err := kyc.NewCheck("desk", &kyc.StartRequest{Reference: "user-42"})
	require.NoError(t, err)
	require.NoError(t, store.Create(t.Context(), &kychttp.Record{Check: *check}))
	ended, cancel := context.WithCancel(t.Context())
	err = store.Update(t.Context(), check.ID, func(context.Context, *kychttp.Record) error {
		cancel()
		return store.Update(ended, check.ID, func(context.Context, *kychttp.Record) error { return nil })
	})
	require.ErrorIs(t, err, context.Canceled, "who waits for a turn leaves")
	_, err = store.Get(ended, check.ID)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, store.Create(ended, &kychttp.Record{}), context.Canceled)
	require.ErrorIs(t, store.Delete(ended, check.ID), context.Canceled)
	_, err = store.Due(ended, noon, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = store.Sweep(ended, noon)
	require.ErrorIs(t, err, context.Canceled)
}
