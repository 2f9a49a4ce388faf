package iamportkyc

import (
	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
)

func person(cert *iamport.Certification) kyc.Person {
	out := kyc.Person{
		FullName: cert.Name,
		Gender:   kyc.Gender(cert.Gender),
		Contact:  kyc.Contact{Phone: cert.Phone},
	}
	// A date that is contradicted must not become anybody's age.
	if date, ok := cert.BirthDate(); ok {
		out.BirthDate = kyc.Date(date)
	}
	return out
}
