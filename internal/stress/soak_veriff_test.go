package stress_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

// An integration is one way to set a webhook handler up.
type integration struct {
	name              string
	confirms, dedupes bool
	legacy, logs      bool
	secrets           []string // that hold, the current one first
	deduper           *veriff.MemoryDeduper
}

func theIntegrations() []*integration {
	all := []string{soakSecret, soakBefore, soakOldest}
	return []*integration{
		{name: "everything", confirms: true, dedupes: true, legacy: true, logs: true, secrets: all},
		{name: "confirms", confirms: true, logs: true, secrets: all[:2]},
		{name: "dedupes", dedupes: true, logs: true, secrets: all[:2]},
		{name: "nothing", secrets: all[:1]},
	}
}

// sending is one try of a delivery, and what was seen of it in the receiver.
type sending struct {
	delivery *delivery
	event    *event
	number   int // of the try, from 0

	overlapped bool // with another one about the session
	asked      int  // the API
	down       bool // and that failed
	shown      *event
	called     int
	failure    string
}

// A veriffSoak is deliveries of Veriff's webhooks to handlers of all kinds, a
// vendor whose API they ask, and an application behind them that keeps what
// supersedes.
type veriffSoak struct {
	t *testing.T
	few
	ledger
	integrations []*integration
	watch        *watch
	seen         tally
	hour         int // written while nothing is sent

	state sync.Mutex // of the ledger's sessions and events
}

func TestSoakVeriffWebhooks(t *testing.T) {
	defer noGoroutinesLeft(t)()
	r := draw(t)
	s := &veriffSoak{t: t, few: few{t: t}, integrations: theIntegrations()}
	s.watch = newWatch(t, soakPerson, soakNumber, soakPrefix, soakVendor, soakKey, soakSecret, soakBefore, soakOldest, soakUnknown, soakHidden)
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(s.logger()) // for handlers without a logger
	s.draw(r, *soakDeliveries, len(s.integrations))

	mux := http.NewServeMux()
	for i, in := range s.integrations {
		mux.Handle("/"+in.name, s.handlerOf(i))
	}
	receiver := newReceiver(t, s.watch, mux)
	defer receiver.close()
	receiver.begun, receiver.served = s.begun, s.served

	began := time.Now()
	first, firstSent, sent := s.run(r, receiver)
	took := time.Since(began)
	last := heap() - s.dedupersHold()
	s.settled()
	t.Logf("planned: %d deliveries about %d events of %d sessions:%s", len(s.deliveries), len(s.events), len(s.sessions), &s.planned)
	t.Logf("%d requests over %d connections (%d made, %d broken) in %v, %.0f a second:%s",
		sent, senders, receiver.dialled, receiver.broken, took.Round(time.Millisecond), float64(sent)/took.Seconds(), &s.seen)
	assertKept(t, first, last, sent-firstSent, 64)
	assert.LessOrEqual(t, receiver.dialled, senders+receiver.broken, "connections are kept")
	assert.NotZero(t, s.watch.lines, "nothing was logged that could have shown something")
	for _, name := range []string{"genuine", "duplicates", "tampered", "over 1 MiB", "sent first after what happened later", "with a callback that fails", "while the API is down", "while the API is behind", "sent 2 times at once"} {
		assert.NotZero(t, s.planned.of(name), name)
	}
}

