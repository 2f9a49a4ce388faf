package kyc_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

func TestErase(t *testing.T) {
	type key struct{}
	ctx, check := context.WithValue(t.Context(), key{}, "mine"), wholeCheck()
	for _, want := range []kyc.Erasure{kyc.ErasureDeleted, kyc.ErasureNotDeletable, kyc.ErasureLimited} {
		erasure, err := kyc.Erase(ctx, able{erase: func(ctx context.Context, got *kyc.Check) (kyc.Erasure, error) {
			assert.Equal(t, "mine", ctx.Value(key{}))
			assert.Same(t, check, got)
			return want, nil
		}}, check)
		require.NoError(t, err)
		assert.Equal(t, want, erasure)
	}

	_, err := kyc.Erase(ctx, able{erase: func(context.Context, *kyc.Check) (kyc.Erasure, error) {
		return "", context.Canceled
	}}, check)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestEraseRefuses(t *testing.T) {
	foreign := wholeCheck()
	foreign.Provider = "other"
	for name, tc := range map[string]struct {
		provider kyc.Provider
		check    *kyc.Check
		kind     error
	}{
		"cannot":        {plain{}, wholeCheck(), kyc.ErrUnsupported},
		"no provider":   {nil, wholeCheck(), kyc.ErrInvalidRequest},
		"no check":      {able{}, nil, kyc.ErrInvalidRequest},
		"foreign check": {able{}, foreign, kyc.ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			erasure, err := kyc.Erase(t.Context(), tc.provider, tc.check)
			assert.False(t, erasure.Known())
			assert.ErrorIs(t, err, tc.kind)
		})
	}
}
