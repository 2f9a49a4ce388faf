package tomoidvkyc_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// reread is the check as an application has it that stored it.
func reread(t *testing.T, check *kyc.Check) *kyc.Check {
	t.Helper()
	stored, err := json.Marshal(check)
	require.NoError(t, err)
	var read kyc.Check
	require.NoError(t, json.Unmarshal(stored, &read))
	require.Equal(t, *check, read)
	return &read
}

func TestApproval(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, changed(func(c *tomoidvkyc.Config) { c.MinimumAge = 19 }))
	check := start(t, provider)
	pending := ask(t, provider, check)
	assert.Equal(t, kyc.StatusPending, pending.Status)
	assert.Equal(t, check.ID, pending.CheckID)
	assert.Equal(t, "tomoidv", pending.Provider)
	assert.True(t, pending.DecidedAt.IsZero())
	assert.Empty(t, pending.Keys)

	require.NoError(t, srv.Pass(check.ID, hanako()))
	check = reread(t, check)
	approved := ask(t, newProvider(t, srv, changed(func(c *tomoidvkyc.Config) { c.MinimumAge = 19 })), check)
	assert.Equal(t, kyc.StatusApproved, approved.Status)
	assert.Equal(t, "approved", approved.VendorStatus)
	assert.Empty(t, approved.Reason)
	assert.Equal(t, "佐藤花子", approved.Person.FullName)
	assert.Len(t, approved.Keys, 1)
	assert.WithinDuration(t, time.Now(), approved.DecidedAt, time.Minute)
	assert.True(t, approved.Supersedes(pending))
	assert.False(t, ask(t, provider, check).Supersedes(approved), "asking again is no news")
	for _, body := range sent(srv, "/v1/idv/result") {
		assert.JSONEq(t, `{"user_id": "`+check.ID+`", "country": "jp", "policy": {
			"subject": {"kind": "document", "id_type": "id_card"}, "method": "government_id_verf",
			"owner_assurance": {"kind": "owner_verf", "type": "document_secret"}}}`, body)
	}
}

func TestEndsOfACheck(t *testing.T) {
	const attemptLife = 30 * time.Second
	for name, test := range map[string]struct {
		end    func(*tomoidvtest.Server, string) error
		want   kyc.Status
		vendor string
	}{
		"fails":         {(*tomoidvtest.Server).Fail, kyc.StatusDeclined, "rejected"},
		"calls it off":  {(*tomoidvtest.Server).Cancel, kyc.StatusCanceled, "canceled"},
		"is given up":   {(*tomoidvtest.Server).Expire, kyc.StatusExpired, "expired"},
		"walks away":    {(*tomoidvtest.Server).Leave, kyc.StatusPending, ""},
		"never came":    {func(*tomoidvtest.Server, string) error { return nil }, kyc.StatusPending, ""},
		"comes in time": {func(s *tomoidvtest.Server, id string) error { return s.Pass(id, hanako()) }, kyc.StatusApproved, "approved"},
		"is late": {func(s *tomoidvtest.Server, _ string) error {
			s.Advance(attemptLife)
			return nil
		}, kyc.StatusExpired, "expired"},
		"is looked at": {func(s *tomoidvtest.Server, id string) error { return s.Review(id, hanako()) }, kyc.StatusReview, "pending_review"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, tomoidvtest.WithAttemptLife(attemptLife))
			provider := newProvider(t, srv, config())
			check := start(t, provider)
			require.NoError(t, test.end(srv, check.ID))
			result := ask(t, provider, check)
			assert.Equal(t, test.want, result.Status)
			assert.Equal(t, test.vendor, result.VendorStatus)
			assert.Empty(t, result.Reason)
		})
	}
}

func TestReviewThenDecision(t *testing.T) {
	for name, test := range map[string]struct {
		decide func(*tomoidvtest.Server, string) error
		want   kyc.Status
	}{
		"pass": {func(s *tomoidvtest.Server, id string) error { return s.Pass(id, tomoidvtest.Person{}) }, kyc.StatusApproved},
		"fail": {(*tomoidvtest.Server).Fail, kyc.StatusDeclined},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, config())
			check := start(t, provider)
			require.NoError(t, srv.Review(check.ID, hanako()))
			review := ask(t, provider, check)
			require.Equal(t, kyc.StatusReview, review.Status)
			assert.True(t, review.DecidedAt.IsZero())
			require.NoError(t, test.decide(srv, check.ID))
			decided := ask(t, provider, check)
			assert.Equal(t, test.want, decided.Status)
			assert.Equal(t, "佐藤花子", decided.Person.FullName)
			assert.True(t, decided.Supersedes(review))
			assert.False(t, review.Supersedes(decided))
		})
	}
}

// A person walks away, comes back to the same page and passes.
func TestSecondVisit(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	require.NoError(t, srv.Leave(check.ID))
	require.Equal(t, kyc.StatusPending, ask(t, provider, check).Status)
	require.NoError(t, srv.Pass(check.ID, hanako()))
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
}

