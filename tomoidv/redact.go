package tomoidv

import (
	"fmt"
	"log/slog"

	"github.com/kyckit/kyckit-go/internal/secret"
)

// Format prints the type's name and, if known, what was decided.
func (r Record) Format(f fmt.State, _ rune) { secret.Print(f, r.summary()) }

// LogValue logs what Format prints.
func (r Record) LogValue() slog.Value { return secret.LogValue(r.summary()) }

func (r Record) summary() string {
	if !r.Status().Known() {
		return "tomoidv.Record"
	}
	return fmt.Sprintf("tomoidv.Record(%s)", r.Status())
}

// Format prints the type's name alone.
func (StartRequest) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.StartRequest") }

// LogValue logs the type's name alone.
func (StartRequest) LogValue() slog.Value { return secret.LogValue("tomoidv.StartRequest") }

// Format prints the type's name alone.
func (Started) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Started") }

// LogValue logs the type's name alone.
func (Started) LogValue() slog.Value { return secret.LogValue("tomoidv.Started") }

// Format prints the type's name alone.
func (ResultRequest) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.ResultRequest") }

// LogValue logs the type's name alone.
func (ResultRequest) LogValue() slog.Value { return secret.LogValue("tomoidv.ResultRequest") }

// Format prints the type's name alone.
func (Result) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Result") }

// LogValue logs the type's name alone.
func (Result) LogValue() slog.Value { return secret.LogValue("tomoidv.Result") }

// Format prints the type's name alone.
func (Identity) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Identity") }

// LogValue logs the type's name alone.
func (Identity) LogValue() slog.Value { return secret.LogValue("tomoidv.Identity") }

// Format prints the type's name alone.
func (KYCRequest) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.KYCRequest") }

// LogValue logs the type's name alone.
func (KYCRequest) LogValue() slog.Value { return secret.LogValue("tomoidv.KYCRequest") }

// Format prints the type's name alone.
func (ResetRequest) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.ResetRequest") }

// LogValue logs the type's name alone.
func (ResetRequest) LogValue() slog.Value { return secret.LogValue("tomoidv.ResetRequest") }

// Format prints the type's name alone.
func (StandardResult) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.StandardResult") }

// LogValue logs the type's name alone.
func (StandardResult) LogValue() slog.Value { return secret.LogValue("tomoidv.StandardResult") }

// Format prints the type's name alone.
func (Person) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Person") }

// LogValue logs the type's name alone.
func (Person) LogValue() slog.Value { return secret.LogValue("tomoidv.Person") }

// Format prints the type's name alone.
func (PersonNumber) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.PersonNumber") }

// LogValue logs the type's name alone.
func (PersonNumber) LogValue() slog.Value { return secret.LogValue("tomoidv.PersonNumber") }

// Format prints the type's name alone.
func (NameVariant) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.NameVariant") }

// LogValue logs the type's name alone.
func (NameVariant) LogValue() slog.Value { return secret.LogValue("tomoidv.NameVariant") }

// Format prints the type's name alone.
func (Address) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Address") }

// LogValue logs the type's name alone.
func (Address) LogValue() slog.Value { return secret.LogValue("tomoidv.Address") }

// Format prints the type's name alone.
func (Contact) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Contact") }

// LogValue logs the type's name alone.
func (Contact) LogValue() slog.Value { return secret.LogValue("tomoidv.Contact") }

// Format prints the type's name alone.
func (Document) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Document") }

// LogValue logs the type's name alone.
func (Document) LogValue() slog.Value { return secret.LogValue("tomoidv.Document") }

// Format prints the type's name alone.
func (ExtractedDocument) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.ExtractedDocument") }

// LogValue logs the type's name alone.
func (ExtractedDocument) LogValue() slog.Value { return secret.LogValue("tomoidv.ExtractedDocument") }

// Format prints the type's name alone.
func (ResidencePermit) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.ResidencePermit") }

// LogValue logs the type's name alone.
func (ResidencePermit) LogValue() slog.Value { return secret.LogValue("tomoidv.ResidencePermit") }

// Format prints the type's name alone.
func (Media) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Media") }

// LogValue logs the type's name alone.
func (Media) LogValue() slog.Value { return secret.LogValue("tomoidv.Media") }

// Format prints the type's name alone.
func (Checks) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Checks") }

// LogValue logs the type's name alone.
func (Checks) LogValue() slog.Value { return secret.LogValue("tomoidv.Checks") }

// Format prints the type's name alone.
func (RiskCheck) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.RiskCheck") }

// LogValue logs the type's name alone.
func (RiskCheck) LogValue() slog.Value { return secret.LogValue("tomoidv.RiskCheck") }

// Format prints the type's name alone.
func (RiskSignals) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.RiskSignals") }

// LogValue logs the type's name alone.
func (RiskSignals) LogValue() slog.Value { return secret.LogValue("tomoidv.RiskSignals") }

// Format prints the type's name alone.
func (Claim) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Claim") }

// LogValue logs the type's name alone.
func (Claim) LogValue() slog.Value { return secret.LogValue("tomoidv.Claim") }

// Format prints the type's name alone.
func (Call) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Call") }

// LogValue logs the type's name alone.
func (Call) LogValue() slog.Value { return secret.LogValue("tomoidv.Call") }

// Format prints the type's name alone.
func (Answer) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Answer") }

// LogValue logs the type's name alone.
func (Answer) LogValue() slog.Value { return secret.LogValue("tomoidv.Answer") }
