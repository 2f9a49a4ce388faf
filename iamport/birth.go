package iamport

import "time"

// A Date is a day as Iamport sent it, normally YYYY-MM-DD. It is personal data
// where it is a birth date.
type Date string

// Time returns midnight UTC of the day. It is false for anything but a
// complete date that exists, written YYYY-MM-DD.
func (d Date) Time() (t time.Time, ok bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}

// maxAge keeps out placeholders such as 0001-01-01, which would make everyone
// of age.
const maxAge = 150

// AgeAt returns how many full years (만 나이) a person born on d has lived on
// the day that it is in Seoul at t, wherever the server is. Who was born on 29
// February becomes a year older on 1 March of a common year.
//
// It is false, and no age must be assumed, for a date that is missing,
// partial, impossible, after that day, or over 150 years before it.
func (d Date) AgeAt(t time.Time) (years int, ok bool) {
	birth, ok := d.Time()
	if !ok {
		return 0, false
	}
	year, month, day := t.In(time.FixedZone("KST", 9*60*60)).Date()
	years = year - birth.Year()
	if month < birth.Month() || month == birth.Month() && day < birth.Day() {
		years--
	}
	if years < 0 || years > maxAge {
		return 0, false
	}
	return years, true
}

// BirthDate returns the person's birth date: Birthday, or what Birth says if
// there is no Birthday. It is false if there is neither, if Birthday is not a
// complete date that exists, if Birth is not a midnight in Seoul within the years
// 1800 to 2199, or if the two contradict each other.
//
// Birth is in seconds; the age check in documents 000 and 001 reads it as
// milliseconds, which makes everybody born in 1970. A person who was born on
// 1970-01-01 has a Birth of -32400 and not 0, which means that it is missing.
func (c *Certification) BirthDate() (date Date, ok bool) {
	told := c.Birth.birthDate()
	if c.Birthday == "" {
		return told, told != ""
	}
	if _, ok := c.Birthday.Time(); !ok || c.Birth != 0 && told != c.Birthday {
		return "", false
	}
	return c.Birthday, true
}

// birthDate gives the day whose midnight in Seoul t is, "" for anything else.
// Seoul has been between 8:27:52 and 10 hours ahead of UTC, so that its midnight
// is always in the afternoon, UTC, of the day before: no table of time zones is
// needed, and +9 hours would be wrong for years with summer time. Only the times
// that a midnight there has had are taken, the odd one for its years alone, so
// that a number in another notation, such as 20100728, makes nobody born in 1970.
func (t UnixTime) birthDate() Date {
	const minute, hour, day = 60, 60 * 60, 24 * 60 * 60
	at := int64(t)
	if t == 0 || at < noonBefore(1800) || at >= noonBefore(2200) {
		return ""
	}
	switch (at%day + day) % day {
	case 14 * hour, 14*hour + 30*minute, 15 * hour, 15*hour + 30*minute:
	case 15*hour + 32*minute + 8: // local mean time, until 1908
		if at >= noonBefore(1909) {
			return ""
		}
	default:
		return ""
	}
	return Date(time.Unix(at+12*hour, 0).UTC().Format(time.DateOnly))
}

// noonBefore is at noon, UTC, of the day before a year.
func noonBefore(year int) int64 { return time.Date(year, 1, 0, 12, 0, 0, 0, time.UTC).Unix() }
