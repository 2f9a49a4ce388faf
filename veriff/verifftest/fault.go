package verifftest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A Fault is something that goes wrong with a request to the API. It happens
// once, to the next request for any operation, unless Times and On say
// otherwise:
//
//	srv.Inject(verifftest.Truncate().On(verifftest.DecisionRoute).Times(2))
//
// A request that a fault befalls is among Requests. Mind that Go's http
// package repeats a GET on its own when a connection that it had used before is
// reset.
type Fault struct {
	fault fake.Fault
	route Route
	times int
}

// Times lets the fault happen to n requests.
func (f Fault) Times(n int) Fault {
	f.times = n
	return f
}

// On lets the fault happen to requests for one operation only.
func (f Fault) On(route Route) Fault {
	f.route = route
	return f
}

func once(f fake.Fault) Fault { return Fault{fault: f, times: 1} }

// Status refuses with a status, before the request is processed or judged, and
// with a Retry-After in whole seconds unless it is 0.
func Status(status int, retryAfter time.Duration) Fault {
	return once(fake.Status(status, retryAfter, (&refusal{message: http.StatusText(status) + "."}).body()))
}

// HTML answers with the HTML page of a proxy, before the request is processed.
func HTML(status int) Fault { return once(fake.HTML(status)) }

// Redirect sends the caller to another address, with the same method and body.
func Redirect(location string) Fault { return once(fake.Redirect(location)) }

// ResetBefore resets the connection before the request is processed.
func ResetBefore() Fault { return once(fake.ResetBefore()) }

// ResetAfter processes the request and resets the connection instead of
// answering: the session is created, and nobody hears of it. See Sessions.
func ResetAfter() Fault { return once(fake.ResetAfter()) }

// Stall does not touch the request until release is closed, or, if it is nil,
// until the caller gives up.
func Stall(release <-chan struct{}) Fault { return once(fake.Stall(release)) }

// StallBody sends the answer's header and half of its body, and the rest when
// release is closed; never, if it is nil.
func StallBody(release <-chan struct{}) Fault { return once(fake.StallBody(release)) }

// Truncate announces the whole answer, sends half of its body and breaks off.
func Truncate() Fault { return once(fake.Truncate()) }

// Trickle sends the answer's body in pieces of at most n bytes, with a pause
// before each: slowly, and never silent for longer than the pause.
func Trickle(n int, pause time.Duration) Fault { return once(fake.Trickle(n, pause)) }

// Endless sends the answer's body over and over until the caller hangs up.
func Endless() Fault { return once(fake.Endless()) }

// Oversize makes the answer's body larger by n bytes, with a valid signature:
// still JSON where it was, and longer at its end where it is a medium.
func Oversize(n int) Fault { return once(fake.Oversize(n)) }

// WrongSignature answers with a signature of the right form that does not
// match.
func WrongSignature() Fault {
	return once(fake.Fault{Tamper: func(a *fake.Answer) {
		for _, name := range signatureHeaders() {
			if signature := a.Header.Get(name); signature != "" {
				a.Header.Set(name, flipFirst(signature))
			}
		}
	}})
}

func flipFirst(signature string) string {
	if signature[0] == '0' {
		return "1" + signature[1:]
	}
	return "0" + signature[1:]
}

// NoSignature answers without a signature.
func NoSignature() Fault {
	return once(fake.Fault{Tamper: func(a *fake.Answer) {
		for _, name := range signatureHeaders() {
			a.Header.Del(name)
		}
	}})
}

// ExtraMembers puts members at the end of the object that the answer is about,
// such as verification, as they are written, and signs the result: names that
// are there already, or that differ only in their case. In a list of media it
// is the first image.
//
//	verifftest.ExtraMembers(`"status":"approved","Code":9001`)
func ExtraMembers(members string) Fault {
	f := once(fake.Fault{Rewrite: func(a *fake.Answer) error {
		subjects := []string{"verification", "image", "person", "data", "timestamp", "images"}
		return rewriteSubject(a, subjects, func(subject json.RawMessage) json.RawMessage {
			return fake.WithMembers(subject, members)
		})
	}})
	f.fault.Invalid = fake.JudgeMembers(members)
	return f
}

// AnotherSession answers, signed, about a session, or a timestamp, with another
// id than the one asked for. In a list of media it is the first image that is of
// another session. An answer that names no session does not fit.
func AnotherSession() Fault {
	return once(fake.Fault{Rewrite: func(a *fake.Answer) error {
		subjects := []string{"verification", "data", "timestamp", "images"}
		return rewriteSubject(a, subjects, func(subject json.RawMessage) json.RawMessage {
			var object map[string]json.RawMessage
			if err := json.Unmarshal(subject, &object); err != nil { // it is ours
				panic(err)
			}
			name := "id"
			if object["sessionId"] != nil {
				name = "sessionId"
			}
			object[name] = fake.EncodeJSON(fake.NewUUID())
			return fake.EncodeJSON(object)
		})
	}})
}

// rewriteSubject changes the text of the first of these members that is an
// object, or of the first object in one that is a list. There must be one.
func rewriteSubject(a *fake.Answer, subjects []string, rewrite func(json.RawMessage) json.RawMessage) error {
	var body map[string]json.RawMessage
	if json.Unmarshal(a.Body, &body) == nil {
		for _, name := range subjects {
			var list []json.RawMessage
			subject := body[name]
			isList := json.Unmarshal(subject, &list) == nil && len(list) > 0
			if isList {
				subject = list[0]
			}
			if len(subject) < 3 || subject[0] != '{' {
				continue
			}
			body[name] = rewrite(subject)
			if isList {
				list[0] = body[name]
				body[name] = fake.EncodeJSON(list)
			}
			a.Body = fake.EncodeJSON(body)
			return nil
		}
	}
	return errors.New("verifftest: the fault does not fit: the answer is about nothing")
}

// Inject lets faults happen, each as described at its constructor. Those that
// are meant for the same request happen to one request each, in the order in
// which they were injected. A fault that can never happen is an error, and so
// is, on a server for a test, one that does not fit the answer it befalls.
func (s *Server) Inject(faults ...Fault) error {
	for _, f := range faults {
		known := f.route == "" || slices.ContainsFunc(s.endpoints(), func(e endpoint) bool { return e.route == f.route })
		switch {
		case f.fault.Invalid != nil:
			return s.fail(fmt.Errorf("verifftest: %w", f.fault.Invalid))
		case !known:
			return s.fail(fmt.Errorf("verifftest: there is no operation %q", f.route))
		case f.times < 1:
			return s.fail(errors.New("verifftest: a fault must happen at least once"))
		}
		s.faults.Add(f.fault, string(f.route), f.times)
	}
	return nil
}

// FailNext refuses the next request with a status, and a Retry-After unless it
// is 0. It is short for injecting Status.
func (s *Server) FailNext(status int, retryAfter time.Duration) error {
	return s.Inject(Status(status, retryAfter))
}

// ClearFaults forgets the faults that have not happened yet.
func (s *Server) ClearFaults() { s.faults.Clear() }
