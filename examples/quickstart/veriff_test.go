package main

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
)

func TestVeriffVerificationsSwitchedOff(t *testing.T) {
	genuine := veriffPackage()
	// parse, confirm and decision with one error taken for success.
	parse := func(off error) func(*veriffCalls) {
		return func(c *veriffCalls) {
			c.parse = func(v *veriff.Verifier, header http.Header, body []byte) (veriff.Webhook, error) {
				webhook, err := genuine.parse(v, header, body)
				return webhook, tolerate(err, off)
			}
		}
	}
	decision := func(off error) func(*veriffCalls) {
		return func(c *veriffCalls) {
			c.decision = func(client *veriff.Client, ctx context.Context, id string) (*veriff.Decision, error) {
				decision, err := genuine.decision(client, ctx, id)
				return decision, tolerate(err, off)
			}
		}
	}
	for name, test := range map[string]struct {
		off   func(*veriffCalls)
		fails []string
	}{
		"signature of answers": {func(c *veriffCalls) {
			c.createSession = func(client *veriff.Client, ctx context.Context, req *veriff.CreateSessionRequest) (*veriff.Session, error) {
				session, err := genuine.createSession(client, ctx, req)
				if errors.Is(err, veriff.ErrSignature) {
					return &veriff.Session{}, nil
				}
				return session, err
			}
		}, []string{"  with any one byte changed"}},
		"signature of webhooks": {parse(veriff.ErrSignature), []string{
			"  with any one byte changed", "  with any one byte changed",
			`Decline changed to "approved"`, "Wrong secret, reading a webhook",
		}},
		"API key of webhooks": {parse(veriff.ErrAPIKey), []string{"Webhook for another API key"}},
		"age of webhooks": {func(c *veriffCalls) {
			c.confirm = func(client *veriff.Client, ctx context.Context, d *veriff.Decision) (*veriff.Decision, error) {
				decision, err := genuine.confirm(client, ctx, d)
				return decision, tolerate(err, veriff.ErrSuperseded)
			}
		}, []string{"Old approval sent again"}},
		"session of decisions":      {decision(veriff.ErrForeign), []string{"Decision about another session"}},
		"credentials of questions":  {decision(veriff.ErrUnauthorized), []string{"Wrong secret, asking Veriff"}},
		"the check behind a result": {veriffProvider(provided{foreign: true}), []string{"Check edited to another's session"}},
		"confirmation in the handler": {func(c *veriffCalls) {
			c.newWebhookHandler = func(v *veriff.Verifier, callback func(context.Context, veriff.Webhook) error, _ ...veriff.HandlerOption) (http.Handler, error) {
				return genuine.newWebhookHandler(v, callback)
			}
		}, []string{"  sent to the application"}},
		"verification in the handler": {func(c *veriffCalls) {
			c.newWebhookHandler = func(*veriff.Verifier, func(context.Context, veriff.Webhook) error, ...veriff.HandlerOption) (http.Handler, error) {
				return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), nil // 200 for everyone
			}
		}, []string{
			"Signed webhooks arrive", "The API confirms the decision",
			"  both sent to the application", "  sent to the application",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			calls := veriffPackage()
			test.off(&calls)
			held, output := demonstrateAlone(func(r *report) { demonstrateVeriff(t.Context(), r, calls) })
			assert.False(t, held)
			assert.Equal(t, test.fails, failures(output), output)
			assert.Regexp(t, `(?m)^        expected  .+\n        got       .+$`, output)
			assert.Regexp(t, `(?m)^\d+ of \d+ lines did NOT come out as they must`, output)
		})
	}
}

func TestWhatGoesWrongElsewhereWithVeriff(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		with  func(*veriffCalls)
		fails []string
	}{
		"nothing starts": {veriffProvider(provided{start: broken}), []string{"The application starts a check", "The rest"}},
		"another check starts": {veriffProvider(provided{mixedUp: true}), []string{
			"The application starts a check", "The person opens the page", "The person shows an ID card",
			"Signed webhooks arrive", "The API confirms the decision",
			"The application asks for the result", "  both sent to the application", "  sent to the application",
		}},
		"no result":    {veriffProvider(provided{result: broken}), []string{"The application asks for the result", "Check edited to another's session"}},
		"not approved": {veriffProvider(provided{status: kyc.StatusReview}), []string{"The application asks for the result"}},
		"no provider": {func(c *veriffCalls) {
			c.newProvider = func(*veriff.Client, veriffkyc.Config) (kyc.Provider, error) { return nil, broken }
		}, []string{"Two servers on this machine"}},
		"no handler": {func(c *veriffCalls) {
			c.newWebhookHandler = func(*veriff.Verifier, func(context.Context, veriff.Webhook) error, ...veriff.HandlerOption) (http.Handler, error) {
				return nil, broken
			}
		}, []string{"Two servers on this machine"}},
		"samples that cannot be read": {func(c *veriffCalls) {
			c.parse = func(*veriff.Verifier, http.Header, []byte) (veriff.Webhook, error) { return nil, broken }
		}, []string{
			"Webhook about an approval", "Webhook about a resubmission",
			`Decline changed to "approved"`, "Webhook for another API key", "Wrong secret, reading a webhook",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			calls := veriffPackage()
			test.with(&calls)
			held, output := demonstrateAlone(func(r *report) { demonstrateVeriff(t.Context(), r, calls) })
			assert.False(t, held)
			assert.Equal(t, test.fails, failures(output), output)
		})
	}
}

func veriffProvider(p provided) func(*veriffCalls) {
	return func(c *veriffCalls) {
		c.newProvider = func(client *veriff.Client, cfg veriffkyc.Config) (kyc.Provider, error) {
			genuine, err := veriffkyc.New(client, cfg)
			p.Provider = genuine
			return &p, err
		}
	}
}
