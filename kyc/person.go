package kyc

// A Person is what a vendor knows about a person. Vendors fill different
// parts; all of it is as sent, names in their own script and order, and a part
// that is not known is empty.
type Person struct {
	// FullName is the name as one text, in the order of its script, where the
	// vendor sends it so. GivenName and FamilyName are the parts where the
	// vendor sends parts: neither is derived from the other.
	FullName   string `json:"full_name,omitempty"`
	GivenName  string `json:"given_name,omitempty"`
	FamilyName string `json:"family_name,omitempty"`

	BirthDate Date   `json:"birth_date,omitempty"`
	Gender    Gender `json:"gender,omitempty"`

	// Nationality is an ISO 3166-1 alpha-2 code in upper case, or as sent
	// where the vendor sends something else.
	Nationality string `json:"nationality,omitempty"`

	// IDNumber is the person's number with the state, not the document's.
	IDNumber string `json:"id_number,omitempty"`

	Address Address `json:"address,omitzero"`
	Contact Contact `json:"contact,omitzero"`
}

// An Address is where a person lives.
type Address struct {
	// Full is the address as one text. The parts below are there only where
	// the vendor sends parts.
	Full       string `json:"full,omitempty"`
	Street     string `json:"street,omitempty"`
	Street2    string `json:"street2,omitempty"` // second line: house, unit, apartment
	City       string `json:"city,omitempty"`
	Region     string `json:"region,omitempty"` // state, province, prefecture
	PostalCode string `json:"postal_code,omitempty"`
	// Country is an ISO 3166-1 alpha-2 code in upper case, or as sent.
	Country string `json:"country,omitempty"`
}

// A Contact is how a person can be reached. Whether the vendor verified it is
// a Finding.
type Contact struct {
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Gender is what the document or the register says.
type Gender string

// Genders; empty where the vendor does not say.
const (
	GenderMale   Gender = "male"
	GenderFemale Gender = "female"
	GenderOther  Gender = "other" // X in a passport
)

// Known tells whether g is one of the constants.
func (g Gender) Known() bool {
	switch g {
	case GenderMale, GenderFemale, GenderOther:
		return true
	}
	return false
}
