package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

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
	url string
	log *logged
}

func newWorld(t *testing.T) *world {
	t.Helper()
	f, err := startFakes()
	require.NoError(t, err)
	t.Cleanup(f.close)
	server := httptest.NewUnstartedServer(nil)
	w := &world{fakes: f, url: "http://" + server.Listener.Addr().String(), log: &logged{}}
	w.app, err = openApp(filepath.Join(t.TempDir(), "onboarding.db"), f.settings(w.url), w.logger())
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
