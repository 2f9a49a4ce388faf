package kyctest

import (
	"log/slog"
	"net/http"
	"slices"
	"testing"

	"github.com/kyckit/kyckit-go/kyc"
)

// A Harness is a provider over a vendor that a test can drive: a fake, as a
// rule. Every rule of the suite gets a new one, whose vendor has seen nothing
// and whose account and credentials are its own.
//
// Run calls the functions from the test's goroutine, one at a time, and while no
// call of the provider's is under way, Requests excepted. One that cannot do what
// it is asked for fails the test with the testing.TB that it was made with.
type Harness struct {
	// NewProvider returns a provider, configured like the others, over the same
	// vendor: the one of another process, or of the same after a restart.
	NewProvider func() kyc.Provider

	// Requests is how many requests the vendor has received. See Transport.
	Requests func() int

	// Stall holds the next request up until its caller gives up or release is
	// called, and calls arrived when it is there. See Transport.
	Stall func(arrived func()) (release func())

	// Outcomes let the person finish, and the vendor decide, so that Result has
	// that status; on a check that was asked to try again, after another attempt.
	// StatusApproved has to approve person, with the names and the birth date
	// that the vendor can hold; the others may.
	//
	// StatusApproved and StatusDeclined are required, and StatusUnknown, which
	// is a word of the vendor's that the provider does not know, or an approval
	// that contradicts itself. A status that is not here is one that the provider
	// cannot reach.
	Outcomes map[kyc.Status]func(check *kyc.Check, person kyc.Person)

	// Overrule lets the vendor take an approval back. It is nil where the vendor
	// never does.
	Overrule func(check *kyc.Check)

	// Return is the request with which the person's browser comes back to
	// check.ReturnURL after the last outcome. It is for a ReturnParser.
	Return func(check *kyc.Check) *http.Request

	// Webhook is the request with which the vendor tells the last outcome,
	// signed. It is for a WebhookParser.
	Webhook func(check *kyc.Check) *http.Request

	// Faults let the vendor's next answer fail so that Result, or for
	// ErrUnconfirmed Start, is of that class. One that meets Start as well has to
	// give it that class too, or ErrUnconfirmed. ErrUnauthorized, ErrRateLimited,
	// ErrUnavailable and ErrInvalidAnswer are required. ErrInvalidRequest,
	// ErrNotFound, ErrSignature, ErrForeign and ErrUnconfirmed are those that
	// not every vendor can be the reason for.
	Faults map[error]func()

	// IsVendorError tells whether the vendor's own error is in err's chain.
	IsVendorError func(err error) bool

	// Secrets are the credentials.
	Secrets []string
}

// Run tests that the providers that newHarness makes keep the contract of
// package kyc, each rule in a subtest of its name. A provider that logs has to
// log to log.
//
// What a provider does not have, and what its vendor cannot do, is logged, and
// the functions of package kyc are held to ErrUnsupported.
func Run(t *testing.T, newHarness func(t testing.TB, log *slog.Logger) *Harness) {
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) { r.run(t, newHarness) })
	}
}

// complete fails a test whose harness leaves out what its provider has.
func (h *Harness) complete(t testing.TB) {
	t.Helper()
	switch {
	case h.NewProvider == nil:
		t.Fatal("the harness has no NewProvider")
	case h.Requests == nil || h.Stall == nil:
		t.Fatal("the harness has no Requests or no Stall: see Transport")
	case h.IsVendorError == nil:
		t.Fatal("the harness has no IsVendorError")
	case len(h.Secrets) == 0:
		t.Fatal("the harness has no Secrets")
	}
	for _, status := range []kyc.Status{kyc.StatusApproved, kyc.StatusDeclined, kyc.StatusUnknown} {
		if h.Outcomes[status] == nil {
			t.Fatalf("the harness has no outcome %v", status)
		}
	}
	for status := range h.Outcomes {
		if status != kyc.StatusUnknown && !status.Known() || status == kyc.StatusPending {
			t.Fatalf("the harness has an outcome %v, which is none", status)
		}
	}
	for _, kind := range []error{kyc.ErrUnauthorized, kyc.ErrRateLimited, kyc.ErrUnavailable, kyc.ErrInvalidAnswer} {
		if h.Faults[kind] == nil {
			t.Fatalf("the harness has no fault %v", kind)
		}
	}
	for kind := range h.Faults {
		if !slices.Contains(classes(), kind) {
			t.Fatalf("the harness has a fault %v, which is none of a vendor's", kind)
		}
	}
	provider := h.NewProvider()
	if _, ok := provider.(kyc.ReturnParser); ok != (h.Return != nil) {
		t.Fatal("the harness has a Return, or the provider is a ReturnParser, but not both")
	}
	if _, ok := provider.(kyc.WebhookParser); ok != (h.Webhook != nil) {
		t.Fatal("the harness has a Webhook, or the provider is a WebhookParser, but not both")
	}
}
