package tomoidvkyc

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/kyc"
)

func TestMinimumAge(t *testing.T) {
	noon := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC) // where a day begins last, it begins
	leap := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	const (
		young   = "under the minimum age of 19 years"
		younger = "under the minimum age of 17 years"
		ageless = "the age is not known"
	)
	for name, test := range map[string]struct {
		minimum int
		birth   kyc.Date
		at      time.Time
		status  kyc.Status
		reason  string
	}{
		"no limit":                {0, "2020-01-01", noon, kyc.StatusApproved, ""},
		"no limit, no birth date": {0, "", noon, kyc.StatusApproved, ""},
		"of age":                  {19, "1990-03-01", noon, kyc.StatusApproved, ""},
		"of age on the day":       {19, "2007-06-15", noon, kyc.StatusApproved, ""},
		"of age somewhere":        {19, "2007-06-15", noon.Add(-time.Nanosecond), kyc.StatusDeclined, young},
		"of age on the next day":  {19, "2007-06-16", noon, kyc.StatusDeclined, young},
		"leap day, on the 28th":   {17, "2008-02-29", leap.Add(-24 * time.Hour), kyc.StatusDeclined, younger},
		"leap day, elsewhere":     {17, "2008-02-29", leap.Add(-time.Nanosecond), kyc.StatusDeclined, younger},
		"leap day, on 1 March":    {17, "2008-02-29", leap, kyc.StatusApproved, ""},
		"child":                   {19, "2020-01-01", noon, kyc.StatusDeclined, young},
		"no birth date":           {19, "", noon, kyc.StatusReview, ageless},
		"partial":                 {19, "1990-03", noon, kyc.StatusReview, ageless},
		"year":                    {19, "1990", noon, kyc.StatusReview, ageless},
		"does not exist":          {19, "1990-02-30", noon, kyc.StatusReview, ageless},
		"another notation":        {19, "03/01/1990", noon, kyc.StatusReview, ageless},
		"not born yet":            {19, "2030-01-01", noon, kyc.StatusReview, ageless},
		"fills a column":          {19, "0001-01-01", noon, kyc.StatusReview, ageless},
	} {
		t.Run(name, func(t *testing.T) {
			result := &kyc.Result{
				Status: kyc.StatusApproved, Person: kyc.Person{BirthDate: test.birth}, Evidence: kyc.Evidence{FetchedAt: test.at},
			}
			(&Config{MinimumAge: test.minimum}).limit(result)
			assert.Equal(t, test.status, result.Status)
			assert.Equal(t, test.reason, result.Reason)
		})
	}
}

// A limit takes approvals away and gives none.
func TestLimitLeavesOtherStatusesAlone(t *testing.T) {
	for _, status := range []kyc.Status{
		kyc.StatusUnknown, kyc.StatusPending, kyc.StatusReview, kyc.StatusResubmit, kyc.StatusDeclined,
		kyc.StatusExpired, kyc.StatusAbandoned, kyc.StatusCanceled, "from a later version",
	} {
		t.Run(status.String(), func(t *testing.T) {
			result := &kyc.Result{Status: status, Reason: "as it was", Evidence: kyc.Evidence{FetchedAt: time.Now()}}
			(&Config{MinimumAge: 19}).limit(result)
			assert.Equal(t, status, result.Status)
			assert.Equal(t, "as it was", result.Reason)
		})
	}
}
