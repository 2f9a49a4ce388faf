package tomoidvkyc_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

const deletePath = "/v1/idv/result/delete"

func erase(t *testing.T, provider kyc.Provider, check *kyc.Check) kyc.Erasure {
	t.Helper()
	erased, err := kyc.Erase(t.Context(), provider, check)
	require.NoError(t, err)
	return erased
}

// The PPID takes all of the person's results with it, and nobody else's.
func TestEraseByPPID(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	first, second, others := start(t, provider), start(t, provider), start(t, provider)
	require.NoError(t, srv.Pass(first.ID, whole()))
	require.NoError(t, srv.Pass(second.ID, whole()))
	require.NoError(t, srv.Pass(others.ID, hanako()))

	assert.Equal(t, kyc.ErasureDeleted, erase(t, provider, first))
	assert.Equal(t, []string{`{"user_id":"ppid.c3ludGhldGlj"}`}, sent(srv, deletePath))
	assert.Equal(t, kyc.StatusPending, ask(t, provider, first).Status)
	assert.Equal(t, kyc.StatusPending, ask(t, provider, second).Status)
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, others).Status)
	assert.Equal(t, kyc.ErasureNotDeletable, erase(t, provider, first), "it is gone")
}

// A person whom the limits refuse was approved by TomoIDV all the same.
func TestEraseByPPIDOfADeclinedPerson(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, changed(func(c *tomoidvkyc.Config) { c.MinimumAge = 150 }))
	check := start(t, provider)
	require.NoError(t, srv.Pass(check.ID, whole()))
	require.Equal(t, kyc.StatusDeclined, ask(t, provider, check).Status)
	assert.Equal(t, kyc.ErasureDeleted, erase(t, provider, check))
}

// Whoever fails with Hanako's card is not Hanako, whose results stay.
func TestEraseByCheckID(t *testing.T) {
	for name, test := range map[string]struct {
		opts    []tomoidvtest.Option
		version bool
		end     func(*tomoidvtest.Server, string) error
		want    kyc.Erasure
	}{
		"rejected": {nil, true, func(s *tomoidvtest.Server, id string) error {
			if err := s.Review(id, hanako()); err != nil {
				return err
			}
			return s.Fail(id)
		}, kyc.ErasureNotDeletable},
		"in review":     {nil, true, func(s *tomoidvtest.Server, id string) error { return s.Review(id, hanako()) }, kyc.ErasureNotDeletable},
		"under way":     {nil, true, func(*tomoidvtest.Server, string) error { return nil }, kyc.ErasureNotDeletable},
		"not found yet": {[]tomoidvtest.Option{tomoidvtest.WithNoResult(tomoidvtest.NotFound)}, true, func(*tomoidvtest.Server, string) error { return nil }, kyc.ErasureNotDeletable},
		"another policy": {nil, true, func(s *tomoidvtest.Server, id string) error {
			return s.Pass(id, hanako(), tomoidvtest.Under("jp", weakPolicy()))
		}, kyc.ErasureNotDeletable},
		"contract 1.3":        {nil, false, func(s *tomoidvtest.Server, id string) error { return s.Pass(id, hanako()) }, kyc.ErasureNotDeletable},
		"no PPID":             {[]tomoidvtest.Option{tomoidvtest.WithSentUserID()}, true, func(s *tomoidvtest.Server, id string) error { return s.Pass(id, hanako()) }, kyc.ErasureNotDeletable},
		"contract 1.3, taken": {[]tomoidvtest.Option{tomoidvtest.WithDeletionByUserID()}, false, func(s *tomoidvtest.Server, id string) error { return s.Pass(id, hanako()) }, kyc.ErasureDeleted},
		"rejected, taken":     {[]tomoidvtest.Option{tomoidvtest.WithDeletionByUserID()}, true, (*tomoidvtest.Server).Fail, kyc.ErasureDeleted},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, test.opts...)
			strict := newProvider(t, srv, config())
			provider := strict
			if !test.version {
				provider = newProvider13(t, srv, config())
			}
			hers, check := start(t, strict), start(t, provider)
			require.NoError(t, srv.Pass(hers.ID, hanako()))
			require.NoError(t, test.end(srv, check.ID))
			assert.Equal(t, test.want, erase(t, provider, check))
			assert.Equal(t, []string{`{"user_id":"` + check.ID + `"}`}, sent(srv, deletePath))
			assert.Equal(t, kyc.StatusApproved, ask(t, strict, hers).Status)
		})
	}
}

func TestEraseOfAnUnknownStatus(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	require.NoError(t, srv.Inject(tomoidvtest.SetMembers(map[string]any{"status": "scheduled"}).On(tomoidvtest.DeleteResultRoute)))
	erased := erase(t, provider, check)
	assert.Equal(t, kyc.Erasure("scheduled"), erased)
	assert.False(t, erased.Known())
	want := map[string]kyc.Erasure{"deleted": kyc.ErasureDeleted, "not_deletable": kyc.ErasureNotDeletable}
	require.ElementsMatch(t, constants(t, "DeletionStatus"), keys(want), "is a new status a deletion?")
}

// Nothing is deleted on an answer that may not be used.
func TestEraseRefuses(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	for name, test := range map[string]fault{
		"another check's":    {answering(newRecord(map[string]any{"auth_id": kyc.NewCheckID()})), kyc.ErrForeign, kyc.ErrForeign},
		"somebody else's":    {setMembers(map[string]any{"user_id": "user-7"}), kyc.ErrForeign, tomoidv.ErrForeign},
		"403":                {tomoidvtest.Status(403, 0), kyc.ErrUnauthorized, tomoidv.ErrForbidden},
		"400":                {tomoidvtest.Status(400, 0), kyc.ErrInvalidRequest, tomoidv.ErrInvalidRequest},
		"cannot be read":     {tomoidvtest.HTML(200), kyc.ErrInvalidAnswer, tomoidv.ErrInvalidAnswer},
		"not there just now": {tomoidvtest.Status(503, 0), kyc.ErrUnavailable, tomoidv.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, srv.Inject(test.fault.On(tomoidvtest.ResultRoute)))
			erased, err := provider.Erase(t.Context(), check)
			require.ErrorIs(t, err, test.kind)
			require.ErrorIs(t, err, test.vendor)
			assert.Equal(t, "erase", failure(t, err).Op)
			assert.Empty(t, erased)
		})
	}
	assert.Empty(t, sent(srv, deletePath))
}

func TestEraseFails(t *testing.T) {
	for name, test := range faults(map[string]fault{
		"404":         {tomoidvtest.Status(404, 0), kyc.ErrNotFound, tomoidv.ErrNotFound},
		"500":         {tomoidvtest.Status(500, 0), kyc.ErrUnconfirmed, tomoidv.ErrUnavailable},
		"reset after": {tomoidvtest.ResetAfter(), kyc.ErrUnconfirmed, tomoidv.ErrUnavailable},
		"cut off":     {tomoidvtest.Truncate(), kyc.ErrUnconfirmed, tomoidv.ErrUnconfirmed},
		"no status":   {tomoidvtest.DropMembers("status"), kyc.ErrUnconfirmed, tomoidv.ErrInvalidAnswer},
	}) {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, config())
			check := start(t, provider)
			require.NoError(t, srv.Pass(check.ID, hanako()))
			require.NoError(t, srv.Inject(test.fault.On(tomoidvtest.DeleteResultRoute)))
			erased, err := provider.Erase(t.Context(), check)
			assertFailure(t, err, "erase", "DeleteResult", test)
			assert.Empty(t, erased)
		})
	}
}
