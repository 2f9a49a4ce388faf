package iamporttest

import (
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"regexp"
	"slices"
	"time"
)

// A Person is who certifies. They have a name and a birthday at least.
type Person struct {
	Name      string
	Birthday  string // YYYY-MM-DD
	Gender    string // male, female, or empty for null
	Foreigner bool   // told under WithForeigner only
	Phone     string // digits; told under WithPhone only
	Carrier   string // SKT, KT, LGT, SKT_MVNO, KT_MVNO or LGT_MVNO; told under WithPhone only
	// CI is the person's unique_key. Empty, it is derived from Name and
	// Birthday: the same person has the same one everywhere.
	CI string
}

// judge tells what is wrong with a person on some day in Seoul.
func (p Person) judge(today time.Time) error {
	if problem := p.problem(today); problem != "" {
		return errors.New("iamporttest: " + problem)
	}
	return nil
}

// problem tells in words what is wrong with a person, empty for nothing.
func (p Person) problem(today time.Time) string {
	born, err := time.Parse(time.DateOnly, p.Birthday)
	phone, _ := regexp.MatchString(`^[0-9]*$`, p.Phone)
	switch {
	case p.Name == "":
		return "the name is missing"
	case err != nil:
		return "the birthday must be a date: year, month and day, as in 1990-01-31"
	case born.Year() < 1900 || born.Format(time.DateOnly) > today.Format(time.DateOnly):
		return "the birthday must not be before 1900, and not in the future"
	case !slices.Contains([]string{"", "male", "female"}, p.Gender):
		return "the gender must be male, female or empty"
	case !phone:
		return "the phone number must have digits only"
	case p.Carrier != "" && !slices.Contains(carriers(), p.Carrier):
		return "the carrier must be SKT, KT, LGT, SKT_MVNO, KT_MVNO, LGT_MVNO or empty"
	}
	return ""
}

func carriers() []string {
	return []string{"SKT", "KT", "LGT", "SKT_MVNO", "KT_MVNO", "LGT_MVNO"}
}

// born is the birthday of a person who was judged.
func (p Person) born() time.Time {
	born, err := time.Parse(time.DateOnly, p.Birthday)
	if err != nil {
		panic(err)
	}
	return born
}

// ci is 88 characters of base64, as a real one.
func (p Person) ci() string {
	if p.CI != "" {
		return p.CI
	}
	sum := sha512.Sum512([]byte("CI\n" + p.Name + "\n" + p.Birthday))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// di is 64 characters of base64, another for every mid.
func (p Person) di(mid string) string {
	sum := sha512.Sum384([]byte("DI\n" + mid + "\n" + p.ci()))
	return base64.StdEncoding.EncodeToString(sum[:])
}
