package kyc_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/kyc"
)

func noon(date string) time.Time {
	t, err := time.Parse(time.DateTime, date+" 12:00:00")
	if err != nil {
		panic(err)
	}
	return t
}

func TestAgeAt(t *testing.T) {
	for name, tc := range map[string]struct {
		born  kyc.Date
		at    string
		years int
	}{
		"day before the birthday":          {"1990-03-01", "2017-02-28", 26},
		"on the birthday":                  {"1990-03-01", "2017-03-01", 27},
		"day after the birthday":           {"1990-03-01", "2017-03-02", 27},
		"month before":                     {"1990-03-15", "2017-02-20", 26},
		"month after":                      {"1990-03-15", "2017-04-01", 27},
		"day of birth":                     {"2017-03-01", "2017-03-01", 0},
		"day before the first birthday":    {"2016-03-02", "2017-03-01", 0},
		"end of the year":                  {"2007-12-31", "2026-12-30", 18},
		"turn of the year":                 {"2007-12-31", "2027-01-01", 19},
		"before the epoch":                 {"1931-07-05", "2026-07-05", 95},
		"born 29 February, 28 February":    {"2004-02-29", "2022-02-28", 17},
		"born 29 February, 1 March":        {"2004-02-29", "2022-03-01", 18},
		"born 29 February, in a leap year": {"2004-02-29", "2024-02-29", 20},
		"born 28 February, in a leap year": {"2004-02-28", "2024-02-28", 20},
		"oldest":                           {"1876-01-01", "2026-12-31", 150},
	} {
		t.Run(name, func(t *testing.T) {
			years, ok := tc.born.AgeAt(noon(tc.at))
			require.True(t, ok)
			assert.Equal(t, tc.years, years)
		})
	}
}

func TestAgeAtTakesTheDayInTheCallersZone(t *testing.T) {
	seoul := time.FixedZone("Asia/Seoul", 9*60*60)
	instant := time.Date(2026, 5, 4, 15, 30, 0, 0, time.UTC) // 5 May in Seoul
	inUTC, ok := kyc.Date("2007-05-05").AgeAt(instant)
	require.True(t, ok)
	assert.Equal(t, 18, inUTC)
	inSeoul, ok := kyc.Date("2007-05-05").AgeAt(instant.In(seoul))
	require.True(t, ok)
	assert.Equal(t, 19, inSeoul)

	_, ok = kyc.Date("2026-05-05").AgeAt(instant)
	assert.False(t, ok, "not born yet in UTC")
	_, ok = kyc.Date("2026-05-05").AgeAt(instant.In(seoul))
	assert.True(t, ok, "born today in Seoul")
}

func TestDatesThatTellNoAge(t *testing.T) {
	for name, date := range map[string]kyc.Date{
		"missing": "", "year": "1990", "year and month": "1990-03", "year and dash": "1990-",
		"zero month": "1990-00-01", "zero day": "1990-03-00", "zeros": "0000-00-00",
		"13th month": "1990-13-01", "32nd day": "1990-01-32", "31 April": "1990-04-31",
		"29 February of a common year": "1990-02-29", "29 February 1900": "1900-02-29",
		"future": "2027-01-01", "tomorrow": "2026-06-16", "placeholder": "0001-01-01",
		"too old": "1875-06-15", "no dashes": "19900301", "slashes": "1990/03/01",
		"day first": "01-03-1990", "short": "1990-3-1", "instant": "1990-03-01T00:00:00Z",
		"space before": " 1990-03-01", "space after": "1990-03-01 ", "newline": "1990-03-01\n",
		"sign": "+1990-03-01", "five digits": "11990-03-01", "letters": "199O-03-01",
		"other digits": "１９９０-03-01", "null": "null", "not UTF-8": "1990-03-\xff1",
	} {
		t.Run(name, func(t *testing.T) {
			years, ok := date.AgeAt(noon("2026-06-15"))
			assert.False(t, ok)
			assert.Zero(t, years)
		})
	}
}

func TestDateTime(t *testing.T) {
	day, ok := kyc.Date("1988-06-01").Time()
	require.True(t, ok)
	assert.Equal(t, time.Date(1988, 6, 1, 0, 0, 0, 0, time.UTC), day)

	day, ok = kyc.Date("1988-06").Time()
	assert.False(t, ok)
	assert.True(t, day.IsZero())
}

func TestDateIsKeptAsSent(t *testing.T) {
	for _, sent := range []kyc.Date{"", "1990", "1990-03", "1990-02-31", "1990/03/01", "２０"} {
		out, err := json.Marshal(kyc.Person{BirthDate: sent})
		require.NoError(t, err)
		var back kyc.Person
		require.NoError(t, json.Unmarshal(out, &back))
		assert.Equal(t, sent, back.BirthDate)
	}
}

// A day is one that the calendar has, and reads back as it was written; the age
// on it is that of plain arithmetic on the digits, in the zone of the day asked
// about, and never falls as time goes on.
func FuzzDate(f *testing.F) {
	for _, seed := range []string{"1990-03-01", "2004-02-29", "1900-02-29", "2000-02-29", "1990-03", "", "0001-01-01", "9999-12-31", "-001-01-01", "2026-06-15", "1876-06-15", "1850-01-01"} {
		f.Add(seed, uint32(1990_03_01), int64(1_781_000_000), int64(540), uint32(86_400))
		f.Add(seed, uint32(2004_02_29), int64(1_709_164_799), int64(-300), uint32(1)) // before 29 February 2024,
		f.Add(seed, uint32(2004_02_29), int64(1_709_164_799), int64(540), uint32(1))  // and on it in Seoul
	}
	f.Fuzz(func(t *testing.T, text string, digits uint32, seconds, minutes int64, later uint32) {
		const years10000 = 315_569_520_000 // in seconds
		seconds, minutes = seconds%years10000, minutes%(14*60)
		if text == "" { // most texts are no date
			text = fmt.Sprintf("%04d-%02d-%02d", digits/10000%10000, digits/100%100, digits%100)
		}
		date, at := kyc.Date(text), time.Unix(seconds, 0).In(time.FixedZone("", int(minutes)*60))

		born, exists := fuzztest.ParseDay(text)
		day, complete := date.Time()
		require.Equal(t, exists, complete, text)
		if complete {
			require.Equal(t, text, day.Format(time.DateOnly))
			require.Equal(t, time.UTC, day.Location())
			require.Equal(t, born, fuzztest.DayAt(day.Unix()))
			require.Zero(t, day.Unix()%86400)
		}

		want := -1
		if exists {
			want = born.Age(fuzztest.DayAt(seconds + minutes*60))
		}
		years, ok := date.AgeAt(at)
		require.Equal(t, 0 <= want && want <= 150, ok, "%s at %s", text, at)
		if !ok {
			require.Zero(t, years)
			return
		}
		require.Equal(t, want, years, "%s at %s", text, at)
		if older, ok := date.AgeAt(at.Add(time.Duration(later) * time.Second)); ok {
			require.GreaterOrEqual(t, older, years)
		}
	})
}
