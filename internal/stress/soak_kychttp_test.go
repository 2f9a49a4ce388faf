package stress_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// A kychttpSoak is people, their browsers and four vendors, one of them the
// reference vendor of kyctest, at the routes of one Service. It comes in
// segments: each has checks of its own, which are swept when all is said about
// them.
type kychttpSoak struct {
	t *testing.T
	few
	watch   *watch
	order   *rand.Rand // of requests, whose number threads decide
	planned tally
	seen    tally
	base    string
	service *kychttp.Service
	store   *effectStore
	fakes   atomic.Pointer[fakes]
	sent    int // requests
	total   int // deliveries
	began   int // checks

	checks []*checkup // of the segment
	due    map[int][]*errand

	state   sync.Mutex // of what follows and of all checks and errands
	byID    map[string]*checkup
	started map[string]string // ids by accounts
}

// A checkup is one person's check, and what the vendor and the application have
// made of it.
type checkup struct {
	account, person, provider string
	posts                     bool // its page posts, where that is possible
	lost                      bool // nobody brings news of it

	id, session, cookie string
	impUID, inVain      string // of the certification, and of a try before it
	steps               []step
	truths              []truth       // by the vendor, oldest first
	results             []*kyc.Result // as the vendor told them
	committed           []int         // effects: which truths, from 1
	history             []string      // of the requests about it, in the order of their answers
	refreshFails        int
}

func (c *checkup) newest() int {
	if len(c.committed) == 0 {
		return 0
	}
	return c.committed[len(c.committed)-1]
}

// An errand is one request, and what was seen of it in the application.
type errand struct {
	check  *checkup // nil if it is about none
	news   *news    // nil for a start or a look at the page
	action string
	number int // of the try, from 0
	errandPlan

	asked, called int
	failed        bool   // the vendor's API
	shown         int    // which truth the vendor told
	failure       string // of the callback
	uncommitted   bool
}

// An errandPlan is what is to go wrong with it.
type errandPlan struct {
	tampered  *misdeed
	manner    manner
	together  *together
	down      int // tries for which the API is down
	behind    int // tries for which the API tells what held before
	fails     int // tries whose callback fails
	uncommits int // tries whose transaction cannot be committed
	conflicts bool
	seed      uint64
}

func TestSoakKYCHTTP(t *testing.T) {
	defer noGoroutinesLeft(t)()
	r := draw(t)
	s := &kychttpSoak{t: t, few: few{t: t}, order: rand.New(rand.NewPCG(*soakSeed, 1)), byID: map[string]*checkup{}, started: map[string]string{}, due: map[int][]*errand{}}
	s.fakes.Store(s.open())
	f := s.fakes.Load()
	s.watch = newWatch(t, soakPerson, soakVendor, soakBefore, soakUnknown, soakHidden, f.veriff.APIKey, f.veriff.Secret, f.iamport.APIKey, f.iamport.APISecret,
		f.iamport.UserCode, f.iamport.ChannelKey, f.tomoidv.ClientID, f.tomoidv.SecretKey)
	s.watch.pattern = idPattern
	s.store = &effectStore{MemoryStore: kychttp.NewMemoryStore(), soak: s}
	receiver := newReceiver(t, s.watch, nil)
	defer receiver.close()
	s.base = receiver.server.URL + "/verify"
	var err error
	s.service, err = kychttp.New(kychttp.Config{
		Providers: s.providers(), Store: s.store, BaseURL: s.base, Logger: s.logger(), OnResult: s.onResult,
		Begin: func(r *http.Request, _ string) (*kyc.StartRequest, error) {
			account := signedIn(r)
			if account == "" {
				return nil, errors.New("signed out")
			}
			return &kyc.StartRequest{Reference: account, Hints: kyc.Hints{FullName: soakPerson}}, nil
		},
		Owns: func(r *http.Request, reference string) bool { return signedIn(r) == reference },
	})
	require.NoError(t, err)
	receiver.handler = s.service.Handler()
	receiver.served = s.served

	before := time.Now()
	quarter, then := 0, 0
	for s.total < *soakDeliveries && !s.seenEnough() {
		s.segment(r, receiver)
		if quarter == 0 && s.total >= *soakDeliveries/4 {
			quarter, then = heap(), s.sent
		}
	}
	took := time.Since(before)
	last := heap()
	t.Logf("planned: %d deliveries about %d checks:%s", s.total, s.began, &s.planned)
	t.Logf("%d requests over %d connections (%d made, %d broken) in %v, %.0f a second:%s",
		s.sent, senders, receiver.dialled, receiver.broken, took.Round(time.Millisecond), float64(s.sent)/took.Seconds(), &s.seen)
	assertKept(t, quarter, last, max(1, s.sent-then), 64)
	s.fakes.Load().close()
	assert.LessOrEqual(t, receiver.dialled, senders+receiver.broken, "connections are kept")
	assert.NotZero(t, s.watch.lines, "nothing was logged that could have shown something")
	for _, name := range []string{"webhooks", "returns", "duplicates", "tampered", "later than what happened after it", "with a callback that fails", "while the API is down", "while the API is behind"} {
		assert.NotZero(t, s.planned.of(name), name)
	}
}

