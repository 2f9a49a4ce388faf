package tomoidvkyc

import (
	"context"
	"errors"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// Start begins a verification whose user_id is the check's id, under the
// country and policy of the Config. The person comes to ReturnURL, as it is,
// after a success and after a failure; it may be empty, and then nobody is sent
// back. Of the hints TomoIDV takes the Email. Check.ExpiresAt is zero, because
// TomoIDV does not say how long the URL lives.
//
// Only kyc.ErrUnconfirmed leaves open whether a verification was begun, and it
// comes before every other class that would fit as well.
func (p *Provider) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	const op = "start"
	check, err := kyc.NewCheck(name, req)
	if err != nil {
		return nil, err
	}
	started, err := p.client.Start(ctx, &tomoidv.StartRequest{
		UserID:             check.ID,
		Country:            p.cfg.Country,
		Policy:             p.cfg.Policy,
		Email:              req.Hints.Email,
		RedirectURLSuccess: req.ReturnURL,
		RedirectURLFail:    req.ReturnURL,
	})
	if err != nil {
		return nil, failure(op, class(err), err)
	}
	check.URL = started.URL
	if check.Validate(name) != nil {
		// It was begun, but nobody may be sent to it.
		return nil, failure(op, kyc.ErrUnconfirmed, errors.New("the URL is not one that a check can hold"))
	}
	return check, nil
}
