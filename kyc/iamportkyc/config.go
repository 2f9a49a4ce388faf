package iamportkyc

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/iamport"
)

// Config says what the page opens and what a certification must be. What the
// page is told can be edited there; what Result demands cannot.
type Config struct {
	// UserCode is the merchant's code for IMP.init, such as "imp00000000".
	// Required.
	UserCode string

	// ChannelKey names the channel that the window opens. PG does so the old
	// way: "danal", "danal." and a CPID, "inicis_unified." and a MID. One of the
	// two is required, and not both.
	ChannelKey string
	PG         string

	// Gateways are those whose certifications are taken; any other is
	// StatusDeclined. Empty, it is the gateway that PG names; and with a
	// ChannelKey, which does not tell whose it is, GatewayDanal alone. For a
	// channel of another gateway it must be set.
	Gateways []iamport.Gateway

	// MinimumAge is in full years (만 나이) on the day, in Seoul, on which Result
	// is asked; 0 is for none. A younger person is StatusDeclined, and one whose
	// birth date is not known is StatusReview. Danal's window is told too.
	MinimumAge int

	// BornInOrBefore is a year, for the Korean laws that count by the year of
	// birth alone; 0 is for none. It refuses like MinimumAge.
	BornInOrBefore int

	// AllowNoCI approves also without a CI, which is StatusReview otherwise. Such
	// a result may have no key at all.
	AllowNoCI bool

	// AllowTestMerchant approves also what came through KG Inicis' public test
	// account, with which anyone can be anyone: see
	// iamport.Certification.TestMerchant. It is StatusDeclined otherwise, and
	// Evidence.Environment says "test" in either case.
	AllowTestMerchant bool

	// Tier is the code of an agent's sub-merchant. It goes into the page and
	// into every call, and the client must then have the agent's credentials.
	Tier string

	// Popup opens a popup on mobile devices too. By default only a PC has one,
	// and a mobile browser goes to the gateway's page and comes back.
	Popup bool

	// ScriptURL is where the page loads iamport.js from, Iamport's CDN unless
	// set. A fake has its own.
	ScriptURL string
}

// withDefaults returns a copy that shares nothing with the caller's.
func (cfg Config) withDefaults() Config {
	cfg.Gateways = slices.Clone(cfg.Gateways)
	switch {
	case len(cfg.Gateways) > 0:
	case cfg.PG != "":
		cfg.Gateways = []iamport.Gateway{cfg.pgGateway()}
	default:
		cfg.Gateways = []iamport.Gateway{iamport.GatewayDanal}
	}
	return cfg
}

func (cfg *Config) pgGateway() iamport.Gateway {
	gateway, _, _ := strings.Cut(cfg.PG, ".")
	return iamport.Gateway(gateway)
}

// validate is for a Config with its defaults.
func (cfg *Config) validate() error {
	if (cfg.ChannelKey == "") == (cfg.PG == "") {
		return errors.New("iamportkyc: Config needs a ChannelKey or a PG, and not both")
	}
	if cfg.PG != "" && cfg.pgGateway() == "" {
		return errors.New("iamportkyc: Config.PG names no gateway")
	}
	// Any check serves to try out what the configuration puts into each.
	const id, returnURL = "1", "https://localhost/"
	launch := cfg.launch(id, returnURL)
	for _, err := range []error{cfg.expectation(id).Validate(), launch.Params.Validate(), launch.Validate()} {
		if err != nil {
			return fmt.Errorf("iamportkyc: Config: %w", err)
		}
	}
	if cfg.PG != "" && !slices.Contains(cfg.Gateways, cfg.pgGateway()) {
		return errors.New("iamportkyc: Config.Gateways does not have the gateway of Config.PG")
	}
	return nil
}
