package tomoidvkyc_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

func TestStatuses(t *testing.T) {
	statuses := map[tomoidv.Status]kyc.Status{
		tomoidv.StatusApproved:      kyc.StatusApproved,
		tomoidv.StatusRejected:      kyc.StatusDeclined,
		tomoidv.StatusPendingReview: kyc.StatusReview,
		tomoidv.StatusExpired:       kyc.StatusExpired,
		tomoidv.StatusCanceled:      kyc.StatusCanceled,
	}
	require.ElementsMatch(t, constants(t, "Status"), keys(statuses), "what does a new status mean for the person?")
	for _, status := range []tomoidv.Status{"on_hold", "APPROVED", "approved ", " approved", "success", "true", "not_approved"} {
		statuses[status] = kyc.StatusUnknown
	}
	for status, want := range statuses {
		t.Run(string(status), func(t *testing.T) {
			result := forced(t, config(), view(map[string]any{"status": status}))
			assert.Equal(t, want, result.Status)
			assert.Equal(t, string(status), result.VendorStatus)
			assert.Empty(t, result.Reason)
		})
	}
}

// Without its status a record of contract 1.4 is nothing, and one of a contract
// that nobody asked for is none of 1.3.
func TestRecordWithoutStatus(t *testing.T) {
	cfg := changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved = true })
	for name, status := range map[string]any{"null": nil, "empty": ""} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, cfg)
			check := start(t, provider)
			require.NoError(t, srv.ForceResult(check.ID, view(map[string]any{"status": status})))
			assertRefused(t, provider, check, kyc.ErrInvalidAnswer)
		})
	}
	t.Run("not asked for, with a view that has none", func(t *testing.T) {
		srv := newServer(t)
		provider := newProvider13(t, srv, cfg)
		check := start(t, provider)
		require.NoError(t, srv.Pass(check.ID, hanako()))
		require.NoError(t, srv.Inject(setMembers(map[string]any{"result": newRecord(map[string]any{
			"kyc": map[string]any{"checks": map[string]any{"document": map[string]any{"outcome": "failed"}}},
		})})))
		assertRefused(t, provider, check, kyc.ErrInvalidAnswer)
	})
	for name, test := range map[string]struct {
		members map[string]any
		want    kyc.Status
	}{
		"a record of contract 1.3": {map[string]any{}, kyc.StatusApproved},
		"a user_id":                {map[string]any{"user_id": "ppid.c3ludGhldGlj"}, kyc.StatusUnknown},
		"a status alone that is not known": {map[string]any{"result": newRecord(map[string]any{
			"kyc": map[string]any{"status": "on_hold"},
		})}, kyc.StatusUnknown},
		"a view with a status": {map[string]any{"result": newRecord(map[string]any{
			"kyc": map[string]any{"schema_version": "kyc_result.v1", "status": "rejected"},
		})}, kyc.StatusDeclined},
	} {
		t.Run("not asked for, with "+name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider13(t, srv, cfg)
			check := start(t, provider)
			require.NoError(t, srv.Pass(check.ID, hanako()))
			require.NoError(t, srv.Inject(setMembers(test.members)))
			assert.Equal(t, test.want, ask(t, provider, check).Status)
		})
	}
}

// Of a contract that is yet to come nothing is known, a status included.
func TestRecordOfAnotherContract(t *testing.T) {
	srv := newServer(t)
	for version, want := range map[string]kyc.Status{
		"": kyc.StatusApproved, "1.3": kyc.StatusApproved, "1.4": kyc.StatusUnknown, "1.5": kyc.StatusUnknown, "2": kyc.StatusUnknown,
	} {
		t.Run(version, func(t *testing.T) {
			hc := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				answer, err := srv.RoundTripper().RoundTrip(r)
				if err == nil {
					answer.Header.Set("Tomo-API-Version", version)
				}
				return answer, err
			})}
			cfg := changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved = true })
			provider := newProvider13(t, srv, cfg, tomoidv.WithHTTPClient(hc))
			check := start(t, provider)
			require.NoError(t, srv.Pass(check.ID, hanako()))
			assert.Equal(t, want, ask(t, provider, check).Status)
		})
	}
}

// An approval that was stored does not outlive what TomoIDV says later.
func TestLaterStatusSupersedesApproval(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	require.NoError(t, srv.Pass(check.ID, hanako()))
	approved := ask(t, provider, check)
	require.Equal(t, kyc.StatusApproved, approved.Status)
	for _, status := range []string{"expired", "rejected", "revoked"} {
		at := approved.DecidedAt.Add(time.Hour)
		require.NoError(t, srv.ForceResult(check.ID, view(map[string]any{"status": status, "completed_at": at})))
		later := ask(t, provider, check)
		assert.NotEqual(t, kyc.StatusApproved, later.Status)
		assert.True(t, later.Supersedes(approved), status)
		assert.False(t, approved.Supersedes(later), status)
	}
}

func TestDocumentTypes(t *testing.T) {
	types := map[tomoidv.DocumentCategory]kyc.DocumentType{
		tomoidv.DocumentCategoryPassport:            kyc.DocumentPassport,
		tomoidv.DocumentCategoryIDCard:              kyc.DocumentIDCard,
		tomoidv.DocumentCategoryMyNumberCard:        kyc.DocumentIDCard,
		tomoidv.DocumentCategoryDriversLicense:      kyc.DocumentDriversLicense,
		tomoidv.DocumentCategoryResidenceCard:       kyc.DocumentResidencePermit,
		tomoidv.DocumentCategoryResidencePermitCard: kyc.DocumentResidencePermit,
		tomoidv.DocumentCategoryVisa:                kyc.DocumentVisa,
	}
	require.ElementsMatch(t, constants(t, "DocumentCategory"), keys(types), "what is a new category?")
	types["health_card"] = "health_card"
	types[""] = ""
	for sent, want := range types {
		t.Run(string(sent), func(t *testing.T) {
			result := forced(t, config(), view(map[string]any{"document": map[string]any{"category": sent}}))
			assert.Equal(t, want, result.Document.Type)
			assert.Equal(t, want != "" && want != "health_card", result.Document.Type.Known())
		})
	}
}

func TestOutcomes(t *testing.T) {
	outcomes := map[tomoidv.Outcome]kyc.Outcome{
		tomoidv.OutcomePassed:       kyc.OutcomePassed,
		tomoidv.OutcomeFailed:       kyc.OutcomeFailed,
		tomoidv.OutcomeNotPerformed: kyc.OutcomeNotPerformed,
	}
	require.ElementsMatch(t, constants(t, "Outcome"), keys(outcomes), "what is a new outcome?")
	outcomes["inconclusive"] = "inconclusive"
	for sent, want := range outcomes {
		t.Run(string(sent), func(t *testing.T) {
			result := forced(t, config(), view(map[string]any{"checks": map[string]any{"watchlist": map[string]any{"outcome": sent}}}))
			assert.Contains(t, result.Findings, kyc.Finding{Kind: kyc.FindingWatchlist, Outcome: want})
			assert.Equal(t, kyc.StatusApproved, result.Status, "findings decide nothing")
		})
	}
}
