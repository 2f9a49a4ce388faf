package main

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// A standing is how an account stands. The view standings is its definition.
type standing struct {
	// Admitted is the one thing that lets anyone in.
	Admitted bool
	// Verdict is what a human decided last, verdictFollow if nobody did.
	Verdict verdict
}

// A verdict is a human's word about an account. It comes before a vendor's.
type verdict string

const (
	verdictAdmit  verdict = "admit"
	verdictRefuse verdict = "refuse"
	verdictFollow verdict = "follow" // what the vendors say
)

func standingOf(ctx context.Context, q querier, account string) (standing, error) {
	var s standing
	err := q.QueryRowContext(ctx, `SELECT admitted, verdict FROM standings WHERE account = ?`, account).Scan(&s.Admitted, &s.Verdict)
	return s, err
}

// onResult is kychttp's OnResult: what an outcome does to the account. It runs
// in the transaction that stores the outcome, so each outcome has its effect
// exactly once. Whatever it decides about the person is no error: an error
// would store nothing, and the same outcome would come again and again.
func (a *app) onResult(ctx context.Context, check *kyc.Check, result, _ *kyc.Result) error {
	tx := ctx.Value(transactionKey{}).(*sql.Tx)
	admitted, conflict := false, false
	if result.Status == kyc.StatusApproved {
		err := claim(ctx, tx, a.pepper, check.Reference, result.Keys)
		if err != nil && !errors.Is(err, errConflict) {
			return err
		}
		conflict = err != nil
		admitted = err == nil
	}
	// An outcome that is no approval takes back what the same check's approval gave.
	effect := "admitted"
	query := `INSERT INTO admissions (check_id, account) VALUES (?, ?) ON CONFLICT (check_id) DO NOTHING`
	if !admitted {
		effect, query = "taken back", `DELETE FROM admissions WHERE check_id = ? AND account = ?`
	}
	done, err := tx.ExecContext(ctx, query, check.ID, check.Reference)
	if err != nil {
		return err
	}
	changed, err := done.RowsAffected()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE checks SET conflict = ? WHERE id = ?`, conflict, check.ID); err != nil {
		return err
	}
	if changed > 0 {
		if err := noteEffect(ctx, tx, check, effect); err != nil {
			return err
		}
	}
	if conflict {
		if err := noteEffect(ctx, tx, check, "conflict"); err != nil {
			return err
		}
	}
	return release(ctx, tx, check.Reference)
}

func noteEffect(ctx context.Context, tx *sql.Tx, check *kyc.Check, effect string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO effects (account, check_id, provider, effect, at) VALUES (?, ?, ?, ?, ?)`,
		check.Reference, check.ID, check.Provider, effect, time.Now().UnixNano())
	return err
}

// errConflict: the person has or had another account, or the account another
// person.
var errConflict = errors.New("onboarding: another account has the person, or the account another")

// claim makes the account the person's only one. The UNIQUE constraints decide,
// and not a look before the insert: of two accounts that claim a person at the
// same moment, both would have seen nobody.
//
// A CI names a person everywhere and a PPID at this client of TomoIDV's. A DI is
// left out, since the CI comes with it and says more. Veriff has neither, so
// that of whom Veriff verified nobody can tell whether they have two accounts.
func claim(ctx context.Context, tx *sql.Tx, pepper []byte, account string, keys []kyc.Key) error {
	persons, err := personsOf(pepper, keys)
	if err != nil {
		return err
	}
	for _, person := range persons {
		var refused bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM refused_persons WHERE digest = ?)`, person.digest).Scan(&refused)
		if err != nil {
			return err
		}
		if refused {
			return errConflict
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO person_keys (digest, account, kind) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			person.digest, account, string(person.kind)); err != nil {
			return err
		}
		// The row is there now, from this insert or from before.
		var holder string
		err = tx.QueryRowContext(ctx, `SELECT account FROM person_keys WHERE digest = ?`, person.digest).Scan(&holder)
		switch {
		case errors.Is(err, sql.ErrNoRows): // refused because the account has another person
			return errConflict
		case err != nil:
			return err
		case holder != account:
			return errConflict
		}
	}
	return nil
}

// A person is a key as it is stored.
type person struct {
	digest string
	kind   kyc.KeyKind
}

func personsOf(pepper []byte, keys []kyc.Key) ([]person, error) {
	var persons []person
	for _, key := range keys {
		if key.Kind != kyc.KeyCI && key.Kind != kyc.KeyPPID {
			continue
		}
		digest, err := key.Digest(pepper)
		if err != nil {
			return nil, err
		}
		persons = append(persons, person{digest, key.Kind})
	}
	return persons, nil
}

// pardon lets a person come back whom a human refused and who left since.
func pardon(ctx context.Context, tx *sql.Tx, pepper []byte, keys []kyc.Key) error {
	persons, err := personsOf(pepper, keys)
	for _, person := range persons {
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM refused_persons WHERE digest = ?`, person.digest)
		}
	}
	return err
}

