package iamport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/kyckit/kyckit-go/internal/token"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// What an error is, for errors.Is. An error can be several of them.
var (
	// ErrInvalidRequest: Iamport, or Validate before anything was sent, refused
	// what was asked. Repeating it changes nothing.
	ErrInvalidRequest = errors.New("invalid request")
	// ErrUnauthorized: with Error.Op "getToken", the API key and the API secret
	// are wrong; otherwise Iamport refused the access token, and a new one too.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden: the merchant, or the network it calls from, may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound: no such certification for this merchant and tier.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the certification's state does not allow it.
	ErrConflict = errors.New("conflict")
	// ErrRateLimited: too many calls; Error.RetryAfter is set if Iamport said.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable: no connection, no answer in time, or a 5xx. Try later.
	ErrUnavailable = errors.New("unavailable")
	// ErrRefused: an answer of status 200 that says by a code other than 0 that
	// nothing was done. Error.Message says why; Iamport publishes no list of
	// codes.
	ErrRefused = errors.New("refused")
	// ErrUnconfirmed: RequestOTP or ConfirmOTP may have reached Iamport, but no
	// usable answer came. It was not tried again; the caller decides.
	ErrUnconfirmed = errors.New("may have been carried out")
	// ErrAlreadyCertified: ConfirmOTP was refused, and the person is certified
	// by then. [Client.VerifyCertification] tells the rest.
	ErrAlreadyCertified = errors.New("already certified")
	// ErrInvalidAnswer: an answer, or what a browser sent to ParseReturn, that
	// cannot be read: HTML, cut off, oversized, trailed by garbage, with a key
	// twice, without what it must have.
	ErrInvalidAnswer = errors.New("invalid answer")
	// ErrTooLarge: an answer over 8 MiB, or a browser's return over 64 KiB.
	ErrTooLarge = errors.New("too large")
	// ErrForeign: an answer about another certification than the one asked
	// about.
	ErrForeign = errors.New("about another certification")
)

// What a certification lacks that an [Expectation] wants, for errors.Is.
// ErrNotCertified comes alone, all others that apply come together.
var (
	// ErrNotCertified: the person has not finished, has failed or has given up;
	// the certification exists all the same.
	ErrNotCertified = errors.New("not certified")
	// ErrMerchantUID: certified for another attempt, perhaps another person's.
	ErrMerchantUID = errors.New("of another attempt")
	// ErrStale: certified longer ago than MaxAge, or nobody knows when.
	ErrStale = errors.New("certified too long ago")
	// ErrBeforeAttempt: certified before NotBefore.
	ErrBeforeAttempt = errors.New("certified before the attempt began")
	// ErrFuture: certified at a time that has not come.
	ErrFuture = errors.New("certified in the future")
	// ErrGateway: certified by a gateway that is not among Gateways.
	ErrGateway = errors.New("by another gateway")
	// ErrTestMerchant: certified through a gateway's public test account.
	ErrTestMerchant = errors.New("by a test merchant")
	// ErrNoCI: there is no CI, and AllowNoCI is not set.
	ErrNoCI = errors.New("without a CI")
	// ErrBirthDate: a limit on age is set, and the birth date is missing,
	// partial, impossible, in the future, or told in two ways that contradict
	// each other.
	ErrBirthDate = errors.New("no usable birth date")
	// ErrUnderage: younger than MinimumAge.
	ErrUnderage = errors.New("under age")
	// ErrBornLater: born after the year BornInOrBefore.
	ErrBornLater = errors.New("born too late")
)

// Error is what every call of this package fails with, ParseReturn included.
// Printing it shows the operation, the status, the code and what kind of
// failure it is; never a credential, a URL, a body or personal data.
type Error struct {
	// Op is what failed: the method, such as "Certification", or "getToken"
	// when there was no access token to call it with.
	Op string
	// StatusCode is the HTTP status, 0 when no answer came.
	StatusCode int
	// Code is Iamport's own, mostly -1, 0 when it gave none.
	Code int
	// Message is Iamport's text, mostly Korean, as it came: at most 64 KiB, and
	// control characters are in it if they were. It is not printed with the
	// error, because it may repeat what was sent.
	Message string
	// RetryAfter is how long Iamport asked to wait, 0 if it did not.
	RetryAfter time.Duration
	// Attempts is how often the request was begun, 0 when it never was.
	Attempts int
	// ClockSkew is the local clock minus the answer's Date, on 401 and 403.
	ClockSkew time.Duration

	kinds  []error
	detail string // our words, fit to print
	cause  error
}

