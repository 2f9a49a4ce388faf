package veriffkyc

import (
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// status says what a decision means. Veriff's own documents disagree about the
// codes of what is not approved, so there the status alone decides; whatever says
// an approval by halves is unknown.
func status(d *veriff.Decision) kyc.Status {
	switch {
	case d.Approved():
		return kyc.StatusApproved
	case d.Code == veriff.CodeApproved:
		return kyc.StatusUnknown
	}
	switch d.Status {
	case veriff.StatusCreated, veriff.StatusStarted, veriff.StatusSubmitted,
		veriff.StatusInflowCompleted, veriff.StatusPreprocessed:
		return kyc.StatusPending
	case veriff.StatusReview:
		return kyc.StatusReview
	case veriff.StatusResubmissionRequested, veriff.StatusResubmissionRequired:
		return kyc.StatusResubmit
	case veriff.StatusDeclined:
		return kyc.StatusDeclined
	case veriff.StatusExpired:
		return kyc.StatusExpired
	case veriff.StatusAbandoned:
		return kyc.StatusAbandoned
	}
	if d.ID == "" && d.Pending() { // the verification is null
		return kyc.StatusPending
	}
	return kyc.StatusUnknown
}
