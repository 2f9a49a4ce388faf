package tomoidv

import (
	"errors"
)

// A Policy says how a person is to be verified, and how sure it is that the
// identity is the person's own. A weaker one lets in people whom a stronger one
// keeps out: choose it, send it again with Result, and look at what a record was
// made under with [Record.Matches].
//
// The zero Policy is the country's default. The functions of this package that
// return a Policy make those that TomoIDV documents or uses; any other goes into
// the fields as it is. A combination that a country does not have is
// [ErrUnsupportedPolicy].
//
// Source: kyc_policy of document 002; the contract, and TomoIDV's samples.
type Policy struct {
	// Preset names a policy in one word; "basic" is the only one that was seen.
	Preset         string         `json:"preset,omitzero"`
	Subject        Subject        `json:"subject,omitzero"`
	Method         Method         `json:"method,omitzero"`
	OwnerAssurance OwnerAssurance `json:"owner_assurance,omitzero"`
}

// Subject is what a policy verifies.
type Subject struct {
	Kind   SubjectKind `json:"kind,omitzero"`
	IDType IDType      `json:"id_type,omitzero"`
}

// OwnerAssurance is how a policy makes sure that the identity is the person's
// own.
type OwnerAssurance struct {
	Kind OwnerKind `json:"kind,omitzero"`
	// Type is "" where the kind needs none, or where the person may choose one.
	Type OwnerType `json:"type,omitzero"`
}

// NoOwnerAssurance makes sure of nothing: whoever has the document passes.
func NoOwnerAssurance() OwnerAssurance { return OwnerAssurance{Kind: OwnerKindNone} }

// OwnerVerified has the owner prove something: OwnerTypeSMSOTP (us),
// OwnerTypeDocumentSecret (jp), or a Korean wallet, which the person chooses if
// the type is "".
func OwnerVerified(by OwnerType) OwnerAssurance {
	return OwnerAssurance{Kind: OwnerKindVerified, Type: by}
}

// OwnerChecked has the owner compared with the document:
// OwnerTypeSelfieMatch (cn).
func OwnerChecked(by OwnerType) OwnerAssurance {
	return OwnerAssurance{Kind: OwnerKindChecked, Type: by}
}

// PersonalInfo verifies what the person says of themselves. Seen for us, with
// OwnerVerified(OwnerTypeSMSOTP).
func PersonalInfo(owner OwnerAssurance) Policy {
	return Policy{Subject: Subject{SubjectPersonalInfo, IDTypeNone}, Method: MethodPersonalInfo, OwnerAssurance: owner}
}

// GovernmentID asks the government about a document. Seen for jp with
// IDTypeIDCard and OwnerVerified(OwnerTypeDocumentSecret), and for cn with
// IDTypeIDCard and NoOwnerAssurance().
func GovernmentID(idType IDType, owner OwnerAssurance) Policy {
	return Policy{Subject: Subject{SubjectDocument, idType}, Method: MethodGovernmentID, OwnerAssurance: owner}
}

// DocumentOCR reads a document, and does not ask whether it is genuine. Seen
// for us with IDTypeResidentialCard and for jp with IDTypePassport, both with
// NoOwnerAssurance(), and for cn with IDTypeIDCard and
// OwnerChecked(OwnerTypeSelfieMatch).
func DocumentOCR(idType IDType, owner OwnerAssurance) Policy {
	return Policy{Subject: Subject{SubjectDocument, idType}, Method: MethodDocumentOCR, OwnerAssurance: owner}
}

// DocumentAuthenticity looks at whether a document is genuine. Seen for cn with
// IDTypeIDCard and OwnerChecked(OwnerTypeSelfieMatch).
func DocumentAuthenticity(idType IDType, owner OwnerAssurance) Policy {
	return Policy{Subject: Subject{SubjectDocument, idType}, Method: MethodDocumentAuthenticity, OwnerAssurance: owner}
}

// GovernmentCI verifies a Korean certificate. Seen for kr with
// OwnerVerified(OwnerTypeToss), or another wallet. With OwnerVerified("") the
// person chooses the wallet in TomoIDV's window; the result must then be asked
// for without one as well.
func GovernmentCI(owner OwnerAssurance) Policy {
	return Policy{Subject: Subject{SubjectEID, IDTypeCertificate}, Method: MethodGovernmentCI, OwnerAssurance: owner}
}

// Validate names the first thing in the policy that cannot be meant. It does
// not know which policies a country has.
func (p Policy) Validate() error {
	for _, field := range []struct{ name, text string }{
		{"Preset", p.Preset}, {"Subject.Kind", string(p.Subject.Kind)}, {"Subject.IDType", string(p.Subject.IDType)},
		{"Method", string(p.Method)}, {"OwnerAssurance.Kind", string(p.OwnerAssurance.Kind)},
		{"OwnerAssurance.Type", string(p.OwnerAssurance.Type)},
	} {
		if field.text == "" {
			continue
		}
		if err := checkID(field.name, field.text); err != nil {
			return err
		}
	}
	switch {
	case p.Subject.IDType != "" && p.Subject.Kind == "":
		return errors.New("Subject.IDType is set and Subject.Kind is not")
	case p.OwnerAssurance.Type != "" && p.OwnerAssurance.Kind == "":
		return errors.New("OwnerAssurance.Type is set and OwnerAssurance.Kind is not")
	}
	return nil
}

// checkPolicy holds a policy and its country together: TomoIDV refuses one
// without the other.
func checkPolicy(policy Policy, country Country) error {
	if country != "" {
		if err := country.check("Country"); err != nil {
			return err
		}
	} else if policy != (Policy{}) {
		return errors.New("Country is empty, and a Policy needs one")
	}
	if err := policy.Validate(); err != nil {
		return errors.New("Policy." + err.Error())
	}
	return nil
}
