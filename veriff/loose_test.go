package veriff_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func TestLooseValues(t *testing.T) {
	for in, want := range map[string]struct{ text, number, tristate string }{
		`null`:     {`""`, `null`, `null`},
		`"null"`:   {`""`, `null`, `null`},
		`""`:       {`""`, `null`, `null`},
		`"a b"`:    {`"a b"`, `"a b"`, `"a b"`},
		`"\u00e9"`: {`"é"`, `"é"`, `"é"`},
		`1.50`:     {`"1.50"`, `1.50`, `"1.50"`},
		`"1.50"`:   {`"1.50"`, `1.50`, `"1.50"`},
		`-1e3`:     {`"-1e3"`, `-1e3`, `"-1e3"`},
		`true`:     {`"true"`, `"true"`, `true`},
		`"true"`:   {`"true"`, `"true"`, `true`},
		`false`:    {`"false"`, `"false"`, `false`},
		`"NaN"`:    {`"NaN"`, `"NaN"`, `"NaN"`},
		`"0x10"`:   {`"0x10"`, `"0x10"`, `"0x10"`},
	} {
		var v struct {
			Text     veriff.Text
			Number   veriff.Number
			Tristate veriff.Tristate
		}
		require.NoError(t, json.Unmarshal([]byte(`{"Text":`+in+`,"Number":`+in+`,"Tristate":`+in+`}`), &v), in)
		out, err := json.Marshal(v)
		require.NoError(t, err, in)
		assert.Equal(t, `{"Text":`+want.text+`,"Number":`+want.number+`,"Tristate":`+want.tristate+`}`, string(out), in)

		again := v
		require.NoError(t, json.Unmarshal(out, &again), in)
		assert.Equal(t, v, again, in)
	}
	for _, in := range []string{`{}`, `[]`, `{"a":1}`, `["x"]`} {
		var text veriff.Text
		require.NoError(t, json.Unmarshal([]byte(in), &text), in)
		assert.Equal(t, veriff.Text(in), text)
		require.ErrorContains(t, json.Unmarshal([]byte(in), new(veriff.Number)), "veriff.Number", in)
		require.ErrorContains(t, json.Unmarshal([]byte(in), new(veriff.Tristate)), "veriff.Tristate", in)
	}
}

func TestNumberAsFloat(t *testing.T) {
	for number, want := range map[veriff.Number]struct {
		value float64
		ok    bool
	}{"0": {0, true}, "0.25": {0.25, true}, "-1e3": {-1000, true}, "": {}, "high": {}, "1,5": {}, "NaN": {}, "Inf": {}, "0x10": {}, "1e999": {}} {
		value, ok := number.Float64()
		assert.Equal(t, want.ok, ok, number)
		if ok {
			assert.InDelta(t, want.value, value, 1e-12, number)
		}
	}
}
