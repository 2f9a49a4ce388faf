package veriffkyc_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// assertRefused is for answers that may not be used.
func assertRefused(t *testing.T, provider kyc.Provider, check *kyc.Check, kind error) {
	t.Helper()
	result, err := provider.Result(t.Context(), check)
	require.ErrorIs(t, err, kind)
	assert.Equal(t, kind, failure(t, err).Kind)
	assert.Nil(t, result)
}

// An attacker who was approved once shows that approval for another check.
func TestAnothersApprovalIsRefused(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	approved, mine := start(t, provider), start(t, provider)
	require.NoError(t, srv.Submit(approved.VendorID))
	require.NoError(t, srv.Approve(approved.VendorID, verifftest.Person{FirstName: "Mallory"}))
	require.Equal(t, kyc.StatusApproved, ask(t, provider, approved).Status)

	for name, edit := range map[string]func(*kyc.Check){
		"the session of another":           func(c *kyc.Check) { c.VendorID = approved.VendorID },
		"claimed to be the session's":      func(c *kyc.Check) { c.VendorID, c.VendorIDClaimed = approved.VendorID, true },
		"the check's id exchanged":         func(c *kyc.Check) { *c = *approved; c.ID = mine.ID },
		"an id that was never started":     func(c *kyc.Check) { *c = *approved; c.ID = kyc.NewCheckID() },
		"everything of another but the id": func(c *kyc.Check) { id := c.ID; *c = *approved; c.ID = id },
	} {
		t.Run(name, func(t *testing.T) {
			edited := *mine
			edit(&edited)
			assertRefused(t, provider, &edited, kyc.ErrForeign)
		})
	}
	assert.Equal(t, kyc.StatusPending, ask(t, provider, mine).Status)
}

// A session that the application did not make for a check proves nothing about
// one, whatever its vendorData.
func TestVendorData(t *testing.T) {
	decided := func(vendorData any, status string, code any) map[string]any {
		return map[string]any{"vendorData": vendorData, "status": status, "code": code}
	}
	for name, fields := range map[string]map[string]any{
		"another's, approved":     decided(kyc.NewCheckID(), "approved", 9001),
		"null, approved":          decided(nil, "approved", 9001),
		"empty, approved":         decided("", "approved", 9001),
		"spaced, approved":        decided(" ", "approved", 9001),
		"another's, declined":     decided(kyc.NewCheckID(), "declined", 9102),
		"null, declined":          decided(nil, "declined", 9102),
		"null, resubmission":      decided(nil, "resubmission_requested", 9103),
		"null, in review":         decided(nil, "review", 9121),
		"null, unknown":           decided(nil, "frozen", nil),
		"null, no status":         decided(nil, "", nil),
		"another's, no status":    decided(kyc.NewCheckID(), "", nil),
		"another's, under way":    decided(kyc.NewCheckID(), "submitted", nil),
		"null, under way with it": decided(nil, "submitted", 9001),
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, veriffkyc.Config{})
			check := start(t, provider)
			require.NoError(t, srv.ForceDecision(check.VendorID, fields))
			assertRefused(t, provider, check, kyc.ErrForeign)
		})
	}
	t.Run("null, under way", func(t *testing.T) {
		assert.Equal(t, kyc.StatusPending, forced(t, veriffkyc.Config{}, decided(nil, "submitted", nil)).Status)
	})
}

// Whoever knows an API key, which is no secret in a page, can have a session
// made with any vendorData: its approval is of nobody's check.
func TestSessionThatSomebodyElseMade(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
	check := start(t, provider)
	session, err := newClient(t, srv).CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: check.ID})
	require.NoError(t, err)
	require.NoError(t, srv.Submit(session.ID))
	require.NoError(t, srv.Approve(session.ID, verifftest.Person{FirstName: "Mallory"}))
	for _, webhook := range srv.Webhooks() {
		notice, err := kyc.ParseWebhook(provider, delivered(webhook))
		require.NoError(t, err)
		require.Equal(t, check.ID, notice.CheckID)
		require.Equal(t, session.ID, notice.VendorID)
		_, err = check.Apply(notice)
		require.ErrorIs(t, err, kyc.ErrForeign)
	}
	assert.Equal(t, kyc.StatusPending, ask(t, provider, check).Status)
}

