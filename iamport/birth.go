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
// complete date that exists, or if the two contradict each other.
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

// birthDate gives the day whose midnight in Seoul t is, "" for none. Seoul has
// been between 8:27:52 and 10 hours ahead of UTC, so that its midnight is
// always in the afternoon or evening, UTC, of the day before: no table of time
// zones is needed, and +9 hours would be wrong for years with summer time.
func (t UnixTime) birthDate() Date {
	const halfDay = 12 * 60 * 60
	earliest, latest := time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	if t == 0 || int64(t) < earliest || int64(t) > latest {
		return ""
	}
	return Date(time.Unix(int64(t)+halfDay, 0).UTC().Format(time.DateOnly))
}