// idPattern is of ids of checks, of Veriff's and Iamport's, and of cookies.
var idPattern = regexp.MustCompile(`[0-9]{20}|[0-9a-f]{8}-[0-9a-f]{4}-|kyc-[0-9]|imp_[0-9]|case-[A-Z]`)

func signedIn(r *http.Request) string {
	cookie, err := r.Cookie("session")
	if err != nil {
		return ""
	}
	return cookie.Value
}

const (
	segmentChecks = 250
	segmentStarts = 4 // hours
)

// segment begins checks, has the vendors decide about them, hour by hour, and
// delivers what comes of it until everything was taken.
func (s *kychttpSoak) segment(r *rand.Rand, v *receiver) {
	starts := map[int][]*errand{}
	s.checks = nil
	for range segmentChecks {
		s.began++
		c := &checkup{
			account: fmt.Sprint(soakVendor, s.began), person: fmt.Sprintf("%s-%d", soakPerson, s.began), posts: r.IntN(2) == 0, lost: r.IntN(30) == 0,
			provider: pick(r, "veriff", "veriff", "veriff", "kyctest", "kyctest", "iamport", "tomoidv"),
		}
		c.lost = c.lost && c.provider != "iamport" // whose id the return alone brings
		if r.IntN(20) == 0 {
			c.refreshFails = 1 + r.IntN(2)
		}
		s.checks = append(s.checks, c)
		hour := r.IntN(segmentStarts)
		starts[hour] = append(starts[hour], &errand{check: c, action: "start", errandPlan: errandPlan{down: max(0, r.IntN(50)-48), seed: r.Uint64()}})
		s.life(r, c, hour)
	}
	f := s.fakes.Load()
	for hour, busy := 0, true; busy && !s.seenEnough(); hour++ {
		for _, x := range s.deliver(v, starts[hour]) {
			if p := x.plan.(*errand); s.begun(x, p) {
				starts[hour+1] = append(starts[hour+1], p.again())
			}
		}
		for _, c := range s.checks {
			for ; len(c.steps) > 0 && c.steps[0].hour <= hour && c.id != ""; c.steps = c.steps[1:] {
				later := len(c.steps) > 1
				for _, n := range c.steps[0].do(f, c) {
					s.plan(r, n, hour, later)
				}
			}
		}
		var refresh sync.WaitGroup
		if hour%3 == 2 {
			refresh.Go(func() { assert.NoError(s.t, s.service.Refresh(s.t.Context(), 0)) })
		}
		for _, x := range s.deliver(v, s.due[hour]) {
			if p := x.plan.(*errand); s.again(x, p) {
				s.due[hour+1] = append(s.due[hour+1], p.again())
			}
		}
		refresh.Wait()
		delete(s.due, hour)
		f.veriff.Advance(time.Hour)
		busy = len(s.due) > 0 || len(starts[hour+1]) > 0 || slices.ContainsFunc(s.checks, func(c *checkup) bool { return len(c.steps) > 0 })
	}
	if s.seenEnough() {
		return
	}
	s.settle()
	f.close()
	s.fakes.Store(s.open())
}

