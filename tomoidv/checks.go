package tomoidv

// Checks is what was checked. A check whose Outcome is not [OutcomePassed] says
// nothing for the person, and none of them is the decision: see
// [StandardResult.Status].
type Checks struct {
	Biometric         BiometricCheck   `json:"biometric,omitzero"`
	Certificate       CertificateCheck `json:"certificate,omitzero"`
	DataSource        DataSourceCheck  `json:"data_source,omitzero"`
	Document          DocumentCheck    `json:"document,omitzero"`
	PhoneVerification PhoneCheck       `json:"phone_verification,omitzero"`
	Risk              RiskCheck        `json:"risk,omitzero"`
	Watchlist         WatchlistCheck   `json:"watchlist,omitzero"`
}

// BiometricCheck is about the face.
type BiometricCheck struct {
	Outcome            Outcome `json:"outcome"`
	FaceMatch          Outcome `json:"face_match,omitzero"`
	Liveness           Outcome `json:"liveness,omitzero"`
	DocumentComparison Outcome `json:"document_comparison,omitzero"`
	Attempts           Number  `json:"attempts,omitzero"`
	// SimilarityScore has no documented unit.
	SimilarityScore Number `json:"similarity_score,omitzero"`
}

// CertificateCheck is about a certificate, such as a Korean one.
type CertificateCheck struct {
	Outcome    Outcome   `json:"outcome"`
	ValidFrom  Timestamp `json:"valid_from,omitzero"`
	ValidTo    Timestamp `json:"valid_to,omitzero"`
	VerifiedAt Timestamp `json:"verified_at,omitzero"`
}

// DataSourceCheck is a comparison with a data source.
type DataSourceCheck struct {
	Outcome        Outcome        `json:"outcome"`
	AddressType    Text           `json:"address_type,omitzero"`
	AttributeMatch AttributeMatch `json:"attribute_match,omitzero"`
}

// AttributeMatch is a comparison with a data source, by attribute.
type AttributeMatch struct {
	Name        Match `json:"name,omitzero"`
	DateOfBirth Match `json:"date_of_birth,omitzero"`
	Address     Match `json:"address,omitzero"`
	Phone       Match `json:"phone,omitzero"`
	IDNumber    Match `json:"id_number,omitzero"`
}

// DocumentCheck is about the document. The words of Authenticity and
// ImageQuality are not documented.
type DocumentCheck struct {
	Outcome        Outcome        `json:"outcome"`
	Authenticity   Text           `json:"authenticity,omitzero"`
	ImageQuality   Text           `json:"image_quality,omitzero"`
	Attempts       Number         `json:"attempts,omitzero"`
	DataComparison DataComparison `json:"data_comparison,omitzero"`
}

// DataComparison compares a document with what else is known.
type DataComparison struct {
	Name           Match `json:"name,omitzero"`
	DateOfBirth    Match `json:"date_of_birth,omitzero"`
	ExpirationDate Match `json:"expiration_date,omitzero"`
	IssuingCountry Match `json:"issuing_country,omitzero"`
}

// PhoneCheck is about the phone number.
type PhoneCheck struct {
	Outcome  Outcome `json:"outcome"`
	Attempts Number  `json:"attempts,omitzero"`
}

// RiskCheck is about signs of abuse.
type RiskCheck struct {
	Outcome Outcome     `json:"outcome"`
	Signals RiskSignals `json:"signals,omitzero"`
}

// RiskSignals are signs of abuse; their words are not documented.
type RiskSignals struct {
	AbuseSignals            Text   `json:"abuse_signals,omitzero"`
	BotDetected             Text   `json:"bot_detected,omitzero"`
	FraudRingDetected       Text   `json:"fraud_ring_detected,omitzero"`
	UserInteractions        Text   `json:"user_interactions,omitzero"`
	EmailIsDeliverable      Text   `json:"email_is_deliverable,omitzero"`
	EmailDomainIsDisposable Text   `json:"email_domain_is_disposable,omitzero"`
	IPProxyType             Text   `json:"ip_proxy_type,omitzero"`
	IPTimezoneOffset        Text   `json:"ip_timezone_offset,omitzero"`
	EmailBreachCount        Number `json:"email_breach_count,omitzero"`
	IPSpamListCount         Number `json:"ip_spam_list_count,omitzero"`
}

// WatchlistCheck is a search in lists of wanted or sanctioned persons.
type WatchlistCheck struct {
	Outcome Outcome `json:"outcome"`
}
