package tomoidvkyc

import (
	"cmp"
	"strings"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// person is what contract 1.4 says, and for what it leaves open, or with 1.3,
// the identity that a record has in either. The country of an identity is left
// out: of what it is the country is not documented.
func person(record *tomoidv.Record) kyc.Person {
	view, identity := &record.KYC, &record.Result
	return kyc.Person{
		FullName:    cmp.Or(view.Person.FullName, identity.FullName),
		GivenName:   cmp.Or(view.Person.GivenName, identity.GivenName),
		FamilyName:  cmp.Or(view.Person.FamilyName, identity.FamilyName),
		BirthDate:   birthDate(view.Person.DateOfBirth, identity.DateOfBirth),
		Gender:      gender(cmp.Or(view.Person.Sex, identity.Sex)),
		Nationality: country(view.Person.Nationality),
		IDNumber:    view.Person.GovernmentID.Value,
		Address: kyc.Address{
			Full:       cmp.Or(view.Address.Full, identity.FullAddress),
			Street:     cmp.Or(view.Address.Street, identity.Street),
			Street2:    view.Address.Street2,
			City:       cmp.Or(view.Address.City, identity.City),
			Region:     cmp.Or(view.Address.Region, identity.Region),
			PostalCode: cmp.Or(view.Address.PostalCode, identity.PostalCode),
			Country:    country(string(view.Address.Country)),
		},
		Contact: kyc.Contact{
			Email: cmp.Or(view.Contact.EmailAddress, identity.EmailAddress),
			Phone: cmp.Or(view.Contact.PhoneNumber, identity.PhoneNumber),
		},
	}
}

// birthDate is empty where the record contradicts itself: such a date must not
// become anybody's age.
func birthDate(a, b tomoidv.Date) kyc.Date {
	if a != "" && b != "" && a != b {
		return ""
	}
	return kyc.Date(cmp.Or(a, b))
}

// gender keeps a word that is not one of the known ones as sent.
func gender(sex string) kyc.Gender {
	switch strings.ToUpper(sex) {
	case "M", "MALE":
		return kyc.GenderMale
	case "F", "FEMALE":
		return kyc.GenderFemale
	case "X":
		return kyc.GenderOther
	}
	return kyc.Gender(sex)
}

// country is a code of two letters in upper case, and anything else as sent.
func country(s string) string {
	code := strings.ToUpper(s)
	switch {
	case code == "UK": // TomoIDV has it beside GB
		return "GB"
	case len(code) == 2 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
		return code
	}
	return s
}
