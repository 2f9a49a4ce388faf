package tomoidvkyc

import (
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

func document(d *tomoidv.Document) kyc.Document {
	return kyc.Document{
		Type:       documentType(d.Category),
		Number:     d.Number,
		Country:    country(string(d.IssuingCountry)),
		Region:     d.IssuingRegion,
		ValidUntil: kyc.Date(d.ExpirationDate),
	}
}

// documentType keeps a category that TomoIDV has added since as sent.
func documentType(c tomoidv.DocumentCategory) kyc.DocumentType {
	switch c {
	case tomoidv.DocumentCategoryPassport:
		return kyc.DocumentPassport
	case tomoidv.DocumentCategoryIDCard, tomoidv.DocumentCategoryMyNumberCard:
		return kyc.DocumentIDCard
	case tomoidv.DocumentCategoryDriversLicense:
		return kyc.DocumentDriversLicense
	case tomoidv.DocumentCategoryResidenceCard, tomoidv.DocumentCategoryResidencePermitCard:
		return kyc.DocumentResidencePermit
	case tomoidv.DocumentCategoryVisa:
		return kyc.DocumentVisa
	}
	return kyc.DocumentType(c)
}
