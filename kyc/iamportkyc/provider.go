package iamportkyc

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
)

const name = "iamport"

// A Provider verifies people through one channel of one merchant of Iamport's.
// It is immutable and safe for any number of goroutines. Make it with [New].
type Provider struct {
	client *iamport.Client
	cfg    Config
}

var (
	_ kyc.Provider     = (*Provider)(nil)
	_ kyc.Launcher     = (*Provider)(nil)
	_ kyc.ReturnParser = (*Provider)(nil)
	_ kyc.Eraser       = (*Provider)(nil)
)

// New returns a provider that asks through client. An error names what is
// wrong with the arguments; nothing is sent.
func New(client *iamport.Client, cfg Config) (*Provider, error) {
	if client == nil {
		return nil, errors.New("iamportkyc: the client is nil")
	}
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.Tier != "" {
		var err error
		if client, err = client.ForTier(cfg.Tier); err != nil {
			return nil, fmt.Errorf("iamportkyc: Config.Tier: %w", err)
		}
	}
	return &Provider{client: client, cfg: cfg}, nil
}

// Name is "iamport".
func (p *Provider) Name() string { return name }

// ParseReturn reads what the browser brings back: the query of a redirect, or
// what a page posts from the callback of IMP.certification. See
// iamport.ParseReturn.
//
// The merchant_uid is the Notice's CheckID, and the imp_uid its VendorID. Either
// can be empty: document 001's own page sends no merchant_uid, and an attempt
// that failed before it began has no imp_uid. The ReturnURL should therefore
// tell by itself which check it is about. A return that names neither, or
// whose merchant_uid is not a check's id, is kyc.ErrInvalidNotice, as is one
// that cannot be read.
func (p *Provider) ParseReturn(r *http.Request) (*kyc.Notice, error) {
	const op = "parse return"
	claim, err := iamport.ParseReturn(r)
	if err != nil {
		return nil, failure(op, kyc.ErrInvalidNotice, err)
	}
	switch {
	case claim.MerchantUID == "" && claim.ImpUID == "":
		return nil, failure(op, kyc.ErrInvalidNotice, errors.New("it names neither a merchant_uid nor an imp_uid"))
	case claim.MerchantUID != "" && !kyc.IsCheckID(claim.MerchantUID):
		return nil, failure(op, kyc.ErrInvalidNotice, errors.New("its merchant_uid is not the id of a check"))
	}
	return &kyc.Notice{CheckID: claim.MerchantUID, VendorID: claim.ImpUID}, nil
}

// alive is for what does no I/O: a context that ended ends it all the same.
func alive(ctx context.Context, op string) error {
	if ctx == nil {
		return failure(op, kyc.ErrInvalidRequest, errors.New("context is nil"))
	}
	if err := ctx.Err(); err != nil {
		return failure(op, nil, err)
	}
	return nil
}

// certification asks for the certification that the check claims. It belongs
// to the check only if Iamport names the check's id in it, certified or not:
// which imp_uid the check has was the browser's to say.
func (p *Provider) certification(ctx context.Context, op string, check *kyc.Check) (*iamport.Certification, error) {
	cert, err := p.client.Certification(ctx, check.VendorID)
	if err != nil {
		return nil, failure(op, class(err), err)
	}
	if cert.MerchantUID != check.ID {
		return nil, failure(op, kyc.ErrForeign, errors.New("the certification's merchant_uid is another"))
	}
	return cert, nil
}
