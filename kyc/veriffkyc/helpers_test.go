package veriffkyc_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// noon is when every fake lives, unless a test moves it.
var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func newServer(t *testing.T, opts ...verifftest.Option) *verifftest.Server {
	t.Helper()
	srv := verifftest.NewServer(t, append(opts, verifftest.WithoutListener())...)
	srv.SetTime(noon)
	return srv
}

// newClient is one that tries once: no test waits for a retry.
func newClient(t *testing.T, srv *verifftest.Server, opts ...veriff.Option) *veriff.Client {
	t.Helper()
	opts = append([]veriff.Option{
		veriff.WithBaseURL(srv.URL), veriff.WithMaxAttempts(1),
		veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}),
	}, opts...)
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, opts...)
	require.NoError(t, err)
	return client
}

func newVerifier(t *testing.T, srv *verifftest.Server) *veriff.Verifier {
	t.Helper()
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	require.NoError(t, err)
	return verifier
}

func newProvider(t *testing.T, srv *verifftest.Server, cfg veriffkyc.Config, opts ...veriff.Option) *veriffkyc.Provider {
	t.Helper()
	provider, err := veriffkyc.New(newClient(t, srv, opts...), cfg)
	require.NoError(t, err)
	return provider
}

func start(t *testing.T, provider kyc.Provider) *kyc.Check {
	t.Helper()
	check, err := provider.Start(t.Context(), &kyc.StartRequest{Reference: "user-42", ReturnURL: "https://shop.example/back"})
	require.NoError(t, err)
	return check
}

func ask(t *testing.T, provider kyc.Provider, check *kyc.Check) *kyc.Result {
	t.Helper()
	result, err := provider.Result(t.Context(), check)
	require.NoError(t, err)
	require.NotNil(t, result)
	return result
}

// forced is the result of a check whose decision has these fields.
func forced(t *testing.T, cfg veriffkyc.Config, fields map[string]any) *kyc.Result {
	t.Helper()
	srv := newServer(t)
	provider := newProvider(t, srv, cfg)
	check := start(t, provider)
	require.NoError(t, srv.ForceDecision(check.VendorID, fields))
	return ask(t, provider, check)
}

// failure is err as the portable error that it must be.
func failure(t *testing.T, err error) *kyc.Error {
	t.Helper()
	var kerr *kyc.Error
	require.ErrorAs(t, err, &kerr)
	require.Equal(t, "veriff", kerr.Provider)
	return kerr
}
