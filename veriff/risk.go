package veriff

// RiskScore is how risky Veriff finds the session.
type RiskScore struct {
	// Score runs from 0 to 1, 1 being the riskiest.
	Score Number `json:"score,omitzero"`
}

// RiskLabel is one finding that speaks for or against the session.
type RiskLabel struct {
	Label    string            `json:"label,omitzero"`
	Category RiskLabelCategory `json:"category,omitzero"`
	// SessionIDs are other sessions that the label is about.
	SessionIDs []string `json:"sessionIds,omitzero"`
}

// BiometricAuthentication tells which earlier session the face matched, for
// integrations that authenticate returning people.
type BiometricAuthentication struct {
	MatchedSessionID         string `json:"matchedSessionId,omitzero"`
	MatchedSessionEndUserID  string `json:"matchedSessionEndUserId,omitzero"`
	MatchedSessionVendorData string `json:"matchedSessionVendorData,omitzero"`
	// Details has no established shape.
	Details Text `json:"details,omitzero"`
}
