package veriff

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// Text is a value whose JSON type Veriff does not state, or varies: a string
// as it is, or anything else as it was written. null is "".
type Text string

// UnmarshalJSON takes any JSON value: a side issue of a shape that nobody
// foresaw must not make a decision unreadable.
func (t *Text) UnmarshalJSON(data []byte) error {
	text, err := transport.Scalar(data)
	if err != nil {
		text = string(data)
	}
	*t = Text(text)
	return nil
}

// Number is a number that may be missing, and that some replies write as a
// string; it is kept as it was written. The zero Number, "", stands for null.
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
		return errors.New("veriff.Number: " + err.Error())
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

// Tristate is a yes or no that Veriff may leave open, or write as a string.
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
		return errors.New("veriff.Tristate: " + err.Error())
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
