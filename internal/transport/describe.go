package transport

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Sentinels are a vendor package's own errors for what can go wrong in an
// exchange.
type Sentinels struct {
	InvalidRequest, Unauthorized, Forbidden, NotFound, Conflict, RateLimited, Unavailable, InvalidAnswer, TooLarge, Unconfirmed error
}

// Of gives those that apply to e. What the caller ended or did has none: it is
// the cause.
func (s Sentinels) Of(e *Error) []error {
	var kinds []error
	if kind := s.class(e.Class); kind != nil {
		kinds = append(kinds, kind)
	}
	if errors.Is(e.Err, ErrTooLarge) {
		kinds = append(kinds, s.TooLarge)
	}
	if e.Unconfirmed {
		kinds = append(kinds, s.Unconfirmed)
	}
	return kinds
}

func (s Sentinels) class(class Class) error {
	switch class {
	case ClassInvalidRequest:
		return s.InvalidRequest
	case ClassUnauthorized:
		return s.Unauthorized
	case ClassForbidden:
		return s.Forbidden
	case ClassNotFound:
		return s.NotFound
	case ClassConflict:
		return s.Conflict
	case ClassRateLimited:
		return s.RateLimited
	case ClassUnavailable:
		return s.Unavailable
	case ClassInvalidAnswer:
		return s.InvalidAnswer
	}
	return nil
}

// Description is what a vendor package's error says when it is printed. Code
// and Detail must be fit for that.
type Description struct {
	Package, Op string
	StatusCode  int
	Kinds       []error
	Code        string
	Detail      string
	Attempts    int
	ClockSkew   time.Duration
}

// String is the text of the error. A clock that is less than a minute off is no
// reason for anything.
func (d Description) String() string {
	var b strings.Builder
	b.WriteString(d.Package + ": " + d.Op)
	separator := ": "
	if d.StatusCode != 0 {
		b.WriteString(separator + strconv.Itoa(d.StatusCode))
		separator = " "
	}
	for _, kind := range d.Kinds {
		b.WriteString(separator + kind.Error())
		separator = ", "
	}
	if d.Code != "" {
		b.WriteString(" (" + d.Code + ")")
	}
	if d.Detail != "" {
		b.WriteString(": " + d.Detail)
	}
	if d.Attempts > 1 {
		fmt.Fprintf(&b, ", after %d attempts", d.Attempts)
	}
	if d.ClockSkew.Abs() > time.Minute {
		fmt.Fprintf(&b, "; the local clock is %s off", d.ClockSkew.Round(time.Second))
	}
	return b.String()
}
