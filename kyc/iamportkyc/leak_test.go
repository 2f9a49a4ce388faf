package iamportkyc_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// Whatever a check goes through, neither what is given back nor what is logged
// shows credentials, ids or personal data. What the page shows anybody, such as
// the channel's key, is no secret.
func TestNothingIsShown(t *testing.T) {
	var log bytes.Buffer
	logger := iamport.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	srv := newServer(t, iamporttest.WithPhone())
	provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19}, logger)
	person := iamporttest.Person{Name: secrettest.Marker, Birthday: "1990-03-01", Phone: "01077310000", CI: "CI" + secrettest.Marker}
	check := certified(t, srv, start(t, provider), person)
	markers := []string{
		secrettest.Marker, srv.APIKey, srv.APISecret, check.ID, check.VendorID, "01077310000", "1990-03-01", "account=42",
	}
	// All errors are of one type, which prints its own text: one is searched in
	// every form, the others as they come into a log.
	failed := func(err error) {
		require.Error(t, err)
		fmt.Fprintf(&log, "%v\n%+v\n%#v\n%q\n", err, err, err, err)
	}
	shown := func(v any) { t.Helper(); secrettest.AssertHidden(t, v, markers...) }
	shown(*provider)
	shown(*check)
	assert.ElementsMatch(t, []string{"Config", "Provider"}, secrettest.ExportedStructs(t, "."), "is a new type hidden as well?")

	result := ask(t, provider, check)
	require.Equal(t, secrettest.Marker, result.Person.FullName, "it is there for who asks")
	require.Equal(t, "01077310000", result.Person.Contact.Phone)
	shown(*result)
	notice, err := provider.ParseReturn(back("/back?imp_uid=" + check.VendorID + "&merchant_uid=" + check.ID))
	require.NoError(t, err)
	shown(*notice)

	foreign := *check
	foreign.ID = kyc.NewCheckID()
	markers = append(markers, foreign.ID)
	_, err = provider.Result(t.Context(), &foreign)
	shown(failure(t, err))
	_, err = provider.Erase(t.Context(), &foreign)
	failed(err)
	for _, address := range []string{
		"/back?imp_uid=" + check.VendorID + "&imp_uid=" + secrettest.Marker, "/back?imp_uid=" + check.VendorID + "&merchant_uid=user-42",
		"/back?success=false&error_msg=" + srv.APIKey,
	} {
		_, err := provider.ParseReturn(back(address))
		failed(err)
	}
	for _, url := range []string{"", "https://shop.example/?account=42&x=\\"} {
		_, err := provider.Start(t.Context(), &kyc.StartRequest{ReturnURL: url, Hints: kyc.Hints{FullName: secrettest.Marker}})
		failed(err)
	}
	for _, fault := range []iamporttest.Fault{
		iamporttest.Status(401, 0).Times(2), iamporttest.Status(500, 0), iamporttest.HTML(200), iamporttest.ResetBefore(),
		iamporttest.AnotherCertification(), iamporttest.Redirect("https://" + srv.APIKey + ".example/"),
		iamporttest.ApplicationError(400, -1, secrettest.Marker), iamporttest.ExtraMembers(`"name":"` + secrettest.Marker + `"`),
	} {
		require.NoError(t, srv.Inject(fault.On(iamporttest.CertificationRoute)))
		_, err := provider.Result(t.Context(), check)
		failed(err)
	}
	require.NotEmpty(t, log.String())
	for _, marker := range markers {
		assert.NotContains(t, log.String(), marker)
	}
}
