package veriff

import (
	"encoding/json"
	"errors"
	"time"
)

// A Time is an instant as Veriff writes it, in UTC: RFC 3339 with milli- or
// microseconds. The zero Time stands for null, "" and absent, and marshals as
// null.
type Time struct{ time.Time }

// Layouts beyond RFC 3339: document 003 writes "YYYY-MM-DDTHH:MM:S+Timezone
// Offset|Z", which lets an offset go without its colon.
var timeLayouts = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"}

// UnmarshalJSON reads what Veriff sends; a text that is no instant is an error.
func (t *Time) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New("veriff.Time: not a string")
	}
	if text == nil || *text == "" || *text == "null" {
		*t = Time{}
		return nil
	}
	for _, layout := range timeLayouts {
		parsed, err := time.Parse(layout, *text)
		if parsed = parsed.UTC(); err == nil && parsed.Year() >= 0 && parsed.Year() <= 9999 {
			*t = Time{parsed}
			return nil
		}
	}
	return errors.New("veriff.Time: not a date and time")
}

// MarshalJSON writes RFC 3339 in UTC, or null.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(t.UTC().Format(time.RFC3339Nano))
}

// legacyTimestamp is now, as document 003 writes it.
func legacyTimestamp() Time { return Time{time.Now().UTC().Truncate(time.Millisecond)} }

// A Date is a calendar date as Veriff sent it, normally YYYY-MM-DD. It is
// personal data where it is a person's date of birth.
type Date string

// Time returns midnight UTC of the date, and whether it is one: a partial,
// impossible or missing date is not.
func (d Date) Time() (t time.Time, ok bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}
