package iamport_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
)

// holders is every exported struct type: all of them hold personal data, an id
// that binds a person to an attempt, a credential or raw bytes.
var holders = map[string]any{
	"Answer": iamport.Answer{}, "Call": iamport.Call{},
	"Certification": iamport.Certification{}, "Claim": iamport.Claim{}, "Client": iamport.Client{}, "Error": iamport.Error{},
	"Expectation": iamport.Expectation{}, "KCPBypass": iamport.KCPBypass{}, "Launch": iamport.Launch{}, "LaunchParams": iamport.LaunchParams{},
	"Meta": iamport.Meta{}, "OTP": iamport.OTP{}, "OTPBypass": iamport.OTPBypass{}, "OTPRequest": iamport.OTPRequest{},
}

func TestNoTypeShowsWhatItHolds(t *testing.T) {
	for _, name := range secrettest.ExportedStructs(t, ".") {
		assert.Contains(t, holders, name)
	}
	for name, value := range holders {
		if name == "Error" {
			continue // a pointer, below
		}
		t.Run(name, func(t *testing.T) { secrettest.AssertHidden(t, secrettest.Fill(value)) })
	}
}

func TestSummaries(t *testing.T) {
	for _, test := range []struct {
		cert iamport.Certification
		want string
	}{
		{iamport.Certification{PGProvider: iamport.GatewayDanal}, "iamport.Certification(not certified)[redacted]"},
		{iamport.Certification{Certified: true, PGProvider: iamport.GatewayKCP}, "iamport.Certification(certified, kcp_v2)[redacted]"},
		{iamport.Certification{Certified: true, PGProvider: "quantum"}, "iamport.Certification(certified)[redacted]"},
	} {
		assert.Equal(t, test.want, test.cert.LogValue().String())
	}
}

func TestNoErrorShowsWhatIamportSaid(t *testing.T) {
	body := `{"code":-1,"message":"` + secrettest.Marker + `","response":null}`
	for _, status := range []int{http.StatusOK, http.StatusBadRequest, http.StatusUnauthorized} {
		mock := mocked(t, http.MethodGet, certURL, httpmock.NewStringResponder(status, body))
		_, err := newClient(t, mock).Certification(t.Context(), impUID)
		failed := failure(t, err)
		assert.Equal(t, secrettest.Marker, failed.Message, "it is there for who asks")
		secrettest.AssertHidden(t, failed)
		secrettest.AssertHidden(t, *failed)
	}
}

