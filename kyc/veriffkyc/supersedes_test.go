package veriffkyc_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// Whoever stores decisions and whoever stores results keeps the same one. The
// client knows more in one case: the end of the seven days comes last though it
// has no time.
func TestDecisionsSupersedeAsResultsDo(t *testing.T) {
	var decisions []map[string]any
	for _, kind := range []map[string]any{
		{"status": "approved", "code": 9001}, {"status": "approved", "code": 9102}, {"status": "declined", "code": 9102},
		{"status": "resubmission_requested", "code": 9103}, {"status": "review", "code": 9121},
		{"status": "expired", "code": 9104}, {"status": "revoked", "code": 9500}, {"status": "submitted", "code": 0},
	} {
		for _, at := range []any{nil, "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z"} {
			decisions = append(decisions, map[string]any{"status": kind["status"], "code": kind["code"], "decisionTime": at})
		}
	}
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	var olds, news []*kyc.Result
	for _, results := range []*[]*kyc.Result{&olds, &news} {
		for _, fields := range decisions {
			require.NoError(t, srv.ForceDecision(check.VendorID, fields))
			*results = append(*results, ask(t, provider, check))
		}
	}
	for i, oldResult := range olds {
		for j, newResult := range news {
			oldDecision, newDecision := oldResult.Vendor.(*veriff.Decision), newResult.Vendor.(*veriff.Decision)
			name := fmt.Sprint(decisions[i], " then ", decisions[j])
			switch {
			case (oldDecision.DecisionTime.IsZero() || newDecision.DecisionTime.IsZero()) &&
				(oldDecision.Status == veriff.StatusExpired) != (newDecision.Status == veriff.StatusExpired):
				continue // the one case
			case !hasOutcome(oldResult) && !hasOutcome(newResult): // progress is a result, and no decision
				assert.False(t, newDecision.Supersedes(oldDecision), name)
				assert.False(t, oldDecision.Supersedes(newDecision), name)
				continue
			}
			assert.Equal(t, newResult.Supersedes(oldResult), newDecision.Supersedes(oldDecision), name)
			assert.Equal(t, oldResult.Supersedes(newResult), oldDecision.Supersedes(newDecision), name+", the other way round")
		}
	}
}

func hasOutcome(r *kyc.Result) bool {
	return r.Status != kyc.StatusPending && (r.Status != kyc.StatusUnknown || !r.DecidedAt.IsZero())
}
