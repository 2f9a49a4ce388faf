package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Class says what kind of failure it was. The list is open.
type Class int

const (
	// ClassInvalidRequest is a 4xx that no other class takes, or a call that
	// Do refused to send.
	ClassInvalidRequest Class = iota + 1
	// ClassUnauthorized is 401.
	ClassUnauthorized
	// ClassForbidden is 403.
	ClassForbidden
	// ClassNotFound is 404 or 410.
	ClassNotFound
	// ClassConflict is 409.
	ClassConflict
	// ClassRateLimited is 429.
	ClassRateLimited
	// ClassUnavailable is 5xx, 408, 425, a connection that failed or an
	// attempt that took too long.
	ClassUnavailable
	// ClassInvalidAnswer is an answer that cannot be used: a redirect, another
	// status outside 2xx, 4xx and 5xx, a body too large or undecodable.
	ClassInvalidAnswer
	// ClassCanceled is the end of the caller's context.
	ClassCanceled
	// ClassLocal is a streamed body that the caller's reader did not give as
	// announced, or a Sink that did not take what came.
	ClassLocal
)

// String gives the class in words.
func (c Class) String() string {
	switch c {
	case ClassInvalidRequest:
		return "invalid request"
	case ClassUnauthorized:
		return "unauthorized"
	case ClassForbidden:
		return "forbidden"
	case ClassNotFound:
		return "not found"
	case ClassConflict:
		return "conflict"
	case ClassRateLimited:
		return "rate limited"
	case ClassUnavailable:
		return "unavailable"
	case ClassInvalidAnswer:
		return "invalid answer"
	case ClassCanceled:
		return "canceled"
	case ClassLocal:
		return "local"
	}
	return fmt.Sprintf("class %d", int(c))
}

func classOf(status int) Class {
	switch status {
	case http.StatusUnauthorized:
		return ClassUnauthorized
	case http.StatusForbidden:
		return ClassForbidden
	case http.StatusNotFound, http.StatusGone:
		return ClassNotFound
	case http.StatusConflict:
		return ClassConflict
	case http.StatusTooManyRequests:
		return ClassRateLimited
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return ClassUnavailable
	}
	switch status / 100 {
	case 4:
		return ClassInvalidRequest
	case 5:
		return ClassUnavailable
	}
	return ClassInvalidAnswer
}

// Error is every failure of [Client.Do].
type Error struct {
	Op    string
	Class Class
	// Answer is nil when no status came. Of a success that could not be read
	// whole it has no body.
	Answer *Answer
	// Attempts counts those begun; 0 when nothing was sent.
	Attempts int
	// RetryAfter is how long the vendor asks to wait, at most a day; 0 if it
	// does not say.
	RetryAfter time.Duration
	// ClockSkew is the local clock minus the answer's Date, for 401 and 403
	// only. Date is in whole seconds, so a second of it means nothing.
	ClockSkew time.Duration
	// Unconfirmed says that a call that is not Repeatable may have reached the
	// vendor and no usable answer came: none at all, a success that could not
	// be read whole or came too early, a 5xx, or one that is neither a success
	// nor a refusal: a redirect may follow work that was done.
	Unconfirmed bool
	// Err is the cause, nil if the status says it all. Its text is safe unless it
	// is the caller's: that of a context's cause, a Sink or a streamed body.
	Err error
}

// Error shows the operation, the status, the class, a fixed word for the cause
// and the clock skew, and nothing that was sent or received.
func (e *Error) Error() string { return e.text() }

func (e Error) text() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	if e.Answer != nil {
		fmt.Fprintf(&b, "status %d: ", e.Answer.StatusCode)
	}
	b.WriteString(e.Class.String())
	if e.Err != nil {
		b.WriteString(": " + word(e.Err))
	}
	if e.ClockSkew.Abs() >= minClockSkew {
		fmt.Fprintf(&b, " (clock skew %s)", e.ClockSkew.Round(time.Second))
	}
	return b.String()
}

// Word is the fixed word for the cause that Error shows, "" if the status says
// it all.
func (e *Error) Word() string {
	if e.Err == nil {
		return ""
	}
	return word(e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Format prints what Error does, whatever the verb.
func (e Error) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.text()) }

