package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// A candidate is somebody with a check at a vendor.
type candidate struct {
	*client
	email, provider, id string

	// pass has the vendor approve, and news brings what the program has not heard
	// of it yet: the browser, or Veriff's webhook, which Veriff holds back itself.
	pass func()
	news func() *answer
}

// candidate has somebody begin.
func (w *world) candidate(t *testing.T, email, provider string) *candidate {
	t.Helper()
	return w.begin(t, w.member(t, email), email, provider)
}

func (w *world) begin(t *testing.T, browser *client, email, provider string) *candidate {
	t.Helper()
	c := &candidate{client: browser, email: email, provider: provider}
	require.Equal(t, http.StatusSeeOther, c.post("/verify/"+provider+"/start").StatusCode)
	var record string
	require.NoError(t, w.db.QueryRow(`SELECT record FROM checks ORDER BY rowid DESC LIMIT 1`).Scan(&record))
	stored, err := readRecord(record)
	require.NoError(t, err)
	c.id = stored.Check.ID
	back := func(address string, err error) {
		require.NoError(t, err)
		c.news = func() *answer { return c.get(strings.TrimPrefix(address, w.url)) }
	}
	switch provider {
	case "iamport":
		c.pass = func() {
			impUID, err := w.iamport.Certify(iamportAttempt(c.id, stored.Check.ReturnURL), iamporttest.Person{Name: email, Birthday: "1990-01-31"})
			require.NoError(t, err)
			back(w.iamport.ReturnURL(impUID))
		}
	case "tomoidv":
		c.pass = func() {
			require.NoError(t, w.tomoidv.Pass(c.id, tomoidvtest.Person{FullName: email, DateOfBirth: "1990-01-31"}))
			back(w.tomoidv.ReturnURL(c.id))
		}
	default:
		w.fakes.veriff.Hold()
		c.pass = func() {
			require.NoError(t, w.fakes.veriff.Submit(stored.Check.VendorID))
			require.NoError(t, w.fakes.veriff.Approve(stored.Check.VendorID, veriffPerson()))
		}
		c.news = func() *answer {
			webhooks := w.fakes.veriff.Webhooks()
			for i := len(webhooks) - 1; ; i-- {
				if webhook := webhooks[i]; webhook.SessionID == stored.Check.VendorID { // the newest
					var header []string
					for name, values := range webhook.Header {
						header = append(header, name, values[0])
					}
					return c.send(http.MethodPost, "/verify/veriff/webhook", bytes.NewReader(webhook.Body), header...)
				}
			}
		}
	}
	return c
}

// passed is a candidate whom the vendor has approved.
func (w *world) passed(t *testing.T, email, provider string) *candidate {
	t.Helper()
	c := w.candidate(t, email, provider)
	c.pass()
	return c
}

// taken tells whether news was taken, and wants it to have been refused for now
// if not: with a page for people, and for Veriff so that it delivers again.
func (c *candidate) taken(t *testing.T, got *answer) bool {
	t.Helper()
	switch {
	case c.provider == "veriff" && got.StatusCode == http.StatusOK:
		return true
	case c.provider != "veriff" && got.StatusCode == http.StatusSeeOther:
		assert.Contains(t, got.Header.Get("Location"), "/verify/"+c.provider+"/check/")
		return true
	}
	assert.Equal(t, http.StatusServiceUnavailable, got.StatusCode, c.provider)
	if c.provider != "veriff" {
		assert.Contains(t, got.text, words["problem.try_later.title"].en, c.provider)
	}
	return false
}

var lookAgain = regexp.MustCompile(`<a class="button plain" href="([^"]+)"`)

// again is the button of a page that says to try again, which brings the same.
func (c *candidate) again(t *testing.T, page *answer) *answer {
	t.Helper()
	href := lookAgain.FindStringSubmatch(page.text)
	require.NotNil(t, href, page.text)
	return c.get(html.UnescapeString(href[1]))
}

var vendorNames = []string{"iamport", "tomoidv", "veriff"}

