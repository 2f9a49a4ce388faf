package stress_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

// errorIs is errors.Is for a sentinel that a package may not have.
func errorIs(err, sentinel error) bool { return sentinel != nil && errors.Is(err, sentinel) }

type iamportState struct {
	srv    *iamporttest.Server
	impUID string
}

func theIamport() *vendor {
	// use is a call about a certification that there is.
	use := func(do func(ctx context.Context, c *iamport.Client, impUID string) error) func(*testing.T, *world) func(context.Context, any) error {
		return func(_ *testing.T, w *world) func(context.Context, any) error {
			return func(ctx context.Context, client any) error {
				return do(ctx, client.(*iamport.Client), w.state.(iamportState).impUID)
			}
		}
	}
	otp := func(w *world) *iamport.OTPRequest {
		return &iamport.OTPRequest{
			Name: "홍미래", Phone: "01000004321", Birth: "900301", GenderDigit: "2", Carrier: iamport.CarrierSKT,
			MerchantUID: "attempt2", ChannelKey: w.state.(iamportState).srv.ChannelKeyOf(iamporttest.Danal),
		}
	}
	return &vendor{
		name:    "iamport",
		client:  reflect.TypeFor[*iamport.Client](),
		offline: []string{"ForTier", "Format", "LogValue"},
		token:   string(iamporttest.TokenRoute),
		sentinels: map[class]error{
			invalidRequest: iamport.ErrInvalidRequest, unauthorized: iamport.ErrUnauthorized, forbidden: iamport.ErrForbidden,
			notFound: iamport.ErrNotFound, conflict: iamport.ErrConflict, rateLimited: iamport.ErrRateLimited,
			unavailable: iamport.ErrUnavailable, invalidAnswer: iamport.ErrInvalidAnswer, tooLarge: iamport.ErrTooLarge,
			unconfirmed: iamport.ErrUnconfirmed,
		},
		open: func(t *testing.T) *world {
			srv := iamporttest.NewServer(t, iamporttest.WithoutListener())
			impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01", Gender: "female", Phone: "01000004321"})
			require.NoError(t, err)
			w := &world{
				fake: srv, state: iamportState{srv, impUID}, revoke: srv.RevokeToken,
				secrets: []string{srv.APIKey, srv.APISecret, impUID, "홍미래", "01000004321"},
				connect: func(rt http.RoundTripper, base string, logger *slog.Logger) (any, error) {
					return iamport.NewClient(srv.APIKey, srv.APISecret, iamport.WithBaseURL(base),
						iamport.WithHTTPClient(&http.Client{Transport: rt}), iamport.WithLogger(logger))
				},
				warm: func(ctx context.Context, client any) error {
					_, err := client.(*iamport.Client).Certification(ctx, impUID)
					return err
				},
			}
			w.clean, err = w.connect(srv.RoundTripper(), srv.URL, slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			return w
		},
		calls: map[string]call{
			"Certification": {route: string(iamporttest.CertificationRoute), prepare: use(func(ctx context.Context, c *iamport.Client, impUID string) error {
				_, err := c.Certification(ctx, impUID)
				return err
			})},
			"VerifyCertification": {route: string(iamporttest.CertificationRoute), prepare: use(func(ctx context.Context, c *iamport.Client, impUID string) error {
				_, err := c.VerifyCertification(ctx, impUID, &iamport.Expectation{MerchantUID: "attempt-1"})
				return err
			})},
			"DeleteCertification": {route: string(iamporttest.DeleteCertificationRoute), prepare: use(func(ctx context.Context, c *iamport.Client, impUID string) error {
				_, err := c.DeleteCertification(ctx, impUID)
				return err
			})},
			"RequestOTP": {route: string(iamporttest.RequestOTPRoute), once: true, prepare: func(_ *testing.T, w *world) func(context.Context, any) error {
				return func(ctx context.Context, client any) error {
					_, err := client.(*iamport.Client).RequestOTP(ctx, otp(w))
					return err
				}
			}},
			"ConfirmOTP": {route: string(iamporttest.ConfirmOTPRoute), once: true, prepare: func(t *testing.T, w *world) func(context.Context, any) error {
				asked, err := w.clean.(*iamport.Client).RequestOTP(t.Context(), otp(w))
				require.NoError(t, err)
				code, err := w.state.(iamportState).srv.OTPCode(asked.ImpUID)
				require.NoError(t, err)
				w.secrets = append(w.secrets, asked.ImpUID, code)
				return func(ctx context.Context, client any) error {
					_, err := client.(*iamport.Client).ConfirmOTP(ctx, asked.ImpUID, code)
					return err
				}
			}},
			"Do": {route: string(iamporttest.CertificationRoute), prepare: use(func(ctx context.Context, c *iamport.Client, impUID string) error {
				_, err := c.Do(ctx, &iamport.Call{Method: http.MethodGet, Route: "/certifications/{imp_uid}", Args: []string{impUID}})
				return err
			})},
			"Do once": {route: string(iamporttest.DeleteCertificationRoute), once: true, prepare: use(func(ctx context.Context, c *iamport.Client, impUID string) error {
				_, err := c.Do(ctx, &iamport.Call{Method: http.MethodDelete, Route: "/certifications/{imp_uid}", Args: []string{impUID}})
				return err
			})},
		},
	}
}
