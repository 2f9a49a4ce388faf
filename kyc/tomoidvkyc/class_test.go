package tomoidvkyc

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// What each of the client's sentinels becomes. Those that have no class come
// together with one that has.
func TestEverySentinelIsMapped(t *testing.T) {
	type meaning struct{ sentinel, class error }
	meanings := map[string]meaning{
		"ErrInvalidRequest": {tomoidv.ErrInvalidRequest, kyc.ErrInvalidRequest},
		"ErrUnauthorized":   {tomoidv.ErrUnauthorized, kyc.ErrUnauthorized},
		"ErrForbidden":      {tomoidv.ErrForbidden, kyc.ErrUnauthorized},
		"ErrNotFound":       {tomoidv.ErrNotFound, kyc.ErrNotFound},
		"ErrConflict":       {tomoidv.ErrConflict, kyc.ErrInvalidRequest},
		"ErrRateLimited":    {tomoidv.ErrRateLimited, kyc.ErrRateLimited},
		"ErrUnavailable":    {tomoidv.ErrUnavailable, kyc.ErrUnavailable},
		"ErrUnconfirmed":    {tomoidv.ErrUnconfirmed, kyc.ErrUnconfirmed},
		"ErrInvalidAnswer":  {tomoidv.ErrInvalidAnswer, kyc.ErrInvalidAnswer},
		"ErrForeign":        {tomoidv.ErrForeign, kyc.ErrForeign},

		"ErrTooLarge":              {tomoidv.ErrTooLarge, nil},
		"ErrInvalidClient":         {tomoidv.ErrInvalidClient, nil},
		"ErrInvalidGrant":          {tomoidv.ErrInvalidGrant, nil},
		"ErrUnauthorizedClient":    {tomoidv.ErrUnauthorizedClient, nil},
		"ErrUnsupportedGrantType":  {tomoidv.ErrUnsupportedGrantType, nil},
		"ErrInvalidScope":          {tomoidv.ErrInvalidScope, nil},
		"ErrInvalidTarget":         {tomoidv.ErrInvalidTarget, nil},
		"ErrInvalidToken":          {tomoidv.ErrInvalidToken, nil},
		"ErrInsufficientScope":     {tomoidv.ErrInsufficientScope, nil},
		"ErrUnsupportedAPIVersion": {tomoidv.ErrUnsupportedAPIVersion, nil},
		"ErrUnsupportedPolicy":     {tomoidv.ErrUnsupportedPolicy, nil},
	}
	assert.ElementsMatch(t, surfacetest.Errors(t, "../../tomoidv"), slices.Collect(maps.Keys(meanings)), "what is a new failure?")
	for name, want := range meanings {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, want.class, class(fmt.Errorf("wrapped: %w", want.sentinel)))
		})
	}
}
