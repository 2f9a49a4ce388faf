package tomoidv_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/tomoidv"
)

func TestLooseTypes(t *testing.T) {
	type loose struct {
		Text      tomoidv.Text
		Number    tomoidv.Number
		Tristate  tomoidv.Tristate
		Timestamp tomoidv.Timestamp
	}
	for text, test := range map[string]struct {
		want   loose
		stored string
	}{
		`{"Text":"a","Number":1.50,"Tristate":true,"Timestamp":"2026-03-02"}`:  {loose{"a", "1.50", tomoidv.Yes, "2026-03-02"}, `{"Text":"a","Number":1.50,"Tristate":true,"Timestamp":"2026-03-02"}`},
		`{"Text":true,"Number":"7","Tristate":"false","Timestamp":1772445900}`: {loose{"true", "7", tomoidv.No, "1772445900"}, `{"Text":"true","Number":7,"Tristate":false,"Timestamp":"1772445900"}`},
		`{"Text":"","Number":"0","Tristate":null,"Timestamp":""}`:              {loose{Number: "0"}, `{"Text":"","Number":0,"Tristate":null,"Timestamp":""}`},
		`{"Text":"","Number":"9","Tristate":null,"Timestamp":""}`:              {loose{Number: "9"}, `{"Text":"","Number":9,"Tristate":null,"Timestamp":""}`},
		`{"Text":"","Number":"true","Tristate":null,"Timestamp":""}`:           {loose{Number: "true"}, `{"Text":"","Number":"true","Tristate":null,"Timestamp":""}`},
		`{"Text":"","Number":"1x","Tristate":null,"Timestamp":""}`:             {loose{Number: "1x"}, `{"Text":"","Number":"1x","Tristate":null,"Timestamp":""}`},
		`{"Text":null,"Number":null,"Tristate":null,"Timestamp":null}`:         {loose{}, `{"Text":"","Number":null,"Tristate":null,"Timestamp":""}`},
		`{"Text":4,"Number":"high","Tristate":"maybe","Timestamp":""}`:         {loose{"4", "high", "maybe", ""}, `{"Text":"4","Number":"high","Tristate":"maybe","Timestamp":""}`},
	} {
		got := loose{"stale", "9", tomoidv.Yes, "stale"}
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		assert.Equal(t, test.want, got)
		stored, err := json.Marshal(got)
		require.NoError(t, err)
		assert.Equal(t, test.stored, string(stored))
		var again loose
		require.NoError(t, json.Unmarshal(stored, &again))
		assert.Equal(t, got, again)
	}
	for _, value := range []string{`{}`, `[1]`, `{"a":[null]}`} {
		var got loose
		require.NoError(t, json.Unmarshal([]byte(`{"Text":`+value+`}`), &got))
		assert.Equal(t, tomoidv.Text(value), got.Text)
		fuzztest.Stable(t, got, new(loose))
	}
	for _, field := range []string{"Number", "Tristate", "Timestamp"} {
		for _, value := range []string{`{}`, `[1]`} {
			var got loose
			err := json.Unmarshal([]byte(`{"`+field+`":`+value+`}`), &got)
			assert.ErrorContains(t, err, "tomoidv."+field, value)
		}
	}
}

func TestNumbers(t *testing.T) {
	for number, want := range map[tomoidv.Number]float64{"1": 1, "-0.5": -0.5, "1e2": 100} {
		got, ok := number.Float64()
		assert.True(t, ok, number)
		assert.InDelta(t, want, got, 0, number)
	}
	for _, number := range []tomoidv.Number{"", "NaN", "Inf", "0x10", "high", "1 ", "+1", "1e999"} {
		_, ok := number.Float64()
		assert.False(t, ok, number)
	}
}

func TestTimes(t *testing.T) {
	at, ok := tomoidv.Timestamp("2026-03-02T19:05:00+09:00").Time()
	assert.True(t, ok)
	assert.Equal(t, time.Date(2026, 3, 2, 10, 5, 0, 0, time.UTC), at)
	for _, text := range []tomoidv.Timestamp{"", "2026-03-02", "1772445900", "soon"} {
		_, ok := text.Time()
		assert.False(t, ok, text)
	}
	for _, text := range []tomoidv.Date{"", "1990", "1990-02", "1990-02-30", "28.02.1990", "1990-02-28T00:00:00Z", "0000-00-00"} {
		_, ok := text.Time()
		assert.False(t, ok, text)
	}
}
