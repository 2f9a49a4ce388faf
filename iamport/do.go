package iamport

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Call is an operation of Iamport's API that this package has no method for:
//
//	&iamport.Call{Method: http.MethodGet, Route: "/payments/{imp_uid}", Args: []string{impUID}}
type Call struct {
	// Method is the HTTP method.
	Method string
	// Route is the path below the base URL. An element in braces stands for the
	// next of Args. Logs show Route, so that no id belongs into it.
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

	response secret.Box // without the envelope
	meta     Meta
}

// Meta tells how the answer reached this program, and holds its bytes, envelope
// included.
func (a *Answer) Meta() Meta { return a.meta }

// Decode unmarshals the answer's response, without the envelope around it, into
// what v points to, and changes that only if all went well. A member in another
// case than the tag of a field is not that field's. An error is
// [ErrInvalidAnswer], also for a response that is null.
func (a *Answer) Decode(v any) error {
	if err := transport.Decode(a.response.Bytes(), v); err != nil {
		return &Error{Op: "Answer.Decode", StatusCode: a.StatusCode, kinds: []error{ErrInvalidAnswer}, detail: err.Error(), cause: err}
	}
	return nil
}

// Do carries out an operation that this package has no method for, with
// everything that its methods have: the access token and the tier, ids that are
// checked and escaped, a bound on the answer, and errors that are an *[Error].
//
// Every answer of Iamport's has the same envelope, and Do takes it off: one whose
// code is not 0 says that nothing was done, and is [ErrRefused] or [ErrNotFound]
// although its status is 200. Whether the answer is about the id that was asked
// for is the caller's to check.
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
	response, failed := unwrap(sent, got)
	if failed != nil {
		return nil, failed
	}
	return &Answer{StatusCode: got.StatusCode, response: secret.New(response), meta: newMeta(got)}, nil
}
