package kyc_test

import (
	"errors"
	"html/template"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

func TestLaunch(t *testing.T) {
	check := wholeCheck()
	page, err := kyc.Launch(able{launch: func(got *kyc.Check) (template.HTML, error) {
		assert.Same(t, check, got)
		return "<script></script>", nil
	}}, check)
	require.NoError(t, err)
	assert.Equal(t, template.HTML("<script></script>"), page)

	broken := errors.New("no channel key")
	_, err = kyc.Launch(able{launch: func(*kyc.Check) (template.HTML, error) { return "", broken }}, check)
	assert.Equal(t, broken, err)
}

func TestLaunchRefuses(t *testing.T) {
	foreign := wholeCheck()
	foreign.Provider = "other"
	for name, tc := range map[string]struct {
		provider kyc.Provider
		check    *kyc.Check
		kind     error
	}{
		"starts at a URL": {plain{}, wholeCheck(), kyc.ErrUnsupported},
		"no provider":     {nil, wholeCheck(), kyc.ErrInvalidRequest},
		"no check":        {able{}, nil, kyc.ErrInvalidRequest},
		"foreign check":   {able{}, foreign, kyc.ErrForeign},
		"edited check":    {able{}, &kyc.Check{Version: 1, Provider: vendorName}, kyc.ErrInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			page, err := kyc.Launch(tc.provider, tc.check)
			assert.Empty(t, page)
			assert.ErrorIs(t, err, tc.kind)
		})
	}
}
