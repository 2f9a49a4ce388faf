package tomoidvtest

import (
	"regexp"
	"slices"
	"strings"
)

// A Policy is a kyc_policy. The zero Policy is a country's default.
type Policy struct {
	Preset      string
	SubjectKind string // subject.kind
	IDType      string // subject.id_type
	Method      string
	OwnerKind   string // owner_assurance.kind
	OwnerType   string // owner_assurance.type
}

// Key is the policy_key of the policy in a country, such as
// "jp:document:passport:document_ocr_check:no_owner_assurance": its parts
// without those that are empty.
func (p Policy) Key(country string) string {
	if p == (Policy{}) {
		return country + ":default"
	}
	parts := []string{country, p.Preset, p.SubjectKind, p.IDType, p.Method, p.OwnerKind, p.OwnerType}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ":")
}

type countryPolicy struct {
	country string
	policy  Policy
}

// DocumentedPolicies are the policies that TomoIDV is known to support in a
// country, besides the default one. Its whole list is not established.
func DocumentedPolicies(country string) []Policy {
	var policies []Policy
	for _, p := range documentedPolicies() {
		if p.country == country {
			policies = append(policies, p.policy)
		}
	}
	return policies
}

func documentedPolicies() []countryPolicy {
	const none = "no_owner_assurance"
	policies := []countryPolicy{
		{"us", Policy{SubjectKind: "personal_info", IDType: "null", Method: "personal_info_verf", OwnerKind: "owner_verf", OwnerType: "sms_otp"}},
		{"us", Policy{SubjectKind: "document", IDType: "residential_card", Method: "document_ocr_check", OwnerKind: none}},
		{"jp", Policy{SubjectKind: "document", IDType: "id_card", Method: "government_id_verf", OwnerKind: "owner_verf", OwnerType: "document_secret"}},
		{"jp", Policy{SubjectKind: "document", IDType: "passport", Method: "document_ocr_check", OwnerKind: none}},
		{"cn", Policy{SubjectKind: "document", IDType: "id_card", Method: "government_id_verf", OwnerKind: none}},
	}
	for _, method := range []string{"document_authenticity_check", "document_ocr_check"} {
		policies = append(policies, countryPolicy{"cn", Policy{
			SubjectKind: "document", IDType: "id_card", Method: method, OwnerKind: "owner_check", OwnerType: "submitted_doc_selfie_match",
		}})
	}
	for _, certificate := range []string{"", "toss", "kakao", "naver", "pass"} { // none: the person chooses
		policies = append(policies, countryPolicy{"kr", Policy{
			SubjectKind: "eid", IDType: "certificate", Method: "government_ci_verf", OwnerKind: "owner_verf", OwnerType: certificate,
		}})
	}
	return policies
}

// judgePolicy reads a kyc_policy that must be supported in a country.
func (s *Server) judgePolicy(name, country string, v any) (Policy, *refusal) {
	object, ok := v.(map[string]any)
	if !ok {
		return Policy{}, wrong(name)
	}
	var p Policy
	no := s.judgeObject(name, object, map[string]judge{
		"preset": textInto(&p.Preset),
		"subject": s.objectOf(map[string]judge{
			"kind":    textInto(&p.SubjectKind),
			"id_type": textInto(&p.IDType),
		}),
		"method": textInto(&p.Method),
		"owner_assurance": s.objectOf(map[string]judge{
			"kind": textInto(&p.OwnerKind),
			"type": textInto(&p.OwnerType),
		}),
	})
	if no != nil {
		return Policy{}, no
	}
	if !slices.Contains(s.settings.policies, countryPolicy{country, p}) {
		return Policy{}, invalid("Unsupported kyc_policy")
	}
	return p, nil
}

// isCountry tells whether country has the form of one: the vendor's list is
// not established.
func isCountry(country string) bool {
	match, _ := regexp.MatchString(`^([a-z]{2}|unknown)$`, country)
	return match
}
