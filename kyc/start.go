package kyc

import (
	"errors"
	"net/mail"
	"strings"
)

// A StartRequest says what to start. Nothing in it limits who is admitted:
// limits belong to the provider's configuration.
type StartRequest struct {
	// CheckID is an id from NewCheckID, made before Start so that the
	// application can store it first. Each serves one check only. Start makes
	// one when it is empty.
	CheckID string

	// Reference is the application's own name for the check or the account,
	// at most 256 bytes. It stays in the Check and is not sent to the vendor.
	Reference string

	// ReturnURL is where the browser goes when the person is done: an https
	// URL without fragment; http is taken for loopback hosts. Providers say
	// whether they need it.
	ReturnURL string

	// Hints help the person along.
	Hints Hints
}

// Hints are what the application believes about the person. A vendor may fill
// in a form with them or compare them with what it finds; a provider leaves
// out what its vendor does not take. All are optional.
type Hints struct {
	FullName   string
	GivenName  string
	FamilyName string
	BirthDate  Date   // a complete date
	Email      string // address only, without a display name
	Phone      string // digits, with + - . ( ) and spaces between them

	// Country issued the document: ISO 3166-1 alpha-2, upper case.
	Country      string
	DocumentType DocumentType
	// Language of the vendor's pages: a BCP 47 tag such as "ko" or "pt-BR".
	Language string
}

// Validate returns an ErrInvalidRequest that names the first field that is
// wrong, and never its value.
func (r *StartRequest) Validate() error {
	const op = "start"
	if r == nil {
		return invalid("", op, "StartRequest is nil")
	}
	for _, field := range []struct {
		name, value string
		check       func(string) error
	}{
		{"CheckID", r.CheckID, checkCheckID},
		{"Reference", r.Reference, checkText},
		{"ReturnURL", r.ReturnURL, checkReturnURL},
		{"Hints.FullName", r.Hints.FullName, checkText},
		{"Hints.GivenName", r.Hints.GivenName, checkText},
		{"Hints.FamilyName", r.Hints.FamilyName, checkText},
		{"Hints.BirthDate", string(r.Hints.BirthDate), checkDate},
		{"Hints.Email", r.Hints.Email, checkEmail},
		{"Hints.Phone", r.Hints.Phone, checkPhone},
		{"Hints.Country", r.Hints.Country, checkCountry},
		{"Hints.DocumentType", string(r.Hints.DocumentType), checkDocumentType},
		{"Hints.Language", r.Hints.Language, checkLanguage},
	} {
		if field.value == "" {
			continue
		}
		if err := field.check(field.value); err != nil {
			return invalid("", op, field.name+" "+err.Error())
		}
	}
	return nil
}

func checkDate(s string) error {
	if _, ok := Date(s).Time(); !ok {
		return errors.New("must be a date that exists, as YYYY-MM-DD")
	}
	return nil
}

func checkEmail(s string) error {
	address, err := mail.ParseAddress(s)
	if err != nil || address.Address != s || checkText(s) != nil {
		return errors.New("must be an e-mail address and nothing else")
	}
	return nil
}

func checkPhone(s string) error {
	if strings.Trim(s, "0123456789+-.() ") != "" || !strings.ContainsAny(s, "0123456789") || len(s) > maxText {
		return errors.New("must be a telephone number")
	}
	return nil
}

func checkCountry(s string) error {
	if len(s) != 2 || !isUpper(s[0]) || !isUpper(s[1]) {
		return errors.New("must be two upper-case letters")
	}
	return nil
}

func isUpper(b byte) bool { return 'A' <= b && b <= 'Z' }

func checkDocumentType(s string) error {
	if !DocumentType(s).Known() {
		return errors.New("must be one of the package's constants")
	}
	return nil
}

func checkLanguage(s string) error {
	for tag := range strings.SplitSeq(s, "-") {
		if len(tag) < 1 || len(tag) > 8 || strings.Trim(strings.ToLower(tag), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return errors.New("must be a BCP 47 tag")
		}
	}
	return nil
}
