package iamportkyc_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

func TestResultFails(t *testing.T) {
	for name, test := range map[string]struct {
		fault  iamporttest.Fault
		kind   error
		vendor error
	}{
		"400":                 {iamporttest.Status(400, 0), kyc.ErrInvalidRequest, iamport.ErrInvalidRequest},
		"401, always":         {iamporttest.Status(401, 0).Times(2), kyc.ErrUnauthorized, iamport.ErrUnauthorized},
		"403":                 {iamporttest.Status(403, 0), kyc.ErrUnauthorized, iamport.ErrForbidden},
		"404":                 {iamporttest.Status(404, 0), kyc.ErrNotFound, iamport.ErrNotFound},
		"409":                 {iamporttest.Status(409, 0), kyc.ErrInvalidRequest, iamport.ErrConflict},
		"429":                 {iamporttest.Status(429, time.Second), kyc.ErrRateLimited, iamport.ErrRateLimited},
		"500":                 {iamporttest.Status(500, 0), kyc.ErrUnavailable, iamport.ErrUnavailable},
		"503":                 {iamporttest.Status(503, 0), kyc.ErrUnavailable, iamport.ErrUnavailable},
		"reset":               {iamporttest.ResetBefore(), kyc.ErrUnavailable, iamport.ErrUnavailable},
		"cut off":             {iamporttest.Truncate(), kyc.ErrUnavailable, iamport.ErrUnavailable},
		"redirect":            {iamporttest.Redirect("https://evil.example/"), kyc.ErrInvalidAnswer, iamport.ErrInvalidAnswer},
		"HTML":                {iamporttest.HTML(200), kyc.ErrInvalidAnswer, iamport.ErrInvalidAnswer},
		"nothing in it":       {iamporttest.NullResponse(), kyc.ErrInvalidAnswer, iamport.ErrInvalidAnswer},
		"a code in a success": {iamporttest.ApplicationError(200, -1, "no"), kyc.ErrInvalidRequest, iamport.ErrRefused},
		"too large":           {iamporttest.Oversize(9 << 20), kyc.ErrInvalidAnswer, iamport.ErrTooLarge},
		"another":             {iamporttest.AnotherCertification(), kyc.ErrForeign, iamport.ErrForeign},
		"a key twice":         {iamporttest.ExtraMembers(`"certified":true`), kyc.ErrInvalidAnswer, iamport.ErrInvalidAnswer},
		"a twin of a key":     {iamporttest.ExtraMembers(`"Certified":true`), kyc.ErrInvalidAnswer, iamport.ErrInvalidAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19})
			check := certified(t, srv, start(t, provider), iamporttest.Person{Name: "홍아이", Birthday: "2020-01-01"})
			require.NoError(t, srv.Inject(test.fault.On(iamporttest.CertificationRoute)))
			result, err := provider.Result(t.Context(), check)
			kerr := failure(t, err)
			assert.Equal(t, "result", kerr.Op)
			assert.Equal(t, test.kind, kerr.Kind)
			require.ErrorIs(t, err, test.vendor)
			var verr *iamport.Error
			require.ErrorAs(t, err, &verr)
			assert.Equal(t, "Certification", verr.Op)
			assert.Nil(t, result)
			assert.Equal(t, kyc.StatusDeclined, ask(t, provider, check).Status, "the next call finds it")
		})
	}
}

func TestTokenFails(t *testing.T) {
	srv := newServer(t)
	client, err := iamport.NewClient(srv.APIKey, "not-the-secret", iamport.WithBaseURL(srv.URL), iamport.WithMaxAttempts(1),
		iamport.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	provider, err := iamportkyc.New(client, valid())
	require.NoError(t, err)
	check := certified(t, srv, start(t, provider), mirae())
	assertRefused(t, provider, check, kyc.ErrUnauthorized)
	_, err = provider.Erase(t.Context(), check)
	require.ErrorIs(t, err, kyc.ErrUnauthorized)

	provider = newProvider(t, srv, iamportkyc.Config{})
	require.NoError(t, srv.Inject(iamporttest.Status(503, 0).On(iamporttest.TokenRoute)))
	assertRefused(t, provider, check, kyc.ErrUnavailable)
}

// An access token that has grown old, or was revoked, is nobody's trouble.
func TestTokenIsRenewed(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := certified(t, srv, start(t, provider), mirae())
	require.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
	srv.RevokeToken()
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
	assert.Equal(t, 2, srv.TokenCalls())
}

func TestEndOfTheCallersContext(t *testing.T) {
	calls := map[string]func(context.Context, *iamportkyc.Provider, *kyc.Check) error{
		"result": func(ctx context.Context, p *iamportkyc.Provider, check *kyc.Check) error {
			_, err := p.Result(ctx, check)
			return err
		},
		"erase": func(ctx context.Context, p *iamportkyc.Provider, check *kyc.Check) error {
			_, err := p.Erase(ctx, check)
			return err
		},
	}
	srv := newServer(t)
	check := certified(t, srv, start(t, newProvider(t, srv, iamportkyc.Config{})), mirae())
	for name, call := range calls {
		t.Run("canceled before, "+name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			assertEnded(t, call(ctx, newProvider(t, srv, iamportkyc.Config{}), check), name, context.Canceled)
		})
		t.Run("too late, "+name, func(t *testing.T) {
			ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Hour))
			defer cancel()
			assertEnded(t, call(ctx, newProvider(t, srv, iamportkyc.Config{}), check), name, context.DeadlineExceeded)
		})
		t.Run("canceled while Iamport has it, "+name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stalled := roundTripper(func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodGet {
					cancel()
				}
				return srv.RoundTripper().RoundTrip(r)
			})
			require.NoError(t, srv.Inject(iamporttest.Stall(nil).On(iamporttest.CertificationRoute)))
			defer srv.ClearFaults()
			provider := newProvider(t, srv, iamportkyc.Config{}, iamport.WithHTTPClient(&http.Client{Transport: stalled}))
			assertEnded(t, call(ctx, provider, check), name, context.Canceled)
		})
	}
	assert.Len(t, srv.Certifications(), 1)
}

func assertEnded(t *testing.T, err error, op string, want error) {
	t.Helper()
	require.ErrorIs(t, err, want)
	kerr := failure(t, err)
	assert.NoError(t, kerr.Kind, "nothing else is wrong")
	assert.Equal(t, op, kerr.Op)
}
