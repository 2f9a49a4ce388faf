package tomoidvtest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A record is what a check leaves when it ended.
type record struct {
	client    *client
	userID    string
	authID    string
	ppid      string
	country   string
	policyKey string
	status    string
	result    map[string]any // GetKycRes
	view      map[string]any // StandardKycResultView
	fields    map[string]any // merged into the whole
}

func (s *Server) newRecord(x *attempt, status string, p Person, under passing) *record {
	r := &record{
		client:    x.client,
		userID:    x.userID,
		authID:    x.userID,
		ppid:      s.ppid(x, p),
		country:   under.country,
		policyKey: under.policy.Key(under.country),
		status:    status,
		result:    resultBody(p, under.country),
		view:      s.view(status, p, under),
	}
	if s.settings.opaqueAuthIDs {
		r.authID = strings.TrimPrefix(derivedPPID(x.client.id, "auth", x.userID), ppidPrefix)
	}
	return r
}

// resultBody is GetKycRes: four members always, the others when known.
func resultBody(p Person, country string) map[string]any {
	body := map[string]any{
		"full_name":     p.name(),
		"date_of_birth": p.DateOfBirth,
		"country":       strings.ToUpper(country),
		"full_address":  p.Address.Full,
	}
	for name, value := range map[string]string{
		"given_name":    p.GivenName,
		"family_name":   p.FamilyName,
		"sex":           p.Sex,
		"email_address": p.Email,
		"phone_number":  p.Phone,
		"street":        p.Address.Street,
		"city":          p.Address.City,
		"region":        p.Address.Region,
		"postal_code":   p.Address.PostalCode,
	} {
		if value != "" {
			body[name] = value
		}
	}
	return body
}

// body is the record under a contract.
func (r *record) body(contract14 bool) map[string]any {
	body := map[string]any{
		"auth_id":    r.authID,
		"policy_key": r.policyKey,
		"country":    r.country,
		"result":     maps.Clone(r.result),
		"kyc":        maps.Clone(r.view),
	}
	fake.Merge(body, r.fields)
	if !contract14 {
		delete(body, "kyc")
	}
	return body
}

// find is what a client gets to see of a user or a person, oldest first, under
// the lock. Known tells whether there ever was such a one.
func (s *Server) find(c *client, userID string) (found []*record, known bool) {
	s.endOld()
	byUser := func(r *record) bool { return r.client == c && r.userID == userID }
	isPPID := s.isPPID(c, userID)
	if s.settings.personWideResults && !isPPID {
		for _, r := range slices.Backward(s.records) {
			if byUser(r) {
				userID, isPPID = r.ppid, true
				break
			}
		}
	}
	for _, r := range s.records {
		if isPPID && r.client == c && r.ppid == userID || !isPPID && byUser(r) {
			found = append(found, r)
		}
	}
	known = isPPID || slices.ContainsFunc(s.attempts, func(x *attempt) bool { return x.client == c && x.userID == userID })
	return found, known
}

// isPPID tells whether an id is that of a person whom a client knows, under the
// lock.
func (s *Server) isPPID(c *client, id string) bool {
	return slices.ContainsFunc(s.records, func(r *record) bool { return r.client == c && r.ppid == id })
}

// drop forgets records, under the lock.
func (s *Server) drop(which func(*record) bool) {
	s.records = slices.DeleteFunc(s.records, which)
}

// visible leaves out what a contract does not show.
func (s *Server) visible(records []*record, contract14 bool) []*record {
	if contract14 || s.settings.allStatuses {
		return records
	}
	return slices.DeleteFunc(records, func(r *record) bool { return r.status != statusApproved })
}

// timestamp is RFC 3339.
func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
