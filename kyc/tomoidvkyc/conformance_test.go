package tomoidvkyc_test

import (
	"errors"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kyctest"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

func TestConformance(t *testing.T) { kyctest.Run(t, harness) }

func harness(tb testing.TB, log *slog.Logger) *kyctest.Harness {
	srv := tomoidvtest.NewServer(tb, tomoidvtest.WithoutListener())
	wire := &kyctest.Transport{Base: srv.RoundTripper()}

	person := func(p kyc.Person) tomoidvtest.Person {
		return tomoidvtest.Person{
			FullName: p.FullName, GivenName: p.GivenName, FamilyName: p.FamilyName, DateOfBirth: string(p.BirthDate),
		}
	}
	end := func(end func(userID string) error) func(*kyc.Check, kyc.Person) {
		return func(check *kyc.Check, _ kyc.Person) { require.NoError(tb, end(check.ID)) }
	}
	fault := func(f tomoidvtest.Fault) func() {
		return func() { require.NoError(tb, srv.Inject(f)) }
	}
	return &kyctest.Harness{
		NewProvider: func() kyc.Provider {
			client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(srv.URL), tomoidv.WithMaxAttempts(1),
				tomoidv.WithContractVersion("1.4"), tomoidv.WithHTTPClient(&http.Client{Transport: wire}), tomoidv.WithLogger(log))
			require.NoError(tb, err)
			cfg := config()
			cfg.MinimumAge = 19
			provider, err := tomoidvkyc.New(client, cfg)
			require.NoError(tb, err)
			return provider
		},
		Requests: wire.Requests,
		Stall:    wire.Stall,
		Outcomes: map[kyc.Status]func(*kyc.Check, kyc.Person){
			kyc.StatusApproved: func(check *kyc.Check, p kyc.Person) { require.NoError(tb, srv.Pass(check.ID, person(p))) },
			kyc.StatusReview:   func(check *kyc.Check, p kyc.Person) { require.NoError(tb, srv.Review(check.ID, person(p))) },
			kyc.StatusDeclined: end(srv.Fail),
			kyc.StatusExpired:  end(srv.Expire),
			kyc.StatusCanceled: end(srv.Cancel),
			kyc.StatusUnknown: end(func(userID string) error {
				return srv.ForceResult(userID, map[string]any{"kyc": map[string]any{"status": "on_hold"}})
			}),
		},
		Overrule: func(check *kyc.Check) {
			require.NoError(tb, srv.ForceResult(check.ID, map[string]any{"kyc": map[string]any{"status": "expired"}}))
		},
		Faults: map[error]func(){
			kyc.ErrInvalidRequest: fault(tomoidvtest.Status(http.StatusBadRequest, 0).On(tomoidvtest.ResultRoute)),
			kyc.ErrUnauthorized:   fault(tomoidvtest.Status(http.StatusForbidden, 0).On(tomoidvtest.ResultRoute)),
			kyc.ErrRateLimited:    fault(tomoidvtest.Status(http.StatusTooManyRequests, 0).On(tomoidvtest.ResultRoute)),
			kyc.ErrUnavailable:    fault(tomoidvtest.ResetBefore().On(tomoidvtest.ResultRoute)),
			kyc.ErrInvalidAnswer:  fault(tomoidvtest.HTML(http.StatusOK).On(tomoidvtest.ResultRoute)),
			kyc.ErrForeign:        fault(setMembers(map[string]any{"user_id": "user-7"})),
			kyc.ErrUnconfirmed:    fault(tomoidvtest.ResetAfter().On(tomoidvtest.StartRoute)),
		},
		IsVendorError: func(err error) bool { var verr *tomoidv.Error; return errors.As(err, &verr) },
		Secrets:       []string{srv.ClientID, srv.SecretKey},
	}
}
