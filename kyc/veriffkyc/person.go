package veriffkyc

import (
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

func person(p *veriff.Person) kyc.Person {
	out := kyc.Person{
		FullName:    p.FullName,
		GivenName:   p.FirstName,
		FamilyName:  p.LastName,
		BirthDate:   kyc.Date(p.DateOfBirth),
		Gender:      gender(p.Gender),
		Nationality: country(p.Nationality),
		IDNumber:    p.IDNumber,
	}
	if out.BirthDate == "" {
		out.BirthDate = kyc.Date(p.YearOfBirth)
	}
	if len(p.Addresses) > 0 {
		out.Address = address(&p.Addresses[0])
	}
	return out
}

func gender(g veriff.Gender) kyc.Gender {
	switch g {
	case veriff.GenderM, veriff.GenderMale:
		return kyc.GenderMale
	case veriff.GenderF, veriff.GenderFemale:
		return kyc.GenderFemale
	}
	return kyc.Gender(g)
}

func address(a *veriff.Address) kyc.Address {
	parts := &a.ParsedAddress
	second := []string{string(parts.HouseNumber), string(parts.Unit)}
	second = slices.DeleteFunc(second, func(s string) bool { return s == "" })
	return kyc.Address{
		Full:       a.FullAddress,
		Street:     string(parts.Street),
		Street2:    strings.Join(second, ", "),
		City:       string(parts.City),
		Region:     string(parts.State),
		PostalCode: string(parts.Postcode),
		Country:    country(string(parts.Country)),
	}
}

// country is a code of two letters in upper case, and anything else as sent.
func country(s string) string {
	if code := strings.ToUpper(s); isCountry(code) {
		return code
	}
	return s
}