func (p *errand) again() *errand {
	return &errand{check: p.check, news: p.news, action: p.action, number: p.number + 1, errandPlan: p.errandPlan}
}

// begun takes note of a check that was begun, or tells that it is to be tried
// again.
func (s *kychttpSoak) begun(x *try, p *errand) bool {
	c := p.check
	if p.failed {
		if x.status != http.StatusServiceUnavailable || x.header.Get("Location") != "" {
			s.errorf("a start in vain is answered %d", x.status)
		}
		s.seen.add("starts in vain")
		return true
	}
	s.state.Lock()
	defer s.state.Unlock()
	id := s.started[c.account]
	record, err := s.store.Get(context.Background(), id)
	if x.status != http.StatusSeeOther || err != nil || !record.Started {
		s.errorf("a start with %s is answered %d: %v", c.provider, x.status, err)
		c.steps = nil
		return false
	}
	c.id, c.session = id, record.Check.VendorID
	s.byID[id] = c
	for _, cookie := range (&http.Response{Header: x.header}).Cookies() {
		c.cookie = cookie.Name + "=" + cookie.Value
	}
	s.seen.add("checks of " + c.provider)
	return false
}

// plan plans the deliveries of one piece of news.
func (s *kychttpSoak) plan(r *rand.Rand, n *news, hour int, later bool) {
	c := n.check
	if n.webhook {
		n.method, n.path = http.MethodPost, "/verify/"+c.provider+"/webhook"
	}
	if c.lost {
		s.planned.add("lost")
		return
	}
	what := "returns"
	if n.webhook {
		what = "webhooks"
	}
	add := func(p errandPlan, hour int, as string) {
		p.seed = r.Uint64()
		s.due[hour] = append(s.due[hour], &errand{check: c, news: n, action: what, errandPlan: p})
		s.total++
		s.planned.add(as)
	}
	p := errandPlan{manner: drawManner(r)}
	if len(n.body) == 0 && p.manner != cutAnswer {
		p.manner = entire
	}
	if p.manner != entire {
		s.planned.add("sent first: " + p.manner.String())
	}
	at := hour
	if later && (c.provider != "iamport" || n.seq > 0) && r.Float64() < 1.5*reordered/firsts {
		at += 2 + r.IntN(3)
		s.planned.add("later than what happened after it")
	}
	switch r.IntN(14) {
	case 0:
		p.fails = 1 + r.IntN(2)
		s.planned.add("with a callback that fails")
	case 1:
		p.uncommits = 1 + r.IntN(2)
		s.planned.add("with a transaction that fails")
	case 2:
		p.conflicts = true
		s.planned.add("with a transaction that begins anew")
	}
	switch x := r.IntN(20); {
	case c.provider == "iamport" && n.seq == 0: // there is room for one claim that nobody could be asked about
	case x == 0:
		p.down = 1 + r.IntN(2)
		s.planned.add("while the API is down")
	case x == 1:
		p.behind = 1 + r.IntN(2)
		s.planned.add("while the API is behind")
	}
	if r.Float64() < duplicates/firsts/1.5 {
		again := errandPlan{}
		count := pick(r, 1, 1, 1, 3)
		atOnce := r.IntN(2) == 0
		if atOnce {
			p.manner = entire
			p.together = newTogether(count + 1)
			again.together = p.together
			s.planned.add(fmt.Sprintf("sent %d times at once", count+1))
		}
		for range count {
			when := at
			if !atOnce && (c.provider != "iamport" || n.seq > 0) {
				when += 1 + r.IntN(3)
			}
			add(again, when, "duplicates")
		}
	}
	add(p, at, what)
	if r.Float64() < tampered/firsts {
		if m := misdeedFor(r, n); m != nil {
			add(errandPlan{tampered: m}, hour+r.IntN(3), "tampered")
		}
	}
	if r.IntN(8) == 0 {
		for _, account := range []string{c.account, soakVendor + "nobody"} {
			s.due[hour] = append(s.due[hour], &errand{check: c, action: "look", news: &news{check: c, method: http.MethodGet, path: "/verify/" + c.provider + "/check/" + c.id, header: http.Header{"Cookie": {"session=" + account}}}})
		}
	}
}

