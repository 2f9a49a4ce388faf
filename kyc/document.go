package kyc

// A Document is the identity document that was shown, empty where the vendor
// works without one.
type Document struct {
	Type   DocumentType `json:"type,omitempty"`
	Number string       `json:"number,omitempty"`
	// Country issued it: ISO 3166-1 alpha-2 in upper case, or as sent.
	Country string `json:"country,omitempty"`
	// Region is the issuing state or province.
	Region     string `json:"region,omitempty"`
	ValidFrom  Date   `json:"valid_from,omitempty"`
	ValidUntil Date   `json:"valid_until,omitempty"`
}

// DocumentType is the kind of a document.
type DocumentType string

// Document types; empty where the vendor does not say.
const (
	DocumentPassport        DocumentType = "passport"
	DocumentIDCard          DocumentType = "id_card"
	DocumentDriversLicense  DocumentType = "drivers_license"
	DocumentResidencePermit DocumentType = "residence_permit"
	DocumentVisa            DocumentType = "visa"
	DocumentOther           DocumentType = "other"
)

// Known tells whether t is one of the constants.
func (t DocumentType) Known() bool {
	switch t {
	case DocumentPassport, DocumentIDCard, DocumentDriversLicense,
		DocumentResidencePermit, DocumentVisa, DocumentOther:
		return true
	}
	return false
}
