package kyctest

import (
	"errors"
	"log/slog"
	"net/http"
	"testing"

	"github.com/kyckit/kyckit-go/kyc"
)

// reference is a harness of the reference provider, with nothing left out.
func reference(t testing.TB, _ *slog.Logger) *Harness {
	vendor := NewVendor(t)
	h := &Harness{
		NewProvider:   func() kyc.Provider { return vendor.Provider() },
		Requests:      vendor.Requests,
		Stall:         vendor.Stall,
		Outcomes:      map[kyc.Status]func(*kyc.Check, kyc.Person){},
		Overrule:      func(check *kyc.Check) { vendor.Decline(check.ID, "the document was reported stolen") },
		Return:        func(check *kyc.Check) *http.Request { return vendor.Return(check.ID) },
		Webhook:       func(check *kyc.Check) *http.Request { return vendor.Webhook(check.ID) },
		Faults:        map[error]func(){},
		IsVendorError: func(err error) bool { var verr *VendorError; return errors.As(err, &verr) },
		Secrets:       []string{string(vendor.secret())},
	}
	for _, status := range statuses() {
		h.Outcomes[status] = func(check *kyc.Check, person kyc.Person) {
			if status == kyc.StatusApproved {
				vendor.Approve(check.ID, person)
				return
			}
			vendor.Decide(check.ID, Decision{Status: status, Reason: "for a reason", Person: person})
		}
	}
	for _, kind := range classes() {
		h.Faults[kind] = func() { vendor.FailNext(kind) }
	}
	return h
}

func TestReference(t *testing.T) { Run(t, reference) }
