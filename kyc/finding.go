package kyc

// A Finding is one thing that the vendor says it looked at. It is there only
// if the vendor states it: nothing is concluded from a status, and nothing
// follows from a finding that is not there.
type Finding struct {
	Kind    FindingKind `json:"kind"`
	Outcome Outcome     `json:"outcome"`
}

// FindingKind is what was looked at. Other values may come.
type FindingKind string

const (
	FindingDocument    FindingKind = "document"    // the document is genuine and readable
	FindingBiometric   FindingKind = "biometric"   // a living person, the one in the document
	FindingCertificate FindingKind = "certificate" // an electronic certificate
	FindingDataSource  FindingKind = "data_source" // a register or another source agrees
	FindingPhone       FindingKind = "phone"       // the person holds the telephone
	FindingRisk        FindingKind = "risk"        // signs of abuse
	FindingWatchlist   FindingKind = "watchlist"   // sanctions and political exposure
)

// Known tells whether k is one of the constants.
func (k FindingKind) Known() bool {
	switch k {
	case FindingDocument, FindingBiometric, FindingCertificate, FindingDataSource,
		FindingPhone, FindingRisk, FindingWatchlist:
		return true
	}
	return false
}

// Outcome is how it came out for the person. A value that is none of the
// constants is not a pass.
type Outcome string

// Outcomes.
const (
	OutcomePassed       Outcome = "passed"
	OutcomeFailed       Outcome = "failed"
	OutcomeNotPerformed Outcome = "not_performed"
)

// Known tells whether o is one of the constants.
func (o Outcome) Known() bool {
	switch o {
	case OutcomePassed, OutcomeFailed, OutcomeNotPerformed:
		return true
	}
	return false
}
