package tomoidvkyc_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// Whatever a check goes through, neither what is given back nor what is logged
// shows credentials, ids, a URL or personal data.
func TestNothingIsShown(t *testing.T) {
	var log bytes.Buffer
	logger := tomoidv.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	srv := newServer(t)
	cfg := changed(func(c *tomoidvkyc.Config) { c.MinimumAge = 19 })
	provider := newProvider(t, srv, cfg, logger)
	const email, ppid = "marker-77311@shop.example", "ppid.bWFya2VyLTc3MzEy"
	req := &kyc.StartRequest{Reference: secrettest.Marker, Hints: kyc.Hints{Email: email}}
	check, err := provider.Start(t.Context(), req)
	require.NoError(t, err)
	markers := []string{secrettest.Marker, email, ppid, srv.ClientID, srv.SecretKey, check.ID, check.URL}
	// All errors are of one type, which prints its own text: one is searched in
	// every form, the others as they come into a log.
	failed := func(err error) {
		t.Helper()
		require.Error(t, err)
		fmt.Fprintf(&log, "%v\n%+v\n%#v\n%q\n", err, err, err, err)
	}
	shown := func(v any) { t.Helper(); secrettest.AssertHidden(t, v, markers...) }
	shown(cfg)
	shown(*provider)
	shown(*check)
	assert.ElementsMatch(t, []string{"Config", "Provider"}, secrettest.ExportedStructs(t, "."), "is a new type hidden as well?")

	require.NoError(t, srv.Pass(check.ID, tomoidvtest.Person{
		FullName: secrettest.Marker, DateOfBirth: "1991-05-06", GovernmentID: secrettest.Marker, PPID: ppid,
	}))
	result := ask(t, provider, check)
	require.Equal(t, secrettest.Marker, result.Person.IDNumber, "it is there for who asks")
	require.Equal(t, ppid, result.Keys[0].Value)
	shown(*result)

	claimed := *check
	claimed.VendorID = ppid
	_, err = provider.Result(t.Context(), &claimed)
	shown(failure(t, err))
	other := kyc.NewCheckID()
	markers = append(markers, other)
	for _, fault := range []tomoidvtest.Fault{
		tomoidvtest.Status(401, 0).Times(2), tomoidvtest.Status(500, 0), tomoidvtest.HTML(200), tomoidvtest.ResetBefore(),
		tomoidvtest.Text(400, secrettest.Marker), tomoidvtest.OAuthError(403, secrettest.Marker, secrettest.Marker),
		tomoidvtest.Redirect("https://" + srv.ClientID + ".example/"), setMembers(map[string]any{"user_id": other}),
		tomoidvtest.ExtraKYCMembers(`"status":"` + secrettest.Marker + `"`),
		setMembers(map[string]any{"result": newRecord(map[string]any{"auth_id": other})}),
	} {
		require.NoError(t, srv.Inject(fault.On(tomoidvtest.ResultRoute)))
		_, err := provider.Result(t.Context(), check)
		failed(err)
	}
	require.NoError(t, srv.Inject(tomoidvtest.Text(400, ppid).On(tomoidvtest.DeleteResultRoute)))
	_, err = provider.Erase(t.Context(), check)
	failed(err)
	for _, fault := range []tomoidvtest.Fault{tomoidvtest.Text(400, secrettest.Marker), tomoidvtest.ResetAfter(), tomoidvtest.Truncate()} {
		require.NoError(t, srv.Inject(fault.On(tomoidvtest.StartRoute)))
		_, err := provider.Start(t.Context(), req)
		failed(err)
	}
	require.NotEmpty(t, log.String())
	for _, marker := range markers {
		assert.NotContains(t, log.String(), marker)
	}
}
