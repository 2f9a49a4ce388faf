//go:build linux

package main

import (
	"flag"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	kills = flag.Int("kills", 30, "how often TestKilled kills the program")
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
	s.newMembers(uint64(*kills)) // whoever comes later signs up
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

	var at [events]int
	for range *kills {
		if r.IntN(4) == 0 {
			s.letTimePass()
		}
		e := event(r.IntN(int(events)))
		n := 1 + r.IntN([events]int{asked: 8, answered: 8, visited: 12, served: 12, called: 6, heard: 6, wrote: 80}[e])
		p := s.start(func(p *process) { s.at(e, n, p.kill) })
		if r.IntN(2) == 0 { // Veriff tries again, and sends some again that had arrived
			replayed := r.IntN(5)
			deliveries.Go(func() { s.deliverAgain(replayed) })
		}
		<-p.ended
		at[e]++
		if t.Failed() {
			break
		}
	}
	s.fuse.Store(nil)
	mu.Lock()
	enough = true
	mu.Unlock()
	if t.Failed() {
		return // nobody can go on: the context's end ends what waits
	}
	p := s.start()
	crowd.Wait()
	deliveries.Wait()
	require.False(t, t.Failed())
	for e := range at {
		s.figures["kills at "+event(e).String()] = at[e]
	}
	p.kill()
	<-p.ended
	s.settle(applicants)
}

// letTimePass makes all open checks due for Refresh: nobody has asked about them
// for an hour.
func (s *site) letTimePass() {
	s.Helper()
	db := s.database(s.T)
	defer func() { assert.NoError(s, db.Close()) }()
	before := time.Now().UTC().Add(-time.Hour)
	_, err := db.Exec(`UPDATE checks SET asked_at = ?, record = json_set(record, '$.asked_at', ?) WHERE open`, before.UnixNano(), before.Format(time.RFC3339Nano))
	require.NoError(s, err)
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
