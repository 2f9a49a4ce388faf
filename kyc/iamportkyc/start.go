package iamportkyc

import (
	"context"
	"errors"
	"html/template"
	"time"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
)

// checkLife bounds how long a page with a check's id is of use to whoever has
// it. Iamport sets no bound.
const checkLife = time.Hour

// Start makes a check whose id becomes the merchant_uid. It sends nothing: the
// certification begins in the page that Launch gives. The ReturnURL is required.
// The Check has no URL, and expires in an hour: who is certified later has to
// begin a new one.
//
// The Hints are checked and then dropped, because a Check does not keep them:
// the person types name and phone into the gateway's form.
func (p *Provider) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	const op = "start"
	check, err := kyc.NewCheck(name, req)
	if err != nil {
		return nil, err
	}
	if check.ReturnURL == "" {
		return nil, failure(op, kyc.ErrInvalidRequest, errors.New("ReturnURL is missing"))
	}
	if p.cfg.launch(check.ID, check.ReturnURL).Validate() != nil {
		return nil, failure(op, kyc.ErrInvalidRequest, errors.New("ReturnURL is not one that Iamport's page can go to"))
	}
	if err := alive(ctx, op); err != nil {
		return nil, err
	}
	check.ExpiresAt = check.StartedAt.Add(checkLife)
	return check, nil
}

// Launch returns a button that opens the gateway's window, and the scripts that
// it needs: see iamport.Launch. Whether the certification ran in a popup or the
// browser was redirected, the person comes to ReturnURL with the query that
// ParseReturn reads. It may be shown again after an attempt that failed.
func (p *Provider) Launch(check *kyc.Check) (template.HTML, error) {
	const op = "launch"
	if err := check.Validate(name); err != nil {
		return "", err
	}
	page, err := p.cfg.launch(check.ID, check.ReturnURL).HTML()
	if err != nil {
		return "", failure(op, kyc.ErrInvalidRequest, err)
	}
	return page, nil
}

func (cfg *Config) launch(checkID, returnURL string) *iamport.Launch {
	return &iamport.Launch{
		UserCode:  cfg.UserCode,
		Tier:      cfg.Tier,
		ScriptURL: cfg.ScriptURL,
		Params: iamport.LaunchParams{
			MerchantUID: checkID,
			ChannelKey:  cfg.ChannelKey,
			PG:          cfg.PG,
			MinAge:      cfg.MinimumAge,
			RedirectURL: returnURL,
			Popup:       cfg.Popup,
		},
	}
}
