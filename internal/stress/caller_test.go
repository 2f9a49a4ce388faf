package stress_test

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A place is where a call waits, because of its fault, when its caller leaves.
type place struct {
	fault
	// token: the request that waits is the one for the token, which the call
	// needs. It goes on without the caller, for the next one.
	token bool
	// revoked: the call had a token, and the vendor has refused it.
	revoked bool
	// company is another caller, who wants the same token and stays: before
	// this one came, or after.
	company company
	// before: the caller has left before the call, which then does nothing.
	before bool
	// only says which calls come here.
	only func(name string, c call) bool

	begun, seen int // attempts of the call that the error tells, requests at the fault
	// stays is how long the caller waits before it cancels.
	stays time.Duration
	// deadline is the caller's, 5 s unless set. Where the fault has a kind the
	// call does not wait for something that would come later, and is over with
	// that kind after gone.
	deadline, gone time.Duration
	// decided: the fault's kind is what comes of it however the caller leaves.
	decided bool
}

type company int

const (
	alone company = iota
	first
	second
)

func places() map[string]place {
	silence := func(e exchange) { e.answer(); e.gone() }
	body := func(e exchange) { e.half(e.answer()); e.gone() }
	held := func(e exchange) {
		rec := e.answer()
		<-e.network.release
		e.send(rec)
	}
	connecting := func(ctx context.Context, _ line) error { <-ctx.Done(); return ctx.Err() }
	refused := func(ctx context.Context, l line) error { return l.refuse(ctx) }
	limited := fault{serve: retryAfter(http.StatusTooManyRequests, "7"), want: want{kind: rateLimited, retryAfter: 7 * time.Second}}
	doubt := want{doubt: true}
	repeatable := func(_ string, c call) bool { return !c.once }
	const moment = time.Nanosecond // one backoff in hundreds of millions is no longer
	return map[string]place{
		"before the call":               {before: true},
		"before the call and the token": {before: true, token: true},

		"connecting":           {fault: fault{dial: connecting}, begun: 1},
		"in the TLS handshake": {fault: fault{over: overTLS, peer: silent}, begun: 1},
		"sending": {fault: fault{serve: func(e exchange) { conn := e.hijack(); <-e.network.release; closed(conn) }, want: doubt}, begun: 1, seen: 1,
			only: func(name string, _ call) bool { return name == "veriff/UploadMedia" }}, // others are too short for a pause
		"before the header":              {fault: fault{serve: silence, want: doubt}, begun: 1, seen: 1},
		"before the header, over TLS":    {fault: fault{over: overTLS, serve: silence, want: doubt}, begun: 1, seen: 1},
		"in the header":                  {fault: fault{serve: func(e exchange) { e.raw("HTTP/1.1 200 OK\r\nX-Said: "+marker, lingers) }, want: doubt}, begun: 1, seen: 1},
		"in the body":                    {fault: fault{serve: body, want: doubt}, begun: 1, seen: 1},
		"before the header, over HTTP/2": {fault: fault{over: overHTTP2, serve: silence, want: doubt}, begun: 1, seen: 1},
		"in the body, over HTTP/2":       {fault: fault{over: overHTTP2, serve: body, want: doubt}, begun: 1, seen: 1},
		// Its status has said it.
		"in the body of a refusal": {fault: fault{serve: func(e exchange) { e.raw("HTTP/1.1 409 Conflict\r\nContent-Length: 100\r\n\r\n"+refusal[:9], lingers) }, want: want{kind: conflict}},
			begun: 1, seen: 1, decided: true, gone: 5 * time.Second},

		// A wait that ends after the deadline is not begun: the vendor's answer tells more.
		"in any call's backoff":   {fault: fault{dial: refused, want: want{kind: unavailable}}, begun: 1, deadline: moment},
		"in a backoff":            {fault: fault{serve: status(http.StatusServiceUnavailable), want: want{kind: unavailable}}, begun: 1, seen: 1, deadline: moment, only: repeatable},
		"in a Retry-After":        {fault: limited, begun: 1, seen: 1, only: repeatable},
		"in a second Retry-After": {fault: limited, begun: 2, seen: 2, stays: 8 * time.Second, deadline: 10 * time.Second, gone: 7 * time.Second, only: repeatable},

		"in another's token request":    {fault: fault{serve: held}, token: true, company: first, seen: 1},
		"in a token request for others": {fault: fault{serve: held}, token: true, company: second, seen: 1},
		"connecting for a token":        {fault: fault{dial: connecting}, token: true},
		"before the header of a token":  {fault: fault{serve: silence}, token: true, seen: 1},
		"in the body of a token":        {fault: fault{serve: body}, token: true, seen: 1},
		"in a token's backoff":          {fault: fault{serve: status(http.StatusServiceUnavailable)}, token: true, seen: 1, deadline: moment},
		"in a token's Retry-After":      {fault: fault{serve: limited.serve}, token: true, seen: 1},
		"before another token": {fault: fault{serve: silence}, token: true, revoked: true, begun: 1, seen: 1,
			only: func(name string, _ call) bool { return name != "tomoidv/Do" }}, // which asks for what needs no token
	}
}

