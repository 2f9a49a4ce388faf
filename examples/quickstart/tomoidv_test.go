package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// An easygoing API does something else in one respect.
type easygoing struct {
	tomoidvAPI
	off    error                 // takes this one for success
	always error                 // asked for a result, fails with this one
	record func(*tomoidv.Record) // edits each record
}

func (e easygoing) Start(ctx context.Context, req *tomoidv.StartRequest) (*tomoidv.Started, error) {
	started, err := e.tomoidvAPI.Start(ctx, req)
	if e.off != nil {
		err = tolerate(err, e.off)
	}
	return started, err
}

func (e easygoing) Result(ctx context.Context, req *tomoidv.ResultRequest) (*tomoidv.Result, error) {
	if e.always != nil {
		return nil, e.always
	}
	result, err := e.tomoidvAPI.Result(ctx, req)
	if err == nil && e.record != nil {
		for i := range result.Records {
			e.record(&result.Records[i])
		}
	}
	return result, err
}

func tomoidvEasygoing(e easygoing) func(*tomoidvCalls) {
	return func(c *tomoidvCalls) {
		c.newAPI = func(client *tomoidv.Client) tomoidvAPI {
			e.tomoidvAPI = client
			return e
		}
	}
}

// A trusting provider approves what package tomoidvkyc leaves to a human for
// this reason.
type trusting struct {
	kyc.Provider
	reason string
}

func (p trusting) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	result, err := p.Provider.Result(ctx, check)
	if err == nil && result.Reason == p.reason {
		result.Status, result.Reason = kyc.StatusApproved, ""
	}
	return result, err
}

func (p trusting) provide(c *tomoidvCalls) {
	c.newProvider = func(client *tomoidv.Client, cfg tomoidvkyc.Config) (kyc.Provider, error) {
		genuine, err := tomoidvkyc.New(client, cfg)
		p.Provider = genuine
		return p, err
	}
}

func tomoidvProvider(p provided) func(*tomoidvCalls) {
	return func(c *tomoidvCalls) {
		c.newProvider = func(client *tomoidv.Client, cfg tomoidvkyc.Config) (kyc.Provider, error) {
			genuine, err := tomoidvkyc.New(client, cfg)
			own := p
			own.Provider = genuine
			return &own, err
		}
	}
}

// tomoidvFake is a fake with one more option.
func tomoidvFake(opt tomoidvtest.Option) func(*tomoidvCalls) {
	return func(c *tomoidvCalls) {
		c.startFake = func(opts ...tomoidvtest.Option) (*tomoidvtest.Server, error) {
			return tomoidvtest.Start(append(opts, opt)...)
		}
	}
}

