package veriffkyc_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
)

// Any number of goroutines call any methods, about the same check and about
// others.
func TestConcurrentCalls(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{
		Verifier: newVerifier(t, srv), MinimumAge: 19, DocumentCountries: []string{"KR"},
	})
	shared := start(t, provider)
	fields := map[string]any{
		"person": map[string]any{"dateOfBirth": "1990-03-01"}, "document": map[string]any{"country": "KR"},
	}
	assert.NoError(t, srv.ForceDecision(shared.VendorID, fields))
	webhook := srv.Webhooks()[0]

	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			own, err := provider.Start(t.Context(), &kyc.StartRequest{})
			if !assert.NoError(t, err) {
				return
			}
			pending, err := provider.Result(t.Context(), own)
			assert.NoError(t, err)
			assert.Equal(t, kyc.StatusPending, pending.Status)
			approved, err := provider.Result(t.Context(), shared)
			assert.NoError(t, err)
			assert.Equal(t, kyc.StatusApproved, approved.Status)
			approved.Findings = append(approved.Findings, kyc.Finding{}) // it is the caller's
			notice, err := provider.ParseWebhook(webhook.Header, webhook.Body)
			assert.NoError(t, err)
			assert.Equal(t, shared.ID, notice.CheckID)
		})
	}
	callers.Wait()
	assert.Len(t, srv.Sessions(), 17)
}
