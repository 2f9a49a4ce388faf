package iamport

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// UnixTime is a point in time as Iamport writes it, in Unix seconds; negative
// before 1970. 0 stands for none, which is how it writes null too.
type UnixTime int64

// Time returns the time in UTC, the zero Time for 0.
func (t UnixTime) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.Unix(int64(t), 0).UTC()
}

// UnmarshalJSON takes a whole number, a string that holds one, "" or null.
func (t *UnixTime) UnmarshalJSON(data []byte) error {
	n, err := wholeNumber(data)
	if err != nil {
		return errors.New("iamport.UnixTime: " + err.Error())
	}
	*t = UnixTime(n)
	return nil
}

// Tristate is a yes or no that Iamport may leave open.
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
		return errors.New("iamport.Tristate: " + err.Error())
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

// codeNumber is the envelope's code.
type codeNumber int

func (c *codeNumber) UnmarshalJSON(data []byte) error {
	text, err := transport.Scalar(data)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return errors.New("not a code")
	}
	*c = codeNumber(n)
	return nil
}

// wholeNumber reads a number that some replies write as a string; null and ""
// are 0.
func wholeNumber(data []byte) (int64, error) {
	text, err := transport.Scalar(data)
	if err != nil || text == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text {
		return 0, errors.New("neither a whole number nor a string that holds one")
	}
	return n, nil
}
