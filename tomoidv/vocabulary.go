package tomoidv

// Status is what TomoIDV decided: contract 1.4. A value without a constant is
// an ordinary Status that is not Known, and never means success; so with every
// type of this file. "" is no status: a record of contract 1.3 has none.
type Status string

// Statuses of contract 1.4.
const (
	// StatusApproved says that the person was verified under the record's policy.
	StatusApproved Status = "approved"
	// StatusRejected says that the person was not verified.
	StatusRejected Status = "rejected"
	// StatusPendingReview is being looked at; another status follows.
	StatusPendingReview Status = "pending_review"
	// StatusExpired is not explained; the name says that it is over.
	StatusExpired  Status = "expired"
	StatusCanceled Status = "canceled"
)

// Known reports whether s is one of the constants.
func (s Status) Known() bool {
	switch s {
	case StatusApproved, StatusRejected, StatusPendingReview, StatusExpired, StatusCanceled:
		return true
	}
	return false
}

// Outcome is how a check, or a part of one, ended.
type Outcome string

// Outcomes of contract 1.4.
const (
	OutcomePassed Outcome = "passed"
	OutcomeFailed Outcome = "failed"
	// OutcomeNotPerformed says nothing for the person or against.
	OutcomeNotPerformed Outcome = "not_performed"
)

// Known reports whether o is one of the constants.
func (o Outcome) Known() bool {
	switch o {
	case OutcomePassed, OutcomeFailed, OutcomeNotPerformed:
		return true
	}
	return false
}

// Match is how a piece of data compares with another source.
type Match string

// Comparisons of contract 1.4.
const (
	MatchFull       Match = "match"
	MatchPartial    Match = "partial_match"
	MatchNone       Match = "no_match"
	MatchNotChecked Match = "not_checked"
)

// Known reports whether m is one of the constants.
func (m Match) Known() bool {
	switch m {
	case MatchFull, MatchPartial, MatchNone, MatchNotChecked:
		return true
	}
	return false
}

// DocumentCategory is the kind of an identity document.
type DocumentCategory string

// Document categories of contract 1.4.
const (
	DocumentCategoryDriversLicense      DocumentCategory = "drivers_license"
	DocumentCategoryIDCard              DocumentCategory = "id_card"
	DocumentCategoryPassport            DocumentCategory = "passport"
	DocumentCategoryResidencePermitCard DocumentCategory = "residence_permit_card"
	DocumentCategoryResidenceCard       DocumentCategory = "residence_card"
	DocumentCategoryMyNumberCard        DocumentCategory = "my_number_card"
	DocumentCategoryVisa                DocumentCategory = "visa"
)

// Known reports whether c is one of the constants.
func (c DocumentCategory) Known() bool {
	switch c {
	case DocumentCategoryDriversLicense, DocumentCategoryIDCard, DocumentCategoryPassport, DocumentCategoryResidencePermitCard, DocumentCategoryResidenceCard, DocumentCategoryMyNumberCard, DocumentCategoryVisa:
		return true
	}
	return false
}

// NameVariantKind is how a name is a variant of the full name.
type NameVariantKind string

// Kinds of names of contract 1.4.
const (
	NameVariantPhonetic          NameVariantKind = "phonetic"
	NameVariantPhoneticHalfWidth NameVariantKind = "phonetic_half_width"
	NameVariantAlternateScript   NameVariantKind = "alternate_script"
	NameVariantPrevious          NameVariantKind = "previous"
)

// Known reports whether k is one of the constants.
func (k NameVariantKind) Known() bool {
	switch k {
	case NameVariantPhonetic, NameVariantPhoneticHalfWidth, NameVariantAlternateScript, NameVariantPrevious:
		return true
	}
	return false
}

// MediaKind is what a picture or video shows.
type MediaKind string

// Kinds of media of contract 1.4.
const (
	MediaDocumentFront MediaKind = "document_front"
	MediaDocumentBack  MediaKind = "document_back"
	MediaPortrait      MediaKind = "portrait"
	MediaSelfieImage   MediaKind = "selfie_image"
	MediaSelfieVideo   MediaKind = "selfie_video"
)

// Known reports whether k is one of the constants.
func (k MediaKind) Known() bool {
	switch k {
	case MediaDocumentFront, MediaDocumentBack, MediaPortrait, MediaSelfieImage, MediaSelfieVideo:
		return true
	}
	return false
}

// FieldName names a field of a [StandardResult].
type FieldName string

// Fields that contract 1.4 tells the provenance of.
const (
	FieldStatus                 FieldName = "status"
	FieldFullName               FieldName = "full_name"
	FieldFamilyName             FieldName = "family_name"
	FieldGivenName              FieldName = "given_name"
	FieldDateOfBirth            FieldName = "date_of_birth"
	FieldSex                    FieldName = "sex"
	FieldNationality            FieldName = "nationality"
	FieldGovernmentID           FieldName = "government_id"
	FieldFullAddress            FieldName = "full_address"
	FieldStreet                 FieldName = "street"
	FieldCity                   FieldName = "city"
	FieldRegion                 FieldName = "region"
	FieldPostalCode             FieldName = "postal_code"
	FieldEmailAddress           FieldName = "email_address"
	FieldPhoneNumber            FieldName = "phone_number"
	FieldDocumentCategory       FieldName = "document_category"
	FieldDocumentNumber         FieldName = "document_number"
	FieldDocumentIssuingCountry FieldName = "document_issuing_country"
	FieldDocumentIssuingRegion  FieldName = "document_issuing_region"
	FieldDocumentExpirationDate FieldName = "document_expiration_date"
)

// Known reports whether n is one of the constants.
func (n FieldName) Known() bool {
	switch n {
	case FieldStatus, FieldFullName, FieldFamilyName, FieldGivenName, FieldDateOfBirth, FieldSex, FieldNationality, FieldGovernmentID, FieldFullAddress, FieldStreet, FieldCity, FieldRegion, FieldPostalCode, FieldEmailAddress, FieldPhoneNumber, FieldDocumentCategory, FieldDocumentNumber, FieldDocumentIssuingCountry, FieldDocumentIssuingRegion, FieldDocumentExpirationDate:
		return true
	}
	return false
}

// ResetStatus is what became of a [Client.Reset].
type ResetStatus string

// What POST /v1/idv/reset answers.
const (
	ResetStatusReset         ResetStatus = "reset"
	ResetStatusNotResettable ResetStatus = "not_resettable"
)

// Known reports whether s is one of the constants.
func (s ResetStatus) Known() bool {
	switch s {
	case ResetStatusReset, ResetStatusNotResettable:
		return true
	}
	return false
}

// DeletionStatus is what became of a result that was to be deleted.
type DeletionStatus string

// What POST /v1/idv/result/delete and bulk-delete answer.
const (
	DeletionStatusDeleted      DeletionStatus = "deleted"
	DeletionStatusNotDeletable DeletionStatus = "not_deletable"
)

// Known reports whether s is one of the constants.
func (s DeletionStatus) Known() bool {
	switch s {
	case DeletionStatusDeleted, DeletionStatusNotDeletable:
		return true
	}
	return false
}
