package tomoidvkyc

import (
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// findings are the outcomes of contract 1.4, whose words are those of kyc. The
// words and scores that explain them have no established meaning, and stay in
// the record.
func findings(checks *tomoidv.Checks) []kyc.Finding {
	var out []kyc.Finding
	for _, said := range []struct {
		kind    kyc.FindingKind
		outcome tomoidv.Outcome
	}{
		{kyc.FindingBiometric, checks.Biometric.Outcome},
		{kyc.FindingCertificate, checks.Certificate.Outcome},
		{kyc.FindingDataSource, checks.DataSource.Outcome},
		{kyc.FindingDocument, checks.Document.Outcome},
		{kyc.FindingPhone, checks.PhoneVerification.Outcome},
		{kyc.FindingRisk, checks.Risk.Outcome},
		{kyc.FindingWatchlist, checks.Watchlist.Outcome},
	} {
		if said.outcome != "" {
			out = append(out, kyc.Finding{Kind: said.kind, Outcome: kyc.Outcome(said.outcome)})
		}
	}
	return out
}
