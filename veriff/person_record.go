package veriff

import (
	"context"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A PersonRecord is what Veriff holds of a session's person, with what a search
// for politically exposed and sanctioned people found. It says who the person
// claims or seems to be, never whether that was verified: only a [Decision]
// does.
//
// Source: GET /v1/sessions/{id}/person, document 003. The types within
// Citizenships and PEPSanctionMatches are not established beyond its one sample;
// they are read from whatever Veriff sends, and Meta().Raw() has the rest.
type PersonRecord struct {
	// ID is the person's own, a UUID, not the session's.
	ID        string `json:"id,omitzero"`
	FirstName string `json:"firstName,omitzero"`
	LastName  string `json:"lastName,omitzero"`
	// IDCode is the national identification number.
	IDCode Text `json:"idCode,omitzero"`
	// DateOfBirth is YYYY-MM-DD.
	DateOfBirth Date `json:"dateOfBirth,omitzero"`
	// Gender is M, F or "" for null.
	Gender Gender `json:"gender,omitzero"`
	// Nationality and PlaceOfBirth are ISO 3166-1 alpha-2.
	Nationality  string        `json:"nationality,omitzero"`
	PlaceOfBirth string        `json:"placeOfBirth,omitzero"`
	Citizenships []Citizenship `json:"citizenships,omitzero"`
	// PEPSanctionMatches has one element for each search.
	PEPSanctionMatches []PEPSanctionMatch `json:"pepSanctionMatches,omitzero"`

	meta Meta
}

// A Citizenship is one that the person holds.
type Citizenship struct {
	Kind CitizenshipKind `json:"kind,omitzero"`
	// Citizenship is a country's name.
	Citizenship Text `json:"citizenship,omitzero"`
}

// UnmarshalJSON takes document 003's object, or a country alone.
func (c *Citizenship) UnmarshalJSON(data []byte) error {
	if country, err := transport.Scalar(data); err == nil {
		*c = Citizenship{Citizenship: Text(country)}
		return nil
	}
	type object Citizenship
	return transport.Decode(data, (*object)(c))
}

// A PEPSanctionMatch is what one search found.
type PEPSanctionMatch struct {
	NumberOfMatches Number `json:"numberOfMatches,omitzero"`
	// Date is when the search was made.
	Date    Time       `json:"date,omitzero"`
	Matches []PEPMatch `json:"matches,omitzero"`
}

// A PEPMatch is a person of a list who may be the session's.
type PEPMatch struct {
	Name        Text        `json:"name,omitzero"`
	Nationality Text        `json:"nationality,omitzero"`
	Category    PEPCategory `json:"category,omitzero"`
}

// UnmarshalJSON takes document 003's object, or a name alone.
func (m *PEPMatch) UnmarshalJSON(data []byte) error {
	if name, err := transport.Scalar(data); err == nil {
		*m = PEPMatch{Name: Text(name)}
		return nil
	}
	type object PEPMatch
	return transport.Decode(data, (*object)(m))
}

// Meta tells how the record reached this program.
func (p *PersonRecord) Meta() Meta { return p.meta }

// Person asks what Veriff holds of a session's person. Where Veriff answers
// null, the error is [ErrNotFound]: an empty record would read as one without
// PEP matches. The answer does not name the session: not even its signature ties
// it to the one asked about.
//
// Source: GET /v1/sessions/{id}/person.
func (c *Client) Person(ctx context.Context, sessionID string) (*PersonRecord, error) {
	call := &transport.Call{
		Op: "Person", Method: http.MethodGet, Route: "/v1/sessions/{id}/person", Args: []string{sessionID},
	}
	var got struct {
		status
		Person part[PersonRecord] `json:"person"`
	}
	meta, err := c.ask(ctx, call, "session id", &got, func() error {
		if err := got.status.check(); err != nil {
			return err
		}
		return got.Person.check("person")
	})
	if err != nil {
		return nil, err
	}
	record := got.Person.value
	record.meta = meta
	return record, nil
}
