package veriffkyc

import (
	"errors"
	"fmt"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// Config is what a [Provider] demands beyond Veriff's own decision. The zero
// Config demands nothing more.
type Config struct {
	// Verifier verifies the webhooks of the client's integration. Without it
	// ParseWebhook is kyc.ErrUnsupported, and the application polls.
	Verifier *veriff.Verifier

	// MinimumAge is in full years at the time of Veriff's decision, or now if
	// that is earlier, by the calendar of the zone where a day begins last,
	// UTC-12: wherever the person is, the birthday has begun. 0 is for none. A
	// younger person is StatusDeclined, and one whose complete date of birth
	// Veriff did not read is StatusReview.
	MinimumAge int

	// DocumentCountries are the ISO 3166-1 alpha-2 codes, in upper case, of
	// those who may have issued the document; empty for all that the
	// integration takes. A document of another country is StatusDeclined, and
	// one whose country Veriff did not read is StatusReview.
	DocumentCountries []string

	// Environment says what the integration is, live or test, and is put into
	// each result's Evidence as it stands here: no answer of Veriff's tells.
	// It may be empty.
	Environment kyc.Environment
}

const maxAge = 150 // the oldest that kyc.Date.AgeAt knows

func (cfg *Config) validate() error {
	if cfg.MinimumAge < 0 || cfg.MinimumAge > maxAge {
		return fmt.Errorf("veriffkyc: Config.MinimumAge must be from 0 to %d", maxAge)
	}
	for i, code := range cfg.DocumentCountries {
		if !isCountry(code) {
			return fmt.Errorf("veriffkyc: Config.DocumentCountries[%d] must be two upper-case letters", i)
		}
	}
	if cfg.Environment != "" && !cfg.Environment.Known() {
		return errors.New("veriffkyc: Config.Environment must be live, test or empty")
	}
	return nil
}

func isCountry(code string) bool {
	isUpper := func(b byte) bool { return 'A' <= b && b <= 'Z' }
	return len(code) == 2 && isUpper(code[0]) && isUpper(code[1])
}
