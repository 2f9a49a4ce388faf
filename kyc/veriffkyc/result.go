package veriffkyc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// Result asks Veriff for the decision about the check's session. What the
// decision's status means for the person is in the package documentation.
//
// The answer must name the check's session, and its vendorData must be the
// check's id: a decision about anything else, or one that names no vendorData,
// is kyc.ErrForeign. A check that has no VendorID is kyc.ErrInvalidRequest:
// Start sets it, and without it there is nothing to ask for.
func (p *Provider) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	const op = "result"
	decision, err := p.decision(ctx, op, check)
	if err != nil {
		return nil, err
	}
	result := &kyc.Result{
		CheckID:      check.ID,
		Provider:     name,
		Status:       status(decision),
		VendorStatus: string(decision.Status),
		VendorCode:   number(decision.Code),
		ReasonCode:   number(decision.ReasonCode),
		Reason:       reason(decision),
		Attempt:      decision.AttemptID,
		Person:       person(&decision.Person),
		Document:     document(&decision.Document),
		Findings:     findings(decision),
		Evidence:     p.evidence(decision.Meta()),
		Vendor:       decision,
	}
	if result.Status != kyc.StatusPending {
		result.DecidedAt = decision.DecisionTime.Time
	}
	p.cfg.limit(result)
	return result, nil
}

// decision asks for the decision about the check's session, and refuses one
// that is about anything else.
func (p *Provider) decision(ctx context.Context, op string, check *kyc.Check) (*veriff.Decision, error) {
	if err := check.Validate(name); err != nil {
		return nil, err
	}
	if check.VendorID == "" {
		return nil, failure(op, kyc.ErrInvalidRequest, errors.New("VendorID is missing"))
	}
	decision, err := p.client.Decision(ctx, check.VendorID)
	if err != nil {
		return nil, failure(op, class(err), err)
	}
	if err := belongs(decision, check); err != nil {
		return nil, failure(op, kyc.ErrForeign, err)
	}
	return decision, nil
}

// belongs tells in what a decision is about something else than the check.
// Until there is one, Veriff may name neither the session nor its vendorData.
func belongs(d *veriff.Decision, check *kyc.Check) error {
	undecided := status(d) == kyc.StatusPending
	switch {
	case d.ID != check.VendorID && (d.ID != "" || !undecided):
		return errors.New("the decision's session is another")
	case d.VendorData != check.ID && (d.VendorData != "" || !undecided):
		return errors.New("the decision's vendorData is another")
	}
	return nil
}

func (p *Provider) evidence(meta veriff.Meta) kyc.Evidence {
	hash := sha256.Sum256(meta.Raw())
	evidence := kyc.Evidence{
		// Stored and read back, it must be the same value.
		FetchedAt:   meta.ReceivedAt().UTC().Round(0),
		SHA256:      hex.EncodeToString(hash[:]),
		Signature:   kyc.SignatureNone,
		Environment: p.cfg.Environment,
	}
	if meta.Signed() {
		evidence.Signature = kyc.SignatureValid
	}
	return evidence
}

// number writes a code as Veriff does, and none as "".
func number[T ~int](code T) string {
	if code == 0 {
		return ""
	}
	return strconv.Itoa(int(code))
}

// reason is what Veriff wrote for people, or else what its code means.
func reason(d *veriff.Decision) string {
	if d.Reason == "" && d.ReasonCode.Known() {
		return d.ReasonCode.String()
	}
	return d.Reason
}
