package stress_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// kind is what a webhook of Veriff's is about.
type kind uint8

const (
	startedKind kind = iota
	submittedKind
	decisionKind
	screeningKind
	fullAutoKind
	unheardKind
)

func (k kind) String() string {
	return [...]string{"started", "submitted", "decision", "screening", "full auto decision", "unheard-of kind"}[k]
}

// confirmable tells whether the API can be asked about it.
func (k kind) confirmable() bool {
	return k == decisionKind || k == screeningKind || k == fullAutoKind
}

// An outcome is what a decision says.
type outcome struct {
	status     string
	code       int
	reasonCode int
	untimed    bool
}

var (
	approvedOutcome  = &outcome{status: "approved", code: 9001}
	declinedOutcome  = &outcome{status: "declined", code: 9102, reasonCode: 102}
	resubmitOutcome  = &outcome{status: "resubmission_requested", code: 9103, reasonCode: 204}
	reviewOutcome    = &outcome{status: "review", code: 9121}
	expiredOutcome   = &outcome{status: "expired", code: 9104}
	abandonedOutcome = &outcome{status: "abandoned", code: 9104, untimed: true}
)

// An event is what happened to a session, of which one webhook tells.
type event struct {
	session int
	seq     int // its place in the session's life
	kind    kind
	hour    int
	attempt int
	outcome *outcome // of a decision

	// What came of it at the receiver.
	handled int // callbacks with it that succeeded
	applied int // times that it took the place of another decision
	acked   int // answers of 200 that the sender saw
}

// A session has its events in a row, oldest first.
type session struct {
	first, end  int
	integration int
	deleted     bool // since it ended with nothing decided
	row         row
	under       []*sending
}

// A row is what the application stores of a session.
type row struct {
	seq     int // of the decision, -1 for none
	attempt int
	outcome *outcome
	at      time.Time
}

// A delivery is the sending of one webhook until it is taken.
type delivery struct {
	event, hour int
	tampered    int // index into tamperings, -1 for genuine
	manner      manner
	large       bool // larger than the receiver takes; sent once
	together    *together
	fails       int // callbacks that fail
	down        int // tries for which the API is down
	behind      int // tries for which the API does not show what happened last
	seed        uint64
}

// A ledger is what the vendor knows: what happened, and what it sends. It is
// all there before anything is sent, so that what comes later in the heap is the
// receiver's.
type ledger struct {
	sessions   []session
	events     []event
	deliveries []delivery
	byHour     []int // deliveries
	planned    tally
}

// Shares of all deliveries.
const (
	duplicates = .20
	reordered  = .10
	tampered   = .05
	failed     = .05
	firsts     = 1 - duplicates - tampered
)

// draw plans at least n deliveries over some hours.
func (l *ledger) draw(r *rand.Rand, n, integrations int) {
	hours := max(8, n/perHour)
	l.deliveries = make([]delivery, 0, n+100)
	l.events = make([]event, 0, n)
	l.sessions = make([]session, 0, n/2)
	for len(l.deliveries) < n {
		l.session(r, r.IntN(hours), r.IntN(integrations))
	}
	l.byHour = make([]int, len(l.deliveries))
	for i := range l.byHour {
		l.byHour[i] = i
	}
	slices.SortStableFunc(l.byHour, func(a, b int) int { return l.deliveries[a].hour - l.deliveries[b].hour })
}

