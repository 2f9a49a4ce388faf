package iamportkyc

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
)

// What each sentinel of the client's becomes: a verdict about the person, or the
// class of an error.
func TestEverySentinelIsMapped(t *testing.T) {
	type meaning struct {
		sentinel error
		status   kyc.Status
		class    error
	}
	unmet := map[string]meaning{
		"ErrNotCertified":  {iamport.ErrNotCertified, kyc.StatusPending, nil},
		"ErrStale":         {iamport.ErrStale, kyc.StatusExpired, nil},
		"ErrBeforeAttempt": {iamport.ErrBeforeAttempt, kyc.StatusExpired, nil},
		"ErrFuture":        {iamport.ErrFuture, kyc.StatusUnknown, nil},
		"ErrGateway":       {iamport.ErrGateway, kyc.StatusDeclined, nil},
		"ErrTestMerchant":  {iamport.ErrTestMerchant, kyc.StatusDeclined, nil},
		"ErrNoCI":          {iamport.ErrNoCI, kyc.StatusReview, nil},
		"ErrBirthDate":     {iamport.ErrBirthDate, kyc.StatusReview, nil},
		"ErrUnderage":      {iamport.ErrUnderage, kyc.StatusDeclined, nil},
		"ErrBornLater":     {iamport.ErrBornLater, kyc.StatusDeclined, nil},
	}
	failed := map[string]meaning{
		"ErrInvalidRequest": {iamport.ErrInvalidRequest, "", kyc.ErrInvalidRequest},
		"ErrUnauthorized":   {iamport.ErrUnauthorized, "", kyc.ErrUnauthorized},
		"ErrForbidden":      {iamport.ErrForbidden, "", kyc.ErrUnauthorized},
		"ErrNotFound":       {iamport.ErrNotFound, "", kyc.ErrNotFound},
		"ErrConflict":       {iamport.ErrConflict, "", kyc.ErrInvalidRequest},
		"ErrRateLimited":    {iamport.ErrRateLimited, "", kyc.ErrRateLimited},
		"ErrUnavailable":    {iamport.ErrUnavailable, "", kyc.ErrUnavailable},
		"ErrRefused":        {iamport.ErrRefused, "", kyc.ErrInvalidRequest},
		"ErrInvalidAnswer":  {iamport.ErrInvalidAnswer, "", kyc.ErrInvalidAnswer},
		"ErrForeign":        {iamport.ErrForeign, "", kyc.ErrForeign},
	}
	elsewhere := map[string]string{
		"ErrMerchantUID":      "is told before anything is judged",
		"ErrTooLarge":         "comes together with ErrInvalidAnswer",
		"ErrUnconfirmed":      "is for codes, which this package does not send",
		"ErrAlreadyCertified": "is for codes, which this package does not send",
	}
	var listed []string
	for name := range elsewhere {
		listed = append(listed, name)
	}
	for name, want := range unmet {
		t.Run(name, func(t *testing.T) {
			status, reason := verdict(fmt.Errorf("wrapped: %w", want.sentinel))
			assert.Equal(t, want.status, status)
			assert.NotEmpty(t, reason)
			require.NoError(t, class(want.sentinel))
		})
		listed = append(listed, name)
	}
	for name, want := range failed {
		t.Run(name, func(t *testing.T) {
			status, reason := verdict(want.sentinel)
			assert.Equal(t, kyc.StatusUnknown, status)
			assert.Empty(t, reason)
			assert.Equal(t, want.class, class(fmt.Errorf("wrapped: %w", want.sentinel)))
		})
		listed = append(listed, name)
	}
	assert.ElementsMatch(t, surfacetest.Errors(t, "../../iamport"), listed, "what is a new failure?")
	assert.Len(t, verdicts, len(unmet)+1, "one more is errLate")
}

// A failure that has no verdict approves nobody.
func TestVerdictOfTheUnknown(t *testing.T) {
	for _, failed := range []error{errors.New("something new"), iamport.ErrMerchantUID} {
		status, reason := verdict(failed)
		assert.Equal(t, kyc.StatusUnknown, status)
		assert.Empty(t, reason)
	}
	status, _ := verdict(nil)
	assert.Equal(t, kyc.StatusApproved, status)
}

// Iamport has no word for the statuses that are not here.
func TestStatusesThatCome(t *testing.T) {
	come := map[kyc.Status]bool{kyc.StatusApproved: true}
	for _, v := range verdicts {
		come[v.status] = true
	}
	assert.Equal(t, map[kyc.Status]bool{
		kyc.StatusPending: true, kyc.StatusApproved: true, kyc.StatusDeclined: true, kyc.StatusExpired: true,
		kyc.StatusReview: true, kyc.StatusUnknown: true,
	}, come)
}

// Of several failures the graver one is told, whichever way they are joined.
func TestVerdictOfSeveral(t *testing.T) {
	for i, first := range verdicts {
		for _, second := range verdicts[i:] {
			for _, both := range []error{errors.Join(first.failed, second.failed), errors.Join(second.failed, first.failed)} {
				status, reason := verdict(both)
				assert.Equal(t, first.status, status)
				assert.Equal(t, first.reason, reason)
			}
		}
	}
	rank := []kyc.Status{kyc.StatusPending, kyc.StatusDeclined, kyc.StatusUnknown, kyc.StatusExpired, kyc.StatusReview}
	assert.True(t, slices.IsSortedFunc(verdicts[:], func(a, b struct {
		failed error
		status kyc.Status
		reason string
	}) int {
		return slices.Index(rank, a.status) - slices.Index(rank, b.status)
	}))
}

// The limits do not hang on what Result looked at before.
func TestJudgeAlone(t *testing.T) {
	cfg := Config{UserCode: "imp00000000", ChannelKey: "channel-key-0000"}.withDefaults()
	noon := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	check := &kyc.Check{ID: "the check", StartedAt: noon}
	good := iamport.Certification{
		MerchantUID: "the check", PGProvider: iamport.GatewayDanal, Certified: true,
		CertifiedAt: iamport.UnixTime(noon.Unix()), UniqueKey: "a CI",
	}
	require.NoError(t, cfg.judge(&good, check, noon))
	another := good
	another.MerchantUID = "another"
	require.ErrorIs(t, cfg.judge(&another, check, noon), iamport.ErrMerchantUID)
	require.ErrorIs(t, cfg.judge(&good, check, time.Time{}), iamport.ErrInvalidRequest)
	for _, never := range []iamport.UnixTime{0, -1, math.MinInt64, math.MaxInt64} {
		good.CertifiedAt = never
		require.Error(t, cfg.judge(&good, check, noon), "certified at %d", never)
	}
}
