package tomoidv

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Call is an operation of TomoIDV's API that this package has no method for,
// such as one of a newer contract.
type Call struct {
	// Method is the HTTP method.
	Method string
	// Route is the path below the base URL, "/v1/idv/kyc/get". An element in
	// braces stands for the next of Args. Logs show Route, so that no id belongs
	// into it.
	Route string
	// Args are ids, escaped each on its own.
	Args  []string
	Query url.Values
	// Body is one JSON value, sent byte for byte; nil is none.
	Body []byte
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
	}
	return c.call().Check()
}

func (c *Call) call() *transport.Call {
	return &transport.Call{
		Op: "Do", Method: c.Method, Route: c.Route, Args: c.Args, Query: c.Query, Body: c.Body,
		Repeatable: c.Repeatable || c.Method == http.MethodGet,
	}
}

// An Answer is a success as it came.
type Answer struct {
	// StatusCode is the HTTP status, between 200 and 299.
	StatusCode int

	meta Meta
}

// Meta tells how the answer reached this program, and holds its bytes.
func (a *Answer) Meta() Meta { return a.meta }

// Decode unmarshals the answer into what v points to, and changes that only if
// all went well. A member in another case than the tag of a field is not that
// field's. An error is [ErrInvalidAnswer], also for an answer without a body.
func (a *Answer) Decode(v any) error {
	if err := transport.Decode(a.meta.body.Bytes(), v); err != nil {
		return &Error{Op: "Answer.Decode", StatusCode: a.StatusCode, kinds: []error{ErrInvalidAnswer}, detail: err.Error(), cause: err}
	}
	return nil
}

// Do carries out an operation that this package has no method for, with
// everything that its methods have: the access token and the contract version,
// ids that are checked and escaped, a bound on the answer, and errors that are
// an *[Error].
//
// Of the answer Do knows only that it is one JSON value, with no key twice in an
// object, or nothing at all. Whether it is about the user that was asked for is
// the caller's to check.
func (c *Client) Do(ctx context.Context, call *Call) (*Answer, error) {
	const op = "Do"
	if err := call.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	sent := call.call()
	got, err := c.exchange(ctx, sent)
	if err != nil {
		return nil, err
	}
	if len(got.Body) > 0 {
		if err := transport.CheckJSON(got.Body); err != nil {
			return nil, unusableAnswer(sent, got, ErrInvalidAnswer, err)
		}
	}
	return &Answer{StatusCode: got.StatusCode, meta: newMeta(got)}, nil
}
