package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc/kychttp"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// storedAhead shifts by d what the program stored by its clock of all checks so
// far: when they began, or else when they were decided. That is what there would
// be if the clock had been ahead then, or behind if d is negative, and had been
// set right since. A test cannot set the machine's clock; the vendors' are right.
func (w *world) storedAhead(t *testing.T, d time.Duration, began bool) {
	t.Helper()
	require.NoError(t, w.db.transact(t.Context(), func(tx *sql.Tx) error {
		updates := []string{`UPDATE effects SET at = at + ?`}
		if began {
			updates = []string{`UPDATE accounts SET created_at = created_at + ?`, `UPDATE sessions SET ends_at = ends_at + ?`}
		}
		for _, update := range updates {
			if _, err := tx.Exec(update, int64(d)); err != nil {
				return err
			}
		}
		return shiftRecords(tx, func(record *kychttp.Record) {
			record.AskedAt = record.AskedAt.Add(d)
			switch {
			case !began:
				record.Result.Evidence.FetchedAt = record.Result.Evidence.FetchedAt.Add(d)
			case record.Check.ExpiresAt.IsZero():
				record.Check.StartedAt = record.Check.StartedAt.Add(d)
			default:
				record.Check.StartedAt, record.Check.ExpiresAt = record.Check.StartedAt.Add(d), record.Check.ExpiresAt.Add(d)
			}
		})
	}))
}

// The clock was wrong when a check began. Whoever passes is admitted, or is told
// to begin anew where nothing can tell whether it was before the check, and then
// admitted; and nobody else is.
func TestClockWasWrongWhenItBegan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		provider string
		ahead    time.Duration
		says     string // a key of words; empty if it counts
	}{
		"veriff, hours ahead":         {"veriff", 6 * time.Hour, ""},
		"veriff, hours behind":        {"veriff", -6 * time.Hour, ""},
		"iamport, minutes ahead":      {"iamport", 4 * time.Minute, ""},
		"iamport, minutes behind":     {"iamport", -50 * time.Minute, ""},
		"iamport, hours ahead":        {"iamport", 6 * time.Hour, "status.expired.title"},
		"iamport, hours behind":       {"iamport", -6 * time.Hour, "status.expired.title"},
		"tomoidv, minutes ahead":      {"tomoidv", 4 * time.Minute, ""},
		"tomoidv, hours ahead":        {"tomoidv", 6 * time.Hour, "problem.mismatch.title"},
		"tomoidv, hours behind":       {"tomoidv", -6 * time.Hour, ""},
		"tomoidv, over a week behind": {"tomoidv", -200 * time.Hour, ""}, // which Refresh has given up
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			email := "hong@maru.example"
			c := w.candidate(t, email, test.provider)
			w.storedAhead(t, test.ahead, true)
			if c.get("/account").StatusCode == http.StatusSeeOther { // the session has ended
				require.Equal(t, "/account", c.post("/signin", "email", email, "password", testPassword).Header.Get("Location"))
			}
			require.NoError(t, w.service.Refresh(t.Context(), 0))
			c.pass()
			got := c.news()
			if got.StatusCode == http.StatusSeeOther {
				got = c.get(got.Header.Get("Location"))
			}
			if test.says == "" {
				w.assertEffects(t, email, "admitted")
				return
			}
			assert.Contains(t, got.text, words[test.says].en)
			w.assertEffects(t, email)
			again := w.begin(t, c.client, email, test.provider)
			assert.Contains(t, c.get("/account").text, again.id, "the newest check is the one that began last")
			again.pass()
			assert.True(t, again.taken(t, again.news()))
			w.assertEffects(t, email, "admitted")
		})
	}
}

// The clock was wrong when an outcome was stored. What the vendor decides after
// that is news all the same, and the same outcome is none.
func TestClockWasWrongWhenItWasDecided(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{-30 * time.Hour, -6 * time.Hour, 6 * time.Hour, 30 * time.Hour} {
		t.Run(fmt.Sprint("ahead by ", ahead), func(t *testing.T) {
			w := newWorld(t)
			var candidates []*candidate
			for _, provider := range vendorNames {
				c := w.passed(t, provider+"@maru.example", provider)
				require.True(t, c.taken(t, c.news()))
				candidates = append(candidates, c)
			}
			w.storedAhead(t, ahead, false)
			for _, c := range candidates {
				assert.True(t, c.taken(t, c.news()), "and once more")
				require.NoError(t, w.service.Refresh(t.Context(), 0))
				w.assertEffects(t, c.email, "admitted")
			}
			c := candidates[2]
			session := w.fakes.veriff.Sessions()[0].ID
			change := func(status string, code int) {
				require.NoError(t, w.fakes.veriff.ForceDecision(session, map[string]any{"status": status, "code": code, "person": map[string]any{"dateOfBirth": "1990-01-31"}}))
				require.True(t, c.taken(t, c.news()))
			}
			change("declined", 9102)
			w.assertEffects(t, c.email, "admitted", "taken back")
			w.storedAhead(t, -ahead, false)
			change("approved", 9001)
			w.assertEffects(t, c.email, "admitted", "taken back", "admitted")
		})
	}
}

// A check that was asked about while the clock was ahead is due for Refresh when
// the clock comes there again, and for whoever looks at its page at once.
func TestClockWasAheadWhenItWasAsked(t *testing.T) {
	t.Parallel()
	const ahead = 6 * time.Hour
	for name, look := range map[string]func(*world, *candidate){
		"the page": func(_ *world, c *candidate) { c.get("/verify/veriff/check/" + c.id) },
		"Refresh": func(w *world, c *candidate) {
			require.NoError(t, w.service.Refresh(t.Context(), 2*time.Minute))
			w.assertEffects(t, c.email)
			w.letPass(t, ahead+3*time.Minute)
			require.NoError(t, w.service.Refresh(t.Context(), 2*time.Minute))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c := w.candidate(t, "hong@maru.example", "veriff")
			w.storedAhead(t, ahead, true)
			c.pass() // and the webhook is lost
			look(w, c)
			w.assertEffects(t, c.email, "admitted")
		})
	}
}

// A vendor that looks at the clock refuses while it is wrong. The person is told,
// the try costs nothing, and it goes on when the clock is right.
func TestClockIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.member(t, "hong@maru.example")
	for _, ahead := range []time.Duration{6 * time.Hour, -6 * time.Hour} {
		w.fakes.tomoidv.Advance(-ahead)
		for range maxChecks {
			got := c.post("/verify/tomoidv/start")
			assert.Equal(t, http.StatusServiceUnavailable, got.StatusCode)
			assert.Contains(t, got.text, words["problem.try_later.title"].en)
		}
		w.fakes.tomoidv.Advance(ahead)
	}
	checks, err := w.db.begunSince(t.Context(), w.accountOf(t, "hong@maru.example"), time.Time{}.Add(1))
	require.NoError(t, err)
	assert.Zero(t, checks)
	require.Eventually(t, func() bool { // the client waits a moment before it asks for a token again
		return c.post("/verify/tomoidv/start").StatusCode == http.StatusSeeOther
	}, time.Minute, 100*time.Millisecond)
	record, _ := w.newestRecord(t)
	require.NoError(t, w.fakes.tomoidv.Pass(record.Check.ID, tomoidvtest.Person{FullName: "Hong Mirae", DateOfBirth: "1990-01-31"}))
	require.NoError(t, w.service.Refresh(t.Context(), 0))
	w.assertEffects(t, "hong@maru.example", "admitted")
}
