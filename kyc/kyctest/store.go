package kyctest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// RunStore tests that the stores that newStore makes, each without a record,
// keep the contract of kychttp.Store, each rule in a subtest of its name. What
// only the application's own effect can show, that it is undone with a
// transaction that fails, is left to its tests. Run it with -race as well.
func RunStore(t *testing.T, newStore func(t testing.TB) kychttp.Store) {
	for _, r := range storeRules() {
		t.Run(r.name, func(t *testing.T) { r.run(t, newStore) })
	}
}

type storeRule struct {
	name  string
	check func(*storeSuite)
}

func (r storeRule) run(t testing.TB, newStore func(testing.TB) kychttp.Store) {
	r.check(&storeSuite{t, newStore(t)})
}

func storeRules() []storeRule {
	return []storeRule{
		{"a record is read as it was created", createdRecords},
		{"an id is created once", createdTwice},
		{"what is not there is ErrNoRecord", absentRecords},
		{"an update stores what it left", updates},
		{"an update that fails stores nothing", failedUpdates},
		{"an update is not lost to another", overtakenUpdates},
		{"updates of one record follow each other", concurrentUpdates},
		{"what is deleted stays deleted", deletions},
		{"due is what is open and was asked about longest ago", dueRecords},
		{"a sweep deletes what is old", sweeps},
		{"a context that ended ends a call", endedStoreContexts},
	}
}

// A storeSuite is what one rule is tested with.
type storeSuite struct {
	testing.TB
	kychttp.Store
}

// storeNow is no whole second, and in no zone but UTC, as what kychttp stores.
var storeNow = time.Date(2026, 6, 15, 12, 0, 0, 123456789, time.UTC)

// newRecord is a record with everything in it that can be, begun at storeNow.
func (s *storeSuite) newRecord() *kychttp.Record {
	s.Helper()
	check, err := kyc.NewCheck("vendor", &kyc.StartRequest{
		Reference: strings.Repeat("계정", 42), ReturnURL: "https://shop.example/verify/vendor/return/1?a=b",
	})
	if err != nil {
		s.Fatal(err)
	}
	check.VendorID, check.VendorIDClaimed, check.URL = "case-'1'", true, "https://vendor.example/v/1"
	check.StartedAt, check.ExpiresAt = storeNow, storeNow.Add(time.Hour)
	return &kychttp.Record{
		Check: *check, Started: true, Browser: strings.Repeat("0f", 32), Latest: kyc.StatusPending, AskedAt: storeNow, Open: true,
		Result: &kyc.Result{
			CheckID: check.ID, Provider: "vendor", Status: kyc.StatusResubmit, VendorStatus: "again", Reason: "흐림 \"blurred\"", Attempt: "2",
			DecidedAt: storeNow, Person: people()[2], Keys: []kyc.Key{{Kind: kyc.KeyCI, Value: "A+/="}},
			Findings: []kyc.Finding{{Kind: kyc.FindingDocument, Outcome: kyc.OutcomeFailed}},
			Evidence: kyc.Evidence{FetchedAt: storeNow, SHA256: strings.Repeat("0f", 32), Signature: kyc.SignatureValid},
		},
	}
}

func (s *storeSuite) create() *kychttp.Record {
	s.Helper()
	record := s.newRecord()
	s.add(record)
	return record
}

func (s *storeSuite) add(record *kychttp.Record) {
	s.Helper()
	if err := s.Create(s.Context(), record); err != nil {
		s.Fatalf("Create: %v", err)
	}
}

// holds wants the record to be stored as it is.
func (s *storeSuite) holds(want *kychttp.Record, when string) {
	s.Helper()
	got, err := s.Get(s.Context(), want.Check.ID)
	if err != nil || got == nil {
		s.Fatalf("Get %s: %v", when, err)
	}
	if s.text(got) != s.text(want) {
		s.Errorf("%s, another record is stored", when)
	}
}

// text is what is compared: a Record prints nothing, and its times may be in
// other locations.
func (s *storeSuite) text(record *kychttp.Record) string {
	s.Helper()
	text, err := json.Marshal(record)
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}

func (s *storeSuite) lacks(id, when string) {
	s.Helper()
	if record, err := s.Get(s.Context(), id); !errors.Is(err, kychttp.ErrNoRecord) || record != nil {
		s.Errorf("Get %s: there is a record, or no ErrNoRecord: %v", when, err)
	}
	err := s.Update(s.Context(), id, func(context.Context, *kychttp.Record) error {
		s.Errorf("Update %s calls fn", when)
		return nil
	})
	if !errors.Is(err, kychttp.ErrNoRecord) {
		s.Errorf("Update %s: no ErrNoRecord: %v", when, err)
	}
}

