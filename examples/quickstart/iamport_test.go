package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// A gullible verifier does something else in one respect.
type gullible struct {
	client *iamport.Client
	expect func(*iamport.Expectation) // edits what is expected
	anyone bool                       // expects the attempt that the certification is of
	off    error                      // takes this one for success
	always error                      // fails with this one
	cert   func(*iamport.Certification)
}

func (g gullible) VerifyCertification(ctx context.Context, impUID string, expect *iamport.Expectation) (*iamport.Certification, error) {
	if g.always != nil {
		return nil, g.always
	}
	edited := *expect
	if g.expect != nil {
		g.expect(&edited)
	}
	if g.anyone {
		if cert, err := g.client.Certification(ctx, impUID); err == nil {
			edited.MerchantUID = cert.MerchantUID
		}
	}
	cert, err := g.client.VerifyCertification(ctx, impUID, &edited)
	switch {
	case g.off != nil && errors.Is(err, g.off):
		return &iamport.Certification{}, nil
	case err == nil && g.cert != nil:
		g.cert(cert)
	}
	return cert, err
}

func iamportVerifier(g gullible) func(*iamportCalls) {
	return func(c *iamportCalls) {
		c.newVerifier = func(client *iamport.Client) verifier {
			g.client = client
			return g
		}
	}
}

func iamportProvider(p provided) func(*iamportCalls) {
	return func(c *iamportCalls) {
		c.newProvider = func(client *iamport.Client, cfg iamportkyc.Config) (kyc.Provider, error) {
			genuine, err := iamportkyc.New(client, cfg)
			p.Provider = genuine
			return struct {
				*provided
				kyc.ReturnParser
			}{&p, genuine}, err
		}
	}
}

func TestIamportVerificationsSwitchedOff(t *testing.T) {
	for name, test := range map[string]struct {
		off   gullible
		fails []string
	}{
		"attempt":               {gullible{anyone: true}, []string{"Somebody else's imp_uid", "  once more, for another attempt"}},
		"being certified":       {gullible{off: iamport.ErrNotCertified}, []string{"An unfinished one"}},
		"existence":             {gullible{off: iamport.ErrNotFound}, []string{"A made-up one"}},
		"age of the person":     {gullible{expect: func(e *iamport.Expectation) { e.MinimumAge = 0 }}, []string{"A minor's, from an edited page"}},
		"credentials":           {gullible{off: iamport.ErrUnauthorized}, []string{"Wrong API secret, asking Iamport"}},
		"start of the attempt":  {gullible{expect: func(e *iamport.Expectation) { e.NotBefore = time.Time{} }}, []string{"One from before the attempt began"}},
		"age of certifications": {gullible{expect: func(e *iamport.Expectation) { e.MaxAge = time.Hour }}, []string{"A stale one, of 11 minutes ago"}},
	} {
		t.Run(name, func(t *testing.T) {
			calls := iamportPackage()
			iamportVerifier(test.off)(&calls)
			held, output := demonstrateAlone(func(r *report) { demonstrateIamport(t.Context(), r, calls) })
			assert.False(t, held)
			assert.Equal(t, test.fails, failures(output), output)
			assert.Regexp(t, `(?m)^        expected  .+\n        got       no error: it was accepted$`, output)
			assert.Regexp(t, `(?m)^\d+ of \d+ lines did NOT come out as they must`, output)
		})
	}
}

