package iamportkyc_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// noon is when every fake lives, unless a test moves it; 21:00 in Seoul.
var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

const returnURL = "https://shop.example/back?account=42"

func mirae() iamporttest.Person {
	return iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01", Gender: "female", Phone: "01000000000", Carrier: "KT"}
}

func newServer(t *testing.T, opts ...iamporttest.Option) *iamporttest.Server {
	t.Helper()
	srv := iamporttest.NewServer(t, append(opts, iamporttest.WithoutListener())...)
	srv.SetTime(noon)
	return srv
}

// newClient is one that tries once: no test waits for a retry.
func newClient(t *testing.T, srv *iamporttest.Server, opts ...iamport.Option) *iamport.Client {
	t.Helper()
	opts = append([]iamport.Option{
		iamport.WithBaseURL(srv.URL), iamport.WithMaxAttempts(1),
		iamport.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}),
	}, opts...)
	client, err := iamport.NewClient(srv.APIKey, srv.APISecret, opts...)
	require.NoError(t, err)
	return client
}

// newProvider opens the Danal channel of the fake, unless cfg says otherwise.
func newProvider(t *testing.T, srv *iamporttest.Server, cfg iamportkyc.Config, opts ...iamport.Option) *iamportkyc.Provider {
	t.Helper()
	cfg.UserCode, cfg.ScriptURL = srv.UserCode, srv.URL+"/v1/iamport.js"
	if cfg.ChannelKey == "" && cfg.PG == "" {
		cfg.ChannelKey = srv.ChannelKey
	}
	provider, err := iamportkyc.New(newClient(t, srv, opts...), cfg)
	require.NoError(t, err)
	return provider
}

// start is a check that began at noon, by the clock of the fake.
func start(t *testing.T, provider kyc.Provider) *kyc.Check {
	t.Helper()
	check, err := provider.Start(t.Context(), &kyc.StartRequest{Reference: "user-42", ReturnURL: returnURL})
	require.NoError(t, err)
	check.StartedAt, check.ExpiresAt = noon, noon.Add(check.ExpiresAt.Sub(check.StartedAt))
	return check
}

// claim is the check once a browser has named an imp_uid.
func claim(t *testing.T, check *kyc.Check, impUID string) *kyc.Check {
	t.Helper()
	claimed, err := check.Apply(&kyc.Notice{VendorID: impUID})
	require.NoError(t, err)
	return claimed
}

// certified is the check after person has passed with Danal.
func certified(t *testing.T, srv *iamporttest.Server, check *kyc.Check, person iamporttest.Person) *kyc.Check {
	t.Helper()
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: check.ID}, person)
	require.NoError(t, err)
	return claim(t, check, impUID)
}

// begun is the check after a window has opened.
func begun(t *testing.T, srv *iamporttest.Server, check *kyc.Check) *kyc.Check {
	t.Helper()
	impUID, err := srv.Begin(iamporttest.Attempt{MerchantUID: check.ID})
	require.NoError(t, err)
	return claim(t, check, impUID)
}

func ask(t *testing.T, provider kyc.Provider, check *kyc.Check) *kyc.Result {
	t.Helper()
	result, err := provider.Result(t.Context(), check)
	require.NoError(t, err)
	require.NotNil(t, result)
	return result
}

// forced is the result of a check whose certification has these fields.
func forced(t *testing.T, cfg iamportkyc.Config, fields map[string]any) *kyc.Result {
	t.Helper()
	srv := newServer(t)
	provider := newProvider(t, srv, cfg)
	check := certified(t, srv, start(t, provider), mirae())
	require.NoError(t, srv.ForceCertification(check.VendorID, fields))
	return ask(t, provider, check)
}

// back is the request of a browser that comes to url.
func back(url string) *http.Request { return httptest.NewRequest(http.MethodGet, url, nil) }

// failure is err as the portable error that it must be.
func failure(t *testing.T, err error) *kyc.Error {
	t.Helper()
	var kerr *kyc.Error
	require.ErrorAs(t, err, &kerr)
	require.Equal(t, "iamport", kerr.Provider)
	return kerr
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// seen calls back once a certification was answered for.
func seen(srv *iamporttest.Server, done func()) iamport.Option {
	return iamport.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		answer, err := srv.RoundTripper().RoundTrip(r)
		if r.Method == http.MethodGet {
			done()
		}
		return answer, err
	})})
}
