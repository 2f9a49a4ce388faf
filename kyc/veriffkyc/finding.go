package veriffkyc

import (
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// findings are the questions that Veriff answers with yes or no. Scores, labels
// and words without an established list are statements that only a human can
// read, and stay in the decision.
func findings(d *veriff.Decision) []kyc.Finding {
	data := &d.AdditionalVerifiedData
	var out []kyc.Finding
	for _, said := range []struct {
		kind    kyc.FindingKind
		answer  veriff.Tristate
		yes, no kyc.Outcome
	}{
		// No is also said of a chip that nobody has read.
		{kyc.FindingDocument, d.Document.NFCValidated, kyc.OutcomePassed, ""},
		{kyc.FindingDataSource, data.RegistryValidation.DocumentValid, kyc.OutcomePassed, kyc.OutcomeFailed},
		{kyc.FindingDataSource, data.RegistryValidation.PersonIsAlive, kyc.OutcomePassed, kyc.OutcomeFailed},
		{kyc.FindingDataSource, data.INEBiometricRegistry.FaceMatch, kyc.OutcomePassed, kyc.OutcomeFailed},
		{kyc.FindingDataSource, data.ProofOfAddress.NameMatch, kyc.OutcomePassed, kyc.OutcomeFailed},
		{kyc.FindingRisk, d.HighRisk, kyc.OutcomeFailed, kyc.OutcomePassed},
	} {
		outcome := kyc.Outcome("")
		switch said.answer {
		case veriff.Yes:
			outcome = said.yes
		case veriff.No:
			outcome = said.no
		}
		if outcome != "" {
			out = append(out, kyc.Finding{Kind: said.kind, Outcome: outcome})
		}
	}
	return out
}
