package tomoidv

// An Identity is a person as TomoIDV verified them: what Record.Result holds in
// either contract, and KYC's answer. What is not known is "", and so may be
// what is: a Korean certificate has no address.
type Identity struct {
	FullName   string `json:"full_name"`
	GivenName  string `json:"given_name,omitzero"`
	FamilyName string `json:"family_name,omitzero"`
	// DateOfBirth is YYYY-MM-DD.
	DateOfBirth Date `json:"date_of_birth"`
	// Sex is as the source states it, such as "F".
	Sex string `json:"sex,omitzero"`
	// Country may be in capitals here, unlike a Record's.
	Country      Country `json:"country"`
	FullAddress  string  `json:"full_address"`
	Street       string  `json:"street,omitzero"`
	City         string  `json:"city,omitzero"`
	Region       string  `json:"region,omitzero"`
	PostalCode   string  `json:"postal_code,omitzero"`
	EmailAddress string  `json:"email_address,omitzero"`
	PhoneNumber  string  `json:"phone_number,omitzero"`

	meta Meta
}

// Meta tells how KYC's answer reached this program. That of a Record is empty:
// see [Result.Meta].
func (i *Identity) Meta() Meta { return i.meta }
