package veriffkyc

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// The client refuses an answer about another session as well; an approval does
// not hang on that alone.
func TestBelongs(t *testing.T) {
	check := &kyc.Check{ID: "the check", VendorID: "the session"}
	for name, test := range map[string]struct {
		decision veriff.Decision
		want     string
	}{
		"both":                        {veriff.Decision{ID: "the session", VendorData: "the check", Status: "approved", Code: 9001}, ""},
		"nothing is decided":          {veriff.Decision{}, ""},
		"under way":                   {veriff.Decision{ID: "the session", Status: "started"}, ""},
		"another session":             {veriff.Decision{ID: "another", VendorData: "the check", Status: "approved", Code: 9001}, "the decision's session is another"},
		"another session, under way":  {veriff.Decision{ID: "another", VendorData: "the check", Status: "started"}, "the decision's session is another"},
		"no session":                  {veriff.Decision{VendorData: "the check", Status: "approved", Code: 9001}, "the decision's session is another"},
		"another check":               {veriff.Decision{ID: "the session", VendorData: "another", Status: "approved", Code: 9001}, "the decision's vendorData is another"},
		"no check":                    {veriff.Decision{ID: "the session", Status: "approved", Code: 9001}, "the decision's vendorData is another"},
		"another check, undecided":    {veriff.Decision{VendorData: "another"}, "the decision's vendorData is another"},
		"neither session nor check":   {veriff.Decision{Status: "approved", Code: 9001}, "the decision's session is another"},
		"a code and nothing else":     {veriff.Decision{Code: 9001}, "the decision's session is another"},
		"a session and nothing else":  {veriff.Decision{ID: "the session"}, "the decision's vendorData is another"},
		"a session whose case is not": {veriff.Decision{ID: "The Session", VendorData: "the check", Status: "declined"}, "the decision's session is another"},
	} {
		t.Run(name, func(t *testing.T) {
			err := belongs(&test.decision, check)
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, test.want)
		})
	}
}
