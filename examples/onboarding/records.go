package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// records is the kychttp.Store. What it reads and writes beside the record are
// columns to search by.
type records struct{ db *database }

var _ kychttp.Store = records{}

// transactionKey is where OnResult finds the transaction of Update.
type transactionKey struct{}

func (s records) Create(ctx context.Context, record *kychttp.Record) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO checks (id, account, record, open, asked_at, started_at) VALUES (?, ?, ?, ?, ?, ?)`,
		record.Check.ID, record.Check.Reference, string(text), record.Open, record.AskedAt.UnixNano(), record.Check.StartedAt.UnixNano())
	return err
}

func (s records) Get(ctx context.Context, id string) (*kychttp.Record, error) {
	return getRecord(ctx, s.db, id)
}

func getRecord(ctx context.Context, q querier, id string) (*kychttp.Record, error) {
	var text string
	err := q.QueryRowContext(ctx, `SELECT record FROM checks WHERE id = ?`, id).Scan(&text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, kychttp.ErrNoRecord
	case err != nil:
		return nil, err
	}
	return readRecord(text)
}

func readRecord(text string) (*kychttp.Record, error) {
	record := &kychttp.Record{}
	return record, json.Unmarshal([]byte(text), record)
}

// Update holds the right to write from the first read to the commit, so that the
// next one sees what this one stored. The effect of a result, which fn has in
// the transaction that its context carries, is committed with the result or not
// at all.
func (s records) Update(ctx context.Context, id string, fn func(context.Context, *kychttp.Record) error) error {
	return s.db.transact(ctx, func(tx *sql.Tx) error {
		record, err := getRecord(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := fn(context.WithValue(ctx, transactionKey{}, tx), record); err != nil {
			return err
		}
		if record.Check.ID != id {
			return errors.New("onboarding: an update changed the record's id")
		}
		text, err := json.Marshal(record)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE checks SET record = ?, open = ?, asked_at = ? WHERE id = ?`,
			string(text), record.Open, record.AskedAt.UnixNano(), id)
		return err
	})
}

func (s records) Delete(ctx context.Context, id string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM checks WHERE id = ?`, id)
	return err
}

func (s records) Due(ctx context.Context, askedBefore time.Time, limit int) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id FROM checks WHERE open AND asked_at < ? ORDER BY asked_at, id LIMIT ?`,
		askedBefore.UnixNano(), max(limit, 0))
	return collect(rows, err, func(rows *sql.Rows, id *string) error { return rows.Scan(id) })
}

func (s records) Sweep(ctx context.Context, startedBefore time.Time) (int, error) {
	swept, err := s.db.ExecContext(ctx, `DELETE FROM checks WHERE started_at < ?`, startedBefore.UnixNano())
	if err != nil {
		return 0, err
	}
	n, err := swept.RowsAffected()
	return int(n), err
}

// A storedCheck is a check as the pages look at it.
type storedCheck struct {
	*kychttp.Record
	// Conflict tells that the person has another account, or the account
	// another person.
	Conflict bool
}

// checksOf are those of the account that were started, the newest first: in the
// order in which they came, since a clock that is set right can go back.
func (db *database) checksOf(ctx context.Context, account string) ([]storedCheck, error) {
	return checksOf(ctx, db, account)
}

func checksOf(ctx context.Context, q querier, account string) ([]storedCheck, error) {
	rows, err := q.QueryContext(ctx, `SELECT record, conflict FROM checks WHERE account = ? AND record ->> 'started' ORDER BY rowid DESC`, account)
	return collect(rows, err, func(rows *sql.Rows, c *storedCheck) error {
		var text string
		if err := rows.Scan(&text, &c.Conflict); err != nil {
			return err
		}
		record, err := readRecord(text)
		c.Record = record
		return err
	})
}

// begunSince is how many checks the account began.
func (db *database) begunSince(ctx context.Context, account string, since time.Time) (n int, err error) {
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM checks WHERE account = ? AND started_at >= ?`, account, since.UnixNano()).Scan(&n)
	return n, err
}