func (s *veriffSoak) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(s.watch, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (s *veriffSoak) handlerOf(index int) http.Handler {
	in := s.integrations[index]
	var verifierOptions []veriff.VerifierOption
	for _, secret := range in.secrets[1:] {
		verifierOptions = append(verifierOptions, veriff.WithPreviousSecret(secret))
	}
	if in.legacy {
		verifierOptions = append(verifierOptions, veriff.WithLegacySignature())
	}
	if in.logs {
		verifierOptions = append(verifierOptions, veriff.WithLogger(s.logger()))
	}
	verifier, err := veriff.NewVerifier(soakKey, in.secrets[0], verifierOptions...)
	require.NoError(s.t, err)
	var options []veriff.HandlerOption
	if in.confirms {
		client, err := veriff.NewClient(soakKey, soakSecret, veriff.WithBaseURL("https://api.vendor.example"), veriff.WithMaxAttempts(1),
			veriff.WithHTTPClient(&http.Client{Transport: roundTripper(s.api)}), veriff.WithLogger(s.logger()))
		require.NoError(s.t, err)
		options = append(options, veriff.ConfirmWith(client))
	}
	if in.dedupes {
		in.deduper = new(veriff.MemoryDeduper)
		options = append(options, veriff.WithDeduper(in.deduper))
	}
	handler, err := veriff.NewWebhookHandler(verifier, func(ctx context.Context, webhook veriff.Webhook) error {
		return s.callback(ctx, index, webhook)
	}, options...)
	require.NoError(s.t, err)
	return handler
}

// run sends everything, hour by hour, and again what was not taken. It returns
// the heap after a quarter of the deliveries, and how many requests there were
// by then and in the end.
func (s *veriffSoak) run(r *rand.Rand, v *receiver) (quarter, sentThen, sent int) {
	var due []*sending // again
	begun := 0
	for ; (begun < len(s.byHour) || len(due) > 0) && !s.seenEnough(); s.hour++ {
		for ; begun < len(s.byHour) && s.deliveries[s.byHour[begun]].hour == s.hour; begun++ {
			d := &s.deliveries[s.byHour[begun]]
			due = append(due, &sending{delivery: d, event: &s.events[d.event]})
		}
		var tries []*try
		for _, p := range shuffled(r, due, func(p *sending) uint64 { return p.delivery.seed }, (*sending).together) {
			tries = append(tries, s.request(p))
		}
		v.deliver(tries)
		sent += len(tries)
		due = nil
		for _, x := range tries {
			if p := x.plan.(*sending); s.again(x, p) {
				due = append(due, &sending{delivery: p.delivery, event: p.event, number: p.number + 1})
			}
		}
		if quarter == 0 && begun >= len(s.byHour)/4 {
			quarter, sentThen = heap()-s.dedupersHold(), sent
		}
	}
	return quarter, sentThen, sent
}

// request makes a try of a sending.
func (s *veriffSoak) request(p *sending) *try {
	in := s.integrations[s.sessions[p.event.session].integration]
	x := p.delivery.post(p.event, in.secrets, in.legacy)
	x.path, x.plan, x.together = "/"+in.name, p, p.together()
	if p.number > 0 && x.manner != chunked {
		x.manner = entire
	}
	return x
}

func (p *sending) together() *together {
	if p.number > 0 {
		return nil
	}
	return p.delivery.together
}

// again tells whether Veriff sends it again: whatever was not answered with 200.
// Nobody but a stranger sends what was tampered with.
func (s *veriffSoak) again(x *try, p *sending) bool {
	switch {
	case p.delivery.tampered >= 0, p.delivery.large:
		return false
	case x.status == http.StatusOK:
		p.event.acked++
		return false
	case p.number >= maxTries:
		s.errorf("a webhook (%s) is not taken for a week", p.event.kind)
		return false
	}
	s.seen.add("sent again")
	return true
}

func (s *veriffSoak) begun(x *try) {
	s.state.Lock()
	defer s.state.Unlock()
	p := x.plan.(*sending)
	session := &s.sessions[p.event.session]
	for _, other := range session.under {
		other.overlapped, p.overlapped = true, true
	}
	session.under = append(session.under, p)
}

// served judges an answer by what the ledger says.
func (s *veriffSoak) served(x *try) {
	s.state.Lock()
	defer s.state.Unlock()
	p := x.plan.(*sending)
	session := &s.sessions[p.event.session]
	session.under = slices.DeleteFunc(session.under, func(other *sending) bool { return other == p })
	if len(session.under) == 0 {
		session.under = nil
	}
	in := s.integrations[session.integration]
	s.seen.add(fmt.Sprintf("answered %d", x.written))
	wrong := func(why string) {
		s.errorf("%s of %s, %s, try %d, answered %d: %s (called %d times, asked %d times)", p.event.kind, in.name, x.manner, p.number, x.written, why, p.called, p.asked)
	}
	refused := 0
	switch d := p.delivery; {
	case d.tampered >= 0:
		if refused = tamperings[d.tampered].status; refused == http.StatusUnauthorized {
			s.seen.add("refused: tampered")
		}
	case d.large:
		refused = http.StatusRequestEntityTooLarge
	case x.manner == cutBody && x.written == http.StatusBadRequest:
		refused = http.StatusBadRequest
	case x.manner == cutAnswer && x.written == http.StatusBadRequest && p.called+p.asked == 0:
		return // the end of the body was lost with the connection
	}
	if refused != 0 {
		if x.written != refused {
			wrong(fmt.Sprintf("%d was to be the answer", refused))
		}
		if p.called+p.asked > 0 {
			wrong("what is refused was looked at")
		}
		return
	}
	key := p.event
	if in.confirms && p.event.kind.confirmable() {
		key = p.shown
		switch {
		case p.asked != 1:
			wrong("the API is to be asked once")
		case p.down || key == nil || key.seq < p.event.seq:
			if x.written != http.StatusServiceUnavailable || p.called > 0 {
				wrong("what is not confirmed is to come again")
			}
			s.seen.add("unconfirmed")
			return
		}
	} else if p.asked > 0 {
		wrong("the API was asked about what it does not tell")
	}
	switch {
	case p.called > 1:
		wrong("one delivery is one callback at most")
	case p.called == 1 && p.failure != "":
		s.seen.add("callback: " + p.failure)
		want := http.StatusInternalServerError
		if p.failure == "busy" {
			want = http.StatusServiceUnavailable
		}
		if x.written != want {
			wrong(fmt.Sprintf("after a callback that failed (%s) %d was to be the answer", p.failure, want))
		}
	case p.called == 1:
		s.seen.add("handled")
		if x.written != http.StatusOK {
			wrong("what is handled is not to come again")
		}
	case !in.dedupes:
		wrong("it was not handled")
	case x.written == http.StatusOK:
		s.seen.add("duplicates of what was handled")
		if key.handled == 0 {
			wrong("it was not handled, and does not come again")
		}
	case x.written == http.StatusServiceUnavailable && p.overlapped:
		s.seen.add("busy")
	default:
		wrong("there was no reason to have it come again")
	}
}

// veriffFailings are how a callback of the handler's fails.
var veriffFailings = append(slices.Clip(failings), failing{"busy", func() error { return fmt.Errorf("%s: %w", soakHidden, veriff.ErrBusy) }})

// callback is the application. It fails as planned, and otherwise keeps a
// decision that supersedes the one that it has.
func (s *veriffSoak) callback(ctx context.Context, index int, webhook veriff.Webhook) error {
	x := tryOf(ctx)
	if x == nil {
		s.errorf("a callback without the context of its request")
		return nil
	}
	p := x.plan.(*sending)
	if ctx.Err() != nil {
		s.errorf("the callback's context ended with its sender: %v", ctx.Err())
	}
	if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > time.Minute {
		s.errorf("the callback's context has no end")
	}
	runtime.Gosched() // so that others are in the midst of it as well
	s.state.Lock()
	defer s.state.Unlock()
	p.called++
	if s.sessions[p.event.session].integration != index {
		s.errorf("a callback of another handler")
	}
	if p.number < p.delivery.fails {
		way := veriffFailings[(p.delivery.seed+uint64(p.number))%uint64(len(veriffFailings))]
		p.failure = way.name
		return way.fail()
	}
	e := s.recognise(p, webhook)
	if e == nil {
		s.errorf("a callback with what the vendor did not say (%T)", webhook)
		return nil
	}
	if in := s.integrations[index]; in.confirms && e.kind.confirmable() {
		if e != p.shown {
			s.errorf("a callback with another %s than the API tells", e.kind)
		}
	} else if e != p.event {
		s.errorf("a callback with another %s than was sent", e.kind)
	}
	e.handled++
	if decision, ok := webhook.(*veriff.Decision); ok {
		s.keep(e, decision)
	}
	return nil
}

// recognise finds the event that a webhook tells of, and is nil for one that is
// none in any detail.
func (s *veriffSoak) recognise(p *sending, webhook veriff.Webhook) *event {
	session := &s.sessions[p.event.session]
	id := sessionID(p.event.session)
	switch w := webhook.(type) {
	case *veriff.Decision:
		return s.find(session, func(e *event) bool {
			return e.kind == decisionKind && w.ID == id && w.AttemptID == attemptID(e.session, e.attempt) && w.VendorData == e.vendorData() &&
				string(w.Status) == e.outcome.status && int(w.Code) == e.outcome.code && int(w.ReasonCode) == e.outcome.reasonCode &&
				(w.DecisionTime.Equal(e.at()) || e.outcome.untimed && w.DecisionTime.IsZero()) &&
				w.Person.FirstName == e.firstName() && w.Person.IDNumber == soakNumber
		})
	case *veriff.Event:
		return s.find(session, func(e *event) bool {
			return e.kind <= submittedKind && e.kind.String() == string(w.Action) && w.ID == id && w.AttemptID == attemptID(e.session, e.attempt) && w.VendorData == e.vendorData()
		})
	case *veriff.WatchlistScreening:
		return s.find(session, func(e *event) bool {
			return e.kind == screeningKind && w.SessionID == id && w.CreatedAt.Equal(e.at()) && string(w.SearchTerm.Name) == e.firstName()
		})
	case *veriff.FullAutoDecision:
		return s.find(session, func(e *event) bool {
			return e.kind == fullAutoKind && w.SessionID == id && w.AttemptID == attemptID(e.session, e.attempt) && w.Decision == "approved"
		})
	case *veriff.UnknownWebhook:
		return s.find(session, func(e *event) bool { return e.kind == unheardKind && bytes.Equal(w.Meta().Raw(), e.webhook()) })
	}
	return nil
}

// keep is the application's transaction.
func (s *veriffSoak) keep(e *event, decision *veriff.Decision) {
	row := &s.sessions[e.session].row
	var stored *veriff.Decision
	if row.seq >= 0 {
		stored = &veriff.Decision{
			ID: sessionID(e.session), AttemptID: attemptID(e.session, row.attempt), Status: veriff.Status(row.outcome.status), Code: veriff.DecisionCode(row.outcome.code),
			ReasonCode: veriff.ReasonCode(row.outcome.reasonCode), DecisionTime: veriff.Time{Time: row.at},
		}
	}
	supersedes := decision.Supersedes(stored)
	if supersedes != (e.seq > row.seq) {
		s.errorf("a decision (%s, event %d) supersedes event %d: %t", e.outcome.status, e.seq, row.seq, supersedes)
	}
	if supersedes {
		row.seq, row.attempt, row.outcome, row.at = e.seq, e.attempt, e.outcome, decision.DecisionTime.Time
		e.applied++
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// api is Veriff's API, which tells what happened last, or fails as planned.
func (s *veriffSoak) api(r *http.Request) (*http.Response, error) {
	x := tryOf(r.Context())
	if x == nil {
		return nil, errors.New("a request without the context of a webhook")
	}
	p := x.plan.(*sending)
	path := strings.Split(r.URL.Path, "/") // /v1/sessions/ID/decision
	kind := decisionKind
	switch what := strings.Join(path[min(4, len(path)):], "/"); what {
	case "watchlist-screening":
		kind = screeningKind
	case "decision/fullauto":
		kind = fullAutoKind
	case "decision":
	default:
		return nil, fmt.Errorf("a request for %q", what)
	}
	s.state.Lock()
	defer s.state.Unlock()
	p.asked++
	if len(path) < 4 || sessionIndex(path[3]) != p.event.session || r.Header.Get("X-Auth-Client") != soakKey || r.Header.Get("X-Hmac-Signature") != hmacOf(soakSecret, []byte(path[3])) {
		s.errorf("the API is asked about another session, or without its signature")
	}
	if p.number < p.delivery.down {
		p.down = true
		return s.fault(r, p)
	}
	session := &s.sessions[p.event.session]
	p.shown = s.last(session, kind, s.hour)
	if p.number < p.delivery.behind && p.shown != nil {
		p.shown = s.before(p.shown)
	}
	switch shown := p.shown; {
	case shown != nil && session.deleted && (shown.outcome == expiredOutcome || shown.outcome == abandonedOutcome):
		p.shown = p.event // is all that there is
		return answer(r, http.StatusNotFound, []byte(`{"status":"fail","message":"Not Found."}`), soakSecret), nil
	case shown != nil:
		return answer(r, http.StatusOK, shown.answer(), soakSecret), nil
	case kind == decisionKind:
		return answer(r, http.StatusOK, []byte(`{"status":"success","verification":null,"technicalData":{"ip":null}}`), soakSecret), nil
	}
	return answer(r, http.StatusNotFound, []byte(`{"status":"fail","message":"Not Found."}`), soakSecret), nil
}

func answer(r *http.Request, status int, body []byte, secret string) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {"application/json"}, "X-Auth-Client": {soakKey}, "X-Hmac-Signature": {hmacOf(secret, body)}},
		Body:   io.NopCloser(bytes.NewReader(body)),
	}
}

