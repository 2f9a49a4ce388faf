package tomoidvkyc_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
)

// Any number of goroutines call any methods, about the same check and about
// others.
func TestConcurrentCalls(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, changed(func(c *tomoidvkyc.Config) { c.MinimumAge = 19 }))
	shared := start(t, provider)
	require.NoError(t, srv.Pass(shared.ID, hanako()))

	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			own, err := provider.Start(t.Context(), &kyc.StartRequest{})
			if !assert.NoError(t, err) {
				return
			}
			pending, err := provider.Result(t.Context(), own)
			if assert.NoError(t, err) {
				assert.Equal(t, kyc.StatusPending, pending.Status)
			}
			approved, err := provider.Result(t.Context(), shared)
			if assert.NoError(t, err) {
				assert.Equal(t, kyc.StatusApproved, approved.Status)
				approved.Findings[0], approved.Keys[0] = kyc.Finding{}, kyc.Key{} // they are the caller's
			}
			erased, err := provider.Erase(t.Context(), own)
			assert.NoError(t, err)
			assert.Equal(t, kyc.ErasureNotDeletable, erased)
		})
	}
	callers.Wait()
	assert.Len(t, srv.Attempts(), 17)
	assert.Equal(t, 1, srv.TokenCalls())
	assert.Len(t, ask(t, provider, shared).Keys, 1)
}
