package iamportkyc_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
	"github.com/kyckit/kyckit-go/kyc/kyctest"
)

func TestConformance(t *testing.T) { kyctest.Run(t, harness) }

func harness(tb testing.TB, log *slog.Logger) *kyctest.Harness {
	srv := iamporttest.NewServer(tb, iamporttest.WithoutListener())
	wire := &kyctest.Transport{Base: srv.RoundTripper()}

	// certify returns the imp_uid of a new attempt, whose certification then has
	// these fields.
	certify := func(check *kyc.Check, p kyc.Person, fields map[string]any) {
		impUID, err := srv.Certify(
			iamporttest.Attempt{MerchantUID: check.ID, RedirectURL: check.ReturnURL},
			iamporttest.Person{Name: p.FullName, Birthday: string(p.BirthDate)})
		require.NoError(tb, err)
		if fields != nil {
			require.NoError(tb, srv.ForceCertification(impUID, fields))
		}
	}
	certified := func(fields map[string]any) func(*kyc.Check, kyc.Person) {
		return func(check *kyc.Check, p kyc.Person) { certify(check, p, fields) }
	}
	impUID := func(check *kyc.Check) string {
		var last string
		for _, certification := range srv.Certifications() {
			if certification.MerchantUID == check.ID {
				last = certification.ImpUID
			}
		}
		require.NotEmpty(tb, last, "nobody has opened the window")
		return last
	}
	fault := func(f iamporttest.Fault) func() {
		return func() { require.NoError(tb, srv.Inject(f.On(iamporttest.CertificationRoute))) }
	}
	return &kyctest.Harness{
		NewProvider: func() kyc.Provider {
			client, err := iamport.NewClient(srv.APIKey, srv.APISecret, iamport.WithBaseURL(srv.URL), iamport.WithMaxAttempts(1),
				iamport.WithHTTPClient(&http.Client{Transport: wire}), iamport.WithLogger(log))
			require.NoError(tb, err)
			provider, err := iamportkyc.New(client, iamportkyc.Config{
				UserCode: srv.UserCode, ChannelKey: srv.ChannelKey, ScriptURL: srv.URL + "/v1/iamport.js", MinimumAge: 19,
			})
			require.NoError(tb, err)
			return provider
		},
		Requests: wire.Requests,
		Stall:    wire.Stall,
		Outcomes: map[kyc.Status]func(*kyc.Check, kyc.Person){
			kyc.StatusApproved: certified(nil),
			kyc.StatusDeclined: certified(map[string]any{"birthday": "2020-01-01", "birth": nil}),
			kyc.StatusReview:   certified(map[string]any{"unique_key": nil}),
			kyc.StatusExpired: func(check *kyc.Check, p kyc.Person) {
				certify(check, p, map[string]any{"certified_at": check.StartedAt.Add(-time.Hour).Unix()})
			},
			kyc.StatusUnknown: func(check *kyc.Check, p kyc.Person) {
				certify(check, p, map[string]any{"certified_at": check.StartedAt.Add(24 * time.Hour).Unix()})
			},
		},
		Overrule: func(check *kyc.Check) {
			require.NoError(tb, srv.ForceCertification(impUID(check), map[string]any{"pg_provider": "inicis"}))
		},
		Return: func(check *kyc.Check) *http.Request {
			address, err := srv.ReturnURL(impUID(check))
			require.NoError(tb, err)
			return httptest.NewRequest(http.MethodGet, address, nil)
		},
		Faults: map[error]func(){
			kyc.ErrInvalidRequest: fault(iamporttest.Status(http.StatusBadRequest, 0)),
			kyc.ErrUnauthorized:   fault(iamporttest.Status(http.StatusForbidden, 0)),
			kyc.ErrNotFound:       fault(iamporttest.Status(http.StatusNotFound, 0)),
			kyc.ErrRateLimited:    fault(iamporttest.Status(http.StatusTooManyRequests, 0)),
			kyc.ErrUnavailable:    fault(iamporttest.ResetBefore()),
			kyc.ErrInvalidAnswer:  fault(iamporttest.HTML(http.StatusOK)),
			kyc.ErrForeign:        fault(iamporttest.AnotherCertification()),
		},
		IsVendorError: func(err error) bool { var verr *iamport.Error; return errors.As(err, &verr) },
		Secrets:       []string{srv.APIKey, srv.APISecret},
	}
}
