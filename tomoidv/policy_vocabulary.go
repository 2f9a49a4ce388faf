package tomoidv

// SubjectKind is what a policy verifies, from TomoIDV's samples. A value without
// a constant is an ordinary SubjectKind that is not Known; so with every type of
// this file. TomoIDV publishes no list of policies.
type SubjectKind string

// Subjects that were seen.
const (
	// SubjectPersonalInfo is what the person says of themselves.
	SubjectPersonalInfo SubjectKind = "personal_info"
	// SubjectDocument is an identity document.
	SubjectDocument SubjectKind = "document"
	// SubjectEID is an electronic identity.
	SubjectEID SubjectKind = "eid"
)

// Known reports whether k is one of the constants.
func (k SubjectKind) Known() bool {
	switch k {
	case SubjectPersonalInfo, SubjectDocument, SubjectEID:
		return true
	}
	return false
}

// IDType is which identity of its subject's kind a policy wants.
type IDType string

// Identities that were seen.
const (
	// IDTypeNone goes with SubjectPersonalInfo: the text "null", as TomoIDV's own
	// sample sends it.
	IDTypeNone            IDType = "null"
	IDTypeResidentialCard IDType = "residential_card"
	IDTypeIDCard          IDType = "id_card"
	IDTypePassport        IDType = "passport"
	// IDTypeCertificate goes with SubjectEID.
	IDTypeCertificate IDType = "certificate"
)

// Known reports whether t is one of the constants.
func (t IDType) Known() bool {
	switch t {
	case IDTypeNone, IDTypeResidentialCard, IDTypeIDCard, IDTypePassport, IDTypeCertificate:
		return true
	}
	return false
}

// Method is how a policy verifies its subject. TomoIDV does not explain the
// methods; the comments here go by their names.
type Method string

// Methods that were seen.
const (
	// MethodPersonalInfo compares what the person says with a data source.
	MethodPersonalInfo Method = "personal_info_verf"
	// MethodDocumentOCR reads the document. Nobody is asked whether it is genuine.
	MethodDocumentOCR Method = "document_ocr_check"
	// MethodGovernmentID asks the government about the document.
	MethodGovernmentID Method = "government_id_verf"
	// MethodDocumentAuthenticity looks at whether the document is genuine.
	MethodDocumentAuthenticity Method = "document_authenticity_check"
	// MethodGovernmentCI verifies a Korean certificate and its CI.
	MethodGovernmentCI Method = "government_ci_verf"
)

// Known reports whether m is one of the constants.
func (m Method) Known() bool {
	switch m {
	case MethodPersonalInfo, MethodDocumentOCR, MethodGovernmentID, MethodDocumentAuthenticity, MethodGovernmentCI:
		return true
	}
	return false
}

// OwnerKind is how a policy makes sure that the identity is the person's own.
type OwnerKind string

// Owner assurances of contract 1.4.
const (
	// OwnerKindNone does not: anyone who has the document passes.
	OwnerKindNone     OwnerKind = "no_owner_assurance"
	OwnerKindVerified OwnerKind = "owner_verf"
	OwnerKindChecked  OwnerKind = "owner_check"
)

// Known reports whether k is one of the constants.
func (k OwnerKind) Known() bool {
	switch k {
	case OwnerKindNone, OwnerKindVerified, OwnerKindChecked:
		return true
	}
	return false
}

// OwnerType is by what an owner is verified or checked.
type OwnerType string

// Types of owner assurance that were seen.
const (
	// OwnerTypeSMSOTP goes with OwnerKindVerified: us.
	OwnerTypeSMSOTP OwnerType = "sms_otp"
	// OwnerTypeDocumentSecret goes with OwnerKindVerified: jp.
	OwnerTypeDocumentSecret OwnerType = "document_secret"
	// OwnerTypeSelfieMatch goes with OwnerKindChecked: cn.
	OwnerTypeSelfieMatch OwnerType = "submitted_doc_selfie_match"
	// OwnerTypeToss, OwnerTypeKakao, OwnerTypeNaver and OwnerTypePASS go with
	// OwnerKindVerified: kr.
	OwnerTypeToss  OwnerType = "toss"
	OwnerTypeKakao OwnerType = "kakao"
	OwnerTypeNaver OwnerType = "naver"
	OwnerTypePASS  OwnerType = "pass"
)

// Known reports whether t is one of the constants.
func (t OwnerType) Known() bool {
	switch t {
	case OwnerTypeSMSOTP, OwnerTypeDocumentSecret, OwnerTypeSelfieMatch, OwnerTypeToss, OwnerTypeKakao, OwnerTypeNaver, OwnerTypePASS:
		return true
	}
	return false
}
