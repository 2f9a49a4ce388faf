package iamportkyc_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// Any number of goroutines call any methods, about the same check and about
// others.
func TestConcurrentCalls(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19})
	shared := certified(t, srv, start(t, provider), mirae())
	own := make([]*kyc.Check, 16)
	for i := range own {
		own[i] = certified(t, srv, start(t, provider), mirae())
	}

	var callers sync.WaitGroup
	for _, own := range own {
		callers.Go(func() {
			_, err := provider.Start(t.Context(), &kyc.StartRequest{ReturnURL: returnURL})
			assert.NoError(t, err)
			_, err = provider.Launch(shared)
			assert.NoError(t, err)
			notice, err := provider.ParseReturn(back("/back?imp_uid=" + shared.VendorID + "&merchant_uid=" + shared.ID))
			if assert.NoError(t, err) {
				assert.Equal(t, shared.ID, notice.CheckID)
			}
			for _, check := range []*kyc.Check{shared, own} {
				result, err := provider.Result(t.Context(), check)
				if assert.NoError(t, err) {
					assert.Equal(t, kyc.StatusApproved, result.Status)
					result.Keys[0].Value = "it is the caller's"
				}
			}
			erased, err := provider.Erase(t.Context(), own)
			assert.NoError(t, err)
			assert.Equal(t, kyc.ErasureDeleted, erased)
		})
	}
	callers.Wait()
	assert.Equal(t, 1, srv.TokenCalls())
	left := srv.Certifications()
	if assert.Len(t, left, 1) {
		assert.Equal(t, shared.VendorID, left[0].ImpUID)
	}
}

// Whoever erases at the same time, each is told that it is gone.
func TestConcurrentErase(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := certified(t, srv, start(t, provider), mirae())
	release := make(chan struct{})
	// Both deletions wait until both calls have seen the record.
	assert.NoError(t, srv.Inject(iamporttest.Stall(release).On(iamporttest.DeleteCertificationRoute).Times(2)))
	var callers, asked sync.WaitGroup
	asked.Add(2)
	go func() {
		asked.Wait()
		close(release)
	}()
	for range 2 {
		client := newProvider(t, srv, iamportkyc.Config{}, seen(srv, asked.Done))
		callers.Go(func() {
			erased, err := client.Erase(t.Context(), check)
			assert.NoError(t, err)
			assert.Equal(t, kyc.ErasureDeleted, erased)
		})
	}
	callers.Wait()
	assert.Empty(t, srv.Certifications())
}