// release lets go of the person of an account that is not admitted, so that a
// mistake of the vendor's does not lock anybody out for good. Whom a human
// refused stays known, and cannot come back under another address.
func release(ctx context.Context, tx *sql.Tx, account string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM person_keys WHERE account = ?
		AND (SELECT NOT admitted AND verdict <> 'refuse' FROM standings WHERE standings.account = person_keys.account)`, account)
	return err
}

// A decision is a human's, in the back office: who, when and why. The vendor's
// own record stays as it is.
type decision struct {
	Verdict verdict
	Reason  string
	Staff   string
	At      time.Time
}

// errOwnAccount: nobody decides about themselves.
var errOwnAccount = errors.New("onboarding: that is the account of who decides")

// decide adds a decision. To admit somebody claims the person of the newest
// outcome: a human's word does not give anyone a second account either.
func (a *app) decide(ctx context.Context, staff *account, account string, d *decision) error {
	if staff.ID == account {
		return errOwnAccount
	}
	return a.db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := standingOf(ctx, tx, account); err != nil { // sql.ErrNoRows: erased meanwhile
			return err
		}
		if d.Verdict == verdictAdmit {
			checks, err := checksOf(ctx, tx, account)
			if err != nil {
				return err
			}
			if newest := newestOutcome(checks); newest != nil {
				if err := pardon(ctx, tx, a.pepper, newest.Result.Keys); err != nil {
					return err
				}
				if err := claim(ctx, tx, a.pepper, account, newest.Result.Keys); err != nil {
					return err
				}
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO decisions (account, verdict, reason, staff, at) VALUES (?, ?, ?, ?, ?)`,
			account, string(d.Verdict), d.Reason, staff.Email, d.At.UnixNano()); err != nil {
			return err
		}
		return release(ctx, tx, account)
	})
}

// newestOutcome is the newest check that came to anything, nil if none did.
func newestOutcome(checks []storedCheck) *storedCheck {
	for i := range checks {
		if result := checks[i].Result; result != nil && result.Status != kyc.StatusPending {
			return &checks[i]
		}
	}
	return nil
}

func (db *database) decisionsAbout(ctx context.Context, account string) ([]decision, error) {
	rows, err := db.QueryContext(ctx, `SELECT verdict, reason, staff, at FROM decisions WHERE account = ? ORDER BY id DESC`, account)
	return collect(rows, err, func(rows *sql.Rows, d *decision) error {
		var at int64
		err := rows.Scan(&d.Verdict, &d.Reason, &d.Staff, &at)
		d.At = time.Unix(0, at)
		return err
	})
}

// An effect is what an outcome did to an account.
type effect struct {
	Provider string
	Effect   string
	At       time.Time
}

func (db *database) effectsOn(ctx context.Context, account string) ([]effect, error) {
	rows, err := db.QueryContext(ctx, `SELECT provider, effect, at FROM effects WHERE account = ? ORDER BY id DESC`, account)
	return collect(rows, err, func(rows *sql.Rows, e *effect) error {
		var at int64
		err := rows.Scan(&e.Provider, &e.Effect, &at)
		e.At = time.Unix(0, at)
		return err
	})
}
