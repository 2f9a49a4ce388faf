package veriff

// Document is the document that the person showed.
type Document struct {
	Number string       `json:"number,omitzero"`
	Type   DocumentType `json:"type,omitzero"`
	// Country and State are where it was issued, Country as ISO 3166-1 alpha-2.
	Country string `json:"country,omitzero"`
	State   string `json:"state,omitzero"`
	// ValidFrom, ValidUntil and FirstIssue are YYYY-MM-DD.
	ValidFrom    Date `json:"validFrom,omitzero"`
	ValidUntil   Date `json:"validUntil,omitzero"`
	FirstIssue   Date `json:"firstIssue,omitzero"`
	PlaceOfIssue Text `json:"placeOfIssue,omitzero"`
	IssuedBy     Text `json:"issuedBy,omitzero"`
	IssueNumber  Text `json:"issueNumber,omitzero"`
	Remarks      Text `json:"remarks,omitzero"`
	// NFCValidated tells whether the chip was read and held.
	NFCValidated        Tristate `json:"nfcValidated,omitzero"`
	ResidencePermitType Text     `json:"residencePermitType,omitzero"`
	PortraitIsVisible   Tristate `json:"portraitIsVisible,omitzero"`
	SignatureIsVisible  Tristate `json:"signatureIsVisible,omitzero"`
	INEIdentifier       Text     `json:"ineIdentifier,omitzero"`
	Specimen            Specimen `json:"specimen,omitzero"`
}

// Specimen describes the kind of document that this one is an example of.
type Specimen struct {
	ContainsContactlessChip    Tristate `json:"containsContactlessChip,omitzero"`
	FirstIssuedDate            Date     `json:"firstIssuedDate,omitzero"`
	LastIssuedDate             Date     `json:"lastIssuedDate,omitzero"`
	NISTVersion                Text     `json:"nistVersion,omitzero"`
	DigitalDocument            Tristate `json:"digitalDocument,omitzero"`
	NonStandardDrivingLicense  Tristate `json:"nonStandardDrivingLicense,omitzero"`
	MilitaryDocument           Tristate `json:"militaryDocument,omitzero"`
	TemporaryEmergencyDocument Tristate `json:"temporaryEmergencyDocument,omitzero"`
	AsylumRefugeeDocument      Tristate `json:"asylumRefugeeDocument,omitzero"`
	ICAOStandardizedDocument   Tristate `json:"ICAOStandardizedDocument,omitzero"`
	NotNationalIDCard          Tristate `json:"notNationalIdCard,omitzero"`
	LegalStatus                Text     `json:"legalStatus,omitzero"`
	HasSecurityRisk            Tristate `json:"hasSecurityRisk,omitzero"`
}