// at is with what it is sent at once.
func (p *errand) at() *together {
	if p.number > 0 {
		return nil
	}
	return p.together
}

// deliver sends what is due.
func (s *kychttpSoak) deliver(v *receiver, due []*errand) []*try {
	var tries []*try
	for _, p := range shuffled(s.order, due, func(p *errand) uint64 { return p.seed }, (*errand).at) {
		tries = append(tries, s.request(p))
	}
	v.deliver(tries)
	s.sent += len(tries)
	return tries
}

func (s *kychttpSoak) request(p *errand) *try {
	c := p.check
	if p.action == "start" {
		return &try{method: http.MethodPost, path: "/verify/" + c.provider + "/start", plan: p, lines: []string{"Cookie: session=" + c.account, "Sec-Fetch-Site: same-origin"}}
	}
	n := p.news
	x := &try{method: n.method, path: n.path, body: bytes.Clone(n.body), manner: p.manner, together: p.at(), plan: p}
	if p.number > 0 {
		x.manner = entire
	}
	for name, values := range n.header {
		for _, value := range values {
			x.lines = append(x.lines, name+": "+value)
		}
	}
	if p.action == "returns" {
		x.lines = append(x.lines, "Cookie: session="+c.account+"; "+c.cookie)
	}
	if p.tampered != nil {
		p.tampered.do(rand.New(rand.NewPCG(p.seed, 0)), s, x, n)
	}
	return x
}

// again tells whether the sender makes the request again: Veriff until it was
// taken, and a person where no page came, or one that says that nothing could
// be stored. The others are heard of by Refresh.
func (s *kychttpSoak) again(x *try, p *errand) bool {
	again := false
	switch {
	case p.tampered != nil, p.action == "look":
	case x.status == 0:
		again = true
	case p.action == "webhooks":
		again = x.status != http.StatusOK
	default:
		again = p.uncommitted
	}
	if again && p.number >= maxTries {
		s.errorf("one of the %s of %s is not taken for a week", p.action, p.check.provider)
		return false
	}
	if again {
		s.seen.add("sent again")
	}
	return again
}

