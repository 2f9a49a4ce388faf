package stress_test

import (
	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/veriff"
)

// hidden are the exported structs that hold personal data, a capability, a
// credential, raw bytes or an id that leads to a person: printing one shows none
// of its fields.
var hidden = []any{
	(*iamport.Answer)(nil), (*iamport.Call)(nil), (*iamport.Claim)(nil), (*iamport.Client)(nil), (*iamport.Expectation)(nil),
	(*iamport.KCPBypass)(nil), (*iamport.Launch)(nil), (*iamport.LaunchParams)(nil), (*iamport.Meta)(nil), (*iamport.OTP)(nil),
	(*iamport.OTPBypass)(nil), (*iamport.OTPRequest)(nil),
	(*tomoidv.Address)(nil), (*tomoidv.Answer)(nil), (*tomoidv.Call)(nil), (*tomoidv.Checks)(nil), (*tomoidv.Claim)(nil),
	(*tomoidv.Client)(nil), (*tomoidv.Contact)(nil), (*tomoidv.Document)(nil), (*tomoidv.ExtractedDocument)(nil),
	(*tomoidv.Identity)(nil), (*tomoidv.KYCRequest)(nil), (*tomoidv.Media)(nil), (*tomoidv.Meta)(nil), (*tomoidv.NameVariant)(nil),
	(*tomoidv.Person)(nil), (*tomoidv.PersonNumber)(nil), (*tomoidv.PPID)(nil), (*tomoidv.ResetRequest)(nil), (*tomoidv.ResidencePermit)(nil),
	(*tomoidv.Result)(nil), (*tomoidv.ResultRequest)(nil), (*tomoidv.RiskCheck)(nil), (*tomoidv.RiskSignals)(nil),
	(*tomoidv.StandardResult)(nil), (*tomoidv.StartRequest)(nil), (*tomoidv.Started)(nil),
	(*veriff.AdditionalVerifiedData)(nil), (*veriff.Address)(nil), (*veriff.Answer)(nil), (*veriff.Attempt)(nil),
	(*veriff.AttemptList)(nil), (*veriff.BiometricAuthentication)(nil), (*veriff.CPFValidation)(nil), (*veriff.Call)(nil),
	(*veriff.Citizenship)(nil), (*veriff.Client)(nil), (*veriff.CollectedDataRequest)(nil), (*veriff.CollectedDevice)(nil),
	(*veriff.CollectedNetwork)(nil), (*veriff.CollectedPerson)(nil), (*veriff.Comment)(nil), (*veriff.CreateSessionRequest)(nil),
	(*veriff.DataHash)(nil), (*veriff.DeletedSession)(nil), (*veriff.Document)(nil), (*veriff.Download)(nil), (*veriff.Event)(nil),
	(*veriff.EventContext)(nil), (*veriff.FullAutoDecision)(nil), (*veriff.INEBiometricRegistry)(nil), (*veriff.Listing)(nil),
	(*veriff.MediaFile)(nil), (*veriff.MediaList)(nil), (*veriff.MediaTimestamp)(nil), (*veriff.MediaUpload)(nil),
	(*veriff.Meta)(nil), (*veriff.PEPMatch)(nil), (*veriff.PEPSanctionMatch)(nil), (*veriff.ParsedAddress)(nil),
	(*veriff.Person)(nil), (*veriff.PersonRecord)(nil), (*veriff.ProofOfAddress)(nil), (*veriff.ProofOfAddressFraud)(nil),
	(*veriff.RegistryValidation)(nil), (*veriff.RiskLabel)(nil), (*veriff.SearchTerm)(nil), (*veriff.Session)(nil),
	(*veriff.SessionAddress)(nil), (*veriff.SessionDocument)(nil), (*veriff.SessionPerson)(nil), (*veriff.Specimen)(nil), (*veriff.TechnicalData)(nil),
	(*veriff.Timestamp)(nil), (*veriff.TimestampList)(nil), (*veriff.UnknownWebhook)(nil), (*veriff.ValidationResult)(nil),
	(*veriff.Verifier)(nil), (*veriff.WatchlistHit)(nil), (*veriff.WatchlistListings)(nil), (*veriff.WatchlistScreening)(nil),
	(*kyc.Address)(nil), (*kyc.Check)(nil), (*kyc.Contact)(nil), (*kyc.Document)(nil), (*kyc.Finding)(nil), (*kyc.Hints)(nil),
	(*kyc.Key)(nil), (*kyc.Notice)(nil), (*kyc.Person)(nil), (*kyc.StartRequest)(nil),
	(*kychttp.Config)(nil), (*kychttp.MemoryStore)(nil), (*kychttp.Page)(nil), (*kychttp.Record)(nil), (*kychttp.Service)(nil),
}