// A webhook that was true once is no news when it is sent again.
func TestReplayedWebhook(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
	check := start(t, provider)
	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.Approve(check.VendorID, verifftest.Person{FirstName: "Mirae"}))
	approved := ask(t, provider, check)
	require.Equal(t, kyc.StatusApproved, approved.Status)
	old := srv.Webhooks()[2]
	srv.Advance(time.Minute)
	require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{"status": "declined", "code": 9102, "reasonCode": 106}))
	notice, err := kyc.ParseWebhook(provider, delivered(old))
	require.NoError(t, err)
	applied, err := check.Apply(notice)
	require.NoError(t, err)
	declined := ask(t, provider, applied)
	assert.Equal(t, kyc.StatusDeclined, declined.Status)
	assert.True(t, declined.Supersedes(approved))
	assert.False(t, approved.Supersedes(declined))
}

func TestAnswerAboutAnotherSession(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	require.NoError(t, srv.ForceDecision(check.VendorID, nil))
	require.NoError(t, srv.Inject(verifftest.AnotherSession()))
	_, err := provider.Result(t.Context(), check)
	require.ErrorIs(t, err, kyc.ErrForeign)
	require.ErrorIs(t, err, veriff.ErrForeign)
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
}

func TestResultRefusesBeforeItAsks(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	sent := len(srv.Requests())
	for name, test := range map[string]struct {
		edit func(*kyc.Check)
		kind error
	}{
		"another provider":  {func(c *kyc.Check) { c.Provider = "tomoidv" }, kyc.ErrForeign},
		"no provider":       {func(c *kyc.Check) { c.Provider = "" }, kyc.ErrForeign},
		"another version":   {func(c *kyc.Check) { c.Version = 2 }, kyc.ErrInvalidRequest},
		"id of one's own":   {func(c *kyc.Check) { c.ID = "user-42" }, kyc.ErrInvalidRequest},
		"no id":             {func(c *kyc.Check) { c.ID = "" }, kyc.ErrInvalidRequest},
		"no vendor id":      {func(c *kyc.Check) { c.VendorID = "" }, kyc.ErrInvalidRequest},
		"path in vendor id": {func(c *kyc.Check) { c.VendorID = "../" + c.VendorID }, kyc.ErrInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			edited := *check
			test.edit(&edited)
			assertRefused(t, provider, &edited, test.kind)
		})
	}
	assertRefused(t, provider, nil, kyc.ErrInvalidRequest)
	edited := *check
	edited.VendorID = ""
	_, err := provider.Result(t.Context(), &edited)
	assert.EqualError(t, err, "kyc: veriff: result: invalid request: VendorID is missing")
	assert.Len(t, srv.Requests(), sent)
}

// The answer to Start was lost, and the webhook brings the session's id: its
// vendorData ties it to the check all the same.
func TestResultTakesAClaimedSession(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
	req := &kyc.StartRequest{CheckID: kyc.NewCheckID()}
	require.NoError(t, srv.Inject(verifftest.ResetAfter()))
	_, err := provider.Start(t.Context(), req)
	require.ErrorIs(t, err, kyc.ErrUnconfirmed)
	sessions := srv.Sessions()
	require.Len(t, sessions, 1)
	require.NoError(t, srv.Submit(sessions[0].ID))
	require.NoError(t, srv.Approve(sessions[0].ID, verifftest.Person{}))

	lost, err := kyc.NewCheck(provider.Name(), req)
	require.NoError(t, err)
	assertRefused(t, provider, lost, kyc.ErrInvalidRequest)
	webhooks := srv.Webhooks()
	last := webhooks[len(webhooks)-1]
	notice, err := provider.ParseWebhook(last.Header, last.Body)
	require.NoError(t, err)
	found, err := lost.Apply(notice)
	require.NoError(t, err)
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, found).Status)
}
