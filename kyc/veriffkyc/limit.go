package veriffkyc

import (
	"fmt"
	"slices"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// limit takes the approval from a result that the configuration refuses. What
// is outside a limit is declined; what cannot be told is left to a human.
func (cfg *Config) limit(r *kyc.Result) {
	if r.Status != kyc.StatusApproved {
		return
	}
	for _, check := range []func(*kyc.Result) (kyc.Status, string){cfg.age, cfg.documentCountry} {
		status, reason := check(r)
		if status == kyc.StatusApproved || status == kyc.StatusReview && r.Status == kyc.StatusReview {
			continue
		}
		r.Status, r.ReasonCode, r.Reason = status, "", reason
		if status == kyc.StatusDeclined {
			return
		}
	}
}

func (cfg *Config) age(r *kyc.Result) (kyc.Status, string) {
	if cfg.MinimumAge == 0 {
		return kyc.StatusApproved, ""
	}
	at := r.DecidedAt
	if at.After(r.Evidence.FetchedAt) { // nobody is older than today, whatever Veriff's clock says
		at = r.Evidence.FetchedAt
	}
	// Where a day begins last: who has a birthday there has it everywhere.
	lastZone := time.FixedZone("UTC-12", -12*60*60)
	years, known := r.Person.BirthDate.AgeAt(at.In(lastZone))
	switch {
	case !known:
		return kyc.StatusReview, "the age is not known"
	case years < cfg.MinimumAge:
		return kyc.StatusDeclined, fmt.Sprintf("under the minimum age of %d years", cfg.MinimumAge)
	}
	return kyc.StatusApproved, ""
}

func (cfg *Config) documentCountry(r *kyc.Result) (kyc.Status, string) {
	switch issuer := r.Document.Country; {
	case len(cfg.DocumentCountries) == 0 || slices.Contains(cfg.DocumentCountries, issuer):
		return kyc.StatusApproved, ""
	case !isCountry(issuer):
		return kyc.StatusReview, "the document's country is not known"
	}
	return kyc.StatusDeclined, "the document is of a country that is not taken"
}
