package kychttp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

func TestRefreshAsksAboutWhatIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVendor("desk")
		s := newSite(t, []kyc.Provider{v})
		b := s.browser("user-42")
		ended, waits := b.begin("desk"), b.begin("desk")
		v.decide(ended, kyc.StatusDeclined, noon)
		<-time.After(4 * time.Minute)
		require.NoError(t, s.service.Refresh(t.Context(), 5*time.Minute))
		assert.Zero(t, v.calls(), "they were just begun")
		<-time.After(2 * time.Minute)
		require.NoError(t, s.service.Refresh(t.Context(), 5*time.Minute))
		assert.Equal(t, 2, v.calls())
		assert.Equal(t, []kyc.Status{kyc.StatusDeclined}, s.acted())
		require.NoError(t, s.service.Refresh(t.Context(), 5*time.Minute))
		assert.Equal(t, 2, v.calls())
		<-time.After(6 * time.Minute)
		v.decide(waits, kyc.StatusReview, noon)
		require.NoError(t, s.service.Refresh(t.Context(), 5*time.Minute))
		assert.Equal(t, 3, v.calls(), "what is decided is not asked about")
		assert.True(t, s.record(waits).Open)
	})
}

// More checks than fit into one batch, some of which fail: each has its turn,
// once, and never more than a few at a time.
func TestRefreshGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVendor("desk")
		s := newSite(t, []kyc.Provider{v})
		b := s.browser("user-42")
		var ids []string
		for range 250 {
			ids = append(ids, b.begin("desk"))
		}
		v.decide(ids[249], kyc.StatusApproved, noon)
		var now, most atomic.Int64
		v.onResult = func(_ context.Context, check *kyc.Check) error {
			n := now.Add(1)
			defer now.Add(-1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			<-time.After(time.Second) // which passes when everybody waits
			switch check.ID {
			case ids[0]:
				return &kyc.Error{Provider: "desk", Op: "result", Kind: kyc.ErrUnavailable}
			case ids[1]:
				panic("MARKER-CI")
			}
			return nil
		}
		<-time.After(time.Second)
		require.NoError(t, s.service.Refresh(t.Context(), 0))
		assert.Equal(t, 250, v.calls())
		assert.Equal(t, int64(4), most.Load())
		assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
		assert.True(t, s.log.has("kychttp: vendor gave no result"))
		assert.True(t, s.log.has("kychttp: panic"))
		assert.NotContains(t, s.log.String(), "MARKER")
		for _, id := range ids[:2] {
			assert.True(t, s.record(id).AskedAt.After(s.record(id).Check.StartedAt), "its turn comes again after the others'")
		}
	})
}

func TestRefreshEndsWithTheContext(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	for range 20 {
		b.begin("desk")
	}
	ctx, cancel := context.WithCancel(t.Context())
	v.onResult = func(ctx context.Context, _ *kyc.Check) error {
		cancel()
		<-ctx.Done()
		return &kyc.Error{Provider: "desk", Op: "result", Err: ctx.Err()}
	}
	require.ErrorIs(t, s.service.Refresh(ctx, 0), context.Canceled)
	assert.LessOrEqual(t, v.calls(), 5)
	assert.Error(t, s.service.Refresh(t.Context(), -1))
}

func TestRefreshAndSweepTellOfTheStore(t *testing.T) {
	store := newFlaky()
	s := newSite(t, []kyc.Provider{newVendor("desk")}, withStore(store))
	store.due, store.sweep = errDatabase, errDatabase
	require.ErrorIs(t, s.service.Refresh(t.Context(), 0), errDatabase)
	_, err := s.service.Sweep(t.Context(), time.Hour)
	require.ErrorIs(t, err, errDatabase)
	assert.True(t, s.log.has("kychttp: store failed"))
	assert.NotContains(t, s.log.String(), "MARKER")
}

// A store that can write nothing down is not asked for ever.
func TestRefreshEndsThoughNothingCanBeStored(t *testing.T) {
	v, store := newVendor("desk"), newFlaky()
	s := newSite(t, []kyc.Provider{v}, withStore(store))
	id := s.browser("user-42").begin("desk")
	store.update = errDatabase
	require.NoError(t, s.service.Refresh(t.Context(), 0))
	assert.Equal(t, 1, v.calls())
	assert.Contains(t, s.log.String(), "*errors.errorString", "the kind of the store's error")
	store.update, store.get = nil, errDatabase
	require.NoError(t, s.service.Refresh(t.Context(), 0))
	store.get = nil
	assert.True(t, s.record(id).AskedAt.After(s.record(id).Check.StartedAt))
}

