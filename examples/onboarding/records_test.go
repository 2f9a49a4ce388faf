package main

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
	"github.com/kyckit/kyckit-go/kyc/kyctest"
)

func newDatabase(t testing.TB, path string) *database {
	t.Helper()
	db, err := openDatabase(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

// insertAccount makes an account whose password nobody has.
func insertAccount(t testing.TB, q querier, id string) {
	t.Helper()
	_, err := q.ExecContext(t.Context(), `INSERT OR IGNORE INTO accounts (id, email, password, created_at) VALUES (?, ?, '', 0)`, id, id+"@maru.example")
	require.NoError(t, err)
}

// anyReference is the store with an account for whatever a record names.
type anyReference struct {
	testing.TB
	records
}

func (s anyReference) Create(ctx context.Context, record *kychttp.Record) error {
	insertAccount(s.TB, s.db, record.Check.Reference)
	return s.records.Create(ctx, record)
}

func TestRecordsKeepTheContract(t *testing.T) {
	kyctest.RunStore(t, func(t testing.TB) kychttp.Store {
		return anyReference{t, records{newDatabase(t, filepath.Join(t.TempDir(), "test.db"))}}
	})
}

// newCheck stores a check of the account that was started.
func newCheck(t testing.TB, db *database, account string) *kychttp.Record {
	t.Helper()
	insertAccount(t, db, account)
	check, err := kyc.NewCheck("iamport", &kyc.StartRequest{Reference: account})
	require.NoError(t, err)
	record := &kychttp.Record{Check: *check, Started: true, Latest: kyc.StatusPending, AskedAt: check.StartedAt, Open: true}
	require.NoError(t, records{db}.Create(t.Context(), record))
	return record
}

// An effect and the result are there together, or neither is.
func TestUpdateSharesItsTransaction(t *testing.T) {
	failure := errors.New("failed")
	for name, test := range map[string]struct {
		end  func(context.CancelFunc) error
		want bool
	}{
		"committed":            {func(context.CancelFunc) error { return nil }, true},
		"an error":             {func(context.CancelFunc) error { return failure }, false},
		"a panic":              {func(context.CancelFunc) error { panic(failure) }, false},
		"the context is ended": {func(cancel context.CancelFunc) error { cancel(); return nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			db := newDatabase(t, filepath.Join(t.TempDir(), "test.db"))
			record := newCheck(t, db, "account")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			func() {
				defer func() { _ = recover() }()
				err := records{db}.Update(ctx, record.Check.ID, func(ctx context.Context, row *kychttp.Record) error {
					row.Latest = kyc.StatusReview
					_, err := ctx.Value(transactionKey{}).(*sql.Tx).ExecContext(ctx, `INSERT INTO admissions VALUES (?, ?)`, row.Check.ID, "account")
					require.NoError(t, err)
					return test.end(cancel)
				})
				assert.Equal(t, test.want, err == nil, err)
			}()
			s, err := standingOf(t.Context(), db, "account")
			require.NoError(t, err)
			assert.Equal(t, test.want, s.Admitted)
			stored, err := records{db}.Get(t.Context(), record.Check.ID)
			require.NoError(t, err)
			assert.Equal(t, test.want, stored.Latest == kyc.StatusReview)
			_, err = db.ExecContext(t.Context(), `UPDATE checks SET conflict = 0`)
			assert.NoError(t, err, "nobody holds the right to write any longer")
		})
	}
}

// dieInside names the database in which a child of this test dies.
const dieInside = "ONBOARDING_TEST_DIE_INSIDE"

// The program may end between the effect and the commit. A child does so.
func TestProgramDiesInsideUpdate(t *testing.T) {
	if path := os.Getenv(dieInside); path != "" {
		db := newDatabase(t, path)
		record := newCheck(t, db, "account")
		_ = records{db}.Update(t.Context(), record.Check.ID, func(ctx context.Context, row *kychttp.Record) error {
			row.Latest = kyc.StatusReview
			_, err := ctx.Value(transactionKey{}).(*sql.Tx).ExecContext(ctx, `INSERT INTO admissions VALUES (?, ?)`, row.Check.ID, "account")
			require.NoError(t, err)
			os.Exit(42) // no deferred function runs
			return nil
		})
	}
	path := filepath.Join(t.TempDir(), "test.db")
	child := exec.Command(os.Args[0], "-test.run=^TestProgramDiesInsideUpdate$")
	child.Env = append(os.Environ(), dieInside+"="+path)
	output, err := child.CombinedOutput()
	died, ok := errors.AsType[*exec.ExitError](err)
	require.True(t, ok && died.ExitCode() == 42, string(output))

	db := newDatabase(t, path)
	s, err := standingOf(t.Context(), db, "account")
	require.NoError(t, err)
	assert.False(t, s.Admitted)
	due, err := records{db}.Due(t.Context(), time.Now(), 10)
	require.NoError(t, err)
	require.Len(t, due, 1, "the check is there, and is asked about again")
	stored, err := records{db}.Get(t.Context(), due[0])
	require.NoError(t, err)
	assert.Equal(t, kyc.StatusPending, stored.Latest)
}

// Two programs that share the file take turns too.
func TestUpdatesOfTwoProgramsFollowEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	one, two := newDatabase(t, path), newDatabase(t, path)
	record := newCheck(t, one, "account")
	const each = 25
	var all sync.WaitGroup
	for _, db := range []*database{one, two} {
		for range each {
			all.Go(func() {
				assert.NoError(t, records{db}.Update(t.Context(), record.Check.ID, func(_ context.Context, row *kychttp.Record) error {
					row.Browser += "x"
					return nil
				}))
			})
		}
	}
	all.Wait()
	stored, err := records{one}.Get(t.Context(), record.Check.ID)
	require.NoError(t, err)
	assert.Len(t, stored.Browser, 2*each)
}

func TestDatabaseIsForItsOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "with space?and#more.db")
	newDatabase(t, path)
	info, err := os.Stat(path)
	require.NoError(t, err, "the file has the name that was given")
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}