// leaving is how the context ends.
type leaving int

const (
	cancels leaving = iota
	givesReason
	runsOut
)

var leavings = map[string]leaving{"canceled": cancels, "canceled for a reason": givesReason, "deadline": runsOut}

// context gives a caller's, and what ends it before its deadline.
func (l leaving) context(parent context.Context, p *place) (context.Context, context.CancelFunc) {
	switch l {
	case runsOut:
		return context.WithTimeout(parent, p.patience())
	case givesReason:
		ctx, cancel := context.WithCancelCause(parent)
		return ctx, func() { cancel(errReason) }
	}
	return context.WithCancel(parent)
}

// patience is how long it takes until the caller's deadline.
func (p *place) patience() time.Duration {
	if p.before {
		return 0
	}
	return cmp.Or(p.deadline, 5*time.Second)
}

// outcome is what the call ends with, and after how long.
func (p *place) outcome(l leaving) (kind class, took time.Duration) {
	switch {
	case l == runsOut && p.kind != success:
		return p.kind, p.gone
	case l == runsOut:
		return late, p.patience()
	case p.decided:
		return p.kind, p.stays
	}
	return canceled, p.stays
}

// errReason is a caller's own, which no error and no log may show.
var errReason = errors.New(marker)

// The caller's end is the call's end: at once, with the context's error, and with
// doubt where the request may have arrived and must not be sent again. Nothing
// is sent after it. How an answer is signed makes no difference here.
func TestCallersThatLeave(t *testing.T) {
	for column, v := range vendors {
		if v.optional() {
			continue
		}
		for callName, c := range v.calls {
			name := v.name + "/" + callName
			for placeName, p := range places() {
				if p.only != nil && !p.only(name, c) || p.token && (v.token == "" || c.anonymous) {
					continue
				}
				for leavingName, l := range leavings {
					cell(t, column+"/"+callName+"/"+placeName+"/"+leavingName, func(t *testing.T) { v.leave(t, name, c, &p, l) })
				}
			}
		}
	}
}

func (v *vendor) leave(t *testing.T, name string, c call, p *place, l leaving) {
	route := c.route
	if p.token {
		route = v.token
	}
	x := v.begin(t, inMemory, c, route, &p.fault)
	others := int64(0) // requests that are not of route
	if !p.token || p.revoked {
		require.NoError(t, x.world.warm(t.Context(), x.client))
	}
	if p.revoked {
		x.world.revoke()
		others = 1 // and is refused
	}
	x.network.arm()
	stayed := make(chan error, 1)
	stay := func() { stayed <- x.world.warm(t.Context(), x.client) }
	if p.company == first {
		go stay()
		wait()
	}

	ctx, leave := l.context(t.Context(), p)
	defer leave()
	if p.before && l != runsOut {
		leave()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		began := time.Now()
		x.err = x.do(ctx, x.client)
		x.took = time.Since(began)
	}()
	wait()
	if p.company == second {
		go stay()
		wait()
	}
	if l != runsOut {
		<-time.After(p.stays)
		leave()
	}
	<-done
	wait()

	kind, took := p.outcome(l)
	x.checkKinds(v, kind, c.once && p.doubt)
	x.checkSaid(c.named(name), p.begun, p.retryAfter)
	x.assertNothingShown()
	assert.Equal(t, took, x.took, "what goes by")
	assert.Equal(t, l == givesReason && kind == canceled, errors.Is(x.err, errReason), "the caller's reason")

	sent := x.network.sent()
	assert.EqualValues(t, p.seen, sent.seen, "requests that arrived")
	assert.Equal(t, others, sent.others, "other requests")
	if p.before {
		assert.Zero(t, sent.dials)
	}
	close(x.network.release)
	if p.company != alone {
		assert.NoError(t, <-stayed, "who stayed")
		sent.others++
	}
	<-time.After(time.Hour)
	after := x.network.sent()
	if p.token {
		after.dials = sent.dials
	}
	if p.token && p.company == alone {
		after.seen = sent.seen // goes on without the caller, for the next one
	}
	assert.Equal(t, sent, after, "what is sent when the caller has left")
	x.network.assertQuiet(t)
}