// partly are those of which printing shows some fields, and these only.
var partly = []shown{
	{(*iamport.Certification)(nil), "PGProvider", "which gateway, if it is one of the constants"},
	{(*iamport.Error)(nil), "Op StatusCode Code Attempts ClockSkew detail kinds[]", "numbers, and words of the package's own"},
	{(*tomoidv.Record)(nil), "KYC.Status", "what was decided, if it is one of the constants"},
	{(*tomoidv.Error)(nil), "Op StatusCode Code Attempts ClockSkew detail kinds[]", "numbers, a constant, and words of the package's own"},
	{(*veriff.Decision)(nil), "Status Code", "what was decided, if it is one of the constants"},
	{(*veriff.Error)(nil), "Op StatusCode Code Attempts ClockSkew detail kinds[]", "numbers, and words of the package's own"},
	{(*kyc.Result)(nil), "Status", "what was decided, if it is one of the constants"},
	{(*kyc.Error)(nil), "Provider Op Kind Err", "words of the package's own, and a text that the provider promises is safe"},
}

// whole are those that hold nothing personal. Printing shows the fields, which
// are all that they have.
var whole = []shown{
	{(*tomoidv.AttributeMatch)(nil), "Address DateOfBirth IDNumber Name Phone", "comparisons"},
	{(*tomoidv.BiometricCheck)(nil), "Attempts DocumentComparison FaceMatch Liveness Outcome SimilarityScore", "outcomes and a score"},
	{(*tomoidv.CertificateCheck)(nil), "Outcome ValidFrom ValidTo VerifiedAt", "an outcome and times"},
	{(*tomoidv.DataComparison)(nil), "DateOfBirth ExpirationDate IssuingCountry Name", "comparisons"},
	{(*tomoidv.DataSourceCheck)(nil), "AddressType AttributeMatch.Address AttributeMatch.DateOfBirth " +
		"AttributeMatch.IDNumber AttributeMatch.Name AttributeMatch.Phone Outcome", "an outcome and comparisons"},
	{(*tomoidv.Deletion)(nil), "Status meta.contractVersion meta.receivedAt", "a status"},
	{(*tomoidv.Deletions)(nil), "Results[].Status Results[].meta.contractVersion " +
		"Results[].meta.receivedAt meta.contractVersion meta.receivedAt", "statuses"},
	{(*tomoidv.DocumentCheck)(nil), "Attempts Authenticity DataComparison.DateOfBirth DataComparison.ExpirationDate " +
		"DataComparison.IssuingCountry DataComparison.Name ImageQuality Outcome", "outcomes and comparisons"},
	{(*tomoidv.FieldProvenance)(nil), "Derived[] Missing[] NotCollected[]", "names of fields"},
	{(*tomoidv.OwnerAssurance)(nil), "Kind Type", "part of a policy"},
	{(*tomoidv.PhoneCheck)(nil), "Attempts Outcome", "an outcome"},
	{(*tomoidv.Policy)(nil), "Method OwnerAssurance.Kind OwnerAssurance.Type Preset Subject.IDType Subject.Kind", "a policy"},
	{(*tomoidv.PolicyKeyParts)(nil), "Country IDType Method OwnerKind OwnerType Preset Rest[] SubjectKind", "a policy"},
	{(*tomoidv.Process)(nil), "Steps.BiometricCheck Steps.DataSourceCheck Steps.DocumentCheck " +
		"Steps.PhoneVerification Steps.RiskCheck Steps.TermsAcceptance Steps.WatchlistScreening", "names of steps"},
	{(*tomoidv.ProcessSteps)(nil), "BiometricCheck DataSourceCheck DocumentCheck " +
		"PhoneVerification RiskCheck TermsAcceptance WatchlistScreening", "names of steps"},
	{(*tomoidv.ResetResult)(nil), "Status meta.contractVersion meta.receivedAt", "a status"},
	{(*tomoidv.Subject)(nil), "IDType Kind", "part of a policy"},
	{(*tomoidv.WatchlistCheck)(nil), "Outcome", "an outcome"},
	{(*veriff.Consent)(nil), "Type", "a kind of consent"},
	{(*veriff.LoggerOption)(nil), "", "a logger"},
	{(*veriff.MemoryDeduper)(nil), "done{key} order[].at order[].key running{key}", "hashes of webhooks"},
	{(*veriff.ProofOfAddressType)(nil), "Name", "a kind of document"},
	{(*veriff.RiskScore)(nil), "Score", "a number"},
	{(*veriff.SessionProofOfAddress)(nil), "AcceptableTypes[].Name", "kinds of documents"},
	{(*veriff.Time)(nil), "Time", "an instant"},
	{(*kyc.Evidence)(nil), "Environment FetchedAt SHA256 Signature", "a time, a hash and two words"},
	{(*iamportkyc.Config)(nil), "BornInOrBefore ChannelKey Gateways[] MinimumAge " +
		"PG ScriptURL Tier UserCode", "what stands in a page that anybody can read, and limits"},
	{(*tomoidvkyc.Config)(nil), "ClientID Country Environment MinimumAge Policy.Method " +
		"Policy.OwnerAssurance.Kind Policy.OwnerAssurance.Type Policy.Preset Policy.Subject.IDType Policy.Subject.Kind", "a policy, limits, and the client's id, which is no secret (RFC 6749, section 2.2)"},
	{(*veriffkyc.Config)(nil), "DocumentCountries[] Environment MinimumAge", "limits"},
	{(*iamportkyc.Provider)(nil), "client.tier cfg.BornInOrBefore cfg.ChannelKey cfg.Gateways[] cfg.MinimumAge " +
		"cfg.PG cfg.ScriptURL cfg.Tier cfg.UserCode", "its Config"},
	{(*tomoidvkyc.Provider)(nil), "client.contractVersion cfg.ClientID cfg.Country cfg.Environment cfg.MinimumAge cfg.Policy.Method " +
		"cfg.Policy.OwnerAssurance.Kind cfg.Policy.OwnerAssurance.Type cfg.Policy.Preset cfg.Policy.Subject.IDType cfg.Policy.Subject.Kind", "its Config"},
	{(*veriffkyc.Provider)(nil), "cfg.DocumentCountries[] cfg.Environment cfg.MinimumAge client.maxVendorData client.scheme", "its Config, and what Veriff's API is like"},
}

