package tomoidv

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// Text is a value that the contract calls a string and does not explain: a
// string as it is, or anything else as it was written. null is "".
type Text string

// UnmarshalJSON takes any JSON value: a side issue of a shape that nobody
// foresaw must not make a result unreadable.
func (t *Text) UnmarshalJSON(data []byte) error {
	text, err := transport.Scalar(data)
	if err != nil {
		text = string(data)
	}
	*t = Text(text)
	return nil
}

// Number is a number that may be null; it is kept as it was written. The zero
// Number, "", stands for null.
type Number string

// Float64 returns the number, and whether there is one. What is not a JSON
// number, such as NaN, which no comparison would hold against, is none.
func (n Number) Float64() (value float64, ok bool) {
	if !n.isNumber() {
		return 0, false
	}
	value, err := strconv.ParseFloat(string(n), 64)
	return value, err == nil
}

func (n Number) isNumber() bool {
	return n != "" && (n[0] == '-' || n[0] >= '0' && n[0] <= '9') && json.Valid([]byte(n))
}

// UnmarshalJSON takes a number, a string or null.
func (n *Number) UnmarshalJSON(data []byte) error {
	text, err := transport.Scalar(data)
	if err != nil {
		return errors.New("tomoidv.Number: " + err.Error())
	}
	*n = Number(text)
	return nil
}

// MarshalJSON writes a JSON number if there is one, else a string or null.
func (n Number) MarshalJSON() ([]byte, error) {
	switch {
	case n == "":
		return []byte("null"), nil
	case n.isNumber():
		return []byte(n), nil
	}
	return json.Marshal(string(n))
}

// Tristate is a yes or no that TomoIDV may leave open.
type Tristate string

const (
	Unsaid Tristate = ""      // null or absent
	Yes    Tristate = "true"  // true or "true"
	No     Tristate = "false" // false or "false"
)

// UnmarshalJSON takes a boolean, a string or null.
func (t *Tristate) UnmarshalJSON(data []byte) error {
	text, err := transport.Scalar(data)
	if err != nil {
		return errors.New("tomoidv.Tristate: " + err.Error())
	}
	*t = Tristate(text)
	return nil
}

// MarshalJSON writes true, false or null; any other text as a string.
func (t Tristate) MarshalJSON() ([]byte, error) {
	switch t {
	case Unsaid:
		return []byte("null"), nil
	case Yes, No:
		return []byte(t), nil
	}
	return json.Marshal(string(t))
}

// A Timestamp is an instant as TomoIDV sent it. Its format is not documented,
// and so a text that is no instant is not refused.
type Timestamp string

// UnmarshalJSON takes a string, a number or null.
func (t *Timestamp) UnmarshalJSON(data []byte) error {
	text, err := transport.Scalar(data)
	if err != nil {
		return errors.New("tomoidv.Timestamp: " + err.Error())
	}
	*t = Timestamp(text)
	return nil
}

// Time returns the instant in UTC, and whether the text is one of RFC 3339.
func (t Timestamp) Time() (at time.Time, ok bool) {
	at, err := time.Parse(time.RFC3339Nano, string(t))
	return at.UTC(), err == nil
}

// A Date is a calendar date as TomoIDV sent it; YYYY-MM-DD is the only form
// that was seen. It is personal data where it is a person's date of birth.
type Date string

// Time returns midnight UTC of the date, and whether it is one: a partial,
// impossible or missing date is not.
func (d Date) Time() (t time.Time, ok bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}