func TestWhatGoesWrongElsewhereWithIamport(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		with  func(*iamportCalls)
		fails []string
	}{
		"no provider": {func(c *iamportCalls) {
			c.newProvider = func(*iamport.Client, iamportkyc.Config) (kyc.Provider, error) { return nil, broken }
		}, []string{"Two servers on this machine"}},
		"nothing starts": {iamportProvider(provided{start: broken}), []string{"The application starts an attempt"}},
		"no result":      {iamportProvider(provided{result: broken}), []string{"Package kyc verifies the same check"}},
		"not approved":   {iamportProvider(provided{status: kyc.StatusReview}), []string{"Package kyc verifies the same check"}},
		"a provider that reads no return": {func(c *iamportCalls) {
			c.newProvider = func(client *iamport.Client, cfg iamportkyc.Config) (kyc.Provider, error) {
				genuine, err := iamportkyc.New(client, cfg)
				return struct{ kyc.Provider }{genuine}, err
			}
		}, []string{"Package kyc verifies the same check"}},
		"no client": {func(c *iamportCalls) {
			c.newClient = func(string, string, ...iamport.Option) (*iamport.Client, error) { return nil, broken }
		}, []string{"Two servers on this machine"}},
		"a token for each question": {func(c *iamportCalls) {
			var another *iamport.Client
			c.newClient = func(apiKey, apiSecret string, options ...iamport.Option) (client *iamport.Client, err error) {
				if another, err = iamport.NewClient(apiKey, apiSecret, options...); err != nil {
					return nil, err
				}
				return iamport.NewClient(apiKey, apiSecret, options...)
			}
			c.newProvider = func(_ *iamport.Client, cfg iamportkyc.Config) (kyc.Provider, error) {
				return iamportkyc.New(another, cfg)
			}
		}, []string{"Access tokens asked for in all this"}},
		"nothing verifies": {iamportVerifier(gullible{always: broken}), []string{
			"The application verifies", "Somebody else's imp_uid", "  brought by that person",
			"  once more, for another attempt", "  once more, for the same one",
			"An unfinished one", "A made-up one", "A minor's, from an edited page",
			"Wrong API secret, asking Iamport", "One from before the attempt began", "A stale one, of 11 minutes ago",
		}},
		"somebody else, without a CI": {iamportVerifier(gullible{cert: func(cert *iamport.Certification) {
			*cert = iamport.Certification{Name: "김하늘", PGProvider: iamport.GatewayKCP}
		}}), []string{"  Name", "  Birth date", "  Age in full years", "  CI, the same for life", "  Gateway"}},
	} {
		t.Run(name, func(t *testing.T) {
			calls := iamportPackage()
			test.with(&calls)
			held, output := demonstrateAlone(func(r *report) { demonstrateIamport(t.Context(), r, calls) })
			assert.False(t, held)
			assert.Equal(t, test.fails, failures(output), output)
		})
	}
}

func TestIamportCheckGoesWrong(t *testing.T) {
	for name, test := range map[string]struct {
		with  func(*testing.T, *iamportStage)
		fails []string
	}{
		"nothing": {func(*testing.T, *iamportStage) {}, nil},
		"a question too early": {func(t *testing.T, s *iamportStage) {
			_, err := s.client.Certification(t.Context(), "imp_1")
			require.ErrorIs(t, err, iamport.ErrNotFound)
		}, []string{"The application starts an attempt"}},
		"no launch fragment": {func(_ *testing.T, s *iamportStage) { s.signup.launch.UserCode = "" },
			[]string{"The person opens the page"}},
		"no script": {func(_ *testing.T, s *iamportStage) { s.signup.launch.ScriptURL += ".map" },
			[]string{"The page loads iamport.js"}},
		"no Iamport": {func(_ *testing.T, s *iamportStage) { s.fake.Close() },
			[]string{"The page loads iamport.js"}},
		"no application": {func(t *testing.T, s *iamportStage) { require.NoError(t, s.server.Close()) },
			[]string{"The person opens the page"}},
		"another merchant's page": {func(_ *testing.T, s *iamportStage) { s.signup.launch.UserCode = "imp00000000" },
			[]string{"The click opens Iamport's window", "The person passes", "The browser comes back", "The application verifies"}},
		"a window that refuses the person": {func(_ *testing.T, s *iamportStage) { s.signup.launch.Params.MinAge = 37 },
			[]string{"The person passes", "The application verifies"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			iamport := &row{vendor: "Iamport"}
			r := &report{out: &out, rows: []*row{iamport}, part: &iamport.check}
			stage, err := newIamportStage(iamportPackage())
			require.NoError(t, err)
			defer stage.close()
			test.with(t, stage)
			stage.check(t.Context(), r)
			assert.Equal(t, test.fails, failures(out.String()), out.String())
		})
	}
}

func TestDocumentedAgeCheck(t *testing.T) {
	born := func(year int) *iamport.Certification {
		seoul := time.FixedZone("Asia/Seoul", 9*60*60)
		return &iamport.Certification{Birth: iamport.UnixTime(time.Date(year, 6, 1, 0, 0, 0, 0, seoul).Unix())}
	}
	for _, year := range []int{1950, 1999, 2000, 2020} {
		assert.Equal(t, "an adult", documentedAgeCheck(born(year)), year)
	}
	milliseconds := born(2000)
	milliseconds.Birth *= 1000
	assert.Equal(t, "a minor", documentedAgeCheck(milliseconds))
}
