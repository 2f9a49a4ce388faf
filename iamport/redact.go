package iamport

import (
	"fmt"
	"log/slog"

	"github.com/kyckit/kyckit-go/internal/secret"
)

// What holds personal data, or an id that binds a person to an attempt, prints
// as its type's name under every verb and in every log. JSON stays faithful,
// because that is how results are stored. Three ways around it remain: %p,
// which asks no type, a caller's own unexported field, and slog's JSON handler
// for a struct or slice around such a value.

// Format prints the type's name and, if certified, the gateway.
func (c Certification) Format(f fmt.State, _ rune) { secret.Print(f, c.summary()) }

// LogValue logs what Format prints.
func (c Certification) LogValue() slog.Value { return secret.LogValue(c.summary()) }

func (c Certification) summary() string {
	switch {
	case !c.Certified:
		return "iamport.Certification(not certified)"
	case !c.PGProvider.Known():
		return "iamport.Certification(certified)"
	}
	return fmt.Sprintf("iamport.Certification(certified, %s)", c.PGProvider)
}

// Format prints the type's name alone.
func (OTPRequest) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.OTPRequest") }

// LogValue logs the type's name alone.
func (OTPRequest) LogValue() slog.Value { return secret.LogValue("iamport.OTPRequest") }

// Format prints the type's name alone.
func (OTPBypass) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.OTPBypass") }

// LogValue logs the type's name alone.
func (OTPBypass) LogValue() slog.Value { return secret.LogValue("iamport.OTPBypass") }

// Format prints the type's name alone.
func (KCPBypass) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.KCPBypass") }

// LogValue logs the type's name alone.
func (KCPBypass) LogValue() slog.Value { return secret.LogValue("iamport.KCPBypass") }

// Format prints the type's name alone.
func (OTP) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.OTP") }

// LogValue logs the type's name alone.
func (OTP) LogValue() slog.Value { return secret.LogValue("iamport.OTP") }

// Format prints the type's name alone.
func (Expectation) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.Expectation") }

// LogValue logs the type's name alone.
func (Expectation) LogValue() slog.Value { return secret.LogValue("iamport.Expectation") }

// Format prints the type's name alone.
func (Claim) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.Claim") }

// LogValue logs the type's name alone.
func (Claim) LogValue() slog.Value { return secret.LogValue("iamport.Claim") }

// Format prints the type's name alone.
func (Launch) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.Launch") }

// LogValue logs the type's name alone.
func (Launch) LogValue() slog.Value { return secret.LogValue("iamport.Launch") }

// Format prints the type's name alone.
func (LaunchParams) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.LaunchParams") }

// LogValue logs the type's name alone.
func (LaunchParams) LogValue() slog.Value { return secret.LogValue("iamport.LaunchParams") }

// Format prints the type's name alone.
func (Call) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.Call") }

// LogValue logs the type's name alone.
func (Call) LogValue() slog.Value { return secret.LogValue("iamport.Call") }

// Format prints the type's name alone.
func (Answer) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.Answer") }

// LogValue logs the type's name alone.
func (Answer) LogValue() slog.Value { return secret.LogValue("iamport.Answer") }