// Everything with a credential, an id or personal data in it goes through a
// call of each kind, and none of it comes out in an error, a log or a print.
func TestCallsShowNothing(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	markers := []string{secrettest.Marker, apiKey, apiSecret, accessToken, impUID, "홍미래", "1990-03-01"}
	whole := string(answer(t, "certified.json"))

	for name, responder := range map[string]httpmock.Responder{
		"certified":     dated([]byte(whole), certifiedAt),
		"not certified": dated(answer(t, "not_certified.json"), certifiedAt),
		"refused":       httpmock.NewStringResponder(http.StatusBadRequest, `{"code":-1,"message":"`+secrettest.Marker+`"}`),
		"unauthorized":  httpmock.NewStringResponder(http.StatusUnauthorized, `{"code":-1,"message":"`+secrettest.Marker+`"}`),
		"code":          dated([]byte(`{"code":-1,"message":"`+secrettest.Marker+`"}`), certifiedAt),
		"not JSON":      dated([]byte(secrettest.Marker), certifiedAt),
		"wrong type":    dated(ok(`{"birth":"`+secrettest.Marker+`"}`), certifiedAt),
		"a wrong code":  dated([]byte(`{"code":"`+secrettest.Marker+`"}`), certifiedAt),
		"foreign":       dated(ok(`{"imp_uid":"`+secrettest.Marker+`"}`), certifiedAt),
		"a twin":        dated([]byte(`{"`+secrettest.Marker+`":1,"`+secrettest.Marker+`":2}`), certifiedAt),
	} {
		synctest.Test(t, func(t *testing.T) {
			mock := httpmock.NewMockTransport()
			mock.RegisterNoResponder(responder)
			mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewBytesResponder(http.StatusOK, answer(t, "token.json")))
			client := newClient(t, mock, iamport.WithLogger(logger), iamport.WithTokenStore(&memory{}))
			secrettest.AssertHidden(t, *client, markers...)

			show := func(cert *iamport.Certification, err error) {
				if err != nil {
					assertShowsNothing(t, name, err, markers)
					return
				}
				secrettest.AssertHidden(t, *cert, markers...)
				secrettest.AssertHidden(t, cert.Meta(), markers...)
			}
			show(client.Certification(t.Context(), impUID))
			show(client.DeleteCertification(t.Context(), impUID))
			show(client.ConfirmOTP(t.Context(), impUID, "123456"))
			show(client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: secrettest.Marker, MinimumAge: 99}))
			request := danalRequest()
			request.Company = secrettest.Marker
			if _, err := client.RequestOTP(t.Context(), request); err != nil {
				assertShowsNothing(t, name, err, markers)
			}
			answer, err := client.Do(t.Context(), paymentCall())
			if err != nil {
				assertShowsNothing(t, name, err, markers)
			} else {
				secrettest.AssertHidden(t, *answer, markers...)
				assertShowsNothing(t, name, answer.Decode(new(int)), markers)
			}
			synctest.Wait()
		})
	}

	synctest.Test(t, func(t *testing.T) {
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewStringResponder(http.StatusUnauthorized, `{"code":-1,"message":"`+apiKey+secrettest.Marker+`"}`))
		_, err := newClient(t, mock, iamport.WithLogger(logger)).Certification(t.Context(), impUID)
		assertShowsNothing(t, "wrong keys", err, markers)
		synctest.Wait() // for the log
	})

	require.Contains(t, log.String(), "token refresh failed")
	require.Contains(t, log.String(), "/certifications/{imp_uid}")
	for _, marker := range markers {
		assert.NotContains(t, log.String(), marker)
	}
}

func TestReturnsShowNothing(t *testing.T) {
	for name, body := range map[string]string{
		"an id":       `{"imp_uid":"` + secrettest.Marker + `/x"}`,
		"a twin":      `{"` + secrettest.Marker + `":1,"` + secrettest.Marker + `":2}`,
		"wrong type":  `{"imp_uid":{"` + secrettest.Marker + `":1}}`,
		"two of them": `imp_uid=` + secrettest.Marker + `&imp_uid=1`,
		"error_code":  `imp_uid=1&error_code=` + secrettest.Marker + "\n1",
		"syntax":      `{"` + secrettest.Marker,
	} {
		_, err := iamport.ParseReturn(post("application/json", body))
		require.Error(t, err, name)
		assertShowsNothing(t, name, err, []string{secrettest.Marker})
	}
	for _, err := range []error{
		(&iamport.OTPRequest{Name: secrettest.Marker, Phone: secrettest.Marker}).Validate(),
		(&iamport.Launch{UserCode: "<" + secrettest.Marker}).Validate(),
	} {
		require.Error(t, err)
		assert.False(t, strings.Contains(err.Error(), secrettest.Marker))
	}
}

// assertShowsNothing looks at an error and, since callers may print those as
// well, at every error that it wraps.
func assertShowsNothing(tb testing.TB, name string, err error, markers []string) {
	tb.Helper()
	for _, e := range wrapped(err) {
		assert.Empty(tb, secrettest.Find(e, markers...), "%s: %T", name, e)
	}
}

func wrapped(err error) []error {
	all := []error{err}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		if inner := u.Unwrap(); inner != nil {
			all = slices.Concat(all, wrapped(inner))
		}
	case interface{ Unwrap() []error }:
		for _, inner := range u.Unwrap() {
			all = slices.Concat(all, wrapped(inner))
		}
	}
	return all
}
