//go:build linux

package main

import (
	"context"
	"database/sql"
	"flag"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

var (
	kills = flag.Int("kills", 24, "how often TestKilled kills the program")
	seed  = flag.Uint64("seed", 1, "of what TestKilled does")
)

// TestKilled kills the program again and again while people are at all three
// vendors, and compares in the end what is in the database and on the pages
// with what the vendors decided.
func TestKilled(t *testing.T) {
	t.Parallel()
	const atOnce, atLeast = 6, 24
	s := newSite(t)
	s.watchWrites()
	s.newMembers(3 * uint64(*kills)) // whoever comes later signs up
	r := rand.New(rand.NewPCG(*seed, 0))

	var mu sync.Mutex
	var applicants []*applicant
	enough := false // of kills
	arrive := func() *applicant {
		mu.Lock()
		defer mu.Unlock()
		if enough && len(applicants) >= atLeast || t.Failed() {
			return nil
		}
		a := s.newApplicant(*seed, uint64(len(applicants))+1)
		applicants = append(applicants, a)
		return a
	}
	var crowd, deliveries sync.WaitGroup
	for range atOnce {
		crowd.Go(func() {
			for a := arrive(); a != nil; a = arrive() {
				a.live()
			}
		})
	}

	gone := make(chan struct{})
	go func() { crowd.Wait(); close(gone) }()

	var at [events]int
	for range *kills {
		switch r.IntN(4) {
		case 0:
			s.letTimePass()
		case 1:
			s.look()
		}
		e := event(r.IntN(int(events)))
		n := 1 + r.IntN([events]int{asked: 14, answered: 14, visited: 24, served: 24, called: 10, heard: 10, wrote: 150}[e])
		p := s.start(func(p *process) { s.at(e, n, p.kill) })
		if r.IntN(2) == 0 { // Veriff tries again, and sends some again that had arrived
			replayed := r.IntN(5)
			deliveries.Go(func() { s.deliverAgain(replayed) })
		}
		select {
		case <-p.ended:
			at[e]++
		case <-gone: // after a failure
			t.FailNow()
		}
	}
	s.fuse.Store(nil)
	mu.Lock()
	enough = true
	mu.Unlock()
	p := s.start()
	<-gone
	deliveries.Wait()
	require.False(t, t.Failed())
	for e := range at {
		s.figures["kills at "+event(e).String()] = at[e]
	}
	p.kill()
	<-p.ended
	s.settle(applicants)
}

// letTimePass makes all open checks due for Refresh.
func (s *site) letTimePass() {
	s.Helper()
	s.inside(func(db *database) {
		s.assertNoHalf(db)
		require.NoError(s, db.transact(s.Context(), func(tx *sql.Tx) error { return letPass(tx, time.Hour) }))
	})
}

// look only looks at what a killed program left.
func (s *site) look() {
	s.Helper()
	s.inside(s.assertNoHalf)
}

// deliverAgain delivers what nobody has answered yet, and some of what somebody
// has.
func (s *site) deliverAgain(replayed int) {
	s.veriff.Redeliver()
	all := s.veriff.Webhooks()
	for i := range min(replayed, len(all)) {
		_, _ = s.veriff.Deliver(all[len(all)-1-i])
	}
}

// refreshed waits until a program has done its chores once.
func (p *process) refreshed(s *site) {
	s.Helper()
	require.Eventually(s, func() bool { return strings.Contains(p.log.String(), `"kychttp: swept"`) }, time.Minute, time.Millisecond, "%s", p.log)
}

// Killed at any write of its first start, it makes the rest of its database at
// the second.
func TestKilledWhileItMakesItsDatabase(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.watchWrites()
	s.start().stop(s)
	want := s.schema()
	require.NotEmpty(t, want)
	writes, died := int(s.counts[wrote].Load()), 0
	killAt := func(n int) {
		s.path = filepath.Join(t.TempDir(), "onboarding.db")
		s.watchWrites()
		p := s.start(func(p *process) { s.at(wrote, n, p.kill) })
		s.fuse.Store(nil)
		if p.address == "" { // else it was faster, and has made all of it
			died++
		}
		p.kill()
		<-p.ended
		s.start().stop(s)
		assert.Equal(t, want, s.schema(), "killed at write %d", n)
	}
	for n := 1; n <= writes; n += max(1, 240 / *kills) {
		killAt(n)
	}
	for died == 0 {
		killAt(1)
	}
	t.Logf("of %d writes, killed at %d", writes, died)
}

// schema is what SQLite says is in the database, which must be whole.
func (s *site) schema() []string {
	s.Helper()
	db, err := sql.Open("sqlite", s.path)
	require.NoError(s, err)
	defer func() { assert.NoError(s, db.Close()) }()
	s.assertWhole(&database{db})
	rows, err := db.Query(`SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1`)
	all, err := collect(rows, err, func(rows *sql.Rows, one *string) error { return rows.Scan(one) })
	require.NoError(s, err)
	return all
}

// Killed while it ends, with a start at Veriff that it waits for.
func TestKilledWhileItEnds(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.watchWrites()
	s.newMembers(6)
	var applicants []*applicant
	done := make(chan struct{})
	close(done)
	var ends []int
	for _, kill := range []struct {
		event event
		n     int
	}{{answered, 1}, {wrote, 1}, {wrote, 2}, {wrote, 4}, {wrote, 8}, {wrote, 1000}} {
		p := s.start()
		<-done // of the one before
		a := s.newApplicant(*seed, uint64(len(applicants))+1)
		applicants = append(applicants, a)
		release, starts := make(chan struct{}), s.starts()
		require.NoError(t, s.veriff.Inject(verifftest.Stall(release).On(verifftest.CreateSessionRoute)))
		done = make(chan struct{})
		go func() {
			defer close(done)
			a.comeIn()
			a.byDocument()
		}()
		require.Eventually(t, func() bool { return s.starts() > starts }, time.Minute, time.Millisecond)
		p.end(syscall.SIGTERM)
		require.Eventually(t, func() bool {
			conn, err := net.Dial("tcp", p.address)
			if err == nil {
				_ = conn.Close()
			}
			return err != nil
		}, time.Minute, time.Millisecond, "it listens on")
		s.at(kill.event, kill.n, p.kill)
		close(release)
		<-p.ended
		s.fuse.Store(nil)
		ends = append(ends, p.ProcessState.ExitCode())
	}
	t.Logf("ended with %v", ends) // -1 for a kill
	assert.Equal(t, -1, ends[0])
	assert.Equal(t, 0, ends[len(ends)-1], "it finishes what it has begun")
	p := s.start()
	<-done
	p.stop(s)
	s.settle(applicants)
	assert.Zero(t, applicants[len(applicants)-1].unanswered, "whoever waited was answered")
}

// starts is how many sessions Veriff was asked for.
func (s *site) starts() (n int) {
	for _, r := range s.veriff.Requests() {
		if r.Method == http.MethodPost && r.Path == "/v1/sessions" {
			n++
		}
	}
	return n
}

// While the program is suspended Veriff gives up one delivery after the other,
// and people wait. When it goes on it catches up with all of them, at once.
func TestSuspended(t *testing.T) {
	t.Parallel()
	const n = 4
	s := newSite(t)
	s.newMembers(n)
	p := s.start()
	var applicants []*applicant
	for i := range n {
		a := s.newApplicant(*seed, uint64(i)+1)
		a.born, a.identity = "1990-01-31", a.email
		require.True(t, a.comeIn())
		c := a.begin("veriff")
		require.NoError(t, s.veriff.Submit(c.vendorID))
		applicants = append(applicants, a)
	}

	// decided waits until the program has a delivery about each, and gives them up.
	decided := func(deliver func(*attempt)) {
		ctx, giveUp := context.WithCancel(t.Context())
		s.mu.Lock()
		s.patience = ctx
		s.mu.Unlock()
		came := s.counts[called].Load() + n
		var deliveries sync.WaitGroup
		for _, a := range applicants {
			deliveries.Go(func() { deliver(a.attempts[0]) })
		}
		require.Eventually(t, func() bool { return s.counts[called].Load() == came }, time.Minute, time.Millisecond)
		giveUp()
		deliveries.Wait()
	}
	heardBefore := s.counts[heard].Load()
	p.suspend(s)
	decided(func(c *attempt) {
		assert.NoError(t, s.veriff.Approve(c.vendorID, verifftest.Person{FirstName: "Mirae", DateOfBirth: "1990-01-31"}))
	})
	pending := 0
	for _, w := range s.veriff.Webhooks() {
		if w.Kind == verifftest.DecisionWebhook && !w.Delivered() {
			pending++
		}
	}
	require.Equal(t, n, pending)
	for range 2 {
		decided(func(c *attempt) {
			for _, w := range s.veriff.Webhooks() {
				if w.Kind == verifftest.DecisionWebhook && w.SessionID == c.vendorID {
					_, err := s.veriff.Deliver(w)
					assert.Error(t, err)
				}
			}
		})
	}
	require.Equal(t, heardBefore, s.counts[heard].Load())
	var browsers sync.WaitGroup
	came := s.counts[visited].Load() + n
	for _, a := range applicants {
		c := a.attempts[0]
		c.approvals = append(c.approvals, true)
		browsers.Go(func() { a.comeBack(c, siteURL+verifyPath+"/veriff/return/"+c.id) })
	}
	require.Eventually(t, func() bool { return s.counts[visited].Load() == came }, time.Minute, time.Millisecond)
	s.mu.Lock()
	s.patience = t.Context()
	s.mu.Unlock()
	p.goOn(s)
	browsers.Wait()
	require.Zero(t, s.veriff.Redeliver())
	p.stop(s)
	s.settle(applicants)
	assert.Equal(t, n, s.figures["effects"])
	assert.Len(t, s.veriff.Sessions(), n)
}

// Suspended when Veriff has made the session: the person gives up and presses
// the button again, and there is a check more than they have a link to, which
// the program knows.
func TestSuspendedWhileACheckBegins(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.newMembers(1)
	p := s.start()
	a := s.newApplicant(*seed, 1)
	require.True(t, a.comeIn())
	suspended := make(chan struct{})
	s.at(answered, 1, func() {
		p.suspend(s)
		close(suspended)
	})
	ctx, giveUp := context.WithCancel(t.Context())
	first, err := http.NewRequestWithContext(ctx, http.MethodPost, siteURL+verifyPath+"/veriff/start", nil)
	require.NoError(t, err)
	go func() { <-suspended; giveUp() }()
	_, err = a.browser.Do(first)
	require.ErrorIs(t, err, context.Canceled)
	a.begun, a.unanswered = 1, 1

	came, done := s.counts[visited].Load(), make(chan *attempt)
	go func() { defer close(done); done <- a.begin("veriff") }()
	require.Eventually(t, func() bool { return s.counts[visited].Load() > came }, time.Minute, time.Millisecond)
	require.Len(t, s.veriff.Sessions(), 1)
	p.goOn(s)
	c := <-done
	require.NotNil(t, c)
	require.NoError(t, s.veriff.Submit(c.vendorID))
	require.NoError(t, s.veriff.Approve(c.vendorID, verifftest.Person{FirstName: "Mirae", DateOfBirth: "1990-01-31"}))
	c.approvals = append(c.approvals, true)
	p.stop(s)
	s.settle([]*applicant{a})
	assert.Equal(t, 1, s.figures["checks at vendors whose link was lost"])
	assert.Zero(t, s.figures["checks at vendors whose answer was lost"])
}