// A store that panics ends nobody's process.
func TestRefreshSurvivesTheStore(t *testing.T) {
	store := &panicking{newFlaky()}
	s := newSite(t, []kyc.Provider{newVendor("desk")}, withStore(store))
	s.browser("user-42").begin("desk")
	store.get, store.update = errDatabase, errDatabase
	require.NoError(t, s.service.Refresh(t.Context(), 0))
	assert.True(t, s.log.has("kychttp: panic"))
	assert.NotContains(t, s.log.String(), "MARKER")
}

type panicking struct{ *flaky }

func (p *panicking) Get(ctx context.Context, id string) (*kychttp.Record, error) {
	if p.get != nil {
		panic(p.get)
	}
	return p.flaky.Get(ctx, id)
}

func (p *panicking) Update(ctx context.Context, id string, fn func(context.Context, *kychttp.Record) error) error {
	if p.update != nil {
		panic(p.update)
	}
	return p.flaky.Update(ctx, id, fn)
}

// Rows that can be neither read nor written, more of them than fit into a batch,
// do not take the turn of those behind them.
func TestRefreshGetsPastWhatCannotBeStored(t *testing.T) {
	store := &stuck{MemoryStore: kychttp.NewMemoryStore(), broken: map[string]bool{}}
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v}, withStore(store))
	b := s.browser("user-42")
	for range 150 {
		store.broken[b.begin("desk")] = true
	}
	last := b.begin("desk")
	v.decide(last, kyc.StatusApproved, noon)
	require.NoError(t, s.service.Refresh(t.Context(), 0))
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted())
	assert.Equal(t, 1, v.calls())
	assert.LessOrEqual(t, store.most, 100+150, "a batch is asked for, and what stays due")
}

// stuck rows are those that a store can neither read nor write.
type stuck struct {
	*kychttp.MemoryStore
	broken map[string]bool
	most   int // rows that were asked for at once
}

func (s *stuck) Due(ctx context.Context, before time.Time, limit int) ([]string, error) {
	s.most = max(s.most, limit)
	return s.MemoryStore.Due(ctx, before, limit)
}

func (s *stuck) Get(ctx context.Context, id string) (*kychttp.Record, error) {
	if s.broken[id] {
		return nil, errDatabase
	}
	return s.MemoryStore.Get(ctx, id)
}

func (s *stuck) Update(ctx context.Context, id string, fn func(context.Context, *kychttp.Record) error) error {
	if s.broken[id] {
		return errDatabase
	}
	return s.MemoryStore.Update(ctx, id, fn)
}

// Where several programs share a store, one that does not know a provider does
// not take the turn from one that does; but what nobody knows is given up.
func TestRefreshLeavesTheChecksOfOthersToThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVendor("desk")
		s := newSite(t, []kyc.Provider{v})
		other := newSite(t, []kyc.Provider{newVendor("bureau")}, withStore(s.store))
		id := s.browser("user-42").begin("desk")
		<-time.After(6 * time.Minute)
		require.NoError(t, other.service.Refresh(t.Context(), 5*time.Minute))
		assert.True(t, other.log.has("kychttp: notice ignored"))
		require.NoError(t, s.service.Refresh(t.Context(), 5*time.Minute))
		assert.Equal(t, 1, v.calls())
		<-time.After(9 * 24 * time.Hour)
		require.NoError(t, other.service.Refresh(t.Context(), 5*time.Minute))
		assert.False(t, s.record(id).Open)
	})
}

func TestRefreshLeavesWhatIsNobodys(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	gone, edited := b.begin("desk"), b.begin("desk")
	s.edit(gone, func(r *kychttp.Record) { r.Check.Provider = "retired" })
	s.edit(edited, func(r *kychttp.Record) { r.Started = false })
	require.NoError(t, s.service.Refresh(t.Context(), 0))
	assert.Zero(t, v.calls())
}

