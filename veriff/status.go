package veriff

// Status says where a session stands: document 003, GET
// /sessions/{id}/decision, and Veriff's status codes table. It keeps what was
// sent, and a value without a constant is an ordinary Status that is not
// Known and never means success.
type Status string

const (
	// StatusCreated is a session whose person has not arrived yet.
	StatusCreated Status = "created"
	// StatusStarted is a session that the person has opened.
	StatusStarted Status = "started"
	// StatusSubmitted is a session with an attempt that waits for a decision.
	StatusSubmitted Status = "submitted"
	// StatusApproved says that the person was verified.
	StatusApproved Status = "approved"
	// StatusDeclined says that the person was not verified. The session is
	// over: another try needs a new one.
	StatusDeclined Status = "declined"
	// StatusResubmissionRequested asks the person for another attempt at the
	// same session URL.
	StatusResubmissionRequested Status = "resubmission_requested"
	// StatusResubmissionRequired means StatusResubmissionRequested: document
	// 003 spells it so where it tells the webhook URLs apart, and nowhere else.
	StatusResubmissionRequired Status = "resubmission_required"
	// StatusReview is a session that is being looked at; a decision follows.
	StatusReview Status = "review"
	// StatusExpired is a session whose person did not arrive within 7 days.
	StatusExpired Status = "expired"
	// StatusAbandoned is a session whose person arrived and did not finish
	// within 7 days.
	StatusAbandoned Status = "abandoned"
	// StatusInflowCompleted is named, without an explanation, on Veriff's page
	// about DELETE /sessions/{id}.
	StatusInflowCompleted Status = "inflow_completed"
	// StatusPreprocessed is named, without an explanation, in Veriff's help.
	StatusPreprocessed Status = "preprocessed"
)

// Known reports whether s is one of the constants.
func (s Status) Known() bool {
	switch s {
	case StatusCreated, StatusStarted, StatusSubmitted, StatusApproved, StatusDeclined,
		StatusResubmissionRequested, StatusResubmissionRequired, StatusReview, StatusExpired,
		StatusAbandoned, StatusInflowCompleted, StatusPreprocessed:
		return true
	}
	return false
}
