package veriffkyc

import (
	"context"
	"errors"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// sessionLife is how long Veriff keeps a session's URL open (document 003,
// "Lifecycle of the verification session").
const sessionLife = 7 * 24 * time.Hour

// Start creates a session whose vendorData is the check's id. ReturnURL may be
// empty: then the person comes back to where the integration's own setting
// says. Veriff compares the hints with the document; it takes all but Language
// and the document types visa and other, which are left out.
//
// Each call that arrives makes a session, which a live integration is billed
// for. Only kyc.ErrUnconfirmed leaves open whether one was made, and it comes
// before every other class that would fit as well.
func (p *Provider) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	const op = "start"
	check, err := kyc.NewCheck(name, req)
	if err != nil {
		return nil, err
	}
	session, err := p.client.CreateSession(ctx, &veriff.CreateSessionRequest{
		Callback:   req.ReturnURL,
		VendorData: check.ID,
		Person: veriff.SessionPerson{
			FirstName:   req.Hints.GivenName,
			LastName:    req.Hints.FamilyName,
			FullName:    req.Hints.FullName,
			DateOfBirth: veriff.Date(req.Hints.BirthDate),
			Email:       req.Hints.Email,
			PhoneNumber: req.Hints.Phone,
		},
		Document: veriff.SessionDocument{
			Country: req.Hints.Country,
			Type:    requestedType(req.Hints.DocumentType),
		},
	})
	if err != nil {
		return nil, failure(op, class(err), err)
	}
	check.VendorID = session.ID
	check.URL = session.URL
	check.ExpiresAt = check.StartedAt.Add(sessionLife)
	if check.Validate(name) != nil {
		// The session is there, but nobody may be sent to it.
		return nil, failure(op, kyc.ErrUnconfirmed, errors.New("the session's id or URL is not one that a check can hold"))
	}
	return check, nil
}

// requestedType is empty for what a request cannot ask for.
func requestedType(t kyc.DocumentType) veriff.DocumentType {
	switch t {
	case kyc.DocumentPassport:
		return veriff.DocumentTypePassport
	case kyc.DocumentIDCard:
		return veriff.DocumentTypeIDCard
	case kyc.DocumentDriversLicense:
		return veriff.DocumentTypeDriversLicense
	case kyc.DocumentResidencePermit:
		return veriff.DocumentTypeResidencePermit
	}
	return ""
}
