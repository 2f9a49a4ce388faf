package tomoidv

import (
	"errors"
	"strings"
)

// A Country is a country's ISO 3166-1 alpha-2 code in lower case, the country
// that issued the identity. TomoIDV lists over 200, among them xk, uk beside gb,
// and unknown; the type is open, and a code that is not listed is TomoIDV's to
// refuse.
type Country string

func (c Country) check(name string) error {
	switch {
	case c == "":
		return errors.New(name + " is empty")
	case strings.ToLower(string(c)) != string(c):
		return errors.New(name + " is not in lower case")
	case strings.Trim(string(c), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "":
		return errors.New(name + " is not a code of letters")
	}
	return nil
}
