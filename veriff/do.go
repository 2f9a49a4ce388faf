package veriff

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Call is an operation of the API that this package has no method for, such
// as Mexico's registries:
//
//	&veriff.Call{
//		Method: http.MethodGet,
//		Route:  "/v1/sessions/{id}/decision/curp-registry",
//		Args:   []string{sessionID},
//		Query:  url.Values{"version": {"1.0.0"}},
//	}
type Call struct {
	// Method is the HTTP method.
	Method string
	// Route is the path below the base URL, beginning with "/v1/". An element
	// in braces stands for the next of Args. Logs show Route, so that no id
	// belongs into it.
	Route string
	// Args are ids, escaped each on its own.
	Args []string
	// Query is never signed.
	Query url.Values
	// Body is one JSON value, sent byte for byte; nil is none.
	Body []byte
	// SignedID is the id that the signature covers. "" is for Body, if there is
	// one, else for the only one of Args: what Veriff wants of everything that
	// is documented.
	SignedID string
	// Repeatable says that the operation does the same once and twice, so that
	// it may be sent again although an earlier attempt may have arrived. A GET
	// always may.
	Repeatable bool
}

// Validate names the first field that cannot be sent.
func (c *Call) Validate() error {
	switch {
	case c == nil:
		return errors.New("call is nil")
	case c.Body != nil && transport.CheckJSON(c.Body) != nil:
		return errors.New("the Body is not one JSON value without a key twice")
	case c.Body == nil && c.SignedID == "" && len(c.Args) > 1:
		return errors.New("SignedID is empty, and Args has several ids to sign")
	}
	return c.call().Check()
}

func (c *Call) call() *transport.Call {
	return &transport.Call{
		Op: "Do", Method: c.Method, Route: c.Route, Args: c.Args, Query: c.Query, Body: c.Body,
		Repeatable: c.Repeatable || c.Method == http.MethodGet,
	}
}

// signed gives the payload of the signature. A call with neither a body nor an
// id signs the empty body that it has.
func (c *Call) signed() []byte {
	switch {
	case c.SignedID != "":
		return []byte(c.SignedID)
	case c.Body == nil && len(c.Args) == 1:
		return []byte(c.Args[0])
	}
	return append([]byte{}, c.Body...)
}

// An Answer is a success as it came.
type Answer struct {
	// StatusCode is the HTTP status, between 200 and 299.
	StatusCode int

	meta Meta
}

// Meta tells how the answer reached this program, and holds its bytes.
func (a *Answer) Meta() Meta { return a.meta }

// Decode unmarshals the answer, envelope included, into what v points to, and
// changes that only if all went well. A member in another case than
// the tag of a field is not that field's. An error is [ErrInvalidAnswer], also
// for an answer without a body.
func (a *Answer) Decode(v any) error {
	if err := transport.Decode(a.meta.body.Bytes(), v); err != nil {
		return &Error{Op: "Answer.Decode", StatusCode: a.StatusCode, kinds: []error{ErrInvalidAnswer}, detail: err.Error(), cause: err}
	}
	return nil
}

// Do carries out an operation that this package has no method for, with
// everything that its methods have: ids are checked and escaped, the request is
// signed, the answer's size is bounded and its signature is checked, and errors
// are an *[Error]. Credentials go to the base URL alone; an operation on
// another host, such as that of synchronous registry checks, needs a client
// with another [WithBaseURL].
//
// Of the answer Do knows only that it is one JSON value, with no key twice in
// an object, or nothing at all. Whether its status is "success", and whether it
// is about the id that was asked for, is the caller's to check.
func (c *Client) Do(ctx context.Context, call *Call) (*Answer, error) {
	const op = "Do"
	if err := c.made(op); err != nil {
		return nil, err
	}
	if err := call.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	return c.sendRaw(ctx, call.call(), call.signed(), func([]byte) error { return nil })
}

// sendRaw carries out call, signed over payload, for an answer whose shape is
// not known. check gets its bytes if there are any.
func (c *Client) sendRaw(ctx context.Context, call *transport.Call, payload []byte, check func(answer []byte) error) (*Answer, error) {
	got, signed, err := c.exchange(ctx, call, payload)
	if err != nil {
		return nil, err
	}
	if len(got.Body) > 0 {
		if err = transport.CheckJSON(got.Body); err == nil {
			err = check(got.Body)
		}
		if err != nil {
			return nil, unusableAnswer(call, got, ErrInvalidAnswer, err)
		}
	}
	return &Answer{StatusCode: got.StatusCode, meta: newMeta(got, signed)}, nil
}
