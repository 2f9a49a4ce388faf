package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// A world is the application, as -fake runs it, and the fakes. Its chores are
// done when a test says so.
type world struct {
	*app
	*fakes
	url  string
	path string // of the database
	log  *logged
}

func newWorld(t *testing.T) *world {
	t.Helper()
	f, err := startFakes()
	require.NoError(t, err)
	t.Cleanup(f.close)
	server := httptest.NewUnstartedServer(nil)
	w := &world{fakes: f, url: "http://" + server.Listener.Addr().String(), path: filepath.Join(t.TempDir(), "onboarding.db"), log: &logged{}}
	w.app, err = openApp(w.path, f.settings(w.url), w.logger())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.db.Close()) })
	server.Config.Handler = w.handler()
	server.Start()
	t.Cleanup(server.Close)
	require.NoError(t, f.deliverTo(w.url))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log:\n%s", w.log)
		}
	})
	return w
}

func (w *world) logger() *slog.Logger { return slog.New(slog.NewTextHandler(w.log, nil)) }

// logged is a log that can be read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

const testPassword = "correct horse battery"

// cheapHash is testPassword's, by one iteration: tests with many people would
// else spend most of their time on passwords.
var cheapHash = sync.OnceValue(func() string {
	salt := make([]byte, saltBytes)
	hash, err := derive(context.Background(), testPassword, salt, 1)
	if err != nil {
		panic(err)
	}
	return encodeHash(1, salt, hash)
})

// insertMember makes an account, with testPassword, and returns its id.
func insertMember(t testing.TB, q querier, email string) string {
	t.Helper()
	id := rand.Text()
	_, err := q.ExecContext(t.Context(), `INSERT INTO accounts (id, email, password, created_at) VALUES (?, ?, ?, ?)`, id, email, cheapHash(), time.Now().UnixNano())
	require.NoError(t, err)
	return id
}

// member makes an account and is signed in to it.
func (w *world) member(t *testing.T, email string) *client {
	t.Helper()
	insertMember(t, w.db, email)
	c := newClient(t, w.url)
	require.Equal(t, "/account", c.post("/signin", "email", email, "password", testPassword).Header.Get("Location"))
	return c
}

// accountOf is the account with the address.
func (w *world) accountOf(t *testing.T, email string) string {
	t.Helper()
	var id string
	require.NoError(t, w.db.QueryRowContext(t.Context(), `SELECT id FROM accounts WHERE email = ?`, email).Scan(&id))
	return id
}

// assertEffects wants these effects on the account, and no others, the oldest
// first.
func (w *world) assertEffects(t *testing.T, email string, want ...string) {
	t.Helper()
	effects, err := w.db.effectsOn(t.Context(), w.accountOf(t, email))
	require.NoError(t, err)
	var got []string
	for i := len(effects) - 1; i >= 0; i-- {
		got = append(got, effects[i].Effect)
	}
	assert.Equal(t, want, got)
	s, err := standingOf(context.WithoutCancel(t.Context()), w.db, w.accountOf(t, email))
	require.NoError(t, err)
	assert.Equal(t, len(want) > 0 && want[len(want)-1] == "admitted", s.Admitted)
}

// newestRecord is the check that was begun last, and its page.
func (w *world) newestRecord(t *testing.T) (record *kychttp.Record, path string) {
	t.Helper()
	var id string
	require.NoError(t, w.db.QueryRowContext(t.Context(), `SELECT id FROM checks ORDER BY started_at DESC LIMIT 1`).Scan(&id))
	record, err := records{w.db}.Get(t.Context(), id)
	require.NoError(t, err)
	return record, w.service.PagePath(&record.Check)
}

func (w *world) newestCheck(t *testing.T) (id, returnURL string) {
	t.Helper()
	record, _ := w.newestRecord(t)
	return record.Check.ID, record.Check.ReturnURL
}

func iamportAttempt(merchantUID, returnURL string) iamporttest.Attempt {
	return iamporttest.Attempt{MerchantUID: merchantUID, RedirectURL: returnURL}
}

func iamportPerson() iamporttest.Person {
	return iamporttest.Person{Name: "홍미래", Birthday: "1990-01-31"}
}

func veriffPerson() verifftest.Person {
	return verifftest.Person{FirstName: "Mirae", LastName: "Hong", DateOfBirth: "1990-01-31"}
}

// letPass has nobody have asked about the open checks for d longer.
func letPass(tx *sql.Tx, d time.Duration) error {
	return shiftRecords(tx, func(record *kychttp.Record) {
		if record.Open {
			record.AskedAt = record.AskedAt.Add(-d)
		}
	})
}

// shiftRecords changes times in the stored records.
func shiftRecords(tx *sql.Tx, change func(*kychttp.Record)) error {
	rows, err := tx.Query(`SELECT record FROM checks`)
	texts, err := collect(rows, err, func(rows *sql.Rows, text *string) error { return rows.Scan(text) })
	if err != nil {
		return err
	}
	for _, text := range texts {
		record, err := readRecord(text)
		if err != nil {
			return err
		}
		change(record)
		changed, err := json.Marshal(record)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE checks SET record = ?, asked_at = ?, started_at = ? WHERE id = ?`,
			string(changed), record.AskedAt.UnixNano(), record.Check.StartedAt.UnixNano(), record.Check.ID); err != nil {
			return err
		}
	}
	return nil
}
