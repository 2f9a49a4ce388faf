package veriffkyc_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
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
	provider := newProvider(t, srv, veriffkyc.Config{MinimumAge: 19})
	check := start(t, provider)

	created := ask(t, provider, check)
	assert.Equal(t, kyc.StatusPending, created.Status)
	assert.Equal(t, check.ID, created.CheckID)
	assert.Equal(t, "veriff", created.Provider)
	assert.True(t, created.DecidedAt.IsZero())
	require.NoError(t, srv.Open(check.VendorID))
	assert.Equal(t, kyc.StatusPending, ask(t, provider, check).Status)
	require.NoError(t, srv.Submit(check.VendorID))
	assert.Equal(t, kyc.StatusPending, ask(t, provider, check).Status)

	require.NoError(t, srv.Approve(check.VendorID, verifftest.Person{FirstName: "Mirae", DateOfBirth: "1990-03-01"}))
	check = reread(t, check)
	approved := ask(t, provider, check)
	assert.Equal(t, kyc.StatusApproved, approved.Status)
	assert.Equal(t, "Mirae", approved.Person.GivenName)
	assert.True(t, approved.DecidedAt.Equal(noon))
	assert.True(t, approved.Supersedes(created))
	assert.False(t, ask(t, provider, check).Supersedes(approved), "asking again is no news")
}

func TestDecline(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.Decline(check.VendorID, 106, ""))
	result := ask(t, provider, check)
	assert.Equal(t, kyc.StatusDeclined, result.Status)
	assert.True(t, result.Status.Final())
	assert.Equal(t, "declined", result.VendorStatus)
	assert.Equal(t, "9102", result.VendorCode)
	assert.Equal(t, "106", result.ReasonCode)
	assert.Equal(t, "Known fraud", result.Reason)
}

func TestResubmissionThenApproval(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.RequestResubmission(check.VendorID, 204, ""))
	again := ask(t, provider, check)
	assert.Equal(t, kyc.StatusResubmit, again.Status)
	assert.False(t, again.Status.Final())
	assert.Equal(t, "204", again.ReasonCode)
	assert.Equal(t, "Poor image quality", again.Reason)
	assert.Equal(t, srv.Sessions()[0].URL, check.URL, "the same URL takes the next attempt")

	require.NoError(t, srv.Submit(check.VendorID))
	assert.Equal(t, kyc.StatusResubmit, ask(t, provider, check).Status, "Veriff tells the old decision until the next")
	require.NoError(t, srv.Approve(check.VendorID, verifftest.Person{}))
	approved := ask(t, provider, check)
	assert.Equal(t, kyc.StatusApproved, approved.Status)
	assert.NotEqual(t, again.Attempt, approved.Attempt)
	assert.True(t, approved.DecidedAt.After(again.DecidedAt))
	assert.True(t, approved.Supersedes(again))
	assert.False(t, again.Supersedes(approved))
}

func TestReviewThenDecline(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.Review(check.VendorID))
	review := ask(t, provider, check)
	assert.Equal(t, kyc.StatusReview, review.Status)
	require.NoError(t, srv.Decline(check.VendorID, 102, ""))
	declined := ask(t, provider, check)
	assert.Equal(t, kyc.StatusDeclined, declined.Status)
	assert.True(t, declined.Supersedes(review))
}

func TestNobodyComesOrFinishes(t *testing.T) {
	for name, test := range map[string]struct {
		begin func(*verifftest.Server, string) error
		want  kyc.Status
	}{
		"nobody comes":         {func(*verifftest.Server, string) error { return nil }, kyc.StatusExpired},
		"begun and left":       {(*verifftest.Server).Open, kyc.StatusAbandoned},
		"handed in and waited": {(*verifftest.Server).Submit, kyc.StatusPending},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, veriffkyc.Config{})
			check := start(t, provider)
			require.NoError(t, test.begin(srv, check.VendorID))
			life := check.ExpiresAt.Sub(check.StartedAt)
			srv.Advance(life - time.Second)
			assert.Equal(t, kyc.StatusPending, ask(t, provider, check).Status)
			srv.Advance(time.Second)
			assert.Equal(t, test.want, ask(t, provider, check).Status)
		})
	}
}

// shop is an application as the documentation of kyc describes it: one path
// for whatever brings news.
type shop struct {
	provider kyc.Provider
	checks   map[string]*kyc.Check
	results  map[string]*kyc.Result
	acted    []kyc.Status
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	notice, err := kyc.ParseWebhook(s.provider, r)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	check, ok := s.checks[notice.CheckID]
	if !ok {
		return
	}
	if check, err = check.Apply(notice); err != nil {
		return
	}
	result, err := s.provider.Result(r.Context(), check)
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if result.Supersedes(s.results[check.ID]) {
		s.results[check.ID] = result
		s.acted = append(s.acted, result.Status)
	}
}

func TestWebhooksTellTheWholeLife(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
	app := &shop{provider: provider, checks: map[string]*kyc.Check{}, results: map[string]*kyc.Result{}}
	srv.DeliverTo(app)
	check := start(t, provider)
	app.checks[check.ID] = check

	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.RequestResubmission(check.VendorID, 201, ""))
	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.Approve(check.VendorID, verifftest.Person{}))
	want := []kyc.Status{kyc.StatusPending, kyc.StatusResubmit, kyc.StatusApproved}
	assert.Equal(t, want, app.acted)

	for _, webhook := range srv.Webhooks() {
		assert.True(t, webhook.Delivered())
		status, err := srv.Deliver(webhook) // again, and the old ones late
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, status)
		status, err = srv.Deliver(webhook.Tampered())
		require.NoError(t, err)
		assert.Equal(t, http.StatusBadRequest, status)
	}
	assert.Equal(t, want, app.acted, "the application acts once for each outcome")
}

// The API of document 003 takes 40 characters of vendorData, which is why a
// check's id has fewer.
func TestLegacyAPI(t *testing.T) {
	srv := newServer(t, verifftest.WithLegacyWebhooks(), verifftest.WithTimestampRequired(), verifftest.WithOldCreateReply())
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret, veriff.WithLegacySignature())
	require.NoError(t, err)
	// The timestamp is the machine's, and must not be old by the server's clock.
	srv.SetTime(time.Now())
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: verifier}, veriff.WithLegacyAPI())
	check := start(t, provider)
	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.Approve(check.VendorID, verifftest.Person{}))
	result := ask(t, provider, check)
	assert.Equal(t, kyc.StatusApproved, result.Status)
	assert.Equal(t, kyc.SignatureValid, result.Evidence.Signature)
	for _, webhook := range srv.Webhooks() {
		notice, err := provider.ParseWebhook(webhook.Header, webhook.Body)
		require.NoError(t, err)
		assert.Equal(t, check.ID, notice.CheckID)
	}
}
