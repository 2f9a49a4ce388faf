package veriffkyc

import (
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

func document(d *veriff.Document) kyc.Document {
	return kyc.Document{
		Type:       documentType(d.Type),
		Number:     d.Number,
		Country:    country(d.Country),
		Region:     d.State,
		ValidFrom:  kyc.Date(d.ValidFrom),
		ValidUntil: kyc.Date(d.ValidUntil),
	}
}

// documentType keeps a type that Veriff has added since as sent.
func documentType(t veriff.DocumentType) kyc.DocumentType {
	switch t {
	case veriff.DocumentTypePassport:
		return kyc.DocumentPassport
	case veriff.DocumentTypeIDCard:
		return kyc.DocumentIDCard
	case veriff.DocumentTypeDriversLicense, veriff.DocumentTypeDriversLicence:
		return kyc.DocumentDriversLicense
	case veriff.DocumentTypeResidencePermit:
		return kyc.DocumentResidencePermit
	case veriff.DocumentTypeVisa:
		return kyc.DocumentVisa
	case veriff.DocumentTypeOther:
		return kyc.DocumentOther
	}
	return kyc.DocumentType(t)
}
