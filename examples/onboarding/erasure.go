package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// How erasing at a vendor ended, beside kyc's words.
const (
	erasureNotAsked = "not asked"
	erasureGone     = "gone"   // the vendor has nothing, or not any longer
	erasureFailed   = "failed" // asked again later
)

// An erasure is what became of one check at its vendor.
type erasure struct {
	CheckID  string
	Provider string
	Outcome  string // one of the above, or a kyc.Erasure
	AskedAt  time.Time
	check    kyc.Check
}

// An erasedBody is the page of an account that is gone.
type erasedBody struct {
	Erasures []erasure
	Kept     bool // the digests of a person whom a human refused
}

// Key is the erasure in words.
func (e *erasure) Key() string {
	key := "erased." + e.Outcome
	if _, ok := words[key]; !ok {
		return "erased." + erasureFailed // what nobody knows is no deletion
	}
	return key
}

func (a *app) showErase(w http.ResponseWriter, r *http.Request, _ *account) error {
	a.show(w, r, http.StatusOK, "erase", form{})
	return nil
}

// doErase forgets a person. The password makes sure that it is not somebody who
// found the browser open.
func (a *app) doErase(w http.ResponseWriter, r *http.Request, who *account) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	right, err := a.db.hasPassword(r.Context(), who, r.PostForm.Get("password"))
	if alert, known := alertFor(err); known || err == nil && !right {
		if !known {
			alert = "alert.wrong_password"
		}
		a.show(w, r, http.StatusUnprocessableEntity, "erase", form{Alert: alert})
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.closeSession(w, r); err != nil {
		return err
	}
	// What has begun is finished, also if the person goes away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
	defer cancel()
	erased, err := a.erase(ctx, who.ID)
	if err != nil {
		return err
	}
	a.show(w, r, http.StatusOK, "erased", erased)
	return nil
}

// erase deletes the account with all that is known of the person, and then has
// the vendors do the same. What they are to be asked is stored in the
// transaction that deletes the account, so that none is forgotten if the program
// ends in between: retryErasures goes on with it.
func (a *app) erase(ctx context.Context, account string) (*erasedBody, error) {
	var all []erasure
	kept := false
	err := a.db.transact(ctx, func(tx *sql.Tx) error {
		checks, err := checksOf(ctx, tx, account)
		if err != nil {
			return err
		}
		if kept, err = keepRefused(ctx, tx, account); err != nil {
			return err
		}
		for _, c := range checks {
			e := erasure{CheckID: c.Check.ID, Provider: c.Check.Provider, Outcome: erasureNotAsked, check: c.Check}
			// A check that began in our own page, and from which nobody came back,
			// has left nothing with the vendor that it could be asked for.
			if c.Check.URL == "" && c.Check.VendorID == "" {
				e.Outcome = erasureGone
			}
			// Whose it was, and the way into it, is not needed to delete it.
			e.check.Reference, e.check.URL, e.check.ReturnURL = "", "", ""
			all = append(all, e)
			if e.Outcome == erasureGone {
				continue
			}
			text, err := json.Marshal(e.check)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO erasures (check_id, provider, record, outcome, asked_at) VALUES (?, ?, ?, ?, ?)`,
				e.CheckID, e.Provider, string(text), e.Outcome, time.Now().UnixNano()); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM accounts WHERE id = ?`, account) // and all that belongs to it
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Outcome != erasureGone {
			if err := a.askToErase(ctx, &all[i]); err != nil {
				return nil, err
			}
		}
	}
	return &erasedBody{all, kept}, nil
}

// keepRefused keeps the digests of a person whom a human refused, and nothing
// else: or whoever was refused would leave, and come back as somebody new. The
// page tells so.
func keepRefused(ctx context.Context, tx *sql.Tx, account string) (kept bool, err error) {
	done, err := tx.ExecContext(ctx, `INSERT INTO refused_persons (digest)
		SELECT digest FROM person_keys JOIN standings USING (account) WHERE account = ? AND verdict = 'refuse' ON CONFLICT DO NOTHING`, account)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// askToErase asks the vendor to forget a check, and notes what came of it. What
// the vendor does not keep is not kept here either.
func (a *app) askToErase(ctx context.Context, e *erasure) error {
	outcome, err := kyc.Erase(ctx, a.providers[e.Provider], &e.check)
	switch {
	case errors.Is(err, kyc.ErrNotFound):
		e.Outcome = erasureGone
	case err != nil:
		e.Outcome = erasureFailed
		a.log.WarnContext(ctx, "onboarding: vendor did not erase", "provider", e.Provider, "error", err) // kyc's errors hold nothing of a person
	default:
		e.Outcome = string(outcome)
	}
	if e.Outcome == erasureGone || e.Outcome == string(kyc.ErasureDeleted) {
		_, err = a.db.ExecContext(ctx, `DELETE FROM erasures WHERE check_id = ?`, e.CheckID)
		return err
	}
	_, err = a.db.ExecContext(ctx, `UPDATE erasures SET outcome = ?, asked_at = ? WHERE check_id = ?`, e.Outcome, time.Now().UnixNano(), e.CheckID)
	return err
}

// erasureLife is how long a vendor is asked again. What is left then is for the
// back office to take up with the vendor.
const erasureLife = retention

// retryErasures asks those vendors again that were last asked before the time
// and did not delete.
func (a *app) retryErasures(ctx context.Context, askedBefore time.Time) error {
	open, err := a.db.openErasures(ctx)
	if err != nil {
		return err
	}
	for i := range open {
		e := &open[i]
		if a.providers[e.Provider] == nil || !e.AskedAt.Before(askedBefore) || time.Since(e.check.StartedAt) > erasureLife {
			continue
		}
		if err := a.askToErase(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// openErasures are those that vendors have not done.
func (db *database) openErasures(ctx context.Context) ([]erasure, error) {
	rows, err := db.QueryContext(ctx, `SELECT check_id, provider, record, outcome, asked_at FROM erasures ORDER BY asked_at`)
	return collect(rows, err, func(rows *sql.Rows, e *erasure) error {
		var text string
		var asked int64
		if err := rows.Scan(&e.CheckID, &e.Provider, &text, &e.Outcome, &asked); err != nil {
			return err
		}
		e.AskedAt = time.Unix(0, asked)
		return json.Unmarshal([]byte(text), &e.check)
	})
}
