package kyc

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// The classes of failure. Match them with errors.Is; the vendor's own error,
// with its status and code, is reachable from the same error with errors.As.
var (
	// ErrUnsupported: the provider does not have this capability. Nothing was
	// sent.
	ErrUnsupported = errors.New("kyc: unsupported")

	// ErrForeign: a check of another provider, or an answer or a notice that
	// is about another check. Nothing of it may be used.
	ErrForeign = errors.New("kyc: about another check")

	// ErrInvalidRequest: what the application passed is wrong, or the vendor
	// refused it as wrong. Trying the same again gives the same.
	ErrInvalidRequest = errors.New("kyc: invalid request")

	// ErrInvalidNotice: what a browser or a webhook brought is malformed, too
	// large, or names nothing. Answer 400.
	ErrInvalidNotice = errors.New("kyc: invalid notice")

	// ErrSignature: a signature is missing where one is required, or does not
	// hold. From ParseWebhook it means that the sender is not the vendor:
	// answer 401. From Result it means that the answer may have been changed
	// on its way.
	ErrSignature = errors.New("kyc: signature does not hold")

	// ErrUnauthorized: the vendor refuses the application's credentials.
	ErrUnauthorized = errors.New("kyc: unauthorized")

	// ErrNotFound: the vendor does not know the check, or knows it no longer.
	ErrNotFound = errors.New("kyc: not found")

	// ErrRateLimited: the vendor asks for fewer calls. Try later.
	ErrRateLimited = errors.New("kyc: rate limited")

	// ErrUnavailable: the vendor cannot be reached or fails. Try later.
	ErrUnavailable = errors.New("kyc: unavailable")

	// ErrUnconfirmed: a call that must not be repeated may have reached the
	// vendor, and no answer came.
	ErrUnconfirmed = errors.New("kyc: unconfirmed")

	// ErrInvalidAnswer: the vendor answered with something that cannot be
	// read in full.
	ErrInvalidAnswer = errors.New("kyc: invalid answer")
)

// An Error is what providers and the functions of this package fail with.
type Error struct {
	// Provider is the provider's name, empty when none was involved.
	Provider string
	// Op is what failed: "start", "result", "parse return", "parse webhook",
	// "launch", "erase", "validate check", "apply notice" or "digest key".
	Op string
	// Kind is one of this package's Err variables. It is nil where none fits,
	// as when the caller's context ended.
	Kind error
	// Err is the cause, the vendor's error as a rule. It may be nil. Its text
	// becomes part of this error's, so it must be safe to log.
	Err error
}

// Error tells where and how it failed. It holds no personal data as long as
// the cause holds none.
func (e *Error) Error() string {
	parts := []string{"kyc"}
	for _, part := range []string{e.Provider, e.Op} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if e.Kind != nil {
		parts = append(parts, strings.TrimPrefix(e.Kind.Error(), "kyc: "))
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap gives the kind and the cause, so that errors.Is and errors.As find
// both.
func (e *Error) Unwrap() []error {
	var errs []error
	for _, err := range []error{e.Kind, e.Err} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Format prints the same for every verb: %#v would print the cause's fields.
func (e Error) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, e.Error())
}

// LogValue logs what Error says: the cause's fields may be the vendor's text.
func (e Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }

func invalid(provider, op, why string) error {
	return &Error{Provider: provider, Op: op, Kind: ErrInvalidRequest, Err: errors.New(why)}
}
