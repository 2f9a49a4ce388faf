package veriff

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Decision is what Veriff decided about a session, from the API or from a
// webhook: the contents of "verification", with technicalData put beside them.
// Fields that Veriff left out or sent as null are zero.
//
// Source: GET /v1/sessions/{id}/decision and the decision webhook. What has no
// established shape, such as additionalVerifiedData.UKTFCheckResult and
// driversLicenseCategories, stays in Meta().Raw().
type Decision struct {
	// ID is the session's.
	ID string `json:"id"`
	// AttemptID changes with each attempt at the same session.
	AttemptID string `json:"attemptId,omitzero"`
	// VendorData and EndUserID are as CreateSession sent them.
	VendorData string `json:"vendorData,omitzero"`
	EndUserID  string `json:"endUserId,omitzero"`
	// Status is what to branch on; Code says the same as a number.
	Status Status       `json:"status,omitzero"`
	Code   DecisionCode `json:"code,omitzero"`
	// Reason is for people, and may change; ReasonCode is for programs. Both
	// are set when Veriff declined or asked for a resubmission.
	Reason     string     `json:"reason,omitzero"`
	ReasonCode ReasonCode `json:"reasonCode,omitzero"`
	// DecisionTime orders the decisions about one session.
	DecisionTime Time `json:"decisionTime,omitzero"`
	// AcceptanceTime is when the session was created.
	AcceptanceTime Time `json:"acceptanceTime,omitzero"`

	Person   Person   `json:"person,omitzero"`
	Document Document `json:"document,omitzero"`

	AdditionalVerifiedData  AdditionalVerifiedData  `json:"additionalVerifiedData,omitzero"`
	RiskScore               RiskScore               `json:"riskScore,omitzero"`
	RiskLabels              []RiskLabel             `json:"riskLabels,omitzero"`
	BiometricAuthentication BiometricAuthentication `json:"biometricAuthentication,omitzero"`
	// Comments are deprecated and empty today.
	Comments []Comment `json:"comments,omitzero"`
	// HighRisk is deprecated and null today.
	HighRisk      Tristate      `json:"highRisk,omitzero"`
	TechnicalData TechnicalData `json:"technicalData,omitzero"`

	meta Meta
}

// TechnicalData tells of the person's device.
type TechnicalData struct {
	// IP is the address from which the verification was made.
	IP string `json:"ip,omitzero"`
}

// Comment is a verification specialist's remark. Deprecated by Veriff.
type Comment struct {
	Type      string `json:"type,omitzero"`
	Comment   string `json:"comment,omitzero"`
	Timestamp Time   `json:"timestamp,omitzero"`
}

// Meta tells how the decision reached this program.
func (d *Decision) Meta() Meta { return d.meta }

// Approved tells whether Veriff verified the person: status and code must both
// say so, and there must be no ReasonCode, which is for what was not approved. A
// contradiction, like anything unknown, is never a success.
func (d *Decision) Approved() bool {
	return d.Status == StatusApproved && d.Code == CodeApproved && d.ReasonCode == 0
}

// Pending tells whether nothing has been decided yet: the API's verification
// was null, or the session is on the way: created, started, submitted,
// inflow_completed or preprocessed. A decision to review or to resubmit is not
// pending, though it is not conclusive either.
func (d *Decision) Pending() bool {
	switch d.Status {
	case StatusCreated, StatusStarted, StatusSubmitted, StatusInflowCompleted, StatusPreprocessed:
		return true
	}
	return d.Status == "" && d.Code == 0
}

// ResubmissionRequested tells whether the person is to try again at the same
// URL; ReasonCode says what was missing. Veriff has spelled the status in two
// ways.
func (d *Decision) ResubmissionRequested() bool {
	return d.Status == StatusResubmissionRequested || d.Status == StatusResubmissionRequired
}

// decisionAnswer is the envelope of a decision. Old decisions carry
// technicalData inside verification, newer ones beside it; highRisk has been
// seen in both places as well.
type decisionAnswer struct {
	status
	Verification  *Decision     `json:"verification"`
	TechnicalData TechnicalData `json:"technicalData"`
	HighRisk      Tristate      `json:"highRisk"`
}

// decision takes the envelope off. A null verification is a pending decision.
func (a *decisionAnswer) decision(meta Meta) *Decision {
	d := a.Verification
	if d == nil {
		d = &Decision{}
	}
	if a.TechnicalData != (TechnicalData{}) {
		d.TechnicalData = a.TechnicalData
	}
	if d.HighRisk == Unsaid {
		d.HighRisk = a.HighRisk
	}
	d.meta = meta
	return d
}

// Decision asks what Veriff has decided about a session. Until it has, the
// answer is a Decision that is [Decision.Pending], with no ID. An answer about
// another session is [ErrForeign].
//
// Source: GET /v1/sessions/{id}/decision.
func (c *Client) Decision(ctx context.Context, sessionID string) (*Decision, error) {
	call := &transport.Call{
		Op: "Decision", Method: http.MethodGet, Route: "/v1/sessions/{id}/decision", Args: []string{sessionID},
	}
	var got decisionAnswer
	meta, err := c.ask(ctx, call, "session id", &got, func() error { return got.check(sessionID) })
	if err != nil {
		return nil, err
	}
	decision := got.decision(meta)
	decision.warn(ctx, c.transport.Logger())
	return decision, nil
}

// warn tells an on-call person of a decision that this package does not fully
// know, and in which field. The value may be anything, and is not logged.
func (d *Decision) warn(ctx context.Context, logger *slog.Logger) {
	warn(ctx, logger, map[string]bool{
		"status":     d.Status == "" || d.Status.Known(),
		"code":       d.Code == 0 || d.Code.Known(),
		"reasonCode": d.ReasonCode == 0 || d.ReasonCode.Known(),
	})
}

func warn(ctx context.Context, logger *slog.Logger, known map[string]bool) {
	for field, is := range known {
		if !is {
			logger.WarnContext(ctx, "veriff: unknown value", "field", field)
		}
	}
}

func (a *decisionAnswer) check(sessionID string) error {
	if err := a.status.check(); err != nil {
		return err
	}
	if a.Verification != nil && a.Verification.ID != sessionID {
		return foreign("its id is not the one asked for")
	}
	return nil
}
