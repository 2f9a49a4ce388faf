package kychttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// ErrNoRecord is what a Store returns, wrapped or not, for an id that it does
// not hold.
var ErrNoRecord = errors.New("kychttp: no such record")

// A Record is what is stored of one check. It is plain data and round-trips
// through JSON, Result.Vendor excepted: a database may keep it as one text,
// beside columns for Check.ID, Check.Reference and what Due and Sweep look for.
//
// It holds personal data and the check's URL. No verb of fmt and no logger
// prints it.
type Record struct {
	Check kyc.Check `json:"check"`

	// Started tells that the vendor has answered Start. Until then nobody has a
	// link, and nothing that is said about the check is applied. It stays false
	// where the answer was lost (kyc.ErrUnconfirmed).
	Started bool `json:"started"`

	// Browser is the SHA-256, in hex, of the secret in the cookie of the browser
	// that began the check or last went on with it.
	Browser string `json:"browser"`

	// Result is the newest outcome, nil until the vendor was asked. Latest is
	// what the vendor said last: while a person tries again it may be pending
	// although Result is not.
	Result *kyc.Result `json:"result,omitempty"`
	Latest kyc.Status  `json:"latest"`

	// AskedAt is when the vendor was last asked, or at first when the check began.
	AskedAt time.Time `json:"asked_at"`

	// Open tells that Refresh is to ask again.
	Open bool `json:"open"`
}

// whole tells in what a record of the provider's is not one that a Service has
// stored: a row may have been edited or mixed up.
func (r *Record) whole(provider string) error {
	if err := r.Check.Validate(provider); err != nil {
		return err
	}
	why := ""
	switch {
	case r.Check.Reference == "": // an application may take nobody for nobody
		why = "Reference is missing"
	case r.Result != nil && r.Result.CheckID != r.Check.ID: // nothing would supersede it
		why = "the stored result is another check's"
	default:
		return nil
	}
	return &kyc.Error{Provider: provider, Op: "validate check", Kind: kyc.ErrInvalidRequest, Err: errors.New(why)}
}

// Format prints no content, for every verb.
func (Record) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "kychttp.Record[redacted]") }

// LogValue logs no content.
func (Record) LogValue() slog.Value { return slog.StringValue("kychttp.Record[redacted]") }

// A Store keeps records. Any number of goroutines and processes may use it at
// once. Records that go in and come out belong to the caller: a Store keeps
// none that it was given and gives none that it keeps.
//
// Whatever a method's error says, its text is not logged, because a database's
// may hold values; its type is. The package documentation shows how SQL does it.
type Store interface {
	// Create stores a new record under its Check.ID, and fails for an id that is
	// there already.
	Create(ctx context.Context, record *Record) error

	// Get returns the record, or ErrNoRecord.
	Get(ctx context.Context, id string) (*Record, error)

	// Update reads the record, lets fn change it, and stores what fn left, in one
	// transaction: when two run for one id, the second one's fn sees what the
	// first one stored. ErrNoRecord if there is none; then fn is not called.
	//
	// The effect of a result happens in fn, so an error of fn's must undo all
	// that happened in the transaction, and is returned, wrapped or not. If the
	// transaction cannot be committed, Update fails, or calls fn again with the
	// record read anew. The context that fn gets is made from ctx, and is where a
	// Store puts its transaction for the application's OnResult to find. fn does
	// not call Update.
	Update(ctx context.Context, id string, fn func(ctx context.Context, record *Record) error) error

	// Delete deletes the record. None there is no error. An Update that runs
	// meanwhile must not bring it back.
	Delete(ctx context.Context, id string) error

	// Due returns the ids of the records that are Open and whose AskedAt is before
	// the time, at most limit of them, those asked longest ago first.
	Due(ctx context.Context, askedBefore time.Time, limit int) ([]string, error)

	// Sweep deletes the records whose Check.StartedAt is before the time, and
	// tells how many.
	Sweep(ctx context.Context, startedBefore time.Time) (int, error)
}
