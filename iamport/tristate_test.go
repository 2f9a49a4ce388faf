package iamport_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

func TestTristate(t *testing.T) {
	for in, want := range map[string]struct {
		value iamport.Tristate
		out   string
	}{
		`true`: {iamport.Yes, `true`}, `"true"`: {iamport.Yes, `true`}, `false`: {iamport.No, `false`}, `"false"`: {iamport.No, `false`},
		`null`: {iamport.Unsaid, `null`}, `""`: {iamport.Unsaid, `null`}, `"maybe"`: {"maybe", `"maybe"`}, `1`: {"1", `"1"`},
	} {
		var value iamport.Tristate
		require.NoError(t, json.Unmarshal([]byte(in), &value), in)
		assert.Equal(t, want.value, value, in)
		out, err := json.Marshal(value)
		require.NoError(t, err)
		assert.Equal(t, want.out, string(out), in)
	}
	for _, in := range []string{`{}`, `[true]`} {
		assert.ErrorContains(t, json.Unmarshal([]byte(in), new(iamport.Tristate)), "iamport.Tristate", in)
	}
}