// served judges an answer by what the vendor has decided.
func (s *kychttpSoak) served(x *try) {
	s.state.Lock()
	defer s.state.Unlock()
	p := x.plan.(*errand)
	c := p.check
	wrong := func(why string) {
		s.errorf("%s of %s, %s, try %d, answered %d: %s (asked %d times, shown %d, called %d times, committed %v, truths %v, news %+v)",
			p.action, c.provider, x.manner, p.number, x.written, why, p.asked, p.shown, p.called, c.committed, c.truths, p.announces())
	}
	s.seen.add(fmt.Sprintf("%s answered %d", p.action, x.written))
	c.history = append(c.history, fmt.Sprintf("%s about %s, %s, try %d: asked %d, shown %d, called %d: %d", p.action, p.announces(), x.manner, p.number, p.asked, p.shown, p.called, x.written))
	reasons := map[int]bool{} // to come again, or to say that nothing was done
	if p.failed || p.uncommitted {
		reasons[http.StatusServiceUnavailable] = true
	}
	if p.failure != "" && p.called > 0 {
		reasons[http.StatusInternalServerError] = true
		s.seen.add("callback: " + p.failure)
	}
	switch {
	case p.action == "start":
		return
	case p.action == "look":
		want := http.StatusOK
		if strings.HasSuffix(strings.Join(x.lines, " "), "nobody") {
			want = http.StatusForbidden
		}
		if x.written != want {
			wrong(fmt.Sprintf("%d was to be the answer", want))
		}
		return
	case p.tampered != nil:
		if !slices.Contains(p.tampered.answers, x.written) {
			wrong(fmt.Sprintf("it is %s, and %d was to be the answer", p.tampered.name, p.tampered.answers))
		}
		if p.called > 0 || p.asked > 0 && !p.tampered.asks {
			wrong("what is refused was looked at: " + p.tampered.name)
		}
		if record, err := s.store.Get(context.Background(), c.id); err != nil || !slices.Contains([]string{"", c.session, c.inVain, c.impUID}, record.Check.VendorID) {
			wrong("the record has another's claim")
		}
		s.seen.add("refused")
		return
	case (x.manner == cutBody || x.manner == cutAnswer) && x.written == http.StatusBadRequest && p.asked == 0:
		return // it did not all arrive
	case x.manner == cutBody && p.action == "webhooks":
		wrong("half a webhook is not to be read")
	case p.asked > 1 && (c.provider != "iamport" || p.asked > 2): // about what came before, too
		wrong("one request asks the vendor once at most")
	}
	taken := http.StatusOK
	if p.action == "returns" {
		taken = http.StatusSeeOther
	}
	behind := p.news.webhook && p.shown < p.news.seq
	switch {
	case x.written == taken:
		if behind && c.newest() < p.news.seq {
			wrong("the vendor is behind its webhook, and it does not come again")
		}
		if c.newest() < p.shown || c.newest() < p.announced() && p.shown >= p.announced() {
			wrong("what the vendor told was not acted on")
		}
		if len(reasons) > 0 && c.newest() < len(c.truths) {
			wrong("it was not done, and does not come again")
		}
		s.seen.add("taken")
	case reasons[x.written]:
		s.seen.add("failed")
	case behind && x.written == http.StatusServiceUnavailable:
		s.seen.add("behind")
	default:
		wrong("there was no reason for that")
	}
}

func (p *errand) announced() int {
	if p.news == nil || !p.news.webhook {
		return 0
	}
	return p.news.seq
}

func (p *errand) announces() string {
	if p.news == nil {
		return "none"
	}
	return fmt.Sprintf("%s %d", p.news.method, p.news.seq)
}

// onResult is the application: its effect is in the store's transaction. It
// fails as planned.
func (s *kychttpSoak) onResult(ctx context.Context, check *kyc.Check, result, old *kyc.Result) error {
	s.state.Lock()
	defer s.state.Unlock()
	c := s.byID[check.ID]
	if c == nil || check.Reference != c.account || check.Provider != c.provider {
		s.errorf("a callback about another's check")
		return nil
	}
	seq := len(c.truths)
	if x := tryOf(ctx); x != nil {
		p := x.plan.(*errand)
		p.called++
		if p.check != c || p.tampered != nil {
			s.errorf("a callback that comes of a request about another check, or of a forged one")
		}
		if p.number < p.fails {
			way := kychttpFailings[(p.seed+uint64(p.number))%uint64(len(kychttpFailings))]
			p.failure = way.name
			return way.fail()
		}
		seq = p.shown
	} else if c.refreshFails > 0 {
		c.refreshFails--
		return errors.New(soakHidden)
	}
	switch {
	case seq == 0 || result.Status != c.truths[seq-1].status:
		s.errorf("a callback with %s, which %s did not tell", result.Status, c.provider)
		return nil
	case result.Status == kyc.StatusApproved && !strings.Contains(result.Person.FullName+result.Person.GivenName, c.person):
		s.errorf("a callback with another person")
	case old != nil && old.Status != kyc.StatusPending && (c.newest() == 0 || old.Status != c.truths[c.newest()-1].status),
		(old == nil || old.Status == kyc.StatusPending) && c.newest() > 0:
		s.errorf("a callback with another old outcome than was acted on: %v, %v", old, c.committed)
	}
	tx, _ := ctx.Value(txKey{}).(*[]effectOf)
	if tx == nil {
		s.errorf("a callback outside of the transaction")
		return nil
	}
	*tx = append(*tx, effectOf{c, seq})
	return nil
}

