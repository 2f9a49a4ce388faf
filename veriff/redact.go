package veriff

import (
	"fmt"
	"log/slog"

	"github.com/kyckit/kyckit-go/internal/secret"
)

// Format prints the type's name alone.
func (CreateSessionRequest) Format(f fmt.State, _ rune) {
	secret.Print(f, "veriff.CreateSessionRequest")
}

// LogValue logs the type's name alone.
func (CreateSessionRequest) LogValue() slog.Value {
	return secret.LogValue("veriff.CreateSessionRequest")
}

// Format prints the type's name alone.
func (SessionPerson) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.SessionPerson") }

// LogValue logs the type's name alone.
func (SessionPerson) LogValue() slog.Value { return secret.LogValue("veriff.SessionPerson") }

// Format prints the type's name alone.
func (SessionDocument) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.SessionDocument") }

// LogValue logs the type's name alone.
func (SessionDocument) LogValue() slog.Value { return secret.LogValue("veriff.SessionDocument") }

// Format prints the type's name alone.
func (SessionAddress) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.SessionAddress") }

// LogValue logs the type's name alone.
func (SessionAddress) LogValue() slog.Value { return secret.LogValue("veriff.SessionAddress") }

// Format prints the type's name alone.
func (Session) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Session") }

// LogValue logs the type's name alone.
func (Session) LogValue() slog.Value { return secret.LogValue("veriff.Session") }

// Format prints the type's name and, if known, what was decided.
func (d Decision) Format(f fmt.State, _ rune) { secret.Print(f, d.summary()) }

// LogValue logs what Format prints.
func (d Decision) LogValue() slog.Value { return secret.LogValue(d.summary()) }

func (d Decision) summary() string {
	if !d.Status.Known() {
		return "veriff.Decision"
	}
	return fmt.Sprintf("veriff.Decision(%s, %d)", d.Status, int(d.Code))
}

// Format prints the type's name alone.
func (Event) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Event") }

// LogValue logs the type's name alone.
func (Event) LogValue() slog.Value { return secret.LogValue("veriff.Event") }

// Format prints the type's name alone.
func (UnknownWebhook) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.UnknownWebhook") }

// LogValue logs the type's name alone.
func (UnknownWebhook) LogValue() slog.Value { return secret.LogValue("veriff.UnknownWebhook") }

// Format prints the type's name alone.
func (Person) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Person") }

// LogValue logs the type's name alone.
func (Person) LogValue() slog.Value { return secret.LogValue("veriff.Person") }

// Format prints the type's name alone.
func (Address) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Address") }

// LogValue logs the type's name alone.
func (Address) LogValue() slog.Value { return secret.LogValue("veriff.Address") }

// Format prints the type's name alone.
func (ParsedAddress) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.ParsedAddress") }

// LogValue logs the type's name alone.
func (ParsedAddress) LogValue() slog.Value { return secret.LogValue("veriff.ParsedAddress") }

// Format prints the type's name alone.
func (Document) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Document") }

// LogValue logs the type's name alone.
func (Document) LogValue() slog.Value { return secret.LogValue("veriff.Document") }

// Format prints the type's name alone: that a person's document is a refugee's or
// a soldier's is about the person.
func (Specimen) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Specimen") }

// LogValue logs the type's name alone.
func (Specimen) LogValue() slog.Value { return secret.LogValue("veriff.Specimen") }

// Format prints the type's name alone.
func (AdditionalVerifiedData) Format(f fmt.State, _ rune) {
	secret.Print(f, "veriff.AdditionalVerifiedData")
}

// LogValue logs the type's name alone.
func (AdditionalVerifiedData) LogValue() slog.Value {
	return secret.LogValue("veriff.AdditionalVerifiedData")
}

// Format prints the type's name alone.
func (CPFValidation) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.CPFValidation") }

// LogValue logs the type's name alone.
func (CPFValidation) LogValue() slog.Value { return secret.LogValue("veriff.CPFValidation") }

// Format prints the type's name alone.
func (INEBiometricRegistry) Format(f fmt.State, _ rune) {
	secret.Print(f, "veriff.INEBiometricRegistry")
}

// LogValue logs the type's name alone.
func (INEBiometricRegistry) LogValue() slog.Value {
	return secret.LogValue("veriff.INEBiometricRegistry")
}

