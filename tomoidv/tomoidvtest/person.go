package tomoidvtest

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"
)

// A Person is who goes through a check. They have a name and a date of birth
// at least. What is empty is null in an answer, or absent.
type Person struct {
	FullName     string // empty for GivenName and FamilyName with a space between them
	GivenName    string
	FamilyName   string
	NameVariants []NameVariant // in other scripts, or as the name was before
	DateOfBirth  string        // YYYY-MM-DD
	Sex          string        // F or M
	Nationality  string        // ISO 3166-1 alpha-2
	GovernmentID string
	Email        string // empty for the one that the check was started with
	Phone        string
	Address      Address
	Document     Document
	// PPID is the person's. Empty, it is derived from FullName and DateOfBirth,
	// for each client another: the same person has the same one every time.
	PPID string
}

// A NameVariant is another form of a name.
type NameVariant struct {
	Kind  string // phonetic, phonetic_half_width, alternate_script or previous
	Value string
}

// An Address is where a person lives.
type Address struct {
	Full       string
	Street     string
	Street2    string
	City       string
	Region     string
	PostalCode string
	Country    string // ISO 3166-1 alpha-2
}

// A Document is what the person showed.
type Document struct {
	Category       string // empty for what the policy asks for
	Number         string
	IssuingCountry string // empty for the country of the check
	IssuingRegion  string
	ExpirationDate string // YYYY-MM-DD
}

const ppidPrefix = "ppid."

// or fills what p leaves empty from q.
func (p Person) or(q Person) Person {
	if p.FullName == "" && p.GivenName == "" && p.FamilyName == "" {
		p.FullName, p.GivenName, p.FamilyName = q.FullName, q.GivenName, q.FamilyName
	}
	if len(p.NameVariants) == 0 {
		p.NameVariants = q.NameVariants
	}
	fill(&p.DateOfBirth, q.DateOfBirth)
	fill(&p.Sex, q.Sex)
	fill(&p.Nationality, q.Nationality)
	fill(&p.GovernmentID, q.GovernmentID)
	fill(&p.Email, q.Email)
	fill(&p.Phone, q.Phone)
	if p.Address == (Address{}) {
		p.Address = q.Address
	}
	if p.Document == (Document{}) {
		p.Document = q.Document
	}
	fill(&p.PPID, q.PPID)
	return p
}

func fill(s *string, from string) {
	if *s == "" {
		*s = from
	}
}

// name is the full name.
func (p Person) name() string {
	if p.FullName != "" {
		return p.FullName
	}
	return strings.TrimSpace(p.GivenName + " " + p.FamilyName)
}

// judge tells what is wrong with a person who is to pass today.
func (p Person) judge(today time.Time) error {
	if problem := p.problem(today); problem != "" {
		return errors.New("tomoidvtest: " + problem)
	}
	return nil
}

// problem tells in words what is wrong with a person, empty for nothing.
func (p Person) problem(today time.Time) string {
	born, err := time.Parse(time.DateOnly, p.DateOfBirth)
	switch {
	case p.name() == "":
		return "a person has a name"
	case err != nil:
		return "a person has a date of birth: year, month and day, as in 1990-01-31"
	case born.After(today):
		return "a date of birth is not in the future"
	case p.PPID != "" && !strings.HasPrefix(p.PPID, ppidPrefix):
		return "a PPID begins with " + ppidPrefix
	}
	return ""
}

// ppid is the person's, or, as long as nobody is known, the user's.
func (s *Server) ppid(x *attempt, p Person) string {
	clientID := x.client.id
	if s.settings.sharedPPIDs {
		clientID = ""
	}
	switch {
	case p.PPID != "":
		return p.PPID
	case p.name() != "" && p.DateOfBirth != "":
		return derivedPPID(clientID, "person", p.name(), p.DateOfBirth)
	case strings.HasPrefix(x.userID, ppidPrefix):
		return x.userID
	}
	return derivedPPID(x.client.id, "user", x.userID)
}

func derivedPPID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return ppidPrefix + base64.RawURLEncoding.EncodeToString(sum[:])
}
