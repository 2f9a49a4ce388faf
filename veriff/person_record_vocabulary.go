package veriff

// CitizenshipKind tells a person's citizenships apart (document 003, GET
// /sessions/{id}/person). A value without a constant is an ordinary
// CitizenshipKind that is not Known; so with every type of this file.
type CitizenshipKind string

// Kinds of citizenship that document 003 names.
const (
	CitizenshipKindMain      CitizenshipKind = "Main"
	CitizenshipKindSecondary CitizenshipKind = "Secondary"
)

// Known reports whether k is one of the constants.
func (k CitizenshipKind) Known() bool {
	switch k {
	case CitizenshipKindMain, CitizenshipKindSecondary:
		return true
	}
	return false
}

// PEPCategory is why a person is on a list (document 003, GET
// /sessions/{id}/person).
type PEPCategory string

const (
	// PEPCategoryPEP is a politically exposed person.
	PEPCategoryPEP PEPCategory = "PEP"
	// PEPCategorySIP is a special interest person, such as a sanctioned one.
	PEPCategorySIP PEPCategory = "SIP"
)

// Known reports whether c is one of the constants.
func (c PEPCategory) Known() bool {
	switch c {
	case PEPCategoryPEP, PEPCategorySIP:
		return true
	}
	return false
}
