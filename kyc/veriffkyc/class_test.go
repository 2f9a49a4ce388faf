package veriffkyc

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// What each of the client's sentinels becomes, as an answer's failure and as a
// webhook's.
func TestEverySentinelIsMapped(t *testing.T) {
	type meaning struct{ sentinel, class, webhook error }
	meanings := map[string]meaning{
		"ErrInvalidRequest": {veriff.ErrInvalidRequest, kyc.ErrInvalidRequest, kyc.ErrInvalidNotice},
		"ErrUnauthorized":   {veriff.ErrUnauthorized, kyc.ErrUnauthorized, kyc.ErrInvalidNotice},
		"ErrForbidden":      {veriff.ErrForbidden, kyc.ErrUnauthorized, kyc.ErrInvalidNotice},
		"ErrNotFound":       {veriff.ErrNotFound, kyc.ErrNotFound, kyc.ErrInvalidNotice},
		"ErrConflict":       {veriff.ErrConflict, kyc.ErrInvalidRequest, kyc.ErrInvalidNotice},
		"ErrRateLimited":    {veriff.ErrRateLimited, kyc.ErrRateLimited, kyc.ErrInvalidNotice},
		"ErrUnavailable":    {veriff.ErrUnavailable, kyc.ErrUnavailable, kyc.ErrInvalidNotice},
		"ErrUnconfirmed":    {veriff.ErrUnconfirmed, kyc.ErrUnconfirmed, kyc.ErrInvalidNotice},
		"ErrInvalidAnswer":  {veriff.ErrInvalidAnswer, kyc.ErrInvalidAnswer, kyc.ErrInvalidNotice},
		"ErrSignature":      {veriff.ErrSignature, kyc.ErrSignature, kyc.ErrSignature},
		"ErrForeign":        {veriff.ErrForeign, kyc.ErrForeign, kyc.ErrInvalidNotice},

		// Of webhooks alone, ErrSuperseded of those that are confirmed, which
		// are none of this package's; ErrTooLarge comes with ErrInvalidAnswer.
		// ErrBusy is a Deduper's, which this package has none of.
		"ErrAPIKey":     {veriff.ErrAPIKey, nil, kyc.ErrSignature},
		"ErrSuperseded": {veriff.ErrSuperseded, nil, kyc.ErrInvalidNotice},
		"ErrTooLarge":   {veriff.ErrTooLarge, nil, kyc.ErrInvalidNotice},
		"ErrBusy":       {veriff.ErrBusy, nil, kyc.ErrInvalidNotice},
	}
	assert.ElementsMatch(t, surfacetest.Errors(t, "../../veriff"), slices.Collect(maps.Keys(meanings)), "what is a new failure?")
	for name, want := range meanings {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, want.class, class(fmt.Errorf("wrapped: %w", want.sentinel)))
			assert.Equal(t, want.webhook, webhookClass(fmt.Errorf("wrapped: %w", want.sentinel)))
		})
	}
}