func createdRecords(s *storeSuite) {
	record := s.create()
	want := *record
	want.Result = new(*record.Result)
	s.holds(&want, "once created")
	if s.Failed() {
		return
	}
	record.Check.Reference, record.Result.Status = "changed", kyc.StatusApproved
	s.holds(&want, "after the caller changed what it had given")
	got, err := s.Get(s.Context(), want.Check.ID)
	if err != nil {
		s.Fatalf("Get: %v", err)
	}
	got.Check.Reference, got.Result.Status = "changed", kyc.StatusApproved
	s.holds(&want, "after the caller changed what it had got")

	bare := s.newRecord()
	bare.Result, bare.Started, bare.Open = nil, false, false
	bare.Check.VendorID, bare.Check.VendorIDClaimed, bare.Check.URL, bare.Check.ExpiresAt = "", false, "", time.Time{}
	s.add(bare)
	s.holds(bare, "with the least in it")
}

func createdTwice(s *storeSuite) {
	record := s.create()
	second := *record
	second.Check.Reference = "another account"
	if s.Create(s.Context(), &second) == nil {
		s.Error("Create takes an id that is there already")
	}
	s.holds(record, "after a second Create")
}

func absentRecords(s *storeSuite) {
	record := s.create()
	s.lacks(kyc.NewCheckID(), "of an unknown id")
	s.holds(record, "afterwards")
}

func updates(s *storeSuite) {
	record, other := s.create(), s.create()
	want := *record
	want.Result = nil
	want.Check.VendorID, want.Latest, want.AskedAt, want.Open = "case-2", kyc.StatusApproved, storeNow.Add(time.Minute), false
	type key struct{}
	err := s.Update(context.WithValue(s.Context(), key{}, "kept"), record.Check.ID, func(ctx context.Context, row *kychttp.Record) error {
		if s.text(row) != s.text(record) {
			s.Error("fn gets another record")
		}
		if ctx.Value(key{}) != "kept" {
			s.Error("fn's context is not made from the caller's")
		}
		*row = want
		return nil
	})
	if err != nil {
		s.Fatalf("Update: %v", err)
	}
	s.holds(&want, "after an update")
	s.holds(other, "after the update of another")
}

func failedUpdates(s *storeSuite) {
	record := s.create()
	refused := errors.New("refused")
	err := s.Update(s.Context(), record.Check.ID, func(_ context.Context, row *kychttp.Record) error {
		row.Check.VendorID, row.Result.Status, row.Open = "case-2", kyc.StatusApproved, false
		return refused
	})
	if !errors.Is(err, refused) {
		s.Errorf("Update does not return fn's error: %v", err)
	}
	s.holds(record, "after an update that failed")
}

// overlap is how long a call may take that another one does not hold up. One
// that is held up is waited for no longer, and goes on afterwards.
const overlap = 100 * time.Millisecond

// within runs call and waits for its end, or for as long as it may be held up.
func within(all *sync.WaitGroup, call func()) {
	done := make(chan struct{})
	all.Go(func() {
		defer close(done)
		call()
	})
	select {
	case <-done:
	case <-time.After(overlap):
	}
}

// count is an update that counts in the record.
func (s *storeSuite) count(id string, meanwhile func()) error {
	return s.Update(s.Context(), id, func(_ context.Context, row *kychttp.Record) error {
		meanwhile()
		row.AskedAt = row.AskedAt.Add(time.Second)
		return nil
	})
}

// overtakenUpdates lets one update run while another does, which has read the
// record already. Either may fail, but then nothing of it is stored.
func overtakenUpdates(s *storeSuite) {
	record := s.create()
	want := *record
	var other sync.WaitGroup
	var overtaking error
	once := sync.OnceFunc(func() { // fn may be called again
		within(&other, func() { overtaking = s.count(record.Check.ID, func() {}) })
	})
	err := s.count(record.Check.ID, once)
	other.Wait()
	for _, err := range []error{err, overtaking} {
		if err == nil {
			want.AskedAt = want.AskedAt.Add(time.Second)
		}
	}
	s.holds(&want, "after an update during another")
}