// Format prints the type's name alone.
func (RegistryValidation) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.RegistryValidation") }

// LogValue logs the type's name alone.
func (RegistryValidation) LogValue() slog.Value { return secret.LogValue("veriff.RegistryValidation") }

// Format prints the type's name alone.
func (ProofOfAddress) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.ProofOfAddress") }

// LogValue logs the type's name alone.
func (ProofOfAddress) LogValue() slog.Value { return secret.LogValue("veriff.ProofOfAddress") }

// Format prints the type's name alone.
func (ProofOfAddressFraud) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.ProofOfAddressFraud") }

// LogValue logs the type's name alone.
func (ProofOfAddressFraud) LogValue() slog.Value {
	return secret.LogValue("veriff.ProofOfAddressFraud")
}

// Format prints the type's name alone.
func (ValidationResult) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.ValidationResult") }

// LogValue logs the type's name alone.
func (ValidationResult) LogValue() slog.Value { return secret.LogValue("veriff.ValidationResult") }

// Format prints the type's name alone.
func (RiskLabel) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.RiskLabel") }

// LogValue logs the type's name alone.
func (RiskLabel) LogValue() slog.Value { return secret.LogValue("veriff.RiskLabel") }

// Format prints the type's name alone.
func (BiometricAuthentication) Format(f fmt.State, _ rune) {
	secret.Print(f, "veriff.BiometricAuthentication")
}

// LogValue logs the type's name alone.
func (BiometricAuthentication) LogValue() slog.Value {
	return secret.LogValue("veriff.BiometricAuthentication")
}

// Format prints the type's name alone.
func (Comment) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Comment") }

// LogValue logs the type's name alone.
func (Comment) LogValue() slog.Value { return secret.LogValue("veriff.Comment") }

// Format prints the type's name alone.
func (TechnicalData) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.TechnicalData") }

// LogValue logs the type's name alone.
func (TechnicalData) LogValue() slog.Value { return secret.LogValue("veriff.TechnicalData") }

// Format prints the type's name alone.
func (EventContext) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.EventContext") }

// LogValue logs the type's name alone.
func (EventContext) LogValue() slog.Value { return secret.LogValue("veriff.EventContext") }

// Format prints the type's name alone.
func (DeletedSession) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.DeletedSession") }

// LogValue logs the type's name alone.
func (DeletedSession) LogValue() slog.Value { return secret.LogValue("veriff.DeletedSession") }

// Format prints the type's name alone.
func (PersonRecord) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.PersonRecord") }

// LogValue logs the type's name alone.
func (PersonRecord) LogValue() slog.Value { return secret.LogValue("veriff.PersonRecord") }

// Format prints the type's name alone.
func (Citizenship) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Citizenship") }

// LogValue logs the type's name alone.
func (Citizenship) LogValue() slog.Value { return secret.LogValue("veriff.Citizenship") }

// Format prints the type's name alone.
func (PEPSanctionMatch) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.PEPSanctionMatch") }

// LogValue logs the type's name alone.
func (PEPSanctionMatch) LogValue() slog.Value { return secret.LogValue("veriff.PEPSanctionMatch") }

// Format prints the type's name alone.
func (PEPMatch) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.PEPMatch") }

// LogValue logs the type's name alone.
func (PEPMatch) LogValue() slog.Value { return secret.LogValue("veriff.PEPMatch") }

// Format prints the type's name alone.
func (AttemptList) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.AttemptList") }

// LogValue logs the type's name alone.
func (AttemptList) LogValue() slog.Value { return secret.LogValue("veriff.AttemptList") }

// Format prints the type's name alone.
func (Attempt) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Attempt") }

// LogValue logs the type's name alone.
func (Attempt) LogValue() slog.Value { return secret.LogValue("veriff.Attempt") }

// Format prints the type's name alone.
func (TimestampList) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.TimestampList") }

// LogValue logs the type's name alone.
func (TimestampList) LogValue() slog.Value { return secret.LogValue("veriff.TimestampList") }

// Format prints the type's name alone.
func (Timestamp) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Timestamp") }

// LogValue logs the type's name alone.
func (Timestamp) LogValue() slog.Value { return secret.LogValue("veriff.Timestamp") }

