package veriff

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// What an error is, for errors.Is. An error can be several of them.
var (
	// ErrInvalidRequest: Veriff, or Validate before anything was sent, refused
	// what was asked. Error.Code tells why; repeating it changes nothing.
	ErrInvalidRequest = errors.New("invalid request")
	// ErrUnauthorized: wrong API key or secret, or a signature over the wrong
	// bytes; Error.Code is then 1101 or between 1801 and 1819, and makes it so
	// whatever the status.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden: the integration may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound: no such session for this integration, or an answer that has
	// null where a person, a list or a screening should be: there is none yet.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the session's state does not allow it. Error.Code 1003 and
	// 1304 make it so whatever the status.
	ErrConflict = errors.New("conflict")
	// ErrRateLimited: too many calls; Error.RetryAfter is set if Veriff said.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable: no connection, no answer in time, or a 5xx. Try later.
	ErrUnavailable = errors.New("unavailable")
	// ErrUnconfirmed: a call that must not be repeated blindly, such as
	// CreateSession, may have reached Veriff, but no usable answer came. It was
	// not tried again; the caller decides.
	ErrUnconfirmed = errors.New("may have been carried out")
	// ErrInvalidAnswer: an answer or a webhook that cannot be read: HTML, cut
	// off, oversized, trailed by garbage, with a key twice, without an id.
	ErrInvalidAnswer = errors.New("invalid answer")
	// ErrTooLarge: an answer over 8 MiB, media over 1 GiB or a webhook over 1
	// MiB.
	ErrTooLarge = errors.New("too large")
	// ErrSignature: a signature that does not hold, or is required and absent.
	ErrSignature = errors.New("signature does not hold")
	// ErrAPIKey: a webhook that names another integration's API key, or none.
	ErrAPIKey = errors.New("not our API key")
	// ErrForeign: an answer about another session than the one asked about.
	ErrForeign = errors.New("about another session")
	// ErrSuperseded: a webhook whose decision is not, or no longer, what the
	// API tells. A signature has no time in it, so an old webhook can be sent
	// again by whoever saw it.
	ErrSuperseded = errors.New("superseded by a newer decision")
)

// Error is what every call of this package fails with, webhooks included.
// Printing it shows the operation, the status, the code and what kind of
// failure it is; never a secret, a URL, a body or personal data.
type Error struct {
	// Op is the method that failed, such as "CreateSession".
	Op string
	// StatusCode is the HTTP status, 0 when no answer came.
	StatusCode int
	// Code is Veriff's own error code, 0 when it gave none.
	Code ErrorCode
	// Message is Veriff's text as it came: at most 64 KiB, and control
	// characters are in it if they were. It is not printed with the error,
	// because it may repeat what was sent.
	Message string
	// RetryAfter is how long Veriff asked to wait, 0 if it did not.
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
		Package: "veriff", Op: e.Op, StatusCode: e.StatusCode, Kinds: e.kinds, Detail: e.detail,
		Attempts: e.Attempts, ClockSkew: e.ClockSkew,
	}
	if e.Code != 0 {
		d.Code = fmt.Sprintf("%d: %s", int(e.Code), e.Code)
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
		if also := out.Code.kind(); also != nil && !slices.Contains(out.kinds, also) {
			out.kinds = append(out.kinds, also)
		}
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

// errorBody reads {"status":"fail","code":"1102","message":"..."}. Document
// 003 spells the key "code:" once. What cannot be read keeps its status alone.
func errorBody(answer *transport.Answer) (code ErrorCode, message string) {
	var fail struct {
		Code    json.RawMessage `json:"code"`
		Typo    json.RawMessage `json:"code:"`
		Message json.RawMessage `json:"message"`
	}
	if answer.Decode(answer.Body, &fail) != nil {
		return 0, ""
	}
	if len(fail.Message) > 0 && json.Unmarshal(fail.Message, &message) != nil {
		message = ""
	}
	for _, raw := range []json.RawMessage{fail.Typo, fail.Code} {
		if json.Unmarshal(raw, &code) == nil && code != 0 {
			return code, message
		}
	}
	return 0, message
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

// missing says of what an answer has null.
type missing string

func (m missing) Error() string { return string(m) }

// invalid is the error for what Validate refuses.
func invalid(op string, cause error) *Error {
	return &Error{Op: op, kinds: []error{ErrInvalidRequest}, detail: cause.Error(), cause: cause}
}