func TestTomoIDVVerificationsSwitchedOff(t *testing.T) {
	for name, test := range map[string]struct {
		off   func(*tomoidvCalls)
		fails []string
	}{
		"whom to ask about": {func(c *tomoidvCalls) {
			c.back = func(h *hotel, w http.ResponseWriter, r *http.Request) {
				claim, err := tomoidv.ParseReturn(r)
				assert.NoError(t, err)
				userID := cmp.Or(string(claim.PPID), r.PathValue("attempt")) // the mistake
				result, err := h.tomoidv.Result(r.Context(), &tomoidv.ResultRequest{UserID: userID, Country: h.country, Policy: h.policy})
				_ = h.settle(r.PathValue("attempt"), result, err)
			}
		}, []string{"  its query, brought by an attacker"}},
		"status":                     {tomoidvEasygoing(easygoing{record: func(r *tomoidv.Record) { r.KYC.Status = tomoidv.StatusApproved }}), []string{"A rejected one, at the same URL"}},
		"policy":                     {tomoidvEasygoing(easygoing{record: func(r *tomoidv.Record) { r.PolicyKey = policyKey }}), []string{"One under a weaker policy"}},
		"policy in package kyc":      {trusting{reason: "verified under another policy"}.provide, []string{"  by package kyc"}},
		"the check behind a result":  {tomoidvProvider(provided{foreign: true}), []string{"  believed, and given to package kyc"}},
		"credentials":                {tomoidvEasygoing(easygoing{off: tomoidv.ErrInvalidClient}), []string{"The sandbox's client, in production", "Another client's secret key"}},
		"environment":                {tomoidvFake(tomoidvtest.WithEnvironment(tomoidvtest.Sandbox)), []string{"The sandbox's client, in production"}},
		"single use of an assertion": {tomoidvFake(tomoidvtest.WithJTIReuse()), []string{"A token request, sent once more"}},
		"the need of a status in 1.3": {func(c *tomoidvCalls) {
			c.newProvider = func(client *tomoidv.Client, cfg tomoidvkyc.Config) (kyc.Provider, error) {
				cfg.RecordMeansApproved = true
				return tomoidvkyc.New(client, cfg)
			}
		}, []string{"One without a status (contract 1.3)"}},
		"form of the secret key": {func(c *tomoidvCalls) {
			var genuine string
			c.newClient = func(clientID, secretKey string, options ...tomoidv.Option) (*tomoidv.Client, error) {
				genuine = cmp.Or(genuine, secretKey)
				client, err := tomoidv.NewClient(clientID, secretKey, options...)
				if err != nil {
					return tomoidv.NewClient(clientID, genuine, options...)
				}
				return client, nil
			}
		}, []string{"A public JWK for the secret key", "  before anything was sent"}},
	} {
		t.Run(name, func(t *testing.T) {
			calls := tomoidvPackage()
			test.off(&calls)
			held, output := demonstrateAlone(func(r *report) { demonstrateTomoIDV(t.Context(), r, calls) })
			assert.False(t, held)
			assert.Equal(t, test.fails, failures(output), output)
			assert.Regexp(t, `(?m)^        expected  .+\n        got       (no error: it was accepted|approved|200 : )$`, output)
			assert.Regexp(t, `(?m)^\d+ of \d+ lines did NOT come out as they must`, output)
		})
	}
}