// A transaction that another connection holds on to past the busy timeout:
// nobody gets half of anything, all are told, and nothing is lost.
func TestDatabaseLocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var candidates []*candidate
	for _, provider := range vendorNames {
		candidates = append(candidates, w.passed(t, provider+"@maru.example", provider))
	}
	starter, elsewhere := w.member(t, "starter@maru.example"), newClient(t, w.url)
	insertMember(t, w.db, "arriving@maru.example")
	moving := w.member(t, "moving@maru.example")
	require.Equal(t, http.StatusSeeOther, moving.post("/verify/tomoidv/start").StatusCode)
	_, path := w.newestRecord(t)
	moved := newClient(t, w.url)
	require.Equal(t, "/account", moved.post("/signin", "email", "moving@maru.example", "password", testPassword).Header.Get("Location"))
	sessions := len(w.fakes.veriff.Sessions())

	other := newDatabase(t, w.path)
	lock, err := other.Conn(t.Context())
	require.NoError(t, err)
	_, err = lock.ExecContext(t.Context(), `BEGIN EXCLUSIVE`)
	require.NoError(t, err)
	before := dump(t, w.db)

	var all sync.WaitGroup
	told := make([]*answer, len(candidates))
	for i, c := range candidates {
		all.Go(func() { told[i] = c.news() })
	}
	var started, wentOn, signedUp, signedIn *answer
	all.Go(func() { started = starter.post("/verify/veriff/start") })
	all.Go(func() { wentOn = moved.post(path) })
	all.Go(func() {
		signedUp = newClient(t, w.url).post("/signup", "email", "new@maru.example", "password", testPassword)
	})
	all.Go(func() {
		signedIn = elsewhere.post("/signin", "email", "arriving@maru.example", "password", testPassword)
	})
	assert.Equal(t, http.StatusOK, moving.get("/account").StatusCode, "what is only read is there")
	all.Wait()
	for i, c := range candidates {
		assert.False(t, c.taken(t, told[i]), c.provider)
	}
	for _, got := range []*answer{started, wentOn} {
		assert.Equal(t, http.StatusServiceUnavailable, got.StatusCode)
		assert.Contains(t, got.text, words["problem.try_later.title"].en)
		assert.Empty(t, got.Cookies())
	}
	for _, got := range []*answer{signedUp, signedIn} {
		assert.Equal(t, http.StatusInternalServerError, got.StatusCode)
		assert.Contains(t, got.text, words["failed.title"].en)
		assert.Empty(t, got.Cookies())
	}
	assert.Len(t, w.fakes.veriff.Sessions(), sessions, "Veriff is not asked to start what cannot be stored")
	assert.Equal(t, before, dump(t, w.db))

	_, err = lock.ExecContext(t.Context(), `ROLLBACK`)
	require.NoError(t, err)
	require.NoError(t, lock.Close())
	assert.Zero(t, w.fakes.veriff.Release())
	for i, c := range candidates {
		if c.provider != "veriff" {
			assert.True(t, c.taken(t, c.again(t, told[i])), "%s: the page's own button brings it", c.provider)
		}
		w.assertEffects(t, c.email, "admitted")
	}
	assert.Equal(t, http.StatusSeeOther, starter.post("/verify/veriff/start").StatusCode)
	assert.Equal(t, http.StatusSeeOther, moved.post(path).StatusCode)
	newClient(t, w.url).signUp("new@maru.example")
	assert.Equal(t, "/account", elsewhere.post("/signin", "email", "arriving@maru.example", "password", testPassword).Header.Get("Location"))
}

// dump is everything in the database, as text.
func dump(t *testing.T, db *database) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
	tables, err := collect(rows, err, func(rows *sql.Rows, name *string) error { return rows.Scan(name) })
	require.NoError(t, err)
	var text strings.Builder
	for _, table := range tables {
		rows, err := db.QueryContext(t.Context(), `SELECT * FROM `+table+` ORDER BY rowid`)
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			require.NoError(t, rows.Scan(into...))
			fmt.Fprintln(&text, table, values)
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return text.String()
}