// kychttpFailings are how OnResult fails.
var kychttpFailings = append(slices.Clip(failings), failing{"no such record", func() error { return fmt.Errorf("%s: %w", soakHidden, kychttp.ErrNoRecord) }})

type effectOf struct {
	check *checkup
	seq   int
}

type txKey struct{}

// An effectStore has transactions that an application's effect is part of.
// Some fail, and some begin anew, as they do in databases.
type effectStore struct {
	*kychttp.MemoryStore
	soak *kychttpSoak
}

func (e *effectStore) Create(ctx context.Context, record *kychttp.Record) error {
	e.soak.state.Lock()
	e.soak.started[record.Check.Reference] = record.Check.ID
	e.soak.state.Unlock()
	return e.MemoryStore.Create(ctx, record)
}

var errCommit = errors.New(soakHidden)

func (e *effectStore) Update(ctx context.Context, id string, fn func(context.Context, *kychttp.Record) error) error {
	var p *errand
	if x := tryOf(ctx); x != nil {
		p = x.plan.(*errand)
	}
	return e.MemoryStore.Update(ctx, id, func(ctx context.Context, record *kychttp.Record) error {
		if p != nil && p.conflicts && p.number == 0 {
			var lost []effectOf
			draft := *record
			_ = fn(context.WithValue(ctx, txKey{}, &lost), &draft)
		}
		var tx []effectOf
		if err := fn(context.WithValue(ctx, txKey{}, &tx), record); err != nil {
			return err
		}
		e.soak.state.Lock()
		defer e.soak.state.Unlock()
		if p != nil && p.number < p.uncommits && p.action != "start" {
			p.uncommitted = true
			return errCommit
		}
		for _, effect := range tx {
			e.soak.commit(effect.check, effect.seq)
		}
		return nil
	})
}

func (s *kychttpSoak) commit(c *checkup, seq int) {
	if seq <= c.newest() {
		s.errorf("outcome %d of %s is acted on after %v", seq, c.provider, c.committed)
	}
	c.committed = append(c.committed, seq)
	s.seen.add("outcomes applied")
}

// settle ends a segment: what nobody brings news of is asked about, and in the
// end everything is as the vendors have it.
func (s *kychttpSoak) settle() {
	for range 4 { // refreshFails are at most 2
		require.NoError(s.t, s.service.Refresh(context.Background(), 0))
	}
	for _, c := range s.checks {
		if c.id == "" {
			continue
		}
		if c.newest() != len(c.truths) && !(c.lost && c.newest() > 0 && c.truths[c.newest()-1].status.Final()) { // Refresh asks about what is open
			s.errorf("%s (lost %t): of %d outcomes %v were acted on:\n\t%s", c.provider, c.lost, len(c.truths), c.committed, strings.Join(c.history, "\n\t"))
			continue
		}
		record, err := s.store.Get(context.Background(), c.id)
		require.NoError(s.t, err)
		if len(c.truths) == 0 {
			continue
		}
		want := c.truths[c.newest()-1].status
		if record.Result == nil || record.Result.Status != want || record.Open == want.Final() {
			s.errorf("%s: the record is not as the vendor has it (%s)", c.provider, want)
		}
		s.seen.add("checks settled")
	}
	swept, err := s.service.Sweep(context.Background(), time.Nanosecond)
	require.NoError(s.t, err)
	assert.GreaterOrEqual(s.t, swept, len(s.checks), "records")
	for _, c := range s.checks {
		_, err := s.store.Get(context.Background(), s.started[c.account])
		require.ErrorIs(s.t, err, kychttp.ErrNoRecord)
	}
	s.state.Lock()
	defer s.state.Unlock()
	clear(s.byID)
	clear(s.started)
	s.checks = nil
}
