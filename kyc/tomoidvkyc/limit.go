package tomoidvkyc

import (
	"fmt"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// limit takes the approval from a result that the configuration refuses. Who is
// outside the limit is declined; what cannot be told is left to a human.
func (cfg *Config) limit(r *kyc.Result) {
	if r.Status != kyc.StatusApproved || cfg.MinimumAge == 0 {
		return
	}
	// Where a day begins last: who has a birthday there has it everywhere.
	lastZone := time.FixedZone("UTC-12", -12*60*60)
	years, known := r.Person.BirthDate.AgeAt(r.Evidence.FetchedAt.In(lastZone))
	switch {
	case !known:
		r.Status, r.Reason = kyc.StatusReview, "the age is not known"
	case years < cfg.MinimumAge:
		r.Status, r.Reason = kyc.StatusDeclined, fmt.Sprintf("under the minimum age of %d years", cfg.MinimumAge)
	}
}