// scalars are the exported types that are no structs: what prints a field of a
// person's prints its text, be it a string or a Date. It is for the struct
// around it to keep it.
var scalars = map[string]string{
	"iamport": "Carrier Date Gateway Gender KCPMediaType Tristate UnixTime VerificationMethod WindowCarrier",
	"tomoidv": "Country Date DeletionStatus DocumentCategory ErrorCode FieldName IDType Match MediaKind Method NameVariantKind Number Outcome " +
		"OwnerKind OwnerType PolicyKey ResetStatus Status SubjectKind Text Timestamp Tristate",
	"veriff": "CheckType CitizenshipKind ConsentType Date DecisionCode DocumentType ErrorCode EventAction EventCode Gender IDCardType MaritalStatus " +
		"MatchStatus MediaContext Number PEPCategory ReasonCode RiskLabelCategory Status Text Tristate",
	"kyc":     "Date DocumentType Environment Erasure FindingKind Gender KeyKind Outcome Signature Status",
	"kychttp": "Problem",
}

// synthetic are the packages whose types are for looking at in a test: their
// people are made up, and their credentials are good for one fake.
var synthetic = []string{"iamport/iamporttest", "tomoidv/tomoidvtest", "veriff/verifftest", "kyc/kyctest"}

// A shown is the decision about a type that shows something.
type shown struct {
	pointer any
	fields  string
	why     string
}
