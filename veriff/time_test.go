package veriff_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func TestTimeSpellings(t *testing.T) {
	for in, want := range map[string]time.Time{
		`"2019-10-30T07:32:44.540Z"`:      time.Date(2019, 10, 30, 7, 32, 44, 540e6, time.UTC),
		`"2024-09-06T21:11:48.476108Z"`:   time.Date(2024, 9, 6, 21, 11, 48, 476108e3, time.UTC),
		`"2018-04-18T11:02:05Z"`:          time.Date(2018, 4, 18, 11, 2, 5, 0, time.UTC),
		`"2018-04-18T11:02:05+03:00"`:     time.Date(2018, 4, 18, 8, 2, 5, 0, time.UTC),
		`"2018-04-18T11:02:05.261+0300"`:  time.Date(2018, 4, 18, 8, 2, 5, 261e6, time.UTC),
		`"2018-04-18T11:02:05.261-03:30"`: time.Date(2018, 4, 18, 14, 32, 5, 261e6, time.UTC),
		`"0000-01-01T00:00:00Z"`:          time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
		`"9999-12-31T23:59:59Z"`:          time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		`null`:                            {}, `""`: {}, `"null"`: {},
	} {
		var got veriff.Time
		require.NoError(t, json.Unmarshal([]byte(in), &got), in)
		assert.Equal(t, want, got.Time, in)
		out, err := json.Marshal(got)
		require.NoError(t, err, in)
		var again veriff.Time
		require.NoError(t, json.Unmarshal(out, &again), in)
		assert.Equal(t, got, again, in)
	}
	for _, in := range []string{`"2019-10-30"`, `"yesterday"`, `1572420764`, `{}`, `[]`, `true`, `"2019-13-30T07:32:44Z"`, `"2019-10-30T07:32:44"`, `" 2019-10-30T07:32:44Z"`,
		`"9999-12-31T23:59:59-23:59"`, `"0000-01-01T00:00:00+23:59"`} {
		got := veriff.Time{Time: time.Unix(0, 0)}
		require.ErrorContains(t, json.Unmarshal([]byte(in), &got), "veriff.Time", in)
		assert.Equal(t, time.Unix(0, 0), got.Time, in)
	}
}

func TestDates(t *testing.T) {
	for date, ok := range map[veriff.Date]bool{
		"1990-02-28": true, "2000-02-29": true, "1900-02-29": false, "1990-02-30": false, "1990": false, "1990-02": false,
		"": false, "null": false, "28.02.1990": false, "1990-2-28": false, "1990-02-28T00:00:00Z": false,
	} {
		got, valid := date.Time()
		assert.Equal(t, ok, valid, date)
		if ok {
			assert.Equal(t, string(date), got.Format(time.DateOnly))
		}
	}
}
