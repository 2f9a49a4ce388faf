package iamport

import (
	"encoding/json"
	"errors"

	"github.com/kyckit/kyckit-go/internal/transport"
)

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
