package tomoidv

// A StandardResult is what contract 1.4 adds to a record (kyc): the decision,
// the person, and everything that was checked. Whatever TomoIDV left open is
// "" or empty. Source: StandardKycResultView of contract 1.4.
type StandardResult struct {
	// SchemaVersion is "kyc_result.v1".
	SchemaVersion string `json:"schema_version"`
	// Status is what to branch on.
	Status      Status    `json:"status"`
	CompletedAt Timestamp `json:"completed_at,omitzero"`

	Person   Person   `json:"person,omitzero"`
	Address  Address  `json:"address,omitzero"`
	Contact  Contact  `json:"contact,omitzero"`
	Document Document `json:"document,omitzero"`
	Checks   Checks   `json:"checks,omitzero"`
	// Media are where pictures and videos are. This package fetches none of
	// them; what a fetch needs, and until when it works, is not documented.
	Media           []Media         `json:"media,omitzero"`
	Process         Process         `json:"process,omitzero"`
	FieldProvenance FieldProvenance `json:"field_provenance,omitzero"`
}

// Person is who was verified.
type Person struct {
	FullName   string `json:"full_name"`
	GivenName  string `json:"given_name,omitzero"`
	FamilyName string `json:"family_name,omitzero"`
	// DateOfBirth is YYYY-MM-DD.
	DateOfBirth  Date         `json:"date_of_birth,omitzero"`
	Sex          string       `json:"sex,omitzero"`
	Nationality  string       `json:"nationality,omitzero"`
	GovernmentID PersonNumber `json:"government_id,omitzero"`
	// NameVariants are other spellings, such as the katakana of a Japanese name.
	NameVariants []NameVariant `json:"name_variants,omitzero"`
}

// PersonNumber is the number that a government gave a person.
type PersonNumber struct {
	Type  string `json:"type,omitzero"`
	Value string `json:"value"`
}

// NameVariant is another spelling of a name, or an earlier name.
type NameVariant struct {
	Kind  NameVariantKind `json:"kind"`
	Value string          `json:"value"`
}

// Address is where the person lives, as the source states it.
type Address struct {
	Full       string  `json:"full,omitzero"`
	Street     string  `json:"street,omitzero"`
	Street2    string  `json:"street2,omitzero"`
	City       string  `json:"city,omitzero"`
	Region     string  `json:"region,omitzero"`
	PostalCode string  `json:"postal_code,omitzero"`
	Country    Country `json:"country,omitzero"`
}

// Contact is how the person can be reached.
type Contact struct {
	EmailAddress string `json:"email_address,omitzero"`
	PhoneNumber  string `json:"phone_number,omitzero"`
}

// Document is the document that was shown.
type Document struct {
	Category       DocumentCategory `json:"category,omitzero"`
	Number         string           `json:"number,omitzero"`
	IssuingCountry Country          `json:"issuing_country,omitzero"`
	IssuingRegion  string           `json:"issuing_region,omitzero"`
	ExpirationDate Date             `json:"expiration_date,omitzero"`
	// Extracted is what was read from the document.
	Extracted       ExtractedDocument `json:"extracted,omitzero"`
	ResidencePermit ResidencePermit   `json:"residence_permit,omitzero"`
}

// ExtractedDocument is what was read from a document, before anything else
// was known.
type ExtractedDocument struct {
	Category       DocumentCategory `json:"category,omitzero"`
	DateOfBirth    Date             `json:"date_of_birth,omitzero"`
	ExpirationDate Date             `json:"expiration_date,omitzero"`
	FamilyName     string           `json:"family_name,omitzero"`
	GivenName      string           `json:"given_name,omitzero"`
	IDNumber       string           `json:"id_number,omitzero"`
	IssuingCountry Country          `json:"issuing_country,omitzero"`
	IssuingRegion  string           `json:"issuing_region,omitzero"`
}

// ResidencePermit is what a residence card permits.
type ResidencePermit struct {
	CardType                Text     `json:"card_type,omitzero"`
	ComprehensivePermission Text     `json:"comprehensive_permission,omitzero"`
	IndividualPermission    Text     `json:"individual_permission,omitzero"`
	InfoType                Text     `json:"info_type,omitzero"`
	UpdateStatus            Tristate `json:"update_status,omitzero"`
}

// Media is a picture or video.
type Media struct {
	Kind MediaKind `json:"kind"`
	URL  string    `json:"url"`
}

// Process is how far the person came.
type Process struct {
	Steps ProcessSteps `json:"steps,omitzero"`
}

// ProcessSteps tells how each step went; the words are not documented.
type ProcessSteps struct {
	BiometricCheck     Text `json:"biometric_check,omitzero"`
	DataSourceCheck    Text `json:"data_source_check,omitzero"`
	DocumentCheck      Text `json:"document_check,omitzero"`
	PhoneVerification  Text `json:"phone_verification,omitzero"`
	RiskCheck          Text `json:"risk_check,omitzero"`
	TermsAcceptance    Text `json:"terms_acceptance,omitzero"`
	WatchlistScreening Text `json:"watchlist_screening,omitzero"`
}

// FieldProvenance tells where the fields of a StandardResult are from.
type FieldProvenance struct {
	// Derived fields were worked out from others.
	Derived []FieldName `json:"derived_fields,omitzero"`
	// Missing fields were asked for and are not there.
	Missing []FieldName `json:"missing_fields,omitzero"`
	// NotCollected fields were not asked for.
	NotCollected []FieldName `json:"not_collected_fields,omitzero"`
}
