package verifftest

import (
	"fmt"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// personRecord is GET /v1/sessions/{id}/person.
func (s *Server) personRecord(c *call) (*fake.Answer, *refusal) {
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		var person any // null while nobody is known
		if x.record != nil {
			person = x.record
		}
		return success(http.StatusOK, map[string]any{"person": person}), nil
	})
}

// ForcePerson makes the record of a session's person, which GET
// /v1/sessions/{id}/person answers with, from the request for the session, with
// fields merged into it: citizenships, pepSanctionMatches and whatever a test
// needs. Without it the record is made by the decision, for its person, with
// these two empty.
//
// The fields must have a JSON form.
func (s *Server) ForcePerson(id string, fields map[string]any) error {
	plain, err := fake.PlainFields(fields)
	if err != nil {
		return s.fail(fmt.Errorf("verifftest: %w", err))
	}
	return s.fail(s.change(id, func(x *session) error {
		x.forced = plain
		x.makeRecord(x.person)
		return nil
	}))
}

func (x *session) makeRecord(p Person) {
	x.record = map[string]any{
		"id":                 x.personID,
		"firstName":          orNull(p.FirstName),
		"lastName":           orNull(p.LastName),
		"idCode":             orNull(p.IDNumber),
		"dateOfBirth":        orNull(p.DateOfBirth),
		"gender":             orNull(p.Gender),
		"nationality":        orNull(p.Nationality),
		"placeOfBirth":       nil,
		"citizenships":       []any{},
		"pepSanctionMatches": []any{},
	}
	fake.Merge(x.record, x.forced)
}
