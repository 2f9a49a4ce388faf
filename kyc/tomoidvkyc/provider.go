package tomoidvkyc

import (
	"errors"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

const name = "tomoidv"

// A Provider verifies people through one client of TomoIDV's, in one country
// and under one policy. It is immutable and safe for any number of goroutines.
// Make it with [New].
type Provider struct {
	client *tomoidv.Client
	cfg    Config
}

var (
	_ kyc.Provider = (*Provider)(nil)
	_ kyc.Eraser   = (*Provider)(nil)
)

// New returns a provider that asks through client. An error names what is
// wrong with the arguments; nothing is sent.
func New(client *tomoidv.Client, cfg Config) (*Provider, error) {
	if client == nil {
		return nil, errors.New("tomoidvkyc: the client is nil")
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Provider{client: client, cfg: cfg}, nil
}

// Name is "tomoidv".
func (p *Provider) Name() string { return name }
