package kyc

import (
	"fmt"
	"io"
	"log/slog"
)

// What holds personal data or a capability prints as its type's name under
// every verb and in every logger; a Result adds its status. The receivers are
// values, so that a value in a slice, a map or another struct's exported field
// is covered as a pointer is.

func redact(f fmt.State, name string) { _, _ = io.WriteString(f, name+"[redacted]") }

func redactedValue(name string) slog.Value { return slog.StringValue(name + "[redacted]") }

func (r Result) name() string {
	if r.Status.Known() {
		return "kyc.Result " + r.Status.String()
	}
	return "kyc.Result"
}

// Format prints the status alone, for every verb.
func (r Result) Format(f fmt.State, _ rune) { redact(f, r.name()) }

// LogValue logs the status alone.
func (r Result) LogValue() slog.Value { return redactedValue(r.name()) }

// Format prints no content, for every verb.
func (StartRequest) Format(f fmt.State, _ rune) { redact(f, "kyc.StartRequest") }

// LogValue logs no content.
func (StartRequest) LogValue() slog.Value { return redactedValue("kyc.StartRequest") }

// Format prints no content, for every verb.
func (Hints) Format(f fmt.State, _ rune) { redact(f, "kyc.Hints") }

// LogValue logs no content.
func (Hints) LogValue() slog.Value { return redactedValue("kyc.Hints") }

// Format prints no content, for every verb.
func (Check) Format(f fmt.State, _ rune) { redact(f, "kyc.Check") }

// LogValue logs no content.
func (Check) LogValue() slog.Value { return redactedValue("kyc.Check") }

// Format prints no content, for every verb.
func (Notice) Format(f fmt.State, _ rune) { redact(f, "kyc.Notice") }

// LogValue logs no content.
func (Notice) LogValue() slog.Value { return redactedValue("kyc.Notice") }

// Format prints no content, for every verb.
func (Person) Format(f fmt.State, _ rune) { redact(f, "kyc.Person") }

// LogValue logs no content.
func (Person) LogValue() slog.Value { return redactedValue("kyc.Person") }

// Format prints no content, for every verb.
func (Address) Format(f fmt.State, _ rune) { redact(f, "kyc.Address") }

// LogValue logs no content.
func (Address) LogValue() slog.Value { return redactedValue("kyc.Address") }

// Format prints no content, for every verb.
func (Contact) Format(f fmt.State, _ rune) { redact(f, "kyc.Contact") }

// LogValue logs no content.
func (Contact) LogValue() slog.Value { return redactedValue("kyc.Contact") }

// Format prints no content, for every verb.
func (Document) Format(f fmt.State, _ rune) { redact(f, "kyc.Document") }

// LogValue logs no content.
func (Document) LogValue() slog.Value { return redactedValue("kyc.Document") }

// Format prints no content, for every verb.
func (Key) Format(f fmt.State, _ rune) { redact(f, "kyc.Key") }

// LogValue logs no content.
func (Key) LogValue() slog.Value { return redactedValue("kyc.Key") }

// Format prints no content, for every verb.
func (Finding) Format(f fmt.State, _ rune) { redact(f, "kyc.Finding") }

// LogValue logs no content.
func (Finding) LogValue() slog.Value { return redactedValue("kyc.Finding") }
