package tomoidvkyc

import (
	"fmt"
	"slices"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// doubt takes the approval from a result whose record does not say who it is
// about, or when, or says it in two ways. A human has to look.
func doubt(r *kyc.Result, record *tomoidv.Record) {
	if r.Status != kyc.StatusApproved {
		return
	}
	_, dated := record.KYC.CompletedAt.Time()
	born, bornToo := record.KYC.Person.DateOfBirth, record.Result.DateOfBirth
	provenance := &record.KYC.FieldProvenance
	switch {
	case slices.Contains(provenance.Missing, tomoidv.FieldStatus), slices.Contains(provenance.NotCollected, tomoidv.FieldStatus):
		r.Status, r.Reason = kyc.StatusReview, "the record says that its status is not there"
	case born != "" && bornToo != "" && born != bornToo:
		r.Status, r.Reason = kyc.StatusReview, "the record has two birth dates"
	case r.Person.FullName == "" && r.Person.BirthDate == "":
		r.Status, r.Reason = kyc.StatusReview, "the record names nobody"
	case record.KYC.CompletedAt != "" && !dated:
		r.Status, r.Reason = kyc.StatusReview, "it cannot be told when the record was completed"
	}
}

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
