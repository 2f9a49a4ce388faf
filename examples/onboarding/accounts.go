package main

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// An account is one person's. Nothing in it says whether they get in: see
// standing.
type account struct {
	ID    string
	Email string
	Staff bool
}

var (
	errEmail        = errors.New("onboarding: not an e-mail address")
	errPassword     = errors.New("onboarding: the password is too short or too long")
	errTaken        = errors.New("onboarding: there is an account with this address")
	errWrong        = errors.New("onboarding: no such account, or another password")
	errTooManyTries = errors.New("onboarding: too many tries to sign in")
)

const (
	minPassword = 12 // characters; length is what counts, so there is no other rule
	maxPassword = 256
	maxEmail    = 254

	maxTries    = 10
	triesWindow = 15 * time.Minute
)

// signUp makes an account. An application that people sign up to in earnest
// first sends a link to the address, to learn whose it is, and then need not tell
// everybody which addresses are taken; here there is no mail.
func (db *database) signUp(ctx context.Context, email, password string) (*account, error) {
	return db.createAccount(ctx, email, password, false)
}

// addStaff makes an account for the back office and returns its password. Only
// whoever runs the program can: no page makes anyone staff, and no account that
// somebody signed up for becomes one.
func (db *database) addStaff(ctx context.Context, email string) (password string, err error) {
	password = rand.Text()
	_, err = db.createAccount(ctx, email, password, true)
	return password, err
}

func (db *database) createAccount(ctx context.Context, email, password string, staff bool) (*account, error) {
	email, err := checkEmail(email)
	if err != nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(password); n < minPassword || len(password) > maxPassword {
		return nil, errPassword
	}
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return nil, err
	}
	made := &account{ID: rand.Text(), Email: email, Staff: staff}
	done, err := db.ExecContext(ctx, `INSERT INTO accounts (id, email, password, staff, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING`,
		made.ID, made.Email, hash, made.Staff, time.Now().UnixNano())
	if err != nil {
		return nil, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return nil, errors.Join(errTaken, err)
	}
	return made, nil
}

func checkEmail(text string) (string, error) {
	text = strings.TrimSpace(text)
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > maxEmail {
		return "", errEmail
	}
	return text, nil
}

// signIn finds the account. It says errWrong, and takes as long, for an address
// that nobody has. After too many failures nobody gets in by that address for a
// while, not even with the right password: that is the price of guessing being
// hopeless. It counts a try before it looks at the password, so that many at once
// are no way around the limit.
func (db *database) signIn(ctx context.Context, email, password string) (*account, error) {
	email = strings.TrimSpace(email)
	if len(email) > maxEmail || len(password) > maxPassword {
		return nil, errWrong
	}
	now := time.Now()
	err := db.transact(ctx, func(tx *sql.Tx) error {
		var tries int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM tries WHERE email = ? AND at > ?`, email, now.Add(-triesWindow).UnixNano()).Scan(&tries)
		if err != nil {
			return err
		}
		if tries >= maxTries {
			return errTooManyTries
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO tries (email, at) VALUES (?, ?)`, email, now.UnixNano())
		return err
	})
	if err != nil {
		return nil, err
	}
	found := &account{}
	var hash string
	err = db.QueryRowContext(ctx, `SELECT id, email, staff, password FROM accounts WHERE email = ?`, email).Scan(&found.ID, &found.Email, &found.Staff, &hash)
	unknown := errors.Is(err, sql.ErrNoRows)
	switch {
	case unknown:
		hash = noPassword
	case err != nil:
		return nil, err
	}
	right, err := checkPassword(ctx, hash, password)
	switch {
	case err != nil:
		return nil, err
	case unknown || !right:
		return nil, errWrong
	}
	_, err = db.ExecContext(ctx, `DELETE FROM tries WHERE email = ?`, email)
	return found, err
}

// hasPassword asks for the password again before what cannot be undone.
func (db *database) hasPassword(ctx context.Context, who *account, password string) (bool, error) {
	found, err := db.signIn(ctx, who.Email, password)
	if errors.Is(err, errWrong) {
		return false, nil
	}
	return err == nil && found.ID == who.ID, err
}

// PBKDF2 with HMAC-SHA-256 as OWASP's Password Storage Cheat Sheet wants it. The
// number of iterations stands in each hash, so that it can be raised.
const (
	iterations = 600_000
	saltBytes  = 16
	hashBytes  = 32
)

// noPassword is nobody's: it makes a sign-in to no account take its time.
var noPassword = encodeHash(iterations, make([]byte, saltBytes), make([]byte, hashBytes))

func hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	hash, err := derive(ctx, password, salt, iterations)
	return encodeHash(iterations, salt, hash), err
}

func checkPassword(ctx context.Context, encoded, password string) (bool, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 4 {
		return false, errors.New("onboarding: a stored password cannot be read")
	}
	n, err1 := strconv.Atoi(parts[1])
	salt, err2 := base64.RawStdEncoding.DecodeString(parts[2])
	want, err3 := base64.RawStdEncoding.DecodeString(parts[3])
	if err := errors.Join(err1, err2, err3); err != nil {
		return false, errors.New("onboarding: a stored password cannot be read")
	}
	got, err := derive(ctx, password, salt, n)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

func encodeHash(iterations int, salt, hash []byte) string {
	return fmt.Sprintf("pbkdf2-sha256$%d$%s$%s", iterations, base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash))
}

// deriving holds a token for each derivation that may run at once: without it,
// a few hundred sign-ins would keep all processors busy.
var deriving = make(chan struct{}, 2)

func derive(ctx context.Context, password string, salt []byte, iterations int) ([]byte, error) {
	select {
	case deriving <- struct{}{}:
		defer func() { <-deriving }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return pbkdf2.Key(sha256.New, password, salt, iterations, hashBytes)
}
