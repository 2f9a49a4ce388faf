package veriff

// DecisionCode is the number beside a session's [Status]: document 003,
// "Response and error codes" and "Lifecycle of the verification session". A
// conclusive code closes the session and its URL; an inconclusive one opens
// the same URL for another attempt; an intermediate one keeps the URL closed
// until a conclusive or inconclusive code follows.
//
// Zero is no code. A value without a constant is an ordinary DecisionCode that
// is not Known and never means success.
type DecisionCode int

const (
	// CodeApproved is conclusive: the person was verified.
	CodeApproved DecisionCode = 9001
	// CodeDeclined is conclusive: the person was not verified. Another try
	// needs a new session.
	CodeDeclined DecisionCode = 9102
	// CodeResubmissionRequested is inconclusive: something was missing, and the
	// person goes through the same session URL again.
	CodeResubmissionRequested DecisionCode = 9103
	// CodeExpired is conclusive: 7 days went by. The status tells whether the
	// person never came (StatusExpired) or did not finish (StatusAbandoned).
	CodeExpired DecisionCode = 9104
	// CodeReview is not conclusive: the session is being looked at. Veriff's
	// page about GET /sessions/{id}/decision calls 9121 abandoned where its
	// status table says review, so the status decides, not this code.
	CodeReview DecisionCode = 9121
	// CodeSelfIDPassed is intermediate, and sent only to integrations that are
	// set up for it: the person's own photos passed. It is not an approval.
	CodeSelfIDPassed DecisionCode = 9151
	// CodeVideoCallPassed is intermediate, and sent only to integrations that
	// are set up for it: the video call passed. It is not an approval.
	CodeVideoCallPassed DecisionCode = 9161
)

// Known reports whether c is one of the constants.
func (c DecisionCode) Known() bool { return c.words() != "" }

// String gives the code in words: "none" for zero, "decision code 9999" for a
// code that is not Known.
func (c DecisionCode) String() string { return codeString("decision code", c, c.words()) }

// UnmarshalJSON takes a number or a string that holds one; null and "" give
// zero.
func (c *DecisionCode) UnmarshalJSON(data []byte) error {
	return unmarshalCode(c, "DecisionCode", data)
}

func (c DecisionCode) words() string {
	switch c {
	case CodeApproved:
		return "approved"
	case CodeDeclined:
		return "declined"
	case CodeResubmissionRequested:
		return "resubmission requested"
	case CodeExpired:
		return "expired or abandoned"
	case CodeReview:
		return "review"
	case CodeSelfIDPassed:
		return "SelfID passed"
	case CodeVideoCallPassed:
		return "video call passed"
	}
	return ""
}
