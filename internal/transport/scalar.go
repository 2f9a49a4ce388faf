package transport

import (
	"encoding/json"
	"errors"
)

// Scalar gives a JSON scalar as text, for what a vendor writes in more than one
// way: a string's contents, null or the string "null" as "", a number or
// boolean as it is written.
func Scalar(data []byte) (string, error) {
	switch {
	case len(data) == 0 || data[0] == '{' || data[0] == '[':
		return "", errors.New("not a string, number or boolean")
	case data[0] == '"':
		var text string
		if json.Unmarshal(data, &text) != nil {
			return "", errors.New("not a string")
		}
		if text == "null" {
			text = ""
		}
		return text, nil
	case string(data) == "null":
		return "", nil
	}
	return string(data), nil
}
