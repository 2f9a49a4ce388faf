package veriffkyc_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func erase(t *testing.T, provider kyc.Provider, check *kyc.Check) kyc.Erasure {
	t.Helper()
	erased, err := kyc.Erase(t.Context(), provider, check)
	require.NoError(t, err)
	return erased
}

// deletions are the sessions that Veriff was told to delete.
func deletions(srv *verifftest.Server) []string {
	var ids []string
	for _, r := range srv.Requests() {
		if r.Method == http.MethodDelete {
			ids = append(ids, strings.TrimPrefix(r.Path, "/v1/sessions/"))
		}
	}
	return ids
}

// What becomes of a check in each of the states that it can be in.
func TestErase(t *testing.T) {
	decided := func(status string, code int) func(*verifftest.Server, string) error {
		return func(srv *verifftest.Server, id string) error {
			return srv.ForceDecision(id, map[string]any{"status": status, "code": code})
		}
	}
	for name, test := range map[string]struct {
		prepare func(*verifftest.Server, string) error
		want    kyc.Erasure
	}{
		"created":   {func(*verifftest.Server, string) error { return nil }, kyc.ErasureDeleted},
		"started":   {(*verifftest.Server).Open, kyc.ErasureDeleted},
		"submitted": {(*verifftest.Server).Submit, kyc.ErasureNotDeletable},
		"in review": {decided("review", 9121), kyc.ErasureNotDeletable},
		"resubmit":  {decided("resubmission_requested", 9103), kyc.ErasureDeleted},
		"approved":  {decided("approved", 9001), kyc.ErasureDeleted},
		"declined":  {decided("declined", 9102), kyc.ErasureDeleted},
		"expired":   {(*verifftest.Server).Expire, kyc.ErasureDeleted},
		"abandoned": {decided("abandoned", 9104), kyc.ErasureDeleted},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, verifftest.WithSessionDeletion())
			provider := newProvider(t, srv, veriffkyc.Config{})
			check, other := start(t, provider), start(t, provider)
			require.NoError(t, test.prepare(srv, check.VendorID))
			before := ask(t, provider, check).Status
			assert.Equal(t, test.want, erase(t, provider, check))
			assert.Equal(t, []string{check.VendorID}, deletions(srv))
			assert.Equal(t, kyc.StatusPending, ask(t, provider, other).Status, "another's stays")
			if test.want != kyc.ErasureDeleted {
				assert.Equal(t, before, ask(t, provider, check).Status)
				return
			}
			assertRefused(t, provider, check, kyc.ErrNotFound)
			erased, err := provider.Erase(t.Context(), check)
			require.ErrorIs(t, err, kyc.ErrNotFound)
			assert.Equal(t, "erase", failure(t, err).Op)
			assert.Empty(t, erased)
		})
	}
}

// Deleted is what Veriff has agreed to; for up to 12 hours it still tells.
func TestEraseTakesItsTime(t *testing.T) {
	srv := newServer(t, verifftest.WithSessionDeletion(), verifftest.WithDeletionDelay(12*time.Hour))
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	require.NoError(t, srv.ForceDecision(check.VendorID, nil))
	assert.Equal(t, kyc.ErasureDeleted, erase(t, provider, check))
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
	_, err := provider.Erase(t.Context(), check)
	require.ErrorIs(t, err, kyc.ErrNotFound, "once more proves nothing")
	srv.Advance(12 * time.Hour)
	assertRefused(t, provider, check, kyc.ErrNotFound)
}

func TestEraseWhereDeletingIsOff(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	erased, err := kyc.Erase(t.Context(), provider, check)
	require.ErrorIs(t, err, kyc.ErrUnauthorized)
	require.ErrorIs(t, err, veriff.ErrForbidden)
	assert.Equal(t, "erase", failure(t, err).Op)
	assert.Empty(t, erased)
}

func TestEraseLimits(t *testing.T) {
	srv := newServer(t, verifftest.WithSessionDeletion())
	provider := newProvider(t, srv, veriffkyc.Config{})
	for range 5 {
		assert.Equal(t, kyc.ErasureDeleted, erase(t, provider, start(t, provider)))
	}
	check := start(t, provider)
	erased, err := provider.Erase(t.Context(), check)
	require.ErrorIs(t, err, kyc.ErrRateLimited)
	assert.Empty(t, erased)
	srv.Advance(time.Hour)
	assert.Equal(t, kyc.ErasureDeleted, erase(t, provider, check))
}

// The answer to the deletion is lost, and what is sent again finds nothing.
func TestEraseWhoseAnswerIsLost(t *testing.T) {
	srv := newServer(t, verifftest.WithSessionDeletion())
	provider := newProvider(t, srv, veriffkyc.Config{}, veriff.WithMaxAttempts(2))
	check := start(t, provider)
	require.NoError(t, srv.Inject(verifftest.ResetAfter().On(verifftest.DeleteSessionRoute)))
	assert.Equal(t, kyc.ErasureDeleted, erase(t, provider, check))
	assert.Len(t, deletions(srv), 2)
}

