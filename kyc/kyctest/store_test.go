package kyctest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

func TestMemoryStoreKeepsTheContract(t *testing.T) {
	RunStore(t, func(testing.TB) kychttp.Store { return kychttp.NewMemoryStore() })
}

type fn = func(context.Context, *kychttp.Record) error

// A brokenStore is a MemoryStore with one method or another in the place of its
// own.
type brokenStore struct {
	*kychttp.MemoryStore
	create func(context.Context, *kychttp.Record) error
	get    func(context.Context, string) (*kychttp.Record, error)
	update func(context.Context, string, fn) error
	remove func(context.Context, string) error
	due    func(context.Context, time.Time, int) ([]string, error)
	sweep  func(context.Context, time.Time) (int, error)
}

func newBrokenStore() *brokenStore {
	m := kychttp.NewMemoryStore()
	return &brokenStore{m, m.Create, m.Get, m.Update, m.Delete, m.Due, m.Sweep}
}

func (b *brokenStore) Create(ctx context.Context, r *kychttp.Record) error { return b.create(ctx, r) }
func (b *brokenStore) Get(ctx context.Context, id string) (*kychttp.Record, error) {
	return b.get(ctx, id)
}
func (b *brokenStore) Update(ctx context.Context, id string, f fn) error { return b.update(ctx, id, f) }
func (b *brokenStore) Delete(ctx context.Context, id string) error       { return b.remove(ctx, id) }
func (b *brokenStore) Due(ctx context.Context, before time.Time, limit int) ([]string, error) {
	return b.due(ctx, before, limit)
}
func (b *brokenStore) Sweep(ctx context.Context, before time.Time) (int, error) {
	return b.sweep(ctx, before)
}

// Each break of the contract fails the rule that it breaks.
func TestBrokenStoresFail(t *testing.T) {
	for name, test := range map[string]struct {
		rule   string
		break_ func(*brokenStore, *kychttp.MemoryStore)
	}{
		"keeps what it was given": {"a record is read as it was created", func(b *brokenStore, m *kychttp.MemoryStore) {
			kept := map[string]*kychttp.Record{}
			b.create = func(_ context.Context, r *kychttp.Record) error { kept[r.Check.ID] = r; return nil }
			b.get = func(_ context.Context, id string) (*kychttp.Record, error) { return kept[id], nil }
		}},
		"drops the result": {"a record is read as it was created", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.create = func(ctx context.Context, r *kychttp.Record) error {
				lesser := *r
				lesser.Result = nil
				return m.Create(ctx, &lesser)
			}
		}},
		"overwrites": {"an id is created once", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.create = func(ctx context.Context, r *kychttp.Record) error {
				_ = m.Delete(ctx, r.Check.ID)
				return m.Create(ctx, r)
			}
		}},
		"has no ErrNoRecord": {"what is not there is ErrNoRecord", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.get = func(ctx context.Context, id string) (*kychttp.Record, error) {
				r, err := m.Get(ctx, id)
				if err != nil {
					err = fmt.Errorf("%v", err)
				}
				return r, err
			}
		}},
		"updates what is not there": {"what is not there is ErrNoRecord", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.update = func(ctx context.Context, _ string, f fn) error { return f(ctx, &kychttp.Record{}) }
		}},
		"forgets an update": {"an update stores what it left", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.update = func(ctx context.Context, id string, f fn) error {
				r, err := m.Get(ctx, id)
				if err != nil {
					return err
				}
				return f(ctx, r)
			}
		}},
		"has a context of its own": {"an update stores what it left", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.update = func(_ context.Context, id string, f fn) error { return m.Update(context.Background(), id, f) }
		}},
		"stores a failure": {"an update that fails stores nothing", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.update = func(ctx context.Context, id string, f fn) (err error) {
				_ = m.Update(ctx, id, func(ctx context.Context, r *kychttp.Record) error { err = f(ctx, r); return nil })
				return err
			}
		}},
		"swallows a failure": {"an update that fails stores nothing", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.update = func(ctx context.Context, id string, f fn) error { _ = m.Update(ctx, id, f); return nil }
		}},
		"reads before it locks": {"an update is not lost to another", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.update = func(ctx context.Context, id string, f fn) error {
				r, err := m.Get(ctx, id)
				if err != nil {
					return err
				}
				if err := f(ctx, r); err != nil {
					return err
				}
				return m.Update(ctx, id, func(_ context.Context, row *kychttp.Record) error { *row = *r; return nil })
			}
		}},
		"drops an update now and then": {"updates of one record follow each other", func(b *brokenStore, m *kychttp.MemoryStore) {
			var updates atomic.Int64
			b.update = func(ctx context.Context, id string, f fn) error {
				if updates.Add(1)%5 == 0 {
					return nil
				}
				return m.Update(ctx, id, f)
			}
		}},
		"brings back": {"what is deleted stays deleted", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.update = func(ctx context.Context, id string, f fn) error {
				r, err := m.Get(ctx, id)
				if err != nil {
					return err
				}
				if err := f(ctx, r); err != nil {
					return err
				}
				_ = m.Delete(ctx, id)
				return m.Create(ctx, r)
			}
		}},
		"deletes once": {"what is deleted stays deleted", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.remove = func(ctx context.Context, id string) error {
				if _, err := m.Get(ctx, id); err != nil {
					return err
				}
				return m.Delete(ctx, id)
			}
		}},
		"newest first": {"due is what is open and was asked about longest ago", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.due = func(ctx context.Context, before time.Time, limit int) ([]string, error) {
				ids, err := m.Due(ctx, before, limit)
				for i, j := 0, len(ids)-1; i < j; i, j = i+1, j-1 {
					ids[i], ids[j] = ids[j], ids[i]
				}
				return ids, err
			}
		}},
		"no limit": {"due is what is open and was asked about longest ago", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.due = func(ctx context.Context, before time.Time, _ int) ([]string, error) { return m.Due(ctx, before, 99) }
		}},
		"due at the time": {"due is what is open and was asked about longest ago", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.due = func(ctx context.Context, before time.Time, limit int) ([]string, error) {
				return m.Due(ctx, before.Add(1), limit)
			}
		}},
		"sweeps too much": {"a sweep deletes what is old", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.sweep = func(ctx context.Context, before time.Time) (int, error) { return m.Sweep(ctx, before.Add(1)) }
		}},
		"sweeps nothing": {"a sweep deletes what is old", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.sweep = func(context.Context, time.Time) (int, error) { return 2, nil }
		}},
		"never ends": {"a context that ended ends a call", func(b *brokenStore, m *kychttp.MemoryStore) {
			b.remove = func(ctx context.Context, id string) error { return m.Delete(context.WithoutCancel(ctx), id) }
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var known bool
			for _, r := range storeRules() {
				if r.name != test.rule {
					continue
				}
				known = true
				rec := new(recorder)
				synctest.Test(t, func(t *testing.T) {
					rec.TB = t
					var done sync.WaitGroup
					done.Go(func() { // Fatal ends a goroutine
						r.run(rec, func(testing.TB) kychttp.Store {
							b := newBrokenStore()
							test.break_(b, b.MemoryStore)
							return b
						})
					})
					done.Wait()
				})
				assert.True(t, rec.Failed())
			}
			require.True(t, known, "there is no such rule")
		})
	}
}
