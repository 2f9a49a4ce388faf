package iamport_test

import (
	"strconv"
	"testing"
	"time"
	_ "time/tzdata" // Asia/Seoul, to compare with

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

func birthDate(birth iamport.UnixTime, birthday iamport.Date) (iamport.Date, bool) {
	return (&iamport.Certification{Birth: birth, Birthday: birthday}).BirthDate()
}

func seoul(tb testing.TB) *time.Location {
	tb.Helper()
	location, err := time.LoadLocation("Asia/Seoul")
	require.NoError(tb, err)
	return location
}

// Seoul was ahead of UTC by 8:27:52 until 1908, then by 8:30 or 9 hours, and by
// one more in the summers of 1948 to 1960 and 1987 to 1988.
func TestBirthOfEveryDay(t *testing.T) {
	seoul := seoul(t)
	offsets := map[int]int{}
	for day := time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2200; day = day.AddDate(0, 0, 1) {
		midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, seoul)
		_, offset := midnight.Zone()
		offsets[offset]++
		want := iamport.Date(day.Format(time.DateOnly))
		birth := iamport.UnixTime(midnight.Unix())
		date, ok := birthDate(birth, "")
		require.True(t, ok, want)
		require.Equal(t, want, date)
		date, ok = birthDate(birth, want)
		require.True(t, ok && date == want, "both: %s", want)
		for _, wrong := range []int{-1, 1} {
			_, ok = birthDate(birth, iamport.Date(day.AddDate(0, 0, wrong).Format(time.DateOnly)))
			require.False(t, ok, "contradiction: %s", want)
		}
	}
	for _, offset := range []int{8*3600 + 27*60 + 52, 8*3600 + 1800, 9 * 3600, 9*3600 + 1800, 10 * 3600} {
		assert.NotZero(t, offsets[offset], "the years have days with this offset: %d", offset)
	}
}

func TestBirthDate(t *testing.T) {
	for name, test := range map[string]struct {
		birth    iamport.UnixTime
		birthday iamport.Date
		want     iamport.Date // "" for none
	}{
		"both":                        {636217200, "1990-03-01", "1990-03-01"},
		"birthday alone":              {0, "1990-03-01", "1990-03-01"},
		"birth alone":                 {636217200, "", "1990-03-01"},
		"neither":                     {0, "", ""},
		"born on 1970-01-01":          {-32400, "", "1970-01-01"},
		"born on 1970-01-01, both":    {-32400, "1970-01-01", "1970-01-01"},
		"birthday 1970-01-01 alone":   {0, "1970-01-01", "1970-01-01"},
		"before 1970":                 {-1262422800, "1929-12-31", "1929-12-31"},
		"midnight in UTC":             {636249600, "", ""},
		"midnight in UTC, and both":   {636249600, "1990-03-01", ""},
		"a second late":               {636217201, "", ""},
		"a second early":              {636217199, "", ""},
		"before 1970, a second early": {-1262422801, "", ""},
		"YYYYMMDD":                    {20100101, "", ""},
		"YYYYMMDD, an odd midnight":   {20100728, "", ""},
		"YYMMDD":                      {100101, "", ""},
		"year":                        {2010, "", ""},
		"days":                        {14610, "", ""},
		"one":                         {1, "", ""},
		"minus one":                   {-1, "", ""},
		"first year, first day":       {-5364692872, "", "1800-01-01"},
		"day before the first year":   {-5364779272, "", ""},
		"last year, last day":         {7257999600, "", "2199-12-31"},
		"day after the last year":     {7258086000, "", ""},
		"contradiction":               {636217200, "1980-03-01", ""},
		"contradiction by a day":      {636217200, "1990-03-02", ""},
		"partial, and birth":          {636217200, "1990-03", ""},
		"year, and birth":             {636217200, "1990", ""},
		"impossible, and birth":       {636217200, "1990-02-30", ""},
		"another notation, and birth": {636217200, "19900301", ""},
		"slashes":                     {0, "1990/03/01", ""},
		"short":                       {0, "1990-3-1", ""},
		"with a time":                 {0, "1990-03-01T00:00:00", ""},
		"zeros":                       {0, "0000-00-00", ""},
		"blank":                       {0, " ", ""},
		"no leap day":                 {0, "1900-02-29", ""},
		"leap day":                    {951750000, "2000-02-29", "2000-02-29"},
		"milliseconds":                {636217200000, "", ""},
		"milliseconds, and birthday":  {636217200000, "1990-03-01", ""},
		"far past":                    {-1 << 63, "", ""},
		"far future":                  {1<<63 - 1, "", ""},
	} {
		date, ok := birthDate(test.birth, test.birthday)
		assert.Equal(t, test.want, date, name)
		assert.Equal(t, test.want != "", ok, name)
	}
}

