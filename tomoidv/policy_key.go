package tomoidv

import "strings"

// A PolicyKey names the policy that a record was made under (policy_key):
// "kr:eid:certificate:government_ci_verf:owner_verf:toss", or "us:default". Its
// grammar is what samples show; take it apart with [ParsePolicyKey], or look at
// it with [Record.Matches].
type PolicyKey string

// PolicyKeyParts is a [PolicyKey] taken apart. Parts that are not there are "".
type PolicyKeyParts struct {
	Country Country
	// Preset is the second of two parts, such as "default".
	Preset string
	// The following are from a key of more than two parts.
	SubjectKind SubjectKind
	IDType      IDType
	Method      Method
	OwnerKind   OwnerKind
	OwnerType   OwnerType
	// Rest is what comes after those, whose meaning is not known.
	Rest []string
}

// ParsePolicyKey takes a key apart. It knows no wrong key: whatever stands in a
// place is kept.
func ParsePolicyKey(key PolicyKey) PolicyKeyParts {
	parts := strings.Split(string(key), ":")
	if len(parts) == 2 {
		return PolicyKeyParts{Country: Country(parts[0]), Preset: parts[1]}
	}
	at := func(i int) string {
		if i < len(parts) {
			return parts[i]
		}
		return ""
	}
	out := PolicyKeyParts{
		Country: Country(at(0)), SubjectKind: SubjectKind(at(1)), IDType: IDType(at(2)),
		Method: Method(at(3)), OwnerKind: OwnerKind(at(4)), OwnerType: OwnerType(at(5)),
	}
	if len(parts) > 6 {
		out.Rest = parts[6:]
	}
	return out
}

// defaultPreset stands in the key of a country's default policy.
const defaultPreset = "default"

// Matches tells whether the record was made in that country and under that
// policy, all of it: the zero Policy is the country's default, and a policy
// without an OwnerAssurance.Type is another one than each that has one. What
// cannot be compared does not match: a policy with a Preset, whose key is not
// known, one that leaves its subject, method or owner's kind open, and a key
// with parts beyond the known ones.
func (r Record) Matches(policy Policy, country Country) bool {
	key := ParsePolicyKey(r.PolicyKey)
	switch {
	case country == "", key.Country != country, strings.ToLower(string(r.Country)) != string(country), len(key.Rest) > 0:
		return false
	case policy == Policy{}:
		return key.Preset == defaultPreset
	case policy.Preset != "", key.Preset != "":
		return false
	case policy.Subject.Kind == "", policy.Method == "", policy.OwnerAssurance.Kind == "":
		return false
	}
	return key.SubjectKind == policy.Subject.Kind && same(key.IDType, policy.Subject.IDType) && key.Method == policy.Method &&
		key.OwnerKind == policy.OwnerAssurance.Kind && same(key.OwnerType, policy.OwnerAssurance.Type)
}

// same compares two parts that may be "null" or "" where there is none.
func same[T ~string](a, b T) bool {
	return a == b || isNone(a) && isNone(b)
}

func isNone[T ~string](part T) bool { return part == "" || part == "null" }