func (l *ledger) session(r *rand.Rand, hour, integration int) {
	index := len(l.sessions)
	s := session{first: len(l.events), integration: integration, deleted: r.IntN(2) == 0, row: row{seq: -1}}
	attempt := 0
	happens := func(k kind, o *outcome) {
		l.events = append(l.events, event{session: index, seq: len(l.events) - s.first, kind: k, hour: hour, attempt: attempt, outcome: o})
		hour += r.IntN(3)
	}
	switch r.IntN(10) {
	case 0:
		happens(decisionKind, expiredOutcome)
	case 1:
		happens(startedKind, nil)
		happens(decisionKind, abandonedOutcome)
	default:
		for r.IntN(4) == 0 && attempt < 9 {
			happens(startedKind, nil)
			happens(submittedKind, nil)
			happens(decisionKind, resubmitOutcome)
			attempt++
		}
		happens(startedKind, nil)
		happens(submittedKind, nil)
		if r.IntN(4) == 0 {
			happens(fullAutoKind, nil)
		}
		if r.IntN(4) == 0 {
			happens(decisionKind, reviewOutcome)
		}
		happens(decisionKind, pick(r, approvedOutcome, declinedOutcome))
		for r.IntN(3) == 0 {
			happens(screeningKind, nil)
		}
		if r.IntN(8) == 0 {
			happens(unheardKind, nil)
		}
		for r.IntN(6) == 0 { // somebody looked again
			happens(decisionKind, pick(r, approvedOutcome, declinedOutcome))
		}
	}
	s.end = len(l.events)
	l.sessions = append(l.sessions, s)
	for i := s.first; i < s.end; i++ {
		l.send(r, &s, i)
	}
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// send plans the deliveries of one event.
func (l *ledger) send(r *rand.Rand, s *session, i int) {
	e := &l.events[i]
	d := delivery{event: i, hour: e.hour, tampered: -1, manner: drawManner(r), seed: r.Uint64()}
	if d.manner != entire {
		l.planned.add("sent first: " + d.manner.String())
	}
	// Not every event has one after it.
	if i+1 < s.end && r.Float64() < 1.35*reordered/firsts {
		d.hour = l.events[i+1].hour + 1 + r.IntN(3)
		l.planned.add("sent first after what happened later")
	}
	if r.Float64() < failed/firsts {
		d.fails = 1 + r.IntN(3)
		l.planned.add("with a callback that fails")
	}
	if e.kind.confirmable() {
		switch r.IntN(20) {
		case 0:
			d.down = 1 + r.IntN(3)
			l.planned.add("while the API is down")
		case 1:
			d.behind = 1 + r.IntN(3)
			l.planned.add("while the API is behind")
		}
	}
	l.add(d, "genuine")
	if r.Float64() < duplicates/firsts/1.5 { // 1.5 of them on average
		l.repeat(r, d, pick(r, 1, 1, 1, 3))
	}
	if r.Float64() < tampered/firsts {
		l.add(delivery{event: i, hour: e.hour + r.IntN(3), tampered: r.IntN(len(tamperings)), seed: r.Uint64()}, "tampered")
	}
	if r.IntN(400) == 0 {
		l.add(delivery{event: i, hour: e.hour, tampered: -1, manner: pick(r, entire, chunked), large: true, seed: r.Uint64()}, "over 1 MiB")
	}
}

// repeat sends a delivery some more times: all at once, or later.
func (l *ledger) repeat(r *rand.Rand, d delivery, n int) {
	first := &l.deliveries[len(l.deliveries)-1]
	again := delivery{event: d.event, tampered: -1}
	atOnce := r.IntN(2) == 0
	if atOnce {
		again.hour, again.together = d.hour, newTogether(n+1)
		first.together, first.manner = again.together, entire
	}
	for range n {
		again.seed = r.Uint64()
		if !atOnce {
			again.hour = d.hour + 1 + r.IntN(5)
		}
		l.add(again, "duplicates")
	}
	if atOnce {
		l.planned.add(fmt.Sprintf("sent %d times at once", n+1))
	}
}

func (l *ledger) add(d delivery, as string) {
	l.deliveries = append(l.deliveries, d)
	l.planned.add(as)
}

// last is the session's newest event of a kind that has happened by an hour, nil
// if there is none.
func (l *ledger) last(s *session, k kind, hour int) *event {
	for i := s.end - 1; i >= s.first; i-- {
		if e := &l.events[i]; e.kind == k && e.hour <= hour {
			return e
		}
	}
	return nil
}

// before is the newest one of the same kind before e.
func (l *ledger) before(e *event) *event {
	for i := l.sessions[e.session].first + e.seq - 1; i >= l.sessions[e.session].first; i-- {
		if l.events[i].kind == e.kind {
			return &l.events[i]
		}
	}
	return nil
}

// find is the event of a session with these marks.
func (l *ledger) find(s *session, is func(*event) bool) *event {
	for i := s.first; i < s.end; i++ {
		if is(&l.events[i]) {
			return &l.events[i]
		}
	}
	return nil
}