// Format prints the type's name alone.
func (DataHash) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.DataHash") }

// LogValue logs the type's name alone.
func (DataHash) LogValue() slog.Value { return secret.LogValue("veriff.DataHash") }

// Format prints the type's name alone.
func (WatchlistScreening) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.WatchlistScreening") }

// LogValue logs the type's name alone.
func (WatchlistScreening) LogValue() slog.Value { return secret.LogValue("veriff.WatchlistScreening") }

// Format prints the type's name alone.
func (SearchTerm) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.SearchTerm") }

// LogValue logs the type's name alone.
func (SearchTerm) LogValue() slog.Value { return secret.LogValue("veriff.SearchTerm") }

// Format prints the type's name alone.
func (WatchlistHit) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.WatchlistHit") }

// LogValue logs the type's name alone.
func (WatchlistHit) LogValue() slog.Value { return secret.LogValue("veriff.WatchlistHit") }

// Format prints the type's name alone.
func (WatchlistListings) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.WatchlistListings") }

// LogValue logs the type's name alone.
func (WatchlistListings) LogValue() slog.Value { return secret.LogValue("veriff.WatchlistListings") }

// Format prints the type's name alone.
func (Listing) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Listing") }

// LogValue logs the type's name alone.
func (Listing) LogValue() slog.Value { return secret.LogValue("veriff.Listing") }

// Format prints the type's name alone.
func (FullAutoDecision) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.FullAutoDecision") }

// LogValue logs the type's name alone.
func (FullAutoDecision) LogValue() slog.Value { return secret.LogValue("veriff.FullAutoDecision") }

// Format prints the type's name alone.
func (CollectedDataRequest) Format(f fmt.State, _ rune) {
	secret.Print(f, "veriff.CollectedDataRequest")
}

// LogValue logs the type's name alone.
func (CollectedDataRequest) LogValue() slog.Value {
	return secret.LogValue("veriff.CollectedDataRequest")
}

// Format prints the type's name alone.
func (CollectedNetwork) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.CollectedNetwork") }

// LogValue logs the type's name alone.
func (CollectedNetwork) LogValue() slog.Value { return secret.LogValue("veriff.CollectedNetwork") }

// Format prints the type's name alone.
func (CollectedDevice) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.CollectedDevice") }

// LogValue logs the type's name alone.
func (CollectedDevice) LogValue() slog.Value { return secret.LogValue("veriff.CollectedDevice") }

// Format prints the type's name alone.
func (CollectedPerson) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.CollectedPerson") }

// LogValue logs the type's name alone.
func (CollectedPerson) LogValue() slog.Value { return secret.LogValue("veriff.CollectedPerson") }

// Format prints the type's name alone.
func (Call) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Call") }

// LogValue logs the type's name alone.
func (Call) LogValue() slog.Value { return secret.LogValue("veriff.Call") }

// Format prints the type's name alone.
func (Answer) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Answer") }

// LogValue logs the type's name alone.
func (Answer) LogValue() slog.Value { return secret.LogValue("veriff.Answer") }

// Format prints the type's name alone.
func (MediaFile) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.MediaFile") }

// LogValue logs the type's name alone.
func (MediaFile) LogValue() slog.Value { return secret.LogValue("veriff.MediaFile") }

// Format prints the type's name alone.
func (MediaList) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.MediaList") }

// LogValue logs the type's name alone.
func (MediaList) LogValue() slog.Value { return secret.LogValue("veriff.MediaList") }

// Format prints the type's name alone.
func (MediaTimestamp) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.MediaTimestamp") }

// LogValue logs the type's name alone.
func (MediaTimestamp) LogValue() slog.Value { return secret.LogValue("veriff.MediaTimestamp") }

// Format prints the type's name alone.
func (MediaUpload) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.MediaUpload") }

// LogValue logs the type's name alone.
func (MediaUpload) LogValue() slog.Value { return secret.LogValue("veriff.MediaUpload") }

// Format prints the type's name alone: a hash tells whose photo it is to
// whoever has the photo.
func (Download) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Download") }

// LogValue logs the type's name alone.
func (Download) LogValue() slog.Value { return secret.LogValue("veriff.Download") }