// An approval that is taken back for another look is asked about again.
func TestCheckThatIsReviewedAgainIsOpenAgain(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	id := s.browser("user-42").begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	require.Equal(t, http.StatusOK, s.webhook("desk", id))
	require.False(t, s.record(id).Open)
	v.decide(id, kyc.StatusReview, noon.Add(time.Hour))
	require.Equal(t, http.StatusOK, s.webhook("desk", id))
	v.decide(id, kyc.StatusDeclined, noon.Add(2*time.Hour))
	require.NoError(t, s.service.Refresh(t.Context(), 0))
	assert.Equal(t, []kyc.Status{kyc.StatusApproved, kyc.StatusReview, kyc.StatusDeclined}, s.acted())
}

// Vendors that never say that somebody walked away are not asked for ever.
func TestChecksAreGivenUp(t *testing.T) {
	for name, test := range map[string]struct {
		status  kyc.Status
		expires time.Duration // after the start
		life    time.Duration
	}{
		"pending, with an end":    {kyc.StatusPending, time.Hour, 25 * time.Hour},
		"pending, without an end": {kyc.StatusPending, 0, 8 * 24 * time.Hour},
		"in review":               {kyc.StatusReview, time.Hour, 30 * 24 * time.Hour},
		"to be tried again":       {kyc.StatusResubmit, 0, 30 * 24 * time.Hour},
	} {
		for _, down := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", vendor down ", down), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					v := newVendor("desk")
					v.onStart = func(check *kyc.Check) (*kyc.Check, error) {
						if test.expires > 0 {
							check.ExpiresAt = check.StartedAt.Add(test.expires)
						}
						return check, nil
					}
					s := newSite(t, []kyc.Provider{v})
					b := s.browser("user-42")
					id := b.begin("desk")
					v.decide(id, test.status, time.Time{})
					<-time.After(test.life - time.Second)
					require.NoError(t, s.service.Refresh(t.Context(), 0))
					assert.True(t, s.record(id).Open)
					if down {
						v.onResult = func(context.Context, *kyc.Check) error {
							return &kyc.Error{Provider: "desk", Op: "result", Kind: kyc.ErrNotFound}
						}
					}
					<-time.After(time.Second)
					require.NoError(t, s.service.Refresh(t.Context(), 0))
					assert.False(t, s.record(id).Open)
					asked := v.calls()
					require.NoError(t, s.service.Refresh(t.Context(), 0))
					assert.Equal(t, asked, v.calls())

					v.onResult = nil
					v.decide(id, kyc.StatusApproved, noon)
					assert.Equal(t, http.StatusOK, s.webhook("desk", id))
					assert.Equal(t, kyc.StatusApproved, s.acted()[len(s.acted())-1], "a late word still counts")
				})
			})
		}
	}
}

func TestSweepDeletesWhatIsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVendor("desk")
		s := newSite(t, []kyc.Provider{v})
		b := s.browser("user-42")
		old := b.begin("desk")
		<-time.After(48 * time.Hour)
		young := b.begin("desk")
		swept, err := s.service.Sweep(t.Context(), 24*time.Hour)
		require.NoError(t, err)
		assert.Equal(t, 1, swept)
		_, err = s.store.Get(t.Context(), old)
		require.ErrorIs(t, err, kychttp.ErrNoRecord)
		s.record(young)
		v.decide(old, kyc.StatusApproved, noon)
		assert.Equal(t, http.StatusOK, s.webhook("desk", old, "session-"+old, "decided"), "it is nobody's now")
		assert.Equal(t, http.StatusForbidden, b.get(returnTo("desk", old)).code)
		assert.Empty(t, s.acted())
		for _, none := range []time.Duration{0, -time.Hour} {
			_, err = s.service.Sweep(t.Context(), none)
			assert.Error(t, err, "everything would be gone")
		}
	})
}

// What is deleted while the vendor is asked stays deleted.
func TestErasedWhileAsking(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	id := s.browser("user-42").begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	v.onResult = func(ctx context.Context, _ *kyc.Check) error { return s.store.Delete(ctx, id) }
	assert.Equal(t, http.StatusServiceUnavailable, s.webhook("desk", id))
	_, err := s.store.Get(t.Context(), id)
	require.True(t, errors.Is(err, kychttp.ErrNoRecord))
	assert.Equal(t, http.StatusOK, s.webhook("desk", id))
	assert.Empty(t, s.acted())
}
