package verifftest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// personIP is where every person comes from, an address kept for documentation.
const personIP = "203.0.113.7"

// decision is GET /v1/sessions/{id}/decision.
func (s *Server) decision(c *call) (*fake.Answer, *refusal) {
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		return newAnswer(http.StatusOK, fake.EncodeJSON(s.decisionBody(x))), nil
	})
}

// decisionBody is what the API answers and what the decision webhook brings.
func (s *Server) decisionBody(x *session) map[string]any {
	if x.decided == nil {
		return map[string]any{
			"status":        "success",
			"verification":  nil,
			"technicalData": map[string]any{"ip": nil},
		}
	}
	body := map[string]any{"status": "success", "verification": json.RawMessage(x.decided)}
	if !s.settings.nestedTechnicalData {
		body["technicalData"] = technicalData()
	}
	return body
}

func technicalData() map[string]any { return map[string]any{"ip": personIP} }

// An outcome is what is decided about a session.
type outcome struct {
	status     string
	code       int
	reasonCode int    // 0 for none
	reason     string // empty for what is documented for the code
	person     Person // the zero Person for nobody
	fields     map[string]any
}

// decide puts a session into the state of an outcome and announces it.
func (s *Server) decide(x *session, o outcome) {
	verification := map[string]any{
		"id":                      x.id,
		"attemptId":               x.attempt().id,
		"vendorData":              x.vendorData,
		"endUserId":               x.endUserID,
		"status":                  o.status,
		"code":                    o.code,
		"reason":                  orNull(o.reason),
		"reasonCode":              nil,
		"decisionTime":            s.decisionTime(),
		"acceptanceTime":          s.timestamp(x.created),
		"person":                  nil,
		"document":                nil,
		"additionalVerifiedData":  map[string]any{},
		"riskScore":               nil,
		"riskLabels":              []any{},
		"biometricAuthentication": nil,
		"comments":                []any{},
		"highRisk":                nil,
	}
	if o.reason == "" {
		verification["reason"] = orNull(reasonText(o.reasonCode))
	}
	switch {
	case o.reasonCode == 0:
	case s.settings.stringReasonCodes:
		verification["reasonCode"] = strconv.Itoa(o.reasonCode)
	default:
		verification["reasonCode"] = o.reasonCode
	}
	if o.status != statusExpired && o.status != statusAbandoned {
		verification["person"] = decidedPerson(o.person)
		verification["document"] = decidedDocument(o.person.Document)
		x.makeRecord(o.person)
	}
	if s.settings.nestedTechnicalData {
		verification["technicalData"] = technicalData()
	}
	fake.Merge(verification, o.fields)
	x.setStatus(o.status)
	if forced := text(o.fields["status"]); forced != "" {
		x.setStatus(forced)
	}
	x.decided = fake.EncodeJSON(verification)
	ended := x.status == statusExpired || x.status == statusAbandoned
	if s.settings.fullAuto && !ended {
		s.decideFullAuto(x, x.status, nil)
	}
	kind := DecisionWebhook
	if s.settings.endingsAreEvents && ended {
		kind = EventWebhook
	}
	s.produce(kind, x.id, fake.EncodeJSON(s.decisionBody(x)))
}

func decidedPerson(p Person) map[string]any {
	person := nulls("fullName", "placeOfBirth", "yearOfBirth", "addresses", "occupation", "employer",
		"foreignerStatus", "extraNames", "title", "ifeIdentifier", "ineIdentifier", "electorNumber", "eyeColor",
		"hairColor", "height", "weight", "citizenship", "pepSanctionMatch")
	person["firstName"] = orNull(p.FirstName)
	person["lastName"] = orNull(p.LastName)
	person["dateOfBirth"] = orNull(p.DateOfBirth)
	person["idNumber"] = orNull(p.IDNumber)
	person["gender"] = orNull(p.Gender)
	person["nationality"] = orNull(p.Nationality)
	return person
}

func decidedDocument(d Document) map[string]any {
	document := nulls("state", "remarks", "placeOfIssue", "firstIssue", "issueNumber", "issuedBy", "nfcValidated",
		"residencePermitType", "portraitIsVisible", "signatureIsVisible", "ineIdentifier", "specimen")
	document["number"] = orNull(d.Number)
	document["type"] = orNull(d.Type)
	document["country"] = orNull(d.Country)
	document["validFrom"] = orNull(d.ValidFrom)
	document["validUntil"] = orNull(d.ValidUntil)
	return document
}

func nulls(names ...string) map[string]any {
	object := make(map[string]any, len(names)+6)
	for _, name := range names {
		object[name] = nil
	}
	return object
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// decisionTime is now, and later than every decision before.
func (s *Server) decisionTime() string {
	step := time.Millisecond
	if s.settings.microseconds {
		step = time.Microsecond
	}
	now := s.clock.Now().Truncate(step)
	if !now.After(s.lastChange) {
		now = s.lastChange.Add(step)
	}
	s.lastChange = now
	return s.timestamp(now)
}

func (s *Server) timestamp(t time.Time) string {
	if s.settings.microseconds {
		return t.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
