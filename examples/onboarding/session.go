package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"
)

const sessionLife = 12 * time.Hour

// The database holds the hash of a session's token: whoever reads it cannot be
// anyone.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// openSession signs the browser in. The token is new each time, so that nobody
// can have planted it before.
func (a *app) openSession(w http.ResponseWriter, r *http.Request, who *account) error {
	if err := a.closeSession(w, r); err != nil {
		return err
	}
	token := rand.Text()
	_, err := a.db.ExecContext(r.Context(), `INSERT INTO sessions (token_hash, account, ends_at) VALUES (?, ?, ?)`,
		tokenHash(token), who.ID, time.Now().Add(sessionLife).UnixNano())
	if err == nil {
		http.SetCookie(w, a.sessionCookie(token, int(sessionLife/time.Second)))
	}
	return err
}

// closeSession signs the browser out, and makes its token worthless.
func (a *app) closeSession(w http.ResponseWriter, r *http.Request) error {
	cookie, err := r.Cookie(a.sessionCookieName())
	if err != nil {
		return nil // nobody is signed in
	}
	http.SetCookie(w, a.sessionCookie("", -1))
	_, err = a.db.ExecContext(r.Context(), `DELETE FROM sessions WHERE token_hash = ?`, tokenHash(cookie.Value))
	return err
}

// signedIn is whose browser it is, nil if nobody is signed in.
func (a *app) signedIn(r *http.Request) (*account, error) {
	cookie, err := r.Cookie(a.sessionCookieName())
	if err != nil {
		return nil, nil
	}
	who := &account{}
	err = a.db.QueryRowContext(r.Context(), `SELECT id, email, staff FROM accounts
		WHERE id = (SELECT account FROM sessions WHERE token_hash = ? AND ends_at > ?)`,
		tokenHash(cookie.Value), time.Now().UnixNano()).Scan(&who.ID, &who.Email, &who.Staff)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return who, nil
}

func (a *app) secure() bool { return strings.HasPrefix(a.baseURL, "https://") }

func (a *app) sessionCookieName() string {
	if a.secure() {
		return "__Host-session" // the browser makes sure that this host set it
	}
	return "session"
}

func (a *app) sessionCookie(token string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: a.sessionCookieName(), Value: token, Path: "/", MaxAge: maxAge, Secure: a.secure(), HttpOnly: true,
		// Lax comes along when a vendor's page sends the person back.
		SameSite: http.SameSiteLaxMode,
	}
}

func (db *database) sweepSessions(ctx context.Context, now time.Time) error {
	_, err := db.ExecContext(ctx, `DELETE FROM sessions WHERE ends_at <= ?`, now.UnixNano())
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `DELETE FROM tries WHERE at <= ?`, now.Add(-triesWindow).UnixNano())
	return err
}
