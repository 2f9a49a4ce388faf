package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

func newAdmissions(t *testing.T) *app {
	t.Helper()
	return &app{db: newDatabase(t, filepath.Join(t.TempDir(), "test.db")), pepper: bytes.Repeat([]byte{7}, kyc.MinPepper)}
}

// outcome is what kychttp does with a result that is news.
func (a *app) outcome(t *testing.T, record *kychttp.Record, status kyc.Status, keys ...kyc.Key) {
	t.Helper()
	result := &kyc.Result{CheckID: record.Check.ID, Provider: record.Check.Provider, Status: status, Keys: keys}
	require.NoError(t, records{a.db}.Update(context.WithoutCancel(t.Context()), record.Check.ID, func(ctx context.Context, row *kychttp.Record) error {
		old := row.Result
		row.Result = result
		return a.onResult(ctx, &row.Check, result, old)
	}))
}

func (a *app) admitted(t *testing.T, account string) bool {
	t.Helper()
	s, err := standingOf(t.Context(), a.db, account)
	require.NoError(t, err)
	return s.Admitted
}

func ci(value string) kyc.Key { return kyc.Key{Kind: kyc.KeyCI, Value: value} }
func ppid(value string) kyc.Key {
	return kyc.Key{Kind: kyc.KeyPPID, Scope: "client/live", Value: value}
}
func di(value string) kyc.Key { return kyc.Key{Kind: kyc.KeyDI, Scope: "danal/channel", Value: value} }

func TestOnlyAnApprovalAdmits(t *testing.T) {
	a := newAdmissions(t)
	for _, status := range []kyc.Status{
		kyc.StatusUnknown, kyc.StatusReview, kyc.StatusResubmit, kyc.StatusDeclined, kyc.StatusExpired,
		kyc.StatusAbandoned, kyc.StatusCanceled, "a status of tomorrow", kyc.StatusApproved,
	} {
		account := "of " + status.String()
		a.outcome(t, newCheck(t, a.db, account), status, ci(account))
		assert.Equal(t, status == kyc.StatusApproved, a.admitted(t, account), status)
	}
}

func TestApprovalIsTakenBack(t *testing.T) {
	for _, status := range []kyc.Status{kyc.StatusUnknown, kyc.StatusReview, kyc.StatusDeclined, kyc.StatusExpired} {
		t.Run(status.String(), func(t *testing.T) {
			a := newAdmissions(t)
			check := newCheck(t, a.db, "one")
			a.outcome(t, check, kyc.StatusApproved, ci("a"))
			a.outcome(t, check, status, ci("a"))
			assert.False(t, a.admitted(t, "one"))
			// The person is free: whoever it really is may have another account.
			a.outcome(t, newCheck(t, a.db, "two"), kyc.StatusApproved, ci("a"))
			assert.True(t, a.admitted(t, "two"))
			a.outcome(t, check, kyc.StatusApproved, ci("a"))
			assert.False(t, a.admitted(t, "one"), "and the first is not there a second time")
		})
	}
}

func TestAnotherApprovalStays(t *testing.T) {
	a := newAdmissions(t)
	first, second := newCheck(t, a.db, "one"), newCheck(t, a.db, "one")
	a.outcome(t, first, kyc.StatusApproved, ci("a"))
	a.outcome(t, second, kyc.StatusApproved, ci("a"))
	a.outcome(t, first, kyc.StatusDeclined)
	assert.True(t, a.admitted(t, "one"))
	a.outcome(t, newCheck(t, a.db, "two"), kyc.StatusApproved, ci("a"))
	assert.False(t, a.admitted(t, "two"), "the person is still the first account's")
}

func TestOneAccountPerPerson(t *testing.T) {
	for name, test := range map[string]struct {
		first, second []kyc.Key
		want          bool // the second account gets in as well
	}{
		"the same CI":              {[]kyc.Key{ci("a")}, []kyc.Key{ci("a")}, false},
		"the same PPID":            {[]kyc.Key{ppid("a")}, []kyc.Key{ppid("a")}, false},
		"another CI":               {[]kyc.Key{ci("a")}, []kyc.Key{ci("b")}, true},
		"a CI like another's PPID": {[]kyc.Key{ci("a")}, []kyc.Key{ppid("a")}, true},
		"the DI alone":             {[]kyc.Key{di("a"), ci("a")}, []kyc.Key{di("a"), ci("b")}, true},
		"one of two":               {[]kyc.Key{ci("a"), ppid("a")}, []kyc.Key{ppid("b"), ci("a")}, false},
		"no key at all":            {nil, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAdmissions(t)
			a.outcome(t, newCheck(t, a.db, "one"), kyc.StatusApproved, test.first...)
			a.outcome(t, newCheck(t, a.db, "two"), kyc.StatusApproved, test.second...)
			assert.True(t, a.admitted(t, "one"))
			assert.Equal(t, test.want, a.admitted(t, "two"))
			checks, err := a.db.checksOf(t.Context(), "two")
			require.NoError(t, err)
			assert.Equal(t, !test.want, checks[0].Conflict)
			var keys int
			require.NoError(t, a.db.QueryRowContext(t.Context(), `SELECT count(*) FROM person_keys WHERE account = 'two'`).Scan(&keys))
			assert.Equal(t, test.want && len(test.second) > 0, keys > 0, "who does not get in claims nobody")
		})
	}
}

