package fuzztest

import (
	"regexp"
	"strconv"
)

// A Day is the number YYYYMMDD.
type Day int

var date = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

// ParseDay reads YYYY-MM-DD, if there is such a day.
func ParseDay(text string) (day Day, exists bool) {
	if !date.MatchString(text) {
		return 0, false
	}
	year, _ := strconv.Atoi(text[:4])
	month, _ := strconv.Atoi(text[5:7])
	of, _ := strconv.Atoi(text[8:])
	return Day(year*10000 + month*100 + of), 1 <= month && month <= 12 && 1 <= of && of <= monthLength(year, month)
}

// DayAt is the day of a Unix time, UTC, counted in years and months since
// 1 January -10000, before which it must not be.
func DayAt(seconds int64) Day {
	const days400 = 146_097
	days := seconds/86400 + 719_528 + 25*days400 // 719,528 days are from the year 0 to 1970
	if seconds%86400 < 0 {
		days--
	}
	year, left := int(days/days400)*400-10000, int(days%days400)
	for ; left >= yearLength(year); year++ {
		left -= yearLength(year)
	}
	month := 1
	for ; left >= monthLength(year, month); month++ {
		left -= monthLength(year, month)
	}
	return Day(year*10000 + month*100 + left + 1)
}

// Age is how many years are over on today for who was born on d, -1 before that.
func (d Day) Age(today Day) int {
	if today < d {
		return -1
	}
	return int(today-d) / 10000
}

func yearLength(year int) int { return 337 + monthLength(year, 2) }

func monthLength(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
