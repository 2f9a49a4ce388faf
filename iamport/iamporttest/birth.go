package iamporttest

import "time"

// seoulMidnight is when a day begins in Seoul, in Unix seconds. Where the clocks
// skip midnight, the day begins right after the gap.
func seoulMidnight(day time.Time) int64 {
	utc := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC).Unix()
	return utc - seoulOffset(day.Format(time.DateOnly))
}

// seoulOffset is how many seconds Seoul was ahead of UTC when day began.
func seoulOffset(day string) int64 {
	const (
		localMeanTime = 8*3600 + 27*60 + 52
		half          = 8*3600 + 1800
		nine          = 9 * 3600
		halfSummer    = half + 3600
		nineSummer    = nine + 3600
	)
	offset := int64(localMeanTime)
	// From the IANA time zone database. Clocks that go forward at midnight do so
	// when the day begins, so that the day after is the first with the new offset.
	for _, since := range []struct {
		day    string
		offset int64
	}{
		{"1908-04-02", half}, {"1912-01-02", nine},
		{"1948-06-02", nineSummer}, {"1948-09-13", nine},
		{"1949-04-04", nineSummer}, {"1949-09-11", nine},
		{"1950-04-02", nineSummer}, {"1950-09-10", nine},
		{"1951-05-07", nineSummer}, {"1951-09-09", nine},
		{"1954-03-21", half},
		{"1955-05-06", halfSummer}, {"1955-09-09", half},
		{"1956-05-21", halfSummer}, {"1956-09-30", half},
		{"1957-05-06", halfSummer}, {"1957-09-22", half},
		{"1958-05-05", halfSummer}, {"1958-09-21", half},
		{"1959-05-04", halfSummer}, {"1959-09-20", half},
		{"1960-05-02", halfSummer}, {"1960-09-18", half},
		{"1961-08-11", nine},
		{"1987-05-11", nineSummer}, {"1987-10-12", nine},
		{"1988-05-09", nineSummer}, {"1988-10-10", nine},
	} {
		if day < since.day {
			break
		}
		offset = since.offset
	}
	return offset
}

// today is the date in Seoul.
func (s *Server) today() time.Time {
	return s.clock.Now().UTC().Add(9 * time.Hour)
}

// fullYears is the age on a day, as Korea counts for min_age.
func fullYears(born, day time.Time) int {
	years := day.Year() - born.Year()
	if day.Month() < born.Month() || day.Month() == born.Month() && day.Day() < born.Day() {
		years--
	}
	return years
}