// Two accounts of one person that are approved at the same moment.
func TestOneAccountPerPersonAtOnce(t *testing.T) {
	a := newAdmissions(t)
	var all sync.WaitGroup
	const n = 20
	for i := range n {
		check := newCheck(t, a.db, fmt.Sprint("account ", i))
		all.Go(func() { a.outcome(t, check, kyc.StatusApproved, ci("a")) })
	}
	all.Wait()
	var admitted int
	require.NoError(t, a.db.QueryRowContext(t.Context(), `SELECT count(*) FROM standings WHERE admitted`).Scan(&admitted))
	assert.Equal(t, 1, admitted)
}

func TestOnePersonPerAccount(t *testing.T) {
	a := newAdmissions(t)
	first, second := newCheck(t, a.db, "one"), newCheck(t, a.db, "one")
	a.outcome(t, first, kyc.StatusApproved, ci("a"))
	a.outcome(t, second, kyc.StatusApproved, ci("b"))
	assert.True(t, a.admitted(t, "one"))
	a.outcome(t, first, kyc.StatusDeclined)
	assert.False(t, a.admitted(t, "one"), "the second check admitted nobody")
}

// The database has no CI, no PPID and no DI in the index.
func TestKeysAreDigests(t *testing.T) {
	a := newAdmissions(t)
	a.outcome(t, newCheck(t, a.db, "one"), kyc.StatusApproved, ci("marker-of-the-ci"))
	var digest string
	require.NoError(t, a.db.QueryRowContext(t.Context(), `SELECT digest FROM person_keys`).Scan(&digest))
	want, err := ci("marker-of-the-ci").Digest(a.pepper)
	require.NoError(t, err)
	assert.Equal(t, want, digest)
}

func TestDecisions(t *testing.T) {
	a := newAdmissions(t)
	staff := &account{ID: "staff", Email: "staff@maru.example", Staff: true}
	check := newCheck(t, a.db, "one")
	decide := func(account string, v verdict) error {
		return a.decide(t.Context(), staff, account, &decision{Verdict: v, Reason: "because of a test", At: time.Unix(1, 0)})
	}
	a.outcome(t, check, kyc.StatusDeclined, ci("a"))
	require.NoError(t, decide("one", verdictAdmit))
	assert.True(t, a.admitted(t, "one"), "a human lets in whom the vendor declined")
	a.outcome(t, newCheck(t, a.db, "two"), kyc.StatusApproved, ci("a"))
	assert.False(t, a.admitted(t, "two"), "and that is this person's one account")

	a.outcome(t, check, kyc.StatusApproved, ci("a"))
	require.NoError(t, decide("one", verdictRefuse))
	assert.False(t, a.admitted(t, "one"), "a human refuses whom the vendor approved")
	a.outcome(t, check, kyc.StatusDeclined, ci("a"))
	a.outcome(t, newCheck(t, a.db, "three"), kyc.StatusApproved, ci("a"))
	assert.False(t, a.admitted(t, "three"), "who does not come back under another address")
	require.NoError(t, decide("one", verdictFollow))
	assert.False(t, a.admitted(t, "one"))
	a.outcome(t, check, kyc.StatusApproved, ci("a"))
	assert.True(t, a.admitted(t, "one"), "the vendor decides again")

	assert.ErrorIs(t, decide("two", verdictAdmit), errConflict, "a human gives nobody a second account")
	assert.False(t, a.admitted(t, "two"))
	assert.ErrorIs(t, decide("nobody", verdictAdmit), sql.ErrNoRows)
	assert.ErrorIs(t, decide("staff", verdictAdmit), errOwnAccount)

	about, err := a.db.decisionsAbout(t.Context(), "one")
	require.NoError(t, err)
	require.Len(t, about, 3)
	assert.Equal(t, decision{Verdict: verdictFollow, Reason: "because of a test", Staff: "staff@maru.example", At: time.Unix(1, 0)}, about[0])
	about, err = a.db.decisionsAbout(t.Context(), "two")
	require.NoError(t, err)
	assert.Empty(t, about)
	_, err = a.db.ExecContext(t.Context(), `UPDATE decisions SET reason = 'another'`)
	assert.ErrorContains(t, err, "a decision is not changed")
}

// Sweep deletes what a vendor said, and nobody's admission.
func TestAdmissionOutlivesTheCheck(t *testing.T) {
	a := newAdmissions(t)
	a.outcome(t, newCheck(t, a.db, "one"), kyc.StatusApproved, ci("a"))
	swept, err := records{a.db}.Sweep(t.Context(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 1, swept)
	assert.True(t, a.admitted(t, "one"))
	a.outcome(t, newCheck(t, a.db, "two"), kyc.StatusApproved, ci("a"))
	assert.False(t, a.admitted(t, "two"))
}
