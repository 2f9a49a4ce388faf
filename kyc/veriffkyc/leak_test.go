package veriffkyc_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// Whatever a check goes through, neither what is given back nor what is logged
// shows credentials, ids, a URL or personal data.
func TestNothingIsShown(t *testing.T) {
	var log bytes.Buffer
	logger := veriff.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	srv := newServer(t, verifftest.WithSessionDeletion())
	cfg := veriffkyc.Config{MinimumAge: 19}
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret, logger)
	require.NoError(t, err)
	cfg.Verifier = verifier
	provider := newProvider(t, srv, cfg, logger)
	req := &kyc.StartRequest{Hints: kyc.Hints{GivenName: secrettest.Marker}}
	check, err := provider.Start(t.Context(), req)
	require.NoError(t, err)
	markers := []string{secrettest.Marker, srv.APIKey, srv.Secret, check.ID, check.VendorID, check.URL}
	// All errors are of one type, which prints its own text: one is searched in
	// every form, the others as they come into a log.
	failed := func(err error) {
		require.Error(t, err)
		fmt.Fprintf(&log, "%v\n%+v\n%#v\n%q\n", err, err, err, err)
	}
	shown := func(v any) { t.Helper(); secrettest.AssertHidden(t, v, markers...) }
	shown(cfg)
	shown(*provider)
	shown(*check)
	assert.ElementsMatch(t, []string{"Config", "Provider"}, secrettest.ExportedStructs(t, "."), "is a new type hidden as well?")

	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.Approve(check.VendorID, verifftest.Person{
		LastName: secrettest.Marker, DateOfBirth: "1990-03-01", IDNumber: secrettest.Marker,
	}))
	result := ask(t, provider, check)
	require.Equal(t, secrettest.Marker, result.Person.IDNumber, "it is there for who asks")
	shown(*result)
	for _, webhook := range srv.Webhooks() {
		notice, err := provider.ParseWebhook(webhook.Header, webhook.Body)
		require.NoError(t, err)
		shown(*notice)
		_, err = provider.ParseWebhook(webhook.Header, webhook.Tampered().Body)
		failed(err)
	}

	foreign := *check
	foreign.ID = kyc.NewCheckID()
	markers = append(markers, foreign.ID)
	_, err = provider.Result(t.Context(), &foreign)
	shown(failure(t, err))
	for _, fault := range []verifftest.Fault{
		verifftest.Status(401, 0), verifftest.Status(500, 0), verifftest.HTML(200), verifftest.ResetBefore(),
		verifftest.WrongSignature(), verifftest.AnotherSession(), verifftest.Redirect("https://" + srv.APIKey + ".example/"),
		verifftest.ExtraMembers(`"reason":"` + secrettest.Marker + `"`),
	} {
		require.NoError(t, srv.Inject(fault))
		_, err := provider.Result(t.Context(), check)
		failed(err)
	}
	for _, fault := range []verifftest.Fault{verifftest.Status(400, 0), verifftest.ResetAfter(), verifftest.Truncate()} {
		require.NoError(t, srv.Inject(fault))
		_, err := provider.Start(t.Context(), req)
		failed(err)
	}
	for _, fault := range []verifftest.Fault{verifftest.Status(400, 0), verifftest.AnotherSession()} {
		require.NoError(t, srv.Inject(fault.On(verifftest.DeleteSessionRoute)))
		_, err := provider.Erase(t.Context(), check)
		failed(err)
	}
	require.NotEmpty(t, log.String())
	for _, marker := range markers {
		assert.NotContains(t, log.String(), marker)
	}
}