// fault is one of the ways in which an API gives no answer.
func (s *veriffSoak) fault(r *http.Request, p *sending) (*http.Response, error) {
	last := s.last(&s.sessions[p.event.session], p.event.kind, s.hour)
	switch p.delivery.seed % 9 {
	case 0:
		return nil, errRefused
	case 1:
		return nil, io.ErrUnexpectedEOF
	case 2:
		return answer(r, http.StatusTooManyRequests, []byte(`{}`), soakSecret), nil
	case 3:
		return answer(r, http.StatusUnauthorized, []byte(`{"status":"fail","code":"1804"}`), soakSecret), nil
	case 4:
		return answer(r, http.StatusOK, []byte("<!doctype html><title>"+soakHidden), soakSecret), nil
	case 5:
		return answer(r, http.StatusOK, last.answer(), soakUnknown), nil
	case 6:
		body := last.answer()
		return answer(r, http.StatusOK, body[:len(body)-1], soakSecret), nil
	case 7:
		other := *last
		other.session++
		return answer(r, http.StatusOK, other.answer(), soakSecret), nil
	}
	return answer(r, http.StatusServiceUnavailable, []byte(soakHidden), soakSecret), nil
}

// settled compares the end with the ledger.
func (s *veriffSoak) settled() {
	for i := range s.sessions {
		session := &s.sessions[i]
		in := s.integrations[session.integration]
		newest := map[kind]*event{}
		for j := session.first; j < session.end; j++ {
			e := &s.events[j]
			newest[e.kind] = e
			if e.acked == 0 {
				s.errorf("a %s that Veriff could not deliver to %s", e.kind, in.name)
			}
			if in.dedupes && e.handled > 1 {
				s.errorf("a %s that %s handled %d times", e.kind, in.name, e.handled)
			}
			if e.applied > 1 {
				s.errorf("a decision that was applied %d times by %s", e.applied, in.name)
			}
			s.applied(e)
			if !(in.confirms && e.kind.confirmable()) && e.handled == 0 {
				s.errorf("a %s that %s never handled", e.kind, in.name)
			}
		}
		for kind, e := range newest {
			if e.handled == 0 {
				s.errorf("the newest %s was never handled by %s", kind, in.name)
			}
			if kind == decisionKind && (session.row.seq != e.seq || e.applied != 1) {
				s.errorf("the newest decision is event %d, and %s has event %d", e.seq, in.name, session.row.seq)
			}
		}
	}
}

func (s *veriffSoak) applied(e *event) {
	switch {
	case e.kind != decisionKind:
	case e.applied > 0:
		s.seen.add("decisions applied")
	default:
		s.seen.add("decisions passed over for a newer one")
	}
}

// dedupersHold is what the dedupers must keep: as much as others do that were
// given as many keys.
func (s *veriffSoak) dedupersHold() int {
	keys := make([]int, len(s.integrations))
	for i := range s.events {
		e := &s.events[i]
		if in := s.sessions[e.session].integration; s.integrations[in].dedupes {
			keys[in] += min(e.handled, 1)
		}
	}
	twins := make([]veriff.MemoryDeduper, len(keys))
	before := heap()
	for i, n := range keys {
		for key := range n {
			_ = twins[i].Once(context.Background(), fmt.Sprintf("%064x", key), func(context.Context) error { return nil })
		}
	}
	held := heap() - before
	runtime.KeepAlive(twins)
	return held
}
