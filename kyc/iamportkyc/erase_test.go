package iamportkyc_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

func TestErase(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	first := begun(t, srv, start(t, provider))
	check := certified(t, srv, first, mirae())
	other := certified(t, srv, start(t, provider), mirae())
	require.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)

	erased, err := kyc.Erase(t.Context(), provider, check)
	require.NoError(t, err)
	assert.Equal(t, kyc.ErasureDeleted, erased)
	assertRefused(t, provider, check, kyc.ErrNotFound)
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, other).Status)
	assert.Equal(t, kyc.StatusPending, ask(t, provider, first).Status, "an attempt that failed has a record of its own")

	again, err := provider.Erase(t.Context(), check)
	require.ErrorIs(t, err, kyc.ErrNotFound)
	assert.Equal(t, "erase", failure(t, err).Op)
	assert.Empty(t, again)
	erased, err = provider.Erase(t.Context(), first)
	require.NoError(t, err)
	assert.Equal(t, kyc.ErasureDeleted, erased)
	assert.Len(t, srv.Certifications(), 1)
}

func TestEraseBeforeAReturn(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	erased, err := provider.Erase(t.Context(), start(t, provider))
	require.EqualError(t, err, "kyc: iamport: erase: invalid request: VendorID is missing")
	assert.Empty(t, erased)
	assert.Empty(t, srv.Requests())
}

// The answer to the deletion is lost, and what is sent again finds nothing.
func TestEraseWhoseAnswerIsLost(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{}, iamport.WithMaxAttempts(2))
	check := certified(t, srv, start(t, provider), mirae())
	require.NoError(t, srv.Inject(iamporttest.ResetAfter().On(iamporttest.DeleteCertificationRoute)))
	erased, err := provider.Erase(t.Context(), check)
	require.NoError(t, err)
	assert.Equal(t, kyc.ErasureDeleted, erased)
	assert.Empty(t, srv.Certifications())
	deletions := 0
	for _, r := range srv.Requests() {
		if r.Method == http.MethodDelete {
			deletions++
		}
	}
	assert.Equal(t, 2, deletions)
}

func TestEraseFails(t *testing.T) {
	for name, test := range map[string]struct {
		fault iamporttest.Fault
		kind  error
	}{
		"asked, 500":       {iamporttest.Status(500, 0).On(iamporttest.CertificationRoute), kyc.ErrUnavailable},
		"deleted, 500":     {iamporttest.Status(500, 0).On(iamporttest.DeleteCertificationRoute), kyc.ErrUnavailable},
		"deleted, 403":     {iamporttest.Status(403, 0).On(iamporttest.DeleteCertificationRoute), kyc.ErrUnauthorized},
		"deleted, refused": {iamporttest.ApplicationError(200, -1, "no").On(iamporttest.DeleteCertificationRoute), kyc.ErrInvalidRequest},
		"deleted, another": {iamporttest.AnotherCertification().On(iamporttest.DeleteCertificationRoute), kyc.ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, iamportkyc.Config{})
			check := certified(t, srv, start(t, provider), mirae())
			require.NoError(t, srv.Inject(test.fault))
			erased, err := provider.Erase(t.Context(), check)
			require.ErrorIs(t, err, test.kind)
			assert.Equal(t, test.kind, failure(t, err).Kind)
			assert.Empty(t, erased, "it must not be taken for a deletion")
		})
	}
}
