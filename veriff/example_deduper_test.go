package veriff_test

import (
	"context"
	"database/sql"
	"log"
	"net/http"

	"github.com/kyckit/kyckit-go/veriff"
)

// transactions is a Deduper in SQL: the key and what the callback does are
// committed together, or not at all.
//
//	CREATE TABLE veriff_done (
//		key     char(64) PRIMARY KEY,
//		done_at timestamptz NOT NULL DEFAULT now() -- delete after eight days
//	)
type transactions struct{ db *sql.DB }

type transaction struct{}

func (d transactions) Once(ctx context.Context, key string, fn func(context.Context) error) error {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after a Commit
	// While another transaction holds this key, PostgreSQL waits here for its end.
	inserted, err := tx.ExecContext(ctx, `INSERT INTO veriff_done (key) VALUES ($1) ON CONFLICT DO NOTHING`, key)
	if err != nil {
		return err // with a lock_timeout, return veriff.ErrBusy for it
	}
	if rows, err := inserted.RowsAffected(); err != nil || rows == 0 {
		return err // nil: done before
	}
	if err := fn(context.WithValue(ctx, transaction{}, tx)); err != nil {
		return err
	}
	return tx.Commit()
}

// admit runs in the transaction that holds the key.
func admit(ctx context.Context, decision *veriff.Decision) error {
	tx := ctx.Value(transaction{}).(*sql.Tx)
	_, err := tx.ExecContext(ctx,
		`UPDATE attempts SET admitted = true WHERE session_id = $1`, decision.ID) // none that you did not create
	return err
}

// A deduper in a database is one for all servers and outlives them.
func ExampleDeduper() {
	var (
		db       *sql.DB // sql.Open
		client   *veriff.Client
		verifier *veriff.Verifier
	)
	handler, err := veriff.NewWebhookHandler(verifier, func(ctx context.Context, webhook veriff.Webhook) error {
		if decision, ok := webhook.(*veriff.Decision); ok && decision.Approved() {
			return admit(ctx, decision)
		}
		return nil
	}, veriff.ConfirmWith(client), veriff.WithDeduper(transactions{db}))
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("POST /webhooks/veriff", handler)
}
