package transport

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// Scalar gives a JSON scalar as text, for what a vendor writes in more than one
// way: a string's contents, null or the string "null" as "", a number or
// boolean as it is written.
func Scalar(data []byte) (string, error) {
	switch {
	case len(data) == 0 || data[0] == '{' || data[0] == '[':
		return "", errors.New("not a string, number or boolean")
	case data[0] == '"':
		text, plain := plainText(data)
		if !plain && json.Unmarshal(data, &text) != nil {
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

// plainText gives what is in a JSON string that is ASCII without escapes. Most
// are, and a decision has some fifty.
func plainText(data []byte) (text string, plain bool) {
	if len(data) < 2 || data[len(data)-1] != '"' {
		return "", false
	}
	content := data[1 : len(data)-1]
	for _, c := range content {
		if c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return "", false
		}
	}
	return string(content), true
}
