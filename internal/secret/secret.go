// Package secret keeps credentials, raw bodies and personal data out of
// whatever prints.
//
// A plain unexported field is no protection: fmt reads unexported strings
// under %+v, and follows an unexported pointer under %s. A func value has no
// contents that fmt or reflection can show, so a [Box] holds its bytes in a
// closure. Types whose exported fields are personal data implement
// fmt.Formatter and slog.LogValuer through [Print] and [LogValue].
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// A Box holds bytes that no verb, logger or printer shows. The zero Box is
// empty.
type Box struct {
	open func() []byte
}

// New boxes b without copying it: the caller gives b up.
func New(b []byte) Box {
	if len(b) == 0 {
		return Box{}
	}
	return Box{open: func() []byte { return b }}
}

// FromString boxes a copy of s.
func FromString(s string) Box {
	return New([]byte(s))
}

// Bytes returns what is in the box, nil for an empty one. It is the held
// slice itself: read it, and clone it before handing it out.
func (b Box) Bytes() []byte {
	if b.open == nil {
		return nil
	}
	return b.open()
}

// Empty tells whether there is nothing in the box.
func (b Box) Empty() bool { return b.open == nil }

// Format prints the same for every verb.
func (b Box) Format(f fmt.State, _ rune) { Print(f, "") }

// LogValue logs the same for every handler.
func (b Box) LogValue() slog.Value { return LogValue("") }

// Print writes what stands for a value that must not be shown: its type's
// name, if it has one, and the word "redacted". It is the body of a Format
// method.
func Print(f fmt.State, name string) {
	_, _ = io.WriteString(f, text(name))
}

// LogValue is Print for a logger.
func LogValue(name string) slog.Value {
	return slog.StringValue(text(name))
}

func text(name string) string { return name + "[redacted]" }