// A birth date that is not in Unix seconds would make everybody born about 1970.
func TestBirthInAnotherNotation(t *testing.T) {
	for day := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= 2030; day = day.AddDate(0, 0, 1) {
		for _, notation := range []string{"20060102", "060102", "2006", "200601"} {
			number, err := strconv.ParseInt(day.Format(notation), 10, 64)
			require.NoError(t, err)
			date, ok := birthDate(iamport.UnixTime(number), "")
			require.False(t, ok, "%d is %s", number, date)
		}
		if day.Unix() != 0 {
			_, ok := birthDate(iamport.UnixTime(day.Unix()), "")
			require.False(t, ok, "midnight in UTC: %s", day)
		}
	}
}

func TestAgeInFullYears(t *testing.T) {
	seoul := seoul(t)
	for name, test := range map[string]struct {
		born iamport.Date
		at   time.Time
		want int // -1 for none
	}{
		"vendor's example":                    {"1990-03-01", time.Date(2017, 2, 1, 0, 0, 0, 0, seoul), 26},
		"the day before":                      {"1990-03-01", time.Date(2017, 2, 28, 23, 59, 59, 0, seoul), 26},
		"the birthday":                        {"1990-03-01", time.Date(2017, 3, 1, 0, 0, 0, 0, seoul), 27},
		"the birthday, still the 28th in UTC": {"1990-03-01", time.Date(2017, 2, 28, 15, 0, 0, 0, time.UTC), 27},
		"the day before, the 28th in UTC":     {"1990-03-01", time.Date(2017, 2, 28, 14, 59, 59, 0, time.UTC), 26},
		"the day before, the 1st in Auckland": {"1990-03-01", time.Date(2017, 3, 1, 3, 0, 0, 0, time.FixedZone("NZDT", 13*3600)), 26},
		"leap day, 28 February":               {"2004-02-29", time.Date(2023, 2, 28, 12, 0, 0, 0, seoul), 18},
		"leap day, 1 March":                   {"2004-02-29", time.Date(2023, 3, 1, 0, 0, 0, 0, seoul), 19},
		"leap day, leap year":                 {"2004-02-29", time.Date(2024, 2, 29, 0, 0, 0, 0, seoul), 20},
		"born today":                          {"2026-03-02", time.Date(2026, 3, 2, 0, 0, 0, 0, seoul), 0},
		"born tomorrow":                       {"2026-03-03", time.Date(2026, 3, 2, 23, 0, 0, 0, seoul), -1},
		"born next year":                      {"2027-01-01", time.Date(2026, 3, 2, 0, 0, 0, 0, seoul), -1},
		"very old":                            {"1900-01-01", time.Date(2026, 3, 2, 0, 0, 0, 0, seoul), 126},
		"the oldest":                          {"1876-03-02", time.Date(2026, 3, 2, 0, 0, 0, 0, seoul), 150},
		"too old":                             {"1875-03-02", time.Date(2026, 3, 2, 0, 0, 0, 0, seoul), -1},
		"a placeholder":                       {"0001-01-01", time.Date(2026, 3, 2, 0, 0, 0, 0, seoul), -1},
		"missing":                             {"", time.Date(2026, 3, 2, 0, 0, 0, 0, seoul), -1},
		"partial":                             {"1990-03", time.Date(2026, 3, 2, 0, 0, 0, 0, seoul), -1},
		"impossible":                          {"1990-02-30", time.Date(2026, 3, 2, 0, 0, 0, 0, seoul), -1},
	} {
		age, ok := test.born.AgeAt(test.at)
		assert.Equal(t, test.want >= 0, ok, name)
		assert.Equal(t, max(test.want, 0), age, name)
	}
}

// documentedCheck is what documents 000 and 001 do with birth:
// new Date(birth).getFullYear() <= 1999.
func documentedCheck(birth iamport.UnixTime) bool {
	return time.UnixMilli(int64(birth)).UTC().Year() <= 1999
}

func TestDocumentedAgeCheckLetsMinorsThrough(t *testing.T) {
	now := certifiedAt.Add(time.Minute)
	for _, test := range []struct {
		birth iamport.UnixTime
		date  iamport.Date
		adult bool
	}{
		{1331046000, "2012-03-07", false},
		{946652400, "2000-01-01", false},
		{946566000, "1999-12-31", true},
		{636217200, "1990-03-01", true},
	} {
		require.True(t, documentedCheck(test.birth), "%s: it lets everybody through", test.date)

		cert := certified(t)
		cert.Birth, cert.Birthday = test.birth, ""
		date, ok := cert.BirthDate()
		require.True(t, ok)
		require.Equal(t, test.date, date)
		err := (&iamport.Expectation{MerchantUID: "attempt-1", BornInOrBefore: 1999}).Check(cert, now)
		if test.adult {
			assert.NoError(t, err, test.date)
		} else {
			assertKinds(t, err, iamport.ErrBornLater)
		}
	}
}
