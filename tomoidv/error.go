package tomoidv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/token"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// What an error is, for errors.Is. An error can be several of them.
var (
	// ErrInvalidRequest: TomoIDV, or Validate before anything was sent, refused
	// what was asked. Repeating it changes nothing.
	ErrInvalidRequest = errors.New("invalid request")
	// ErrUnauthorized: with Error.Op "getToken", TomoIDV does not take the
	// client ID and secret key; otherwise it refused the access token, and a
	// new one too.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden: the client may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound: nothing is known of this user.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the state of the user's verification does not allow it.
	ErrConflict = errors.New("conflict")
	// ErrRateLimited: too many calls; Error.RetryAfter is set if TomoIDV said.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable: no connection, no answer in time, or a 5xx. Try later.
	ErrUnavailable = errors.New("unavailable")
	// ErrUnconfirmed: Start, Reset, DeleteResult or DeleteResults may have
	// reached TomoIDV, but no usable answer came. It was not tried again; the
	// caller decides.
	ErrUnconfirmed = errors.New("may have been carried out")
	// ErrInvalidAnswer: an answer, or what a browser brought to ParseReturn,
	// that cannot be read: HTML, cut off, oversized, trailed by garbage, with a
	// key twice, without what it must have.
	ErrInvalidAnswer = errors.New("invalid answer")
	// ErrTooLarge: an answer over 8 MiB, or a browser's return over 64 KiB.
	ErrTooLarge = errors.New("too large")
	// ErrForeign: an answer about another user than the one asked about.
	ErrForeign = errors.New("about another user")
)

// What an answer's code says, for errors.Is.
var (
	// ErrInvalidClient: the client assertion does not hold: a wrong client ID or
	// secret key, the other environment's, another audience, or a clock that is
	// off. It is ErrUnauthorized as well, whatever the status.
	ErrInvalidClient = errors.New("invalid client")
	// ErrInvalidGrant: RFC 6749.
	ErrInvalidGrant = errors.New("invalid grant")
	// ErrUnauthorizedClient: the client may not use this grant type. It is
	// ErrForbidden as well.
	ErrUnauthorizedClient = errors.New("unauthorized client")
	// ErrUnsupportedGrantType: RFC 6749.
	ErrUnsupportedGrantType = errors.New("unsupported grant type")
	// ErrInvalidScope: WithScope names a scope that is not to be had.
	ErrInvalidScope = errors.New("invalid scope")
	// ErrInvalidTarget: WithResource names a resource that is not to be had.
	ErrInvalidTarget = errors.New("invalid target")
	// ErrInvalidToken: the access token is expired, revoked or not one. It is
	// ErrUnauthorized as well.
	ErrInvalidToken = errors.New("invalid token")
	// ErrInsufficientScope: the access token's scope does not cover the call.
	// It is ErrForbidden as well.
	ErrInsufficientScope = errors.New("insufficient scope")
	// ErrUnsupportedAPIVersion: this server does not have the contract of
	// WithContractVersion.
	ErrUnsupportedAPIVersion = errors.New("unsupported API version")
	// ErrUnsupportedPolicy: the country does not have this policy.
	ErrUnsupportedPolicy = errors.New("unsupported policy")
)

// Error is what every call of this package fails with, ParseReturn included.
// Printing it shows the operation, the status, the code if it is Known and what
// kind of failure it is; never a credential, a URL, a body or personal data.
type Error struct {
	// Op is what failed: the method, such as "Result", or "getToken" when there
	// was no access token to call it with.
	Op string
	// StatusCode is the HTTP status, 0 when no answer came.
	StatusCode int
	// Code is the answer's "error", "" when it gave none.
	Code ErrorCode
	// Message is TomoIDV's text: error_description, message, or a body that is
	// plain text, as it came: at most 64 KiB, and control characters are in it if
	// they were. It is not printed with the error, because it may repeat what was
	// sent.
	Message string
	// RetryAfter is how long TomoIDV asked to wait, 0 if it did not.
	RetryAfter time.Duration
	// Attempts is how often the request was begun, 0 when it never was.
	Attempts int
	// ClockSkew is the local clock minus the answer's Date, when the client or
	// its token was refused.
	ClockSkew time.Duration

	kinds  []error
	detail string // our words, fit to print
	cause  error
}

