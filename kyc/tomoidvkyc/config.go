package tomoidvkyc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// Config says under which policy people are verified, and what a [Provider]
// demands of a record.
type Config struct {
	// Country issued the identity. Required.
	Country tomoidv.Country

	// Policy is how a person is verified. It is sent with Start and again with
	// Result, and only a record that was made under it, in Country, can approve:
	// see tomoidv.Record.Matches. It names its subject, method and owner
	// assurance, or is zero, which is the country's default policy and needs
	// AllowNoOwnerAssurance. One with a Preset is refused, since a record does
	// not tell that it was made under it.
	Policy tomoidv.Policy

	// AllowNoOwnerAssurance takes a Policy that does not make sure that the
	// identity is the person's own: with tomoidv.NoOwnerAssurance, whoever has
	// somebody's document is that person. Without it New also refuses a Policy
	// whose owner assurance is not told, as that of a country's default, or is of
	// a kind that this version does not know.
	AllowNoOwnerAssurance bool

	// RecordMeansApproved approves by a record of contract 1.3, which says who
	// the person is and not what was decided; without it such a record is
	// StatusReview. It takes on trust what TomoIDV's documents at most suggest:
	// that 1.3 has records of successes only, and that the one it shows is this
	// verification's, not an earlier one's of the same person. Ask TomoIDV before
	// setting it, or make the client with tomoidv.WithContractVersion("1.4"),
	// under which the status decides and this changes nothing.
	RecordMeansApproved bool

	// MinimumAge is in full years on the day on which Result is asked, by the
	// calendar of the zone where a day begins last, UTC-12: wherever the person
	// is, the birthday has begun. 0 is for none. A younger person is
	// StatusDeclined, and one whose birth date is not known is StatusReview.
	MinimumAge int

	// Environment says whether the client is the sandbox's (test) or
	// production's (live). It is put into each result's Evidence and into the
	// scope of its keys as it stands here: no answer of TomoIDV's tells. It may
	// be empty.
	Environment kyc.Environment

	// ClientID is the client's, for the scope of the keys, which differ from one
	// client to another. It may be empty in an application that has one client.
	// Keys that were stored are not comparable with those of another ClientID or
	// Environment.
	ClientID string
}

const maxAge = 150 // the oldest that kyc.Date.AgeAt knows

func (cfg *Config) validate() error {
	if cfg.Country == "" {
		return errors.New("tomoidvkyc: Config.Country is missing")
	}
	// Any user serves to try out what goes into each request.
	request := &tomoidv.ResultRequest{UserID: "1", Country: cfg.Country, Policy: cfg.Policy}
	if err := request.Validate(); err != nil {
		return fmt.Errorf("tomoidvkyc: Config.%w", err)
	}
	if err := cfg.validatePolicy(); err != nil {
		return err
	}
	switch {
	case cfg.MinimumAge < 0 || cfg.MinimumAge > maxAge:
		return fmt.Errorf("tomoidvkyc: Config.MinimumAge must be from 0 to %d", maxAge)
	case cfg.Environment != "" && !cfg.Environment.Known():
		return errors.New("tomoidvkyc: Config.Environment must be live, test or empty")
	case strings.TrimSpace(cfg.ClientID) != cfg.ClientID:
		return errors.New("tomoidvkyc: Config.ClientID begins or ends with white space")
	}
	return nil
}

// validatePolicy refuses what no record could be held against, and what admits
// whoever has another's document.
func (cfg *Config) validatePolicy() error {
	policy := cfg.Policy
	switch {
	case policy.Preset != "":
		return errors.New("tomoidvkyc: Config.Policy has a Preset, and no record tells that it was made under one")
	case policy != tomoidv.Policy{} && (policy.Subject.Kind == "" || policy.Method == "" || policy.OwnerAssurance.Kind == ""):
		return errors.New("tomoidvkyc: Config.Policy must name its subject, method and owner assurance, or be zero")
	}
	switch policy.OwnerAssurance.Kind {
	case tomoidv.OwnerKindVerified, tomoidv.OwnerKindChecked:
		return nil
	}
	if !cfg.AllowNoOwnerAssurance {
		return errors.New("tomoidvkyc: Config.Policy does not make sure that the identity is the person's own, which takes AllowNoOwnerAssurance")
	}
	return nil
}
