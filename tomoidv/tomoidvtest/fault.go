package tomoidvtest

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
// once, to the next request for any operation, the token endpoint included,
// unless Times and On say otherwise:
//
//	srv.Inject(tomoidvtest.Truncate().On(tomoidvtest.ResultRoute).Times(2))
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
	return once(fake.Status(status, retryAfter, messageBody(http.StatusText(status))))
}

// OAuthError refuses with a status and the error of RFC 6749 section 5.2,
// before the request is processed or judged.
func OAuthError(status int, code, description string) Fault {
	f := once(fake.Status(status, 0, oauthBody(code, description)))
	if status < 400 || status > 599 || code == "" {
		f.fault.Invalid = errors.New("OAuthError: the status of a refusal and a code that is not empty")
	}
	return f
}

// Text refuses with a status and plain text, before the request is processed or
// judged.
func Text(status int, text string) Fault {
	f := once(fake.Fault{Instead: func() *fake.Answer {
		return fake.NewAnswer(status, "text/plain;charset=utf-8", []byte(text))
	}})
	if status < 400 || status > 599 {
		f.fault.Invalid = errors.New("Text: not the status of a refusal")
	}
	return f
}

// HTML answers with the HTML page of a proxy, before the request is processed.
func HTML(status int) Fault { return once(fake.HTML(status)) }

// Redirect sends the caller to another address, with the same method and body.
func Redirect(location string) Fault { return once(fake.Redirect(location)) }

// ResetBefore resets the connection before the request is processed.
func ResetBefore() Fault { return once(fake.ResetBefore()) }

// ResetAfter processes the request and resets the connection instead of
// answering: the check is started, and nobody hears of it. See Attempts.
func ResetAfter() Fault { return once(fake.ResetAfter()) }

// Stall does not touch the request until release is closed, or, if it is nil,
// until the caller gives up.
func Stall(release <-chan struct{}) Fault { return once(fake.Stall(release)) }

// StallBody sends the answer's header and half of its body, and the rest when
// release is closed; never, if it is nil.
func StallBody(release <-chan struct{}) Fault { return once(fake.StallBody(release)) }

// Truncate announces the whole answer, sends half of its body and breaks off.
func Truncate() Fault { return once(fake.Truncate()) }

// Oversize makes the answer's body larger by n bytes. It is valid JSON.
func Oversize(n int) Fault { return once(fake.Oversize(n)) }

// SetMembers puts members into the answer, in place of those that are there
// already: a token that is empty or over, both result and results.
//
//	tomoidvtest.SetMembers(map[string]any{"access_token": ""}).On(tomoidvtest.TokenRoute)
//
// The members must have a JSON form.
func SetMembers(members map[string]any) Fault {
	plain, err := plainFields(members)
	f := once(fake.Fault{Rewrite: func(a *fake.Answer) error {
		return rewriteObject(a, func(object map[string]json.RawMessage) {
			for name, v := range plain {
				object[name] = fake.EncodeJSON(v)
			}
		})
	}})
	f.fault.Invalid = err
	return f
}

// DropMembers leaves members out of the answer.
func DropMembers(names ...string) Fault {
	return once(fake.Fault{Rewrite: func(a *fake.Answer) error {
		return rewriteObject(a, func(object map[string]json.RawMessage) {
			for _, name := range names {
				delete(object, name)
			}
		})
	}})
}

// ExtraMembers puts members at the end of the answer, as they are written:
// names that are there already, or that differ only in their case.
//
//	tomoidvtest.ExtraMembers(`"results":[],"Result":{}`)
func ExtraMembers(members string) Fault {
	f := once(fake.Fault{Rewrite: func(a *fake.Answer) error {
		if len(a.Body) < 3 || a.Body[0] != '{' {
			return errNoObject()
		}
		a.Body = fake.WithMembers(a.Body, members)
		return nil
	}})
	f.fault.Invalid = fake.JudgeMembers(members)
	return f
}

// ExtraKYCMembers is ExtraMembers in the kyc view of every record.
//
//	tomoidvtest.ExtraKYCMembers(`"status":"approved","Status":"rejected"`)
func ExtraKYCMembers(members string) Fault {
	f := once(fake.Fault{Rewrite: func(a *fake.Answer) error {
		changed := 0
		err := rewriteRecords(a, func(record map[string]json.RawMessage) {
			if record["kyc"] != nil {
				record["kyc"] = fake.WithMembers(record["kyc"], members)
				changed++
			}
		})
		if err == nil && changed == 0 {
			err = errors.New("tomoidvtest: the fault does not fit: the answer has no kyc")
		}
		return err
	}})
	f.fault.Invalid = fake.JudgeMembers(members)
	return f
}

// AnotherUser answers about somebody else: the records' auth_id and, under
// contract 1.4, user_id are those of a user whom nobody asked about.
func AnotherUser() Fault {
	return once(fake.Fault{Rewrite: func(a *fake.Answer) error {
		other := fake.NewUUID()
		err := rewriteRecords(a, func(record map[string]json.RawMessage) { record["auth_id"] = fake.EncodeJSON(other) })
		if err != nil {
			return err
		}
		return rewriteObject(a, func(object map[string]json.RawMessage) {
			if object["user_id"] != nil {
				object["user_id"] = fake.EncodeJSON(derivedPPID("another", other))
			}
		})
	}})
}

func errNoObject() error {
	return errors.New("tomoidvtest: the fault does not fit: the answer is no JSON object")
}

// rewriteObject changes the members of the answer, which must be an object.
func rewriteObject(a *fake.Answer, rewrite func(map[string]json.RawMessage)) error {
	var object map[string]json.RawMessage
	if json.Unmarshal(a.Body, &object) != nil {
		return errNoObject()
	}
	rewrite(object)
	a.Body = fake.EncodeJSON(object)
	return nil
}

// rewriteRecords changes every record of an answer, of which there must be one.
func rewriteRecords(a *fake.Answer, rewrite func(map[string]json.RawMessage)) error {
	var body struct {
		Result  map[string]json.RawMessage
		Results []map[string]json.RawMessage
	}
	if json.Unmarshal(a.Body, &body) != nil || body.Result["auth_id"] == nil && len(body.Results) == 0 {
		return errors.New("tomoidvtest: the fault does not fit: the answer has no record")
	}
	for _, record := range body.Results {
		rewrite(record)
	}
	if body.Result != nil {
		rewrite(body.Result)
	}
	return rewriteObject(a, func(object map[string]json.RawMessage) {
		if body.Result != nil {
			object["result"] = fake.EncodeJSON(body.Result)
		}
		if body.Results != nil {
			object["results"] = fake.EncodeJSON(body.Results)
		}
	})
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
			return s.fail(fmt.Errorf("tomoidvtest: %w", f.fault.Invalid))
		case !known:
			return s.fail(fmt.Errorf("tomoidvtest: there is no operation %q", f.route))
		case f.times < 1:
			return s.fail(errors.New("tomoidvtest: a fault must happen at least once"))
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
