package kyc

import "time"

// A Date is a day as a vendor sent it, without a time of day or a zone:
// "1990-03-01" when it is complete. A vendor may know less, "1990-03", "1990"
// or nothing, or send a date that does not exist: it is kept as it is, and
// Time and AgeAt do not take it.
type Date string

// Time returns midnight UTC of the day. It is false for anything but a
// complete date that exists, written YYYY-MM-DD: another notation could be
// misread.
func (d Date) Time() (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}, false
	}
	return t, true
}

// maxAge keeps out placeholders such as 0001-01-01, which would make everyone
// of age.
const maxAge = 150

// AgeAt returns how many full years a person born on d has lived on the
// calendar day of t in t's own location. The caller chooses the zone, by
// t.In: at one instant, a person can have had the birthday in Seoul and not
// yet in London. Who was born on 29 February becomes a year older on 1 March
// of a common year.
//
// It is false, and no age must be assumed, for a date that is missing,
// partial, impossible, after that day, or over 150 years before it.
func (d Date) AgeAt(t time.Time) (years int, ok bool) {
	birth, ok := d.Time()
	if !ok {
		return 0, false
	}
	year, month, day := t.Date()
	years = year - birth.Year()
	if month < birth.Month() || month == birth.Month() && day < birth.Day() {
		years--
	}
	if years < 0 || years > maxAge {
		return 0, false
	}
	return years, true
}
