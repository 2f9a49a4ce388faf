package verifftest

import "strings"

// A Person is who the document shows. A field that is empty here and in the
// request is null in the decision. For the other properties of a decision see
// ForceDecision.
type Person struct {
	FirstName   string
	LastName    string
	DateOfBirth string // YYYY-MM-DD
	IDNumber    string
	Gender      string // M or F
	Nationality string // ISO 3166-1 alpha-2
	Document    Document
}

// A Document is what the person showed.
type Document struct {
	Number     string
	Type       string // PASSPORT, ID_CARD, DRIVERS_LICENSE, RESIDENCE_PERMIT, VISA or OTHER
	Country    string // ISO 3166-1 alpha-2
	ValidFrom  string // YYYY-MM-DD
	ValidUntil string // YYYY-MM-DD
}

// or fills what p leaves empty from q.
func (p Person) or(q Person) Person {
	fill(&p.FirstName, q.FirstName)
	fill(&p.LastName, q.LastName)
	fill(&p.DateOfBirth, q.DateOfBirth)
	fill(&p.IDNumber, q.IDNumber)
	fill(&p.Gender, q.Gender)
	fill(&p.Nationality, q.Nationality)
	fill(&p.Document.Number, q.Document.Number)
	fill(&p.Document.Type, q.Document.Type)
	fill(&p.Document.Country, q.Document.Country)
	fill(&p.Document.ValidFrom, q.Document.ValidFrom)
	fill(&p.Document.ValidUntil, q.Document.ValidUntil)
	return p
}

func fill(s *string, from string) {
	if *s == "" {
		*s = from
	}
}

// requestedPerson is what the request for a session says about the person.
func requestedPerson(request map[string]any) Person {
	person, _ := request["person"].(map[string]any)
	document, _ := request["document"].(map[string]any)
	gender := text(person["gender"])
	if gender != "" {
		gender = gender[:1] // MALE and FEMALE are M and F in a decision
	}
	return Person{
		FirstName:   text(person["firstName"]),
		LastName:    text(person["lastName"]),
		DateOfBirth: text(person["dateOfBirth"]),
		IDNumber:    text(person["idNumber"]),
		Gender:      strings.ToUpper(gender),
		Document: Document{
			Number:  text(document["number"]),
			Type:    text(document["type"]),
			Country: text(document["country"]),
		},
	}
}
