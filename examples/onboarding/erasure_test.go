package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// begin begins a check and returns its id.
func (c *client) begin(w *world, vendor string) string {
	c.t.Helper()
	require.Equal(c.t, http.StatusSeeOther, c.post("/verify/"+vendor+"/start").StatusCode)
	id, _ := w.newestCheck(c.t)
	return id
}

func (c *client) comeBack(w *world) {
	c.t.Helper()
	_, returnURL := w.newestCheck(c.t)
	require.Equal(c.t, http.StatusSeeOther, c.get(strings.TrimPrefix(returnURL, w.url)).StatusCode)
}

func (c *client) erase() *answer {
	c.t.Helper()
	got := c.post("/account/erase", "password", testPassword)
	require.Equal(c.t, http.StatusOK, got.StatusCode)
	return got
}

// assertEmpty wants nothing of anybody in these tables.
func (w *world) assertEmpty(t *testing.T, tables ...string) {
	t.Helper()
	for _, table := range tables {
		var n int
		require.NoError(t, w.db.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n))
		assert.Zero(t, n, table)
	}
}

func TestErasure(t *testing.T) {
	w := newWorld(t)
	c := newClient(t, w.url)
	c.signUp("hong@maru.example")
	c.begin(w, "iamport") // from which nobody comes back
	tomo := c.begin(w, "tomoidv")
	require.NoError(t, w.fakes.tomoidv.Pass(tomo, tomoidvtest.Person{FullName: "Alex Example", DateOfBirth: "1990-01-31"}))
	c.comeBack(w)
	w.assertEffects(t, "hong@maru.example", "admitted")

	got := c.post("/account/erase", "password", "not the password")
	assert.Equal(t, http.StatusUnprocessableEntity, got.StatusCode)
	assert.Contains(t, got.text, words["alert.wrong_password"].en)

	got = c.erase()
	assert.Contains(t, got.text, "PortOne (Iamport): there was nothing to delete")
	assert.Contains(t, got.text, "TomoIDV: deleted by the company")
	assert.NotContains(t, got.text, words["erased.kept"].en)
	w.assertEmpty(t, "accounts", "sessions", "checks", "person_keys", "admissions", "decisions", "effects", "erasures", "tries", "refused_persons")
	assert.Equal(t, "/signin", c.get("/account").Header.Get("Location"))

	again := newClient(t, w.url) // the person may come back
	again.signUp("hong@maru.example")
	tomo = again.begin(w, "tomoidv")
	require.NoError(t, w.fakes.tomoidv.Pass(tomo, tomoidvtest.Person{FullName: "Alex Example", DateOfBirth: "1990-01-31"}))
	again.comeBack(w)
	w.assertEffects(t, "hong@maru.example", "admitted")
}

// A vendor that is down is asked again, and what is kept for that names nobody.
func TestErasureGoesOn(t *testing.T) {
	w := newWorld(t)
	c := newClient(t, w.url)
	c.signUp("hong@maru.example")
	c.begin(w, "veriff")
	session := w.fakes.veriff.Sessions()[0]
	require.NoError(t, w.fakes.veriff.Submit(session.ID))
	account := w.accountOf(t, "hong@maru.example")

	// Not decided: Veriff keeps it for now.
	assert.Contains(t, c.erase().text, "Veriff: the company keeps it for now; we ask again")
	w.assertEmpty(t, "accounts", "checks")
	var kept string
	require.NoError(t, w.db.QueryRowContext(t.Context(), `SELECT record FROM erasures`).Scan(&kept))
	for _, personal := range []string{account, session.URL, "hong", w.url} {
		assert.NotContains(t, kept, personal)
	}

	later := time.Now().Add(time.Minute)
	require.NoError(t, w.retryErasures(t.Context(), time.Now().Add(-time.Minute)))
	require.NoError(t, w.fakes.veriff.Approve(session.ID, veriffPerson())) // with a webhook about a check that is gone
	w.assertEmpty(t, "checks", "admissions")
	require.NoError(t, w.fakes.veriff.Inject(verifftest.Status(http.StatusForbidden, 0)))
	require.NoError(t, w.retryErasures(t.Context(), later))
	open, err := w.db.openErasures(t.Context())
	require.NoError(t, err)
	require.Len(t, open, 1)
	assert.Equal(t, erasureFailed, open[0].Outcome)
	require.NoError(t, w.retryErasures(t.Context(), later))
	w.assertEmpty(t, "erasures")
	assert.Contains(t, w.log.String(), "onboarding: vendor did not erase")
}

// The program ends after the account was deleted and before the vendor is asked.
func TestErasureSurvivesTheProgram(t *testing.T) {
	w := newWorld(t)
	c := newClient(t, w.url)
	c.signUp("hong@maru.example")
	c.begin(w, "veriff")
	session := w.fakes.veriff.Sessions()[0]
	require.NoError(t, w.fakes.veriff.Submit(session.ID))
	require.NoError(t, w.fakes.veriff.Approve(session.ID, veriffPerson()))
	account := w.accountOf(t, "hong@maru.example")
	vendor := w.providers["veriff"]
	w.providers["veriff"] = dies{vendor}
	assert.Panics(t, func() { _, _ = w.erase(t.Context(), account) })
	w.assertEmpty(t, "accounts")
	w.providers["veriff"] = vendor
	require.NoError(t, w.retryErasures(t.Context(), time.Now().Add(time.Minute)))
	w.assertEmpty(t, "erasures")
}

// dies is a provider in whose Erase the program ends.
type dies struct{ kyc.Provider }

func (dies) Name() string { panic("the program ends") }

// Whom a human refused leaves, and does not come back as somebody new.
func TestErasureKeepsTheRefused(t *testing.T) {
	w := newWorld(t)
	person := tomoidvtest.Person{FullName: "Alex Example", DateOfBirth: "1990-01-31"}
	c := newClient(t, w.url)
	c.signUp("alex@maru.example")
	require.NoError(t, w.fakes.tomoidv.Pass(c.begin(w, "tomoidv"), person))
	c.comeBack(w)
	require.NoError(t, w.decide(t.Context(), &account{ID: "staff"}, w.accountOf(t, "alex@maru.example"), &decision{Verdict: verdictRefuse, Reason: "because of a test"}))
	assert.Contains(t, c.erase().text, words["erased.kept"].en)

	again := newClient(t, w.url)
	again.signUp("another@maru.example")
	require.NoError(t, w.fakes.tomoidv.Pass(again.begin(w, "tomoidv"), person))
	again.comeBack(w)
	w.assertEffects(t, "another@maru.example", "conflict")

	// Unless a human decides otherwise.
	id := w.accountOf(t, "another@maru.example")
	require.NoError(t, w.decide(t.Context(), &account{ID: "staff"}, id, &decision{Verdict: verdictAdmit, Reason: "because of a test"}))
	assert.True(t, w.admitted(t, id))
	w.assertEmpty(t, "refused_persons")
}