// With contract 1.3 a record says who the person is, and not that they were
// approved: the application has to say so.
func TestContract13(t *testing.T) {
	for name, test := range map[string]struct {
		cfg    tomoidvkyc.Config
		person tomoidvtest.Person
		status kyc.Status
		reason string
	}{
		"by itself":             {config(), hanako(), kyc.StatusReview, "a record of contract 1.3 has no status"},
		"record means approved": {changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved = true }), hanako(), kyc.StatusApproved, ""},
		"and old enough":        {changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved, c.MinimumAge = true, 19 }), hanako(), kyc.StatusApproved, ""},
		"and too young": {
			changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved, c.MinimumAge = true, 150 }), hanako(),
			kyc.StatusDeclined, "under the minimum age of 150 years",
		},
		"too young, by itself": {
			changed(func(c *tomoidvkyc.Config) { c.MinimumAge = 150 }), hanako(),
			kyc.StatusReview, "a record of contract 1.3 has no status",
		},
	} {
		for server, opts := range map[string][]tomoidvtest.Option{
			"":                          nil,
			" from a server before 1.4": {tomoidvtest.WithVersionIgnored()},
		} {
			t.Run(name+server, func(t *testing.T) {
				srv := newServer(t, opts...)
				provider := newProvider13(t, srv, test.cfg)
				check := start(t, provider)
				require.Equal(t, kyc.StatusPending, ask(t, provider, check).Status)
				require.NoError(t, srv.Pass(check.ID, test.person))
				result := ask(t, provider, check)
				assert.Equal(t, test.status, result.Status)
				assert.Equal(t, test.reason, result.Reason)
				assert.Empty(t, result.VendorStatus)
				assert.Empty(t, result.Keys)
				assert.Empty(t, result.Findings)
				assert.Empty(t, result.Document)
				assert.True(t, result.DecidedAt.IsZero())
				assert.Equal(t, "佐藤花子", result.Person.FullName)
			})
		}
	}
}

func TestContract13ShowsNoRejection(t *testing.T) {
	srv := newServer(t)
	provider := newProvider13(t, srv, changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved = true }))
	check := start(t, provider)
	require.NoError(t, srv.Fail(check.ID))
	assert.Equal(t, kyc.StatusPending, ask(t, provider, check).Status)
}

// A client of contract 1.4 takes nothing from a server that does not have it.
func TestContract14IsNotThere(t *testing.T) {
	srv := newServer(t, tomoidvtest.WithVersionIgnored())
	provider := newProvider(t, srv, changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved = true }))
	check := start(t, provider)
	require.NoError(t, srv.Pass(check.ID, hanako()))
	assertRefused(t, provider, check, kyc.ErrInvalidAnswer)
}

// The setting for contract 1.3 changes nothing where there is a status.
func TestRecordMeansApprovedLeavesContract14Alone(t *testing.T) {
	cfg := changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved = true })
	for status, want := range map[string]kyc.Status{
		"approved": kyc.StatusApproved, "rejected": kyc.StatusDeclined, "pending_review": kyc.StatusReview,
		"expired": kyc.StatusExpired, "canceled": kyc.StatusCanceled, "on_hold": kyc.StatusUnknown,
	} {
		assert.Equal(t, want, forced(t, cfg, view(map[string]any{"status": status})).Status, status)
	}
}

// Attacker and victim: the attacker, who has begun a check of their own, comes
// back to its ReturnURL with the token that the victim came back with.
func TestVictimsPPIDInTheReturnURL(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	victims, attackers := start(t, provider), start(t, provider)
	require.NoError(t, srv.Pass(victims.ID, hanako()))
	stolen, err := srv.ReturnURL(victims.ID)
	require.NoError(t, err)
	require.Contains(t, stolen, "token=")
	ppid := ask(t, provider, victims).Keys[0].Value

	requests := len(srv.Requests())
	notice, err := kyc.ParseReturn(provider, httptest.NewRequest(http.MethodGet, stolen, nil))
	require.ErrorIs(t, err, kyc.ErrUnsupported)
	assert.Nil(t, notice)
	assert.Equal(t, kyc.StatusPending, ask(t, provider, attackers).Status)

	claimed, err := attackers.Apply(&kyc.Notice{VendorID: ppid})
	require.NoError(t, err)
	edited := *attackers
	edited.VendorID = ppid
	for _, check := range []*kyc.Check{claimed, &edited} {
		assertRefused(t, provider, check, kyc.ErrForeign)
		_, err := provider.Erase(t.Context(), check)
		require.ErrorIs(t, err, kyc.ErrForeign)
	}
	assert.Len(t, srv.Requests(), requests+1, "nobody was asked about the PPID")
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, victims).Status)
}

func TestWebhooksAreUnsupported(t *testing.T) {
	provider := newProvider(t, newServer(t), config())
	_, err := kyc.ParseWebhook(provider, httptest.NewRequest(http.MethodPost, "/webhook", nil))
	require.ErrorIs(t, err, kyc.ErrUnsupported)
	_, err = kyc.Launch(provider, &kyc.Check{})
	require.ErrorIs(t, err, kyc.ErrUnsupported)
}
