package kyctest

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

func TestIncompleteHarness(t *testing.T) {
	for says, spoil := range map[string]func(*Harness){
		"no NewProvider":                func(h *Harness) { h.NewProvider = nil },
		"no Requests or no Stall":       func(h *Harness) { h.Requests = nil },
		"Requests or no Stall":          func(h *Harness) { h.Stall = nil },
		"no IsVendorError":              func(h *Harness) { h.IsVendorError = nil },
		"no Secrets":                    func(h *Harness) { h.Secrets = nil },
		"no outcome approved":           func(h *Harness) { delete(h.Outcomes, kyc.StatusApproved) },
		"no outcome declined":           func(h *Harness) { delete(h.Outcomes, kyc.StatusDeclined) },
		"no outcome unknown":            func(h *Harness) { h.Outcomes[kyc.StatusUnknown] = nil },
		"an outcome pending":            func(h *Harness) { h.Outcomes[kyc.StatusPending] = h.Outcomes[kyc.StatusReview] },
		"an outcome suspended":          func(h *Harness) { h.Outcomes["suspended"] = h.Outcomes[kyc.StatusReview] },
		"no fault kyc: unauthorized":    func(h *Harness) { delete(h.Faults, kyc.ErrUnauthorized) },
		"no fault kyc: rate limited":    func(h *Harness) { delete(h.Faults, kyc.ErrRateLimited) },
		"no fault kyc: unavailable":     func(h *Harness) { delete(h.Faults, kyc.ErrUnavailable) },
		"no fault kyc: invalid answer":  func(h *Harness) { delete(h.Faults, kyc.ErrInvalidAnswer) },
		"a fault kyc: unsupported":      func(h *Harness) { h.Faults[kyc.ErrUnsupported] = func() {} },
		"the provider is a ReturnPars":  func(h *Harness) { h.Return = nil },
		"the provider is a WebhookPars": func(h *Harness) { h.Webhook = nil },
		"has a Return, or":              func(h *Harness) { h.NewProvider = func() kyc.Provider { return plain{} } },
	} {
		t.Run(says, func(t *testing.T) {
			for _, r := range rules() {
				rec := record(t, r, func(t testing.TB, log *slog.Logger) *Harness {
					h := reference(t, log)
					spoil(h)
					return h
				})
				require.Len(t, rec.failed, 1, r.name)
				assert.Contains(t, rec.failed[0], says)
			}
		})
	}
	rec := record(t, rules()[0], func(testing.TB, *slog.Logger) *Harness { return nil })
	assert.Equal(t, []string{"there is no harness"}, rec.failed)
}

// plain hides whatever a provider has beyond kyc.Provider.
type plain struct{ kyc.Provider }

// bare is a harness of a provider that has nothing more than it must, and of a
// vendor that can do nothing more.
func bare(t testing.TB, log *slog.Logger) *Harness {
	h := reference(t, log)
	sound := h.NewProvider
	h.NewProvider = func() kyc.Provider { return plain{sound()} }
	h.Return, h.Webhook, h.Overrule = nil, nil, nil
	for _, status := range statuses() {
		if status != kyc.StatusApproved && status != kyc.StatusDeclined && status != kyc.StatusUnknown {
			delete(h.Outcomes, status)
		}
	}
	for _, kind := range []error{kyc.ErrInvalidRequest, kyc.ErrNotFound, kyc.ErrSignature, kyc.ErrForeign, kyc.ErrUnconfirmed} {
		delete(h.Faults, kind)
	}
	return h
}

func TestBareProvider(t *testing.T) {
	var logged []string
	for _, r := range rules() {
		rec := record(t, r, bare)
		assert.Empty(t, rec.failed, r.name)
		logged = append(logged, rec.logged...)
	}
	text := strings.Join(logged, "\n")
	for _, absence := range []string{
		"the status review", "the status resubmit", "the status expired", "the status abandoned", "the status canceled",
		"no ReturnParser", "no WebhookParser", "no Launcher", "no Eraser", "does not have both", "takes no approval back",
		kyc.ErrInvalidRequest.Error(), kyc.ErrNotFound.Error(), kyc.ErrSignature.Error(), kyc.ErrForeign.Error(), kyc.ErrUnconfirmed.Error(),
	} {
		assert.Contains(t, text, absence)
	}
	for _, line := range logged {
		assert.True(t, strings.HasPrefix(line, "not exercised: "), line)
	}
}

// A provider that starts in the application's page needs a Launcher.
func TestNowhereToGo(t *testing.T) {
	for _, r := range rules() {
		rec := record(t, r, func(t testing.TB, log *slog.Logger) *Harness {
			h := bare(t, log)
			sound := h.NewProvider
			h.NewProvider = func() kyc.Provider { return nowhere{sound()} }
			return h
		})
		assert.Equal(t, r.name == "Start makes a whole check", rec.Failed(), r.name)
	}
}

type nowhere struct{ kyc.Provider }

func (p nowhere) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	check, err := p.Provider.Start(ctx, req)
	if err == nil {
		check.URL = ""
	}
	return check, err
}