// concurrentUpdates counts in the record. An update may lose against another
// and fail, but then nothing of it is stored.
func concurrentUpdates(s *storeSuite) {
	const workers, each, tries = 8, 5, 100
	record := s.create()
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range each {
				var err error
				for range tries {
					if err = s.count(record.Check.ID, func() {}); err == nil {
						break
					}
				}
				if err != nil {
					s.Errorf("Update fails again and again: %v", err)
				}
			}
		})
	}
	all.Wait()
	want := *record
	want.AskedAt = storeNow.Add(workers * each * time.Second)
	s.holds(&want, "after updates at once")
}

func deletions(s *storeSuite) {
	record, kept := s.create(), s.create()
	for range 2 { // none is no error
		if err := s.Delete(s.Context(), record.Check.ID); err != nil {
			s.Errorf("Delete: %v", err)
		}
		s.lacks(record.Check.ID, "after Delete")
	}
	s.holds(kept, "after Delete of another")

	// Whichever of the two is first, the record is gone.
	raced := s.create()
	var deleted sync.WaitGroup
	err := s.count(raced.Check.ID, func() {
		within(&deleted, func() {
			if err := s.Delete(s.Context(), raced.Check.ID); err != nil {
				s.Errorf("Delete during an update: %v", err)
			}
		})
	})
	if err != nil && !errors.Is(err, kychttp.ErrNoRecord) {
		s.Errorf("Update during a deletion: %v", err)
	}
	deleted.Wait()
	s.lacks(raced.Check.ID, "after Delete during an update")
}

func dueRecords(s *storeSuite) {
	var ids []string
	for i := range 4 { // each asked about earlier than the one before
		record := s.newRecord()
		record.AskedAt = storeNow.Add(-time.Duration(i) * time.Hour)
		s.add(record)
		ids = append(ids, record.Check.ID)
	}
	closed := s.newRecord()
	closed.Open, closed.AskedAt = false, storeNow.Add(-9*time.Hour)
	s.add(closed)
	oldestFirst := []string{ids[3], ids[2], ids[1]}
	s.due(storeNow, 10, oldestFirst, "of all")
	s.due(storeNow, 2, oldestFirst[:2], "of at most two")
	s.due(storeNow.Add(-9*time.Hour), 10, nil, "before all")
	for id, change := range map[string]func(*kychttp.Record){
		ids[3]: func(r *kychttp.Record) { r.Open = false },
		ids[2]: func(r *kychttp.Record) { r.AskedAt = storeNow.Add(-time.Minute) },
	} {
		if err := s.Update(s.Context(), id, func(_ context.Context, row *kychttp.Record) error { change(row); return nil }); err != nil {
			s.Fatalf("Update: %v", err)
		}
	}
	s.due(storeNow, 10, []string{ids[1], ids[2]}, "after updates")
}

func (s *storeSuite) due(before time.Time, limit int, want []string, of string) {
	s.Helper()
	got, err := s.Due(s.Context(), before, limit)
	if err != nil || !slices.Equal(got, want) {
		s.Errorf("Due %s: %d ids instead of %d, or in another order: %v", of, len(got), len(want), err)
	}
}

func sweeps(s *storeSuite) {
	var records []*kychttp.Record
	for i := range 4 {
		record := s.newRecord()
		record.Check.StartedAt, record.Open = storeNow.Add(-time.Duration(i)*time.Hour), i%2 == 0
		s.add(record)
		records = append(records, record)
	}
	if swept, err := s.Sweep(s.Context(), storeNow.Add(-time.Hour)); swept != 2 || err != nil {
		s.Errorf("Sweep deletes %d instead of 2: %v", swept, err)
	}
	s.holds(records[0], "after Sweep")
	s.holds(records[1], "after Sweep before the time when it began")
	s.lacks(records[2].Check.ID, "after Sweep")
	s.lacks(records[3].Check.ID, "after Sweep")
}

func endedStoreContexts(s *storeSuite) {
	record := s.create()
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	id := record.Check.ID
	for name, call := range map[string]func() error{
		"Create": func() error { return s.Create(ctx, s.newRecord()) },
		"Get":    func() error { _, err := s.Get(ctx, id); return err },
		"Update": func() error {
			return s.Update(ctx, id, func(_ context.Context, row *kychttp.Record) error { row.Open = false; return nil })
		},
		"Delete": func() error { return s.Delete(ctx, id) },
		"Due":    func() error { _, err := s.Due(ctx, storeNow.Add(time.Hour), 1); return err },
		"Sweep":  func() error { _, err := s.Sweep(ctx, storeNow.Add(time.Hour)); return err },
	} {
		if call() == nil {
			s.Errorf("%s works in a context that ended", name)
		}
	}
	s.holds(record, "after calls in a context that ended")
}