// LogValue has the parts of Error and the number of attempts.
func (e Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("op", e.Op), slog.String("class", e.Class.String()), slog.Int("attempts", e.Attempts)}
	if e.Answer != nil {
		attrs = append(attrs, slog.Int("status", e.Answer.StatusCode))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("cause", word(e.Err)))
	}
	if e.ClockSkew != 0 {
		attrs = append(attrs, slog.Duration("clock_skew", e.ClockSkew))
	}
	return slog.GroupValue(attrs...)
}

// minClockSkew is from where on it is shown: Date is in whole seconds, and takes
// a moment to arrive.
const minClockSkew = 2 * time.Second

// clockSkew is what makes a refused token or assertion explicable.
func clockSkew(a *Answer) time.Duration {
	if a.StatusCode != http.StatusUnauthorized && a.StatusCode != http.StatusForbidden {
		return 0
	}
	date, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return a.ReceivedAt.Sub(date)
}

// plain is an error of this package: its text is safe to print.
type plain string

func (p plain) Error() string { return string(p) }

func refuse(what, why string) error { return plain(what + " " + why) }

const (
	errNoAnswer    = plain("no answer")
	errInterrupted = plain("interrupted")
	errStream      = plain("HTTP/2 stream failed")
)

// errTimeout is an attempt that took too long. It stands in for the network's
// own error, which would pass for the caller's deadline under errors.Is.
var errTimeout error = attemptTimeout{}

type attemptTimeout struct{}

func (attemptTimeout) Error() string { return "timeout" }
func (attemptTimeout) Timeout() bool { return true }

// ending is the end of the caller's context: its Err and its Cause.
type ending struct{ err, cause error }

func (e ending) Error() string   { return e.err.Error() }
func (e ending) Unwrap() []error { return []error{e.err, e.cause} }

// canceled makes of what had been reached the error of a caller whose context
// has ended.
func canceled(ctx context.Context, reached *Error) *Error {
	e := *reached
	e.Class, e.Err = ClassCanceled, context.DeadlineExceeded
	if err := ctx.Err(); err != nil {
		e.Err = err
		if cause := context.Cause(ctx); cause != err {
			e.Err = ending{err, cause}
		}
	}
	return &e
}

// own gives err as the failure of an attempt whose caller is still there: with
// no URL around it, and unlike the caller's own cancellation or deadline.
func own(attempt context.Context, err error) error {
	if timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && timeout.Timeout() || attempt.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
		return errTimeout
	}
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	for {
		wrapped, ok := errors.AsType[*url.Error](err)
		if !ok {
			return &networkError{err}
		}
		if err = wrapped.Err; err == nil {
			return errNoAnswer
		}
	}
}

// networkError is a failure of the network's: errors.Is and errors.As find what
// it was, and nothing that walks down a chain finds its text, which quotes what
// the other side wrote where no HTTP can be made of it. That may be what was
// sent.
type networkError struct{ err error }

func (e *networkError) Error() string             { return word(e.err) }
func (e *networkError) Is(target error) bool      { return errors.Is(e.err, target) }
func (e *networkError) As(target any) bool        { return errors.As(e.err, target) }
func (e networkError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, word(e.err)) }

// unusable says whether err is about an answer that came and is none.
func unusable(err error) bool {
	_, refused := errors.AsType[refusal](err)
	return refused || errors.Is(err, ErrTooLarge) || errors.Is(err, errPremature)
}

// word is all that is said of a cause.
func word(err error) string {
	if local, ok := errors.AsType[*localError](err); ok {
		return local.Error()
	}
	if refused, ok := errors.AsType[refusal](err); ok {
		return refused.Error()
	}
	if p, ok := errors.AsType[plain](err); ok {
		return p.Error()
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "dns"
	}
	switch {
	case errors.Is(err, ErrTooLarge):
		return "body too large"
	case errors.Is(err, ErrMalformed):
		return "malformed JSON"
	case errors.Is(err, errTimeout):
		return "timeout"
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline exceeded"
	case errors.Is(err, context.Canceled):
		return "context canceled"
	case certificate(err):
		return "certificate"
	case handshake(err):
		return "tls"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "cut off"
	case errors.Is(err, io.EOF):
		return "connection closed"
	}
	return "connection failed"
}

// handshake tells of trouble with TLS. A peer's alert has no exported type
// unless it came over QUIC, but net.OpError's Op tells of one.
func handshake(err error) bool {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "remote error" || op.Op == "local error") {
		return true
	}
	_, ok := errors.AsType[tls.AlertError](err)
	return ok
}