// Error tells what failed, in words that are safe to log.
func (e *Error) Error() string {
	d := transport.Description{
		Package: "tomoidv", Op: e.Op, StatusCode: e.StatusCode, Kinds: e.kinds, Detail: e.detail,
		Attempts: e.Attempts, ClockSkew: e.ClockSkew,
	}
	if e.Code.Known() {
		d.Code = string(e.Code)
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

// withoutEcho drops a message or a code that repeats a secret.
func (e *Error) withoutEcho(secret string) *Error {
	if secret != "" && strings.Contains(e.Message, secret) {
		e.Message = ""
	}
	if secret != "" && strings.Contains(string(e.Code), secret) {
		e.Code = ""
	}
	return e
}

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
	if class := out.Code.class(); class != nil && te.Class == transport.ClassInvalidRequest {
		out.kinds[0], out.ClockSkew = class, clockSkew(te.Answer)
	}
	if own := out.Code.kind(); own != nil {
		out.kinds = append(out.kinds, own)
	}
	if out.StatusCode == http.StatusBadRequest && strings.Contains(string(te.Answer.Body), unsupportedPolicy) {
		out.kinds = append(out.kinds, ErrUnsupportedPolicy)
	}
	return out
}

// unsupportedPolicy is the text by which TomoIDV refuses a policy. It has no
// code for it.
const unsupportedPolicy = "Unsupported kyc_policy"

// clockSkew is the local clock minus the answer's, which the transport tells
// for 401 and 403 only.
func clockSkew(answer *transport.Answer) time.Duration {
	date, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return answer.ReceivedAt.Sub(date)
}

func sentinels() transport.Sentinels {
	return transport.Sentinels{
		InvalidRequest: ErrInvalidRequest, Unauthorized: ErrUnauthorized, Forbidden: ErrForbidden, NotFound: ErrNotFound,
		Conflict: ErrConflict, RateLimited: ErrRateLimited, Unavailable: ErrUnavailable, InvalidAnswer: ErrInvalidAnswer,
		TooLarge: ErrTooLarge, Unconfirmed: ErrUnconfirmed,
	}
}

// errorBody reads {"error":"...","error_description":"..."}, {"message":"..."},
// a JSON string or plain text, and a code that stands in WWW-Authenticate
// alone. HTML keeps its status alone.
func errorBody(answer *transport.Answer) (code ErrorCode, message string) {
	var fail struct {
		Error       json.RawMessage `json:"error"`
		Description json.RawMessage `json:"error_description"`
		Message     json.RawMessage `json:"message"`
	}
	body := answer.Body
	switch {
	case !utf8.Valid(body):
	case answer.Decode(body, &fail) == nil:
		code = ErrorCode(textOf(fail.Error))
		message = textOf(fail.Description)
		if message == "" {
			message = textOf(fail.Message)
		}
	case json.Valid(body):
		message = textOf(body)
	case !strings.HasPrefix(strings.TrimSpace(string(body)), "<"):
		message = strings.TrimSpace(string(body))
	}
	if code == "" {
		code = challengeCode(answer.Header)
	}
	return code, message
}

// textOf gives the contents of a JSON string, "" for anything else.
func textOf(raw json.RawMessage) string {
	var text string
	if len(raw) == 0 || json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

var challengeError = regexp.MustCompile(`(?i)(?:^|[\s,])error="([\w.-]+)"`)

// challengeCode reads the error of a Bearer challenge (RFC 6750, section 3).
func challengeCode(header http.Header) ErrorCode {
	for _, challenge := range header.Values("WWW-Authenticate") {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(challenge), " ")
		if match := challengeError.FindStringSubmatch(rest); strings.EqualFold(scheme, "Bearer") && match != nil {
			return ErrorCode(match[1])
		}
	}
	return ""
}

// callError is the error of a call that got no access token, or of the call. It had
// been begun so many times, with a token that was refused.
func callError(op string, begun int, err error) *Error {
	if own, ok := errors.AsType[*Error](err); ok {
		// One failure to get a token is told to many callers, and its fields are
		// theirs to change.
		mine := *own
		return &mine
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