// When the disk is full some writes still fit and others do not. Each is there
// as a whole or not at all, and when there is space again all goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.db.SetMaxOpenConns(1) // so that the limit is everybody's
	var candidates []*candidate
	for i := range 4 {
		for _, provider := range vendorNames {
			candidates = append(candidates, w.passed(t, fmt.Sprintf("%s-%d@maru.example", provider, i), provider))
		}
	}
	starter := w.member(t, "starter@maru.example")
	limit := func(pages int) {
		var now int
		require.NoError(t, w.db.QueryRow(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&now))
	}
	limit(1) // which is as many as there are
	filled := 0
	var err error
	for ; err == nil; filled++ {
		require.Less(t, filled, 1000)
		_, err = w.db.Exec(`INSERT INTO tries (email, at) VALUES ('filler@maru.example' || hex(zeroblob(1000)), ?)`, time.Now().UnixNano())
	}
	require.ErrorContains(t, err, "full")

	failed := map[string]int{}
	told := map[*candidate]*answer{}
	for _, c := range candidates {
		got := c.news()
		taken := c.taken(t, got)
		if !taken {
			failed[c.provider]++
			told[c] = got
		}
		record, err := records{w.db}.Get(t.Context(), c.id)
		require.NoError(t, err)
		assert.Equal(t, taken, record.Result != nil, c.email)
		if taken {
			w.assertEffects(t, c.email, "admitted")
		} else {
			w.assertEffects(t, c.email)
			assert.True(t, record.Open)
		}
	}
	t.Logf("of 4 each, these failed: %v", failed)
	for _, provider := range vendorNames {
		assert.Positive(t, failed[provider], provider)
	}
	for {
		sessions := len(w.fakes.veriff.Sessions())
		got := starter.post("/verify/veriff/start")
		if got.StatusCode == http.StatusServiceUnavailable {
			assert.Contains(t, got.text, words["problem.try_later.title"].en)
			assert.Empty(t, got.Cookies())
			break
		}
		require.Equal(t, http.StatusSeeOther, got.StatusCode, "there is space for that one")
		assert.Len(t, w.fakes.veriff.Sessions(), sessions+1)
	}
	assert.NoError(t, w.service.Refresh(t.Context(), 0), "which cannot write down that it failed")
	assert.Equal(t, http.StatusOK, starter.get("/account").StatusCode)

	limit(1 << 30)
	assert.Zero(t, w.fakes.veriff.Release())
	for c, page := range told {
		if c.provider != "veriff" {
			assert.True(t, c.taken(t, c.again(t, page)), c.email)
		}
	}
	for _, c := range candidates {
		w.assertEffects(t, c.email, "admitted")
		assert.Contains(t, c.get("/members").text, words["members.title"].en)
	}
	assert.Equal(t, http.StatusSeeOther, starter.post("/verify/iamport/start").StatusCode)
}

// Nobody has asked about the open checks for that long.
func (w *world) letPass(t *testing.T, d time.Duration) {
	t.Helper()
	require.NoError(t, w.db.transact(t.Context(), func(tx *sql.Tx) error { return letPass(tx, d) }))
}

// All vendors are down for an hour: checks stay open, people are told, nobody
// asks more than Refresh is called for, and the first call afterwards brings all
// that has happened meanwhile, with one question about each check.
func TestVendorsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.passed(t, "first@maru.example", "iamport")
	require.True(t, first.taken(t, first.news()), "the clients have their tokens")
	var candidates []*candidate
	for _, provider := range vendorNames {
		candidates = append(candidates, w.passed(t, provider+"@maru.example", provider))
	}
	require.NoError(t, w.fakes.veriff.Inject(verifftest.Status(http.StatusServiceUnavailable, 0).Times(1_000_000)))
	require.NoError(t, w.iamport.Inject(iamporttest.Status(http.StatusServiceUnavailable, 0).Times(1_000_000)))
	require.NoError(t, w.tomoidv.Inject(tomoidvtest.Status(http.StatusServiceUnavailable, 0).Times(1_000_000)))
	requests := func() int {
		return len(w.fakes.veriff.Requests()) + len(w.iamport.Requests()) + len(w.tomoidv.Requests())
	}

	const attempts = 3 // of the clients, for a call that can be repeated
	before := requests()
	for _, c := range candidates {
		assert.False(t, c.taken(t, c.news()), c.provider)
	}
	assert.LessOrEqual(t, requests()-before, attempts*len(candidates))
	starter := w.member(t, "starter@maru.example")
	refused := starter.post("/verify/veriff/start")
	assert.Equal(t, http.StatusServiceUnavailable, refused.StatusCode)
	assert.Contains(t, refused.text, words["problem.try_later.title"].en)

	before, began := requests(), time.Now()
	for range 60 { // chores, every minute
		w.letPass(t, time.Minute)
		require.NoError(t, w.service.Refresh(t.Context(), 2*time.Minute))
	}
	asked := requests() - before
	rounds := 30 + 1 + int(time.Since(began)/(2*time.Minute)) // each check is due every two minutes
	assert.GreaterOrEqual(t, asked, 29*len(candidates), "it goes on asking")
	assert.LessOrEqual(t, asked, rounds*attempts*len(candidates))
	for _, c := range candidates {
		record, err := records{w.db}.Get(t.Context(), c.id)
		require.NoError(t, err)
		assert.True(t, record.Open, c.provider)
		w.assertEffects(t, c.email)
		page := c.get("/verify/" + c.provider + "/check/" + c.id)
		assert.Equal(t, http.StatusOK, page.StatusCode)
	}

	w.fakes.veriff.ClearFaults()
	w.iamport.ClearFaults()
	w.tomoidv.ClearFaults()
	w.letPass(t, 3*time.Minute)
	before = requests()
	require.NoError(t, w.service.Refresh(t.Context(), 2*time.Minute))
	assert.Equal(t, len(candidates), requests()-before)
	for _, c := range candidates {
		w.assertEffects(t, c.email, "admitted")
	}
	assert.Zero(t, w.fakes.veriff.Release())
	t.Logf("%d requests in the hour, %d after it", asked, len(candidates))
}
