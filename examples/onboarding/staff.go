package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// A staffBody is the list of the back office.
type staffBody struct {
	Query    string
	Rows     []staffRow
	Erasures []erasure
}

// A staffRow is one account in the list.
type staffRow struct {
	account
	standing
	State string // of the newest check, a key of words; empty before the first
}

const maxRows = 100

func (a *app) showStaff(w http.ResponseWriter, r *http.Request, _ *account) error {
	body := staffBody{Query: strings.TrimSpace(r.URL.Query().Get("q"))}
	var err error
	if body.Rows, err = a.db.accountsLike(r.Context(), body.Query); err != nil {
		return err
	}
	for i := range body.Rows {
		checks, err := a.db.checksOf(r.Context(), body.Rows[i].ID)
		if err != nil {
			return err
		}
		if len(checks) > 0 {
			body.Rows[i].State = "state." + stateOf(&checks[0])
		}
	}
	if body.Erasures, err = a.db.openErasures(r.Context()); err != nil {
		return err
	}
	a.show(w, r, http.StatusOK, "staff", body)
	return nil
}

// accountsLike are those whose address has the text in it, the newest first,
// without the back office's own.
func (db *database) accountsLike(ctx context.Context, text string) ([]staffRow, error) {
	rows, err := db.QueryContext(ctx, `SELECT id, email, admitted, verdict FROM accounts JOIN standings ON account = id
		WHERE NOT staff AND instr(lower(email), lower(?)) > 0 ORDER BY created_at DESC LIMIT ?`, text, maxRows)
	return collect(rows, err, func(rows *sql.Rows, row *staffRow) error {
		return rows.Scan(&row.ID, &row.Email, &row.Admitted, &row.Verdict)
	})
}

// A caseBody is the page of one account in the back office.
type caseBody struct {
	staffRow
	Checks    []caseCheck
	Decisions []decision
	Effects   []effect
	Alert     string // a key of words
	Reason    string // of a form that came back
}

// A caseCheck is the vendor's record, as it is.
type caseCheck struct {
	storedCheck
	State string // a key of words
}

func (a *app) showCase(w http.ResponseWriter, r *http.Request, who *account) error {
	return a.showCaseWith(w, r, who, http.StatusOK, "", "")
}

func (a *app) showCaseWith(w http.ResponseWriter, r *http.Request, who *account, code int, alert, reason string) error {
	id := r.PathValue("id")
	body := caseBody{Alert: alert, Reason: reason}
	err := a.db.QueryRowContext(r.Context(), `SELECT id, email, staff FROM accounts WHERE id = ?`, id).Scan(&body.ID, &body.Email, &body.Staff)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return errNotFound
	case err != nil:
		return err
	}
	if body.standing, err = standingOf(r.Context(), a.db, id); err != nil {
		return err
	}
	checks, err := a.db.checksOf(r.Context(), id)
	if err != nil {
		return err
	}
	for _, c := range checks {
		body.Checks = append(body.Checks, caseCheck{c, "state." + stateOf(&c)})
	}
	if body.Decisions, err = a.db.decisionsAbout(r.Context(), id); err != nil {
		return err
	}
	if body.Effects, err = a.db.effectsOn(r.Context(), id); err != nil {
		return err
	}
	// Who looked at whom is asked of every back office one day.
	a.log.InfoContext(r.Context(), "onboarding: staff looked at an account", "staff", who.ID, "account", id)
	a.show(w, r, code, "case", body)
	return nil
}

// A decision has to be told apart from others years later.
const (
	minReason = 10
	maxReason = 2000
)

func (a *app) doDecide(w http.ResponseWriter, r *http.Request, who *account) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	d := &decision{Verdict: verdict(r.PostForm.Get("verdict")), Reason: strings.TrimSpace(r.PostForm.Get("reason")), At: time.Now()}
	alert := ""
	switch d.Verdict {
	case verdictAdmit, verdictRefuse, verdictFollow:
		if n := utf8.RuneCountInString(d.Reason); n < minReason || n > maxReason || !utf8.ValidString(d.Reason) {
			alert = "alert.reason"
		}
	default:
		alert = "alert.verdict"
	}
	if alert == "" {
		err := a.decide(r.Context(), who, r.PathValue("id"), d)
		switch {
		case errors.Is(err, errConflict):
			alert = "alert.conflict"
		case errors.Is(err, errOwnAccount):
			alert = "alert.own_account"
		case errors.Is(err, sql.ErrNoRows):
			return errNotFound
		case err != nil:
			return err
		}
	}
	if alert != "" {
		return a.showCaseWith(w, r, who, http.StatusUnprocessableEntity, alert, d.Reason)
	}
	a.log.InfoContext(r.Context(), "onboarding: staff decided", "staff", who.ID, "account", r.PathValue("id"), "verdict", d.Verdict)
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	return nil
}
