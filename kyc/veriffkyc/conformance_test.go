package veriffkyc_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kyctest"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestConformance(t *testing.T) { kyctest.Run(t, harness) }

func harness(tb testing.TB, log *slog.Logger) *kyctest.Harness {
	srv := verifftest.NewServer(tb, verifftest.WithoutListener(), verifftest.WithSessionDeletion())
	wire := &kyctest.Transport{Base: srv.RoundTripper()}
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret, veriff.WithLogger(log))
	require.NoError(tb, err)

	decide := func(decide func(id string, p verifftest.Person) error) func(*kyc.Check, kyc.Person) {
		return func(check *kyc.Check, p kyc.Person) {
			require.NoError(tb, srv.Submit(check.VendorID))
			require.NoError(tb, decide(check.VendorID, verifftest.Person{
				FirstName: p.GivenName, LastName: p.FamilyName, DateOfBirth: string(p.BirthDate),
			}))
		}
	}
	end := func(end func(id string) error) func(*kyc.Check, kyc.Person) {
		return func(check *kyc.Check, _ kyc.Person) { require.NoError(tb, end(check.VendorID)) }
	}
	fault := func(f verifftest.Fault) func() {
		return func() { require.NoError(tb, srv.Inject(f)) }
	}
	return &kyctest.Harness{
		NewProvider: func() kyc.Provider {
			client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL), veriff.WithMaxAttempts(1),
				veriff.WithHTTPClient(&http.Client{Transport: wire}), veriff.WithLogger(log))
			require.NoError(tb, err)
			provider, err := veriffkyc.New(client, veriffkyc.Config{Verifier: verifier, MinimumAge: 19})
			require.NoError(tb, err)
			return provider
		},
		Requests: wire.Requests,
		Stall:    wire.Stall,
		Outcomes: map[kyc.Status]func(*kyc.Check, kyc.Person){
			kyc.StatusApproved: decide(srv.Approve),
			kyc.StatusDeclined: decide(func(id string, _ verifftest.Person) error { return srv.Decline(id, 101, "") }),
			kyc.StatusReview:   decide(func(id string, _ verifftest.Person) error { return srv.Review(id) }),
			kyc.StatusResubmit: decide(func(id string, _ verifftest.Person) error { return srv.RequestResubmission(id, 201, "") }),
			kyc.StatusExpired:  end(srv.Expire),
			kyc.StatusAbandoned: end(func(id string) error {
				require.NoError(tb, srv.Open(id))
				return srv.Abandon(id)
			}),
			kyc.StatusUnknown: end(func(id string) error {
				return srv.ForceDecision(id, map[string]any{"status": "approved", "code": 9102})
			}),
		},
		Overrule: func(check *kyc.Check) {
			require.NoError(tb, srv.ForceDecision(check.VendorID, map[string]any{"status": "declined", "code": 9102}))
		},
		Webhook: func(check *kyc.Check) *http.Request {
			var last *http.Request
			for _, webhook := range srv.Webhooks() {
				if webhook.SessionID == check.VendorID && webhook.Kind == verifftest.DecisionWebhook {
					last = httptest.NewRequest(http.MethodPost, "/webhooks/veriff", bytes.NewReader(webhook.Body))
					last.Header = webhook.Header
				}
			}
			require.NotNil(tb, last, "Veriff told nobody")
			return last
		},
		Faults: map[error]func(){
			kyc.ErrInvalidRequest: fault(verifftest.Status(http.StatusBadRequest, 0)),
			kyc.ErrUnauthorized:   fault(verifftest.Status(http.StatusUnauthorized, 0)),
			kyc.ErrNotFound:       fault(verifftest.Status(http.StatusNotFound, 0)),
			kyc.ErrRateLimited:    fault(verifftest.Status(http.StatusTooManyRequests, 0)),
			kyc.ErrUnavailable:    fault(verifftest.ResetBefore()),
			kyc.ErrInvalidAnswer:  fault(verifftest.HTML(http.StatusOK)),
			kyc.ErrSignature:      fault(verifftest.WrongSignature()),
			kyc.ErrForeign:        fault(verifftest.AnotherSession()),
			kyc.ErrUnconfirmed:    fault(verifftest.ResetAfter()),
		},
		IsVendorError: func(err error) bool { var verr *veriff.Error; return errors.As(err, &verr) },
		Secrets:       []string{srv.APIKey, srv.Secret},
	}
}
