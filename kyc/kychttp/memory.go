package kychttp

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// A MemoryStore is a Store for tests and for programs of one process that may
// forget everything when they end. Its Update has no transaction that an effect
// could share: if the process dies between an effect and the end of Update, so
// do all records. The zero value is not usable; see [NewMemoryStore].
type MemoryStore struct {
	// open gives what is held: nothing that prints or marshals sees past it.
	open func() *memory
}

type memory struct {
	mu      sync.Mutex
	records map[string]*memoryRecord
}

// A memoryRecord is kept as text, so that nobody shares it.
type memoryRecord struct {
	turn    chan struct{} // holds one token while an Update runs
	text    []byte
	due     time.Time // zero when not open
	started time.Time
}

var _ Store = (*MemoryStore)(nil)

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore {
	held := &memory{records: map[string]*memoryRecord{}}
	return &MemoryStore{open: func() *memory { return held }}
}

// Format prints no content, for every verb.
func (MemoryStore) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "kychttp.MemoryStore[redacted]")
}

// LogValue logs no content.
func (MemoryStore) LogValue() slog.Value { return slog.StringValue("kychttp.MemoryStore[redacted]") }

func (m *memoryRecord) put(record *Record) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	m.text, m.started, m.due = text, record.Check.StartedAt, time.Time{}
	if record.Open {
		m.due = record.AskedAt
	}
	return nil
}

func (m *memoryRecord) get() (*Record, error) {
	record := &Record{}
	return record, json.Unmarshal(m.text, record)
}

// Create implements Store.
func (s *MemoryStore) Create(ctx context.Context, record *Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	held := s.open()
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.records[record.Check.ID] != nil {
		return errors.New("kychttp: the record is there already")
	}
	kept := &memoryRecord{turn: make(chan struct{}, 1)}
	if err := kept.put(record); err != nil {
		return err
	}
	held.records[record.Check.ID] = kept
	return nil
}

// Get implements Store.
func (s *MemoryStore) Get(ctx context.Context, id string) (*Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	held := s.open()
	held.mu.Lock()
	defer held.mu.Unlock()
	kept := held.records[id]
	if kept == nil {
		return nil, ErrNoRecord
	}
	return kept.get()
}

// Update implements Store. Updates of one record wait for each other; fn may
// call the other methods.
func (s *MemoryStore) Update(ctx context.Context, id string, fn func(context.Context, *Record) error) error {
	held := s.open()
	held.mu.Lock()
	kept := held.records[id]
	held.mu.Unlock()
	if kept == nil {
		return ErrNoRecord
	}
	select {
	case kept.turn <- struct{}{}:
		defer func() { <-kept.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	record, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := fn(ctx, record); err != nil {
		return err
	}
	if record.Check.ID != id {
		return errors.New("kychttp: an update changed the record's id")
	}
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.records[id] != kept { // deleted meanwhile
		return ErrNoRecord
	}
	return kept.put(record)
}

// Delete implements Store.
func (s *MemoryStore) Delete(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	held := s.open()
	held.mu.Lock()
	defer held.mu.Unlock()
	delete(held.records, id)
	return nil
}

// Due implements Store.
func (s *MemoryStore) Due(ctx context.Context, askedBefore time.Time, limit int) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	held := s.open()
	held.mu.Lock()
	defer held.mu.Unlock()
	var ids []string
	for id, kept := range held.records {
		if !kept.due.IsZero() && kept.due.Before(askedBefore) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(held.records[a].due.Compare(held.records[b].due), cmp.Compare(a, b))
	})
	return ids[:min(len(ids), max(limit, 0))], nil
}

// Sweep implements Store.
func (s *MemoryStore) Sweep(ctx context.Context, startedBefore time.Time) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	held := s.open()
	held.mu.Lock()
	defer held.mu.Unlock()
	swept := 0
	for id, kept := range held.records {
		if kept.started.Before(startedBefore) {
			delete(held.records, id)
			swept++
		}
	}
	return swept, nil
}