// Error tells what failed, in words that are safe to log.
func (e *Error) Error() string {
	d := transport.Description{
		Package: "iamport", Op: e.Op, StatusCode: e.StatusCode, Kinds: e.kinds, Detail: e.detail,
		Attempts: e.Attempts, ClockSkew: e.ClockSkew,
	}
	if e.Code != 0 {
		d.Code = fmt.Sprintf("code %d", e.Code)
	}
	return d.String()
}

// Unwrap gives the sentinels above that apply, and the cause: the caller's own
// context.Canceled or context.DeadlineExceeded, or what the network's failure
// was. Of that the text is one of our words, because the network's may quote
// what was sent, and errors.Is and errors.As find the rest.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return e.kinds
	}
	return append(e.kinds[:len(e.kinds):len(e.kinds)], e.cause)
}

// Format prints what Error says for every verb.
func (e Error) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// LogValue logs what Error says.
func (e Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// apiError turns what the transport says into the package's own error.
func apiError(op string, err error) *Error {
	out := &Error{Op: op, cause: err}
	var te *transport.Error
	if !errors.As(err, &te) {
		return out
	}
	out.RetryAfter, out.Attempts, out.ClockSkew = te.RetryAfter, te.Attempts, te.ClockSkew
	out.cause, out.detail = te.Err, te.Word()
	out.kinds = sentinels().Of(te)
	if te.Answer != nil {
		out.StatusCode = te.Answer.StatusCode
		out.Code, out.Message = errorBody(te.Answer)
	}
	return out
}

func sentinels() transport.Sentinels {
	return transport.Sentinels{
		InvalidRequest: ErrInvalidRequest, Unauthorized: ErrUnauthorized, Forbidden: ErrForbidden, NotFound: ErrNotFound,
		Conflict: ErrConflict, RateLimited: ErrRateLimited, Unavailable: ErrUnavailable, InvalidAnswer: ErrInvalidAnswer,
		TooLarge: ErrTooLarge, Unconfirmed: ErrUnconfirmed,
	}
}

// errorBody reads {"code":-1,"message":"...","response":null}. Anything else
// keeps its status alone.
func errorBody(answer *transport.Answer) (code int, message string) {
	var fail struct {
		Code    json.RawMessage `json:"code"`
		Message json.RawMessage `json:"message"`
	}
	if answer.Decode(answer.Body, &fail) != nil {
		return 0, ""
	}
	var said codeNumber
	if json.Unmarshal(fail.Code, &said) == nil {
		code = int(said)
	}
	if json.Unmarshal(fail.Message, &message) != nil {
		message = ""
	}
	return code, message
}

// sendError is the error of a call that got no access token, or of the call. It had
// been begun so many times, with a token that was refused.
func sendError(op string, begun int, err error) *Error {
	if own, ok := errors.AsType[*Error](err); ok {
		alone := *own // of getToken, it is given to all who waited
		return &alone
	}
	out := &Error{Op: opToken, cause: err}
	switch {
	case errors.Is(err, token.ErrTimeout):
		out.kinds, out.detail = []error{ErrUnavailable}, "timeout"
	case errors.Is(err, token.ErrUnusable):
		out.kinds, out.detail = []error{ErrInvalidAnswer}, "no usable token"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		out.Op, out.Attempts, out.detail = op, begun, "waiting for an access token"
	default:
		out.kinds = []error{ErrUnavailable}
	}
	return out
}

// unusableAnswer is the error for a success that cannot be used. What the call
// did may have been done all the same.
func unusableAnswer(call *transport.Call, got *transport.Answer, kind, cause error) *Error {
	out := &Error{
		Op: call.Op, StatusCode: got.StatusCode, Attempts: got.Attempts,
		kinds: []error{kind}, detail: cause.Error(), cause: cause,
	}
	if !call.Repeatable {
		out.kinds = append(out.kinds, ErrUnconfirmed)
	}
	return out
}

// foreign says in what an answer is about something else than was asked.
type foreign string

func (f foreign) Error() string { return string(f) }

// invalid is the error for what Validate refuses.
func invalid(op string, cause error) *Error {
	return &Error{Op: op, kinds: []error{ErrInvalidRequest}, detail: cause.Error(), cause: cause}
}
