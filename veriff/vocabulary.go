package veriff

// DocumentType is the kind of an identity document: document 003, POST
// /sessions and GET /sessions/{id}/decision. A value without a constant is an
// ordinary DocumentType that is not Known; so with every type of this file.
type DocumentType string

// Document types that Veriff names.
const (
	DocumentTypePassport DocumentType = "PASSPORT"
	DocumentTypeIDCard   DocumentType = "ID_CARD"
	// DocumentTypeDriversLicense is the spelling that requests take.
	DocumentTypeDriversLicense DocumentType = "DRIVERS_LICENSE"
	// DocumentTypeDriversLicence means DocumentTypeDriversLicense: document 003
	// spells it so where it describes a decision.
	DocumentTypeDriversLicence  DocumentType = "DRIVERS_LICENCE"
	DocumentTypeResidencePermit DocumentType = "RESIDENCE_PERMIT"
	// DocumentTypeVisa occurs in decisions; requests do not list it.
	DocumentTypeVisa DocumentType = "VISA"
	// DocumentTypeOther occurs in decisions; requests do not list it.
	DocumentTypeOther DocumentType = "OTHER"
)

// Known reports whether t is one of the constants.
func (t DocumentType) Known() bool {
	switch t {
	case DocumentTypePassport, DocumentTypeIDCard, DocumentTypeDriversLicense,
		DocumentTypeDriversLicence, DocumentTypeResidencePermit, DocumentTypeVisa, DocumentTypeOther:
		return true
	}
	return false
}

// Gender is a person's gender as a document states it. Decisions have the
// letters (document 003); requests take the words as well.
type Gender string

// Spellings of the two genders that Veriff names.
const (
	GenderM      Gender = "M"
	GenderMale   Gender = "MALE"
	GenderF      Gender = "F"
	GenderFemale Gender = "FEMALE"
)

// Known reports whether g is one of the constants.
func (g Gender) Known() bool {
	switch g {
	case GenderM, GenderMale, GenderF, GenderFemale:
		return true
	}
	return false
}

// MaritalStatus is a person's marital status in a request for a session
// (Veriff's page about POST /sessions).
type MaritalStatus string

// Marital statuses that Veriff names.
const (
	MaritalStatusSingle   MaritalStatus = "SINGLE"
	MaritalStatusMarried  MaritalStatus = "MARRIED"
	MaritalStatusDivorced MaritalStatus = "DIVORCED"
	MaritalStatusWidowed  MaritalStatus = "WIDOWED"
)

// Known reports whether s is one of the constants or the same in lower case,
// which Veriff's page also shows.
func (s MaritalStatus) Known() bool {
	switch s {
	case MaritalStatusSingle, MaritalStatusMarried, MaritalStatusDivorced, MaritalStatusWidowed,
		"single", "married", "divorced", "widowed":
		return true
	}
	return false
}

// IDCardType tells Colombia's identity cards apart (Veriff's page about POST
// /sessions).
type IDCardType string

const (
	// IDCardTypeCC is the cédula de ciudadanía, of citizens.
	IDCardTypeCC IDCardType = "CC"
	// IDCardTypeCE is the cédula de extranjería, of foreign residents.
	IDCardTypeCE IDCardType = "CE"
	// IDCardTypeTI is the tarjeta de identidad, of minors.
	IDCardTypeTI IDCardType = "TI"
)

// Known reports whether t is one of the constants.
func (t IDCardType) Known() bool {
	switch t {
	case IDCardTypeCC, IDCardTypeCE, IDCardTypeTI:
		return true
	}
	return false
}

// ConsentType names what a person has consented to (Veriff's page about POST
// /sessions).
type ConsentType string

const (
	// ConsentTypeINE is about a check against INE, Mexico's electoral register.
	ConsentTypeINE ConsentType = "ine"
	// ConsentTypeBIPA is about the Biometric Information Privacy Act of Illinois.
	ConsentTypeBIPA ConsentType = "bipa"
	// ConsentTypeAadhaar is about Aadhaar, India's identity number.
	ConsentTypeAadhaar ConsentType = "aadhaar"
)

// Known reports whether t is one of the constants.
func (t ConsentType) Known() bool {
	switch t {
	case ConsentTypeINE, ConsentTypeBIPA, ConsentTypeAadhaar:
		return true
	}
	return false
}

// RiskLabelCategory groups the risk labels of a decision (Veriff's page about
// the decision webhook).
type RiskLabelCategory string

// Categories of risk labels that Veriff names.
const (
	RiskLabelCategoryClientDataMismatch RiskLabelCategory = "client_data_mismatch"
	RiskLabelCategoryCrosslinks         RiskLabelCategory = "crosslinks"
	// RiskLabelCategoryCrosslinksHyphenated means RiskLabelCategoryCrosslinks:
	// sources spell it either way.
	RiskLabelCategoryCrosslinksHyphenated RiskLabelCategory = "cross-links"
	RiskLabelCategoryDevice               RiskLabelCategory = "device"
	RiskLabelCategoryDocument             RiskLabelCategory = "document"
	RiskLabelCategoryImages               RiskLabelCategory = "images"
	RiskLabelCategoryNetwork              RiskLabelCategory = "network"
	RiskLabelCategorySession              RiskLabelCategory = "session"
	RiskLabelCategoryPerson               RiskLabelCategory = "person"
)

// Known reports whether c is one of the constants.
func (c RiskLabelCategory) Known() bool {
	switch c {
	case RiskLabelCategoryClientDataMismatch, RiskLabelCategoryCrosslinks,
		RiskLabelCategoryCrosslinksHyphenated, RiskLabelCategoryDevice, RiskLabelCategoryDocument,
		RiskLabelCategoryImages, RiskLabelCategoryNetwork, RiskLabelCategorySession,
		RiskLabelCategoryPerson:
		return true
	}
	return false
}
