package iamport

import (
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