// That it was tried more than once is no proof without the answer that nothing
// is there.
func TestEraseThatIsTriedInVain(t *testing.T) {
	srv := newServer(t, verifftest.WithSessionDeletion())
	provider := newProvider(t, srv, veriffkyc.Config{}, veriff.WithMaxAttempts(2))
	check := start(t, provider)
	down := verifftest.Status(503, 0).On(verifftest.DeleteSessionRoute)
	require.NoError(t, srv.Inject(down, down))
	erased, err := provider.Erase(t.Context(), check)
	require.ErrorIs(t, err, kyc.ErrUnavailable)
	assert.Empty(t, erased)
	assert.Len(t, deletions(srv), 2)
	assert.Equal(t, kyc.StatusPending, ask(t, provider, check).Status)
}

// Nobody's session is deleted on the strength of an id.
func TestEraseRefuses(t *testing.T) {
	srv := newServer(t, verifftest.WithSessionDeletion())
	provider := newProvider(t, srv, veriffkyc.Config{})
	approved, mine := start(t, provider), start(t, provider)
	require.NoError(t, srv.ForceDecision(approved.VendorID, nil))
	untold := start(t, provider)
	for name, test := range map[string]struct {
		edit func(*kyc.Check)
		kind error
	}{
		"the session of another":        {func(c *kyc.Check) { c.VendorID = approved.VendorID }, kyc.ErrForeign},
		"an id that was never started":  {func(c *kyc.Check) { *c = *approved; c.ID = kyc.NewCheckID() }, kyc.ErrForeign},
		"a claimed one, not yet begun":  {func(c *kyc.Check) { c.VendorID, c.VendorIDClaimed = untold.VendorID, true }, kyc.ErrForeign},
		"one's own, claimed, not begun": {func(c *kyc.Check) { c.VendorIDClaimed = true }, kyc.ErrForeign},
		"another provider":              {func(c *kyc.Check) { c.Provider = "tomoidv" }, kyc.ErrForeign},
		"no vendor id":                  {func(c *kyc.Check) { c.VendorID = "" }, kyc.ErrInvalidRequest},
		"nobody's session":              {func(c *kyc.Check) { c.VendorID = "7a4a1d2e-0000-4000-8000-000000000001" }, kyc.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			edited := *mine
			test.edit(&edited)
			erased, err := provider.Erase(t.Context(), &edited)
			require.ErrorIs(t, err, test.kind)
			assert.Equal(t, test.kind, failure(t, err).Kind)
			assert.Empty(t, erased)
		})
	}
	assert.Empty(t, deletions(srv))

	claimed := *approved // as after an answer to Start that was lost
	claimed.VendorIDClaimed = true
	assert.Equal(t, kyc.ErasureDeleted, erase(t, provider, &claimed))
}

func TestEraseFails(t *testing.T) {
	for name, test := range map[string]struct {
		fault verifftest.Fault
		kind  error
	}{
		"400":             {verifftest.Status(400, 0), kyc.ErrInvalidRequest},
		"401":             {verifftest.Status(401, 0), kyc.ErrUnauthorized},
		"403":             {verifftest.Status(403, 0), kyc.ErrUnauthorized},
		"404":             {verifftest.Status(404, 0), kyc.ErrNotFound},
		"429":             {verifftest.Status(429, time.Second), kyc.ErrRateLimited},
		"500":             {verifftest.Status(500, 0), kyc.ErrUnavailable},
		"reset":           {verifftest.ResetBefore(), kyc.ErrUnavailable},
		"HTML":            {verifftest.HTML(200), kyc.ErrInvalidAnswer},
		"wrong signature": {verifftest.WrongSignature(), kyc.ErrSignature},
		"another session": {verifftest.AnotherSession(), kyc.ErrForeign},
	} {
		for op, route := range map[string]verifftest.Route{"Decision": verifftest.DecisionRoute, "DeleteSession": verifftest.DeleteSessionRoute} {
			t.Run(op+", "+name, func(t *testing.T) {
				srv := newServer(t, verifftest.WithSessionDeletion())
				provider := newProvider(t, srv, veriffkyc.Config{})
				check := start(t, provider)
				require.NoError(t, srv.ForceDecision(check.VendorID, nil))
				require.NoError(t, srv.Inject(test.fault.On(route)))
				erased, err := provider.Erase(t.Context(), check)
				kerr := failure(t, err)
				assert.Equal(t, test.kind, kerr.Kind)
				assert.Equal(t, "erase", kerr.Op)
				var verr *veriff.Error
				require.ErrorAs(t, err, &verr)
				assert.Equal(t, op, verr.Op)
				assert.Empty(t, erased, "it must not be taken for a deletion")
			})
		}
	}
	srv := newServer(t, verifftest.WithSessionDeletion())
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	require.NoError(t, srv.Inject(verifftest.Status(409, 0).On(verifftest.DeleteSessionRoute)))
	assert.Equal(t, kyc.ErasureNotDeletable, erase(t, provider, check))
}

func TestEndOfTheCallersContextInErase(t *testing.T) {
	srv := newServer(t, verifftest.WithSessionDeletion())
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := provider.Erase(ctx, check)
	require.ErrorIs(t, err, context.Canceled)
	assert.NoError(t, failure(t, err).Kind)
	assert.Empty(t, deletions(srv))
}