func TestWhatGoesWrongElsewhereWithTomoIDV(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		with  func(*tomoidvCalls)
		fails []string
	}{
		"no fake": {func(c *tomoidvCalls) {
			c.startFake = func(...tomoidvtest.Option) (*tomoidvtest.Server, error) { return nil, broken }
		}, []string{"Two servers on this machine"}},
		"no client": {func(c *tomoidvCalls) {
			c.newClient = func(string, string, ...tomoidv.Option) (*tomoidv.Client, error) { return nil, broken }
		}, []string{"Two servers on this machine"}},
		"no provider": {func(c *tomoidvCalls) {
			c.newProvider = func(*tomoidv.Client, tomoidvkyc.Config) (kyc.Provider, error) { return nil, broken }
		}, []string{"Two servers on this machine"}},
		"nothing starts": {tomoidvFake(tomoidvtest.WithAudience("https://tomoidv.example")),
			[]string{"The application starts an attempt", "The rest"}},
		"nothing starts by package kyc": {tomoidvProvider(provided{start: broken}), []string{"The rest"}},
		"no result by package kyc": {tomoidvProvider(provided{result: broken}), []string{
			"Package kyc asks about the same one", "  believed, and given to package kyc", "  by package kyc", "One without a status (contract 1.3)",
		}},
		"not approved by package kyc": {tomoidvProvider(provided{status: kyc.StatusReview}), []string{"Package kyc asks about the same one"}},
		"no result": {tomoidvEasygoing(easygoing{always: broken}), []string{
			"The application asks for the result", "  its query, brought by an attacker", "  brought by that person",
			"A rejected one, at the same URL", "One under a weaker policy",
		}},
		"a handler that does nothing": {func(c *tomoidvCalls) {
			c.back = func(*hotel, http.ResponseWriter, *http.Request) {}
		}, []string{
			"The application asks for the result", "  its query, brought by an attacker", "  brought by that person",
			"A rejected one, at the same URL", "One under a weaker policy",
		}},
		"a contract without a status": {tomoidvFake(tomoidvtest.WithVersionIgnored()), []string{
			"The application asks for the result", "  its query, brought by an attacker", "  brought by that person",
			"A rejected one, at the same URL", "One under a weaker policy", "  by package kyc",
		}},
		"a token for each question": {func(c *tomoidvCalls) {
			var another *tomoidv.Client
			c.newClient = func(clientID, secretKey string, options ...tomoidv.Option) (_ *tomoidv.Client, err error) {
				if another, err = tomoidv.NewClient(clientID, secretKey, options...); err != nil {
					return nil, err
				}
				return tomoidv.NewClient(clientID, secretKey, options...)
			}
			c.newProvider = func(_ *tomoidv.Client, cfg tomoidvkyc.Config) (kyc.Provider, error) {
				return tomoidvkyc.New(another, cfg)
			}
		}, []string{"Access tokens asked for in all this"}},
		"somebody else": {tomoidvEasygoing(easygoing{record: func(r *tomoidv.Record) {
			r.KYC.Person = tomoidv.Person{FullName: "高橋陽子"}
		}}), []string{"  Name", "  Birth date", "  Age in full years"}},
		"another PPID": {func(c *tomoidvCalls) {
			c.back = func(h *hotel, w http.ResponseWriter, r *http.Request) {
				h.back(w, r)
				h.mu.Lock()
				defer h.mu.Unlock()
				h.guests[r.PathValue("attempt")].ppid = "ppid.c3ludGhldGlj"
			}
		}, []string{"  PPID, the same the next time"}},
	} {
		t.Run(name, func(t *testing.T) {
			calls := tomoidvPackage()
			test.with(&calls)
			held, output := demonstrateAlone(func(r *report) { demonstrateTomoIDV(t.Context(), r, calls) })
			assert.False(t, held)
			assert.Equal(t, test.fails, failures(output), output)
		})
	}
}

func TestTomoIDVCheckGoesWrong(t *testing.T) {
	weak := tomoidv.DocumentOCR(tomoidv.IDTypePassport, tomoidv.NoOwnerAssurance())
	for name, test := range map[string]struct {
		with  func(*testing.T, *tomoidvStage)
		fails []string
	}{
		"nothing": {func(*testing.T, *tomoidvStage) {}, nil},
		"an attempt too early": {func(t *testing.T, s *tomoidvStage) {
			_, _, err := s.hotel.start(t.Context(), "account-1")
			require.NoError(t, err)
		}, []string{"  with a token, by client assertion"}},
		"a weaker policy": {func(_ *testing.T, s *tomoidvStage) { s.hotel.policy = weak },
			[]string{"The person opens the page", "Package kyc asks about the same one", "  Policy"}},
		"a policy that nobody has": {func(_ *testing.T, s *tomoidvStage) { s.hotel.country = "us" },
			[]string{"The application starts an attempt"}},
		"another return URL": {func(_ *testing.T, s *tomoidvStage) { s.hotel.url += "/lost" },
			[]string{"The application asks for the result"}},
		"a proxy's answer": {func(t *testing.T, s *tomoidvStage) {
			require.NoError(t, s.fake.Inject(tomoidvtest.HTML(http.StatusForbidden).On(tomoidvtest.StartRoute)))
		}, []string{"The application starts an attempt"}},
		"no application": {func(t *testing.T, s *tomoidvStage) { require.NoError(t, s.server.Close()) },
			[]string{"The person passes"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			tomoidv := &row{vendor: "TomoIDV"}
			r := &report{out: &out, rows: []*row{tomoidv}, part: &tomoidv.check}
			stage, err := newTomoIDVStage(tomoidvPackage())
			require.NoError(t, err)
			defer stage.close()
			test.with(t, stage)
			stage.check(t.Context(), r)
			assert.Equal(t, test.fails, failures(out.String()), out.String())
		})
	}
}
