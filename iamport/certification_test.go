package iamport_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

func TestCertificationHasEveryField(t *testing.T) {
	mock := mocked(t, http.MethodGet, certURL, func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, []string{"Bearer " + accessToken}, r.Header["Authorization"])
		assert.NotContains(t, r.Header, "X-Imptokenheader")
		assert.NotContains(t, r.Header, "Tier")
		assert.Equal(t, "/certifications/{imp_uid}", r.Pattern)
		return dated(answer(t, "certified.json"), certifiedAt)(r)
	})
	before := time.Now()
	cert, err := newClient(t, mock).Certification(t.Context(), impUID)
	require.NoError(t, err)

	assert.Equal(t, "imp_000000000001", cert.ImpUID)
	assert.Equal(t, "attempt-1", cert.MerchantUID)
	assert.Equal(t, "A000000000_20260302100500000001", cert.PGTID)
	assert.Equal(t, iamport.GatewayDanal, cert.PGProvider)
	assert.Equal(t, "홍미래", cert.Name)
	assert.Equal(t, iamport.GenderFemale, cert.Gender)
	assert.Equal(t, iamport.UnixTime(636217200), cert.Birth)
	assert.Equal(t, iamport.Date("1990-03-01"), cert.Birthday)
	assert.False(t, cert.Foreigner)
	assert.Equal(t, iamport.No, cert.ForeignerV2)
	assert.Equal(t, "01000004321", cert.Phone)
	assert.Equal(t, iamport.CarrierLGTMVNO, cert.Carrier)
	assert.True(t, cert.Certified)
	assert.Equal(t, certifiedAt, cert.CertifiedAt.Time())
	assert.Len(t, cert.UniqueKey, 88)
	assert.Len(t, cert.UniqueInSite, 64)
	assert.Equal(t, "https://shop.example/join", cert.Origin)

	assert.Equal(t, answer(t, "certified.json"), cert.Meta().Raw())
	assert.Equal(t, certifiedAt, cert.Meta().Date())
	assert.False(t, cert.Meta().ReceivedAt().Before(before))
	cert.Meta().Raw()[0] = 'x'
	assert.Equal(t, answer(t, "certified.json"), cert.Meta().Raw(), "a copy")
}

func get(tb testing.TB, name string) *iamport.Certification {
	tb.Helper()
	cert, err := newClient(tb, mocked(tb, http.MethodGet, certURL, dated(answer(tb, name), certifiedAt))).Certification(tb.Context(), impUID)
	require.NoError(tb, err)
	return cert
}

func TestNotCertifiedIsAnAnswer(t *testing.T) {
	cert := get(t, "not_certified.json")
	want := iamport.Certification{ImpUID: impUID, MerchantUID: "attempt-1", PGProvider: iamport.GatewayDanal, Origin: "about:blank"}
	stored, err := json.Marshal(cert)
	require.NoError(t, err)
	expected, err := json.Marshal(want)
	require.NoError(t, err)
	assert.Equal(t, string(expected), string(stored), "every null is zero")
	_, ok := cert.BirthDate()
	assert.False(t, ok)
	_, ok = cert.CI()
	assert.False(t, ok)
	assert.True(t, cert.CertifiedAt.Time().IsZero(), "not 1970")
}

func TestEmptyCIIsNone(t *testing.T) {
	cert := get(t, "inicis_unified.json")
	_, ok := cert.CI()
	assert.False(t, ok)
	_, ok = (&iamport.Certification{UniqueKey: " \n"}).CI()
	assert.False(t, ok)
	ci, ok := get(t, "certified.json").CI()
	assert.True(t, ok)
	assert.Len(t, ci, 88)
}

// Whatever stands for no CI and no DI is the same for all who have none.
func TestKeysToAPerson(t *testing.T) {
	for sent, want := range map[string]string{
		"": "", " \n": "", "null": "", " null\t": "", "undefined": "", "\u00a0undefined": "",
		"CI==": "CI==", " CI==\r\n": "CI==", "nullCI==": "nullCI==",
	} {
		cert := certified(t)
		cert.UniqueKey, cert.UniqueInSite = sent, sent
		ci, ok := cert.CI()
		assert.Equal(t, want, ci, "%q", sent)
		assert.Equal(t, want != "", ok, "%q", sent)
		di, ok := cert.DI()
		assert.Equal(t, want, di, "%q", sent)
		assert.Equal(t, want != "", ok, "%q", sent)
		err := (&iamport.Expectation{MerchantUID: "attempt-1"}).Check(cert, certifiedAt)
		assert.Equal(t, want == "", errors.Is(err, iamport.ErrNoCI), "%q", sent)
	}
}

func TestWhatGatewaysLeaveOut(t *testing.T) {
	cert := get(t, "inicis_unified.json")
	assert.Equal(t, iamport.GatewayInicisUnified, cert.PGProvider)
	assert.Empty(t, cert.Gender)
	assert.Equal(t, iamport.Unsaid, cert.ForeignerV2)
	assert.Equal(t, "01000004321", cert.Phone)
	assert.Empty(t, cert.Carrier)
	assert.Empty(t, cert.UniqueInSite)
	assert.True(t, strings.HasPrefix(cert.Origin, "data:"))

	cert = get(t, "card.json")
	assert.Empty(t, cert.Phone, "absent")
	assert.Equal(t, iamport.Unsaid, cert.ForeignerV2, "absent")
	assert.Equal(t, certifiedAt, cert.CertifiedAt.Time(), "a string")
	date, ok := cert.BirthDate()
	assert.True(t, ok)
	assert.Equal(t, iamport.Date("1990-03-01"), date, "birth alone")

	cert = get(t, "future_fields.json")
	assert.Equal(t, iamport.Gateway("quantum_v9"), cert.PGProvider)
	assert.False(t, cert.PGProvider.Known() || cert.Gender.Known() || cert.Carrier.Known())
	assert.Empty(t, cert.Phone, "null")
	assert.Equal(t, iamport.Yes, cert.ForeignerV2, "a string")
	date, ok = cert.BirthDate()
	assert.True(t, ok)
	assert.Equal(t, iamport.Date("1990-03-01"), date, "birthday alone")
}

func TestUnknownValuesAreLoggedByTheirField(t *testing.T) {
	for _, test := range []struct {
		fields string
		warns  []string
	}{
		{`"pg_provider":"danal","carrier":"KT_MVNO","gender":"male"`, nil},
		{`"pg_provider":"","carrier":null`, nil},
		{`"pg_provider":"quantum_v9"`, []string{"pg_provider"}},
		{`"carrier":"KTF"`, []string{"carrier"}},
		{`"gender":"M-hidden"`, []string{"gender"}},
		{`"pg_provider":"DANAL","carrier":"quantum_v9","gender":"quantum_v9"`, []string{"pg_provider", "carrier", "gender"}},
	} {
		var log strings.Builder
		mock := mocked(t, http.MethodGet, certURL, dated(ok(`{"imp_uid":"`+impUID+`",`+test.fields+`}`), certifiedAt))
		_, err := newClient(t, mock, iamport.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))).Certification(t.Context(), impUID)
		require.NoError(t, err)
		assert.Equal(t, len(test.warns), strings.Count(log.String(), `level=WARN msg="iamport: unknown value" field=`), test.fields)
		for _, field := range test.warns {
			assert.Contains(t, log.String(), " field="+field+"\n")
		}
		for _, value := range []string{"quantum_v9", "KTF", "hidden", "DANAL"} {
			assert.NotContains(t, log.String(), value)
		}
	}
}

func TestTestMerchantIsTold(t *testing.T) {
	assert.True(t, get(t, "inicis_unified.json").TestMerchant())
	assert.False(t, get(t, "certified.json").TestMerchant())
}

func TestCertificationRoundTrips(t *testing.T) {
	for _, name := range []string{"certified.json", "not_certified.json", "inicis_unified.json", "card.json", "future_fields.json"} {
		cert := get(t, name)
		stored, err := json.Marshal(cert)
		require.NoError(t, err, name)
		var again iamport.Certification
		require.NoError(t, json.Unmarshal(stored, &again), name)
		assert.Empty(t, again.Meta().Raw(), name)
		second, err := json.Marshal(again)
		require.NoError(t, err, name)
		assert.Equal(t, string(stored), string(second), name)
	}
	stored, err := json.Marshal(get(t, "certified.json"))
	require.NoError(t, err)
	var envelope struct{ Response json.RawMessage }
	require.NoError(t, json.Unmarshal(answer(t, "certified.json"), &envelope))
	assert.JSONEq(t, string(envelope.Response), string(stored), "nothing is lost")
}

func TestDeleteCertification(t *testing.T) {
	mock := mocked(t, http.MethodDelete, certURL, dated(answer(t, "certified.json"), certifiedAt))
	cert, err := newClient(t, mock).DeleteCertification(t.Context(), impUID)
	require.NoError(t, err)
	assert.Equal(t, "홍미래", cert.Name, "what was erased")
	assert.Equal(t, 1, calls(mock, http.MethodDelete, certURL))
}

// A DELETE whose answer was lost may find its own work done.
func TestDeleteSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := mocked(t, http.MethodDelete, certURL, httpmock.NewErrorResponder(syscall.ECONNRESET).
			Then(httpmock.NewBytesResponder(http.StatusNotFound, answer(t, "not_found.json"))))
		_, err := newClient(t, mock, iamport.WithMaxAttempts(3)).DeleteCertification(t.Context(), impUID)
		assertKinds(t, err, iamport.ErrNotFound)
		assert.Equal(t, 2, failure(t, err).Attempts)
	})
}

// So may one whose second attempt was refused for its token and sent a third
// time.
func TestDeleteSentAgainWithAnotherToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := mocked(t, http.MethodDelete, certURL, httpmock.NewErrorResponder(syscall.ECONNRESET).
			Then(httpmock.NewStringResponder(http.StatusUnauthorized, "")).
			Then(httpmock.NewBytesResponder(http.StatusNotFound, answer(t, "not_found.json"))))
		_, err := newClient(t, mock, iamport.WithMaxAttempts(3)).DeleteCertification(t.Context(), impUID)
		assertKinds(t, err, iamport.ErrNotFound)
		assert.Equal(t, 3, failure(t, err).Attempts, "all of them")
	})
}

func TestIDsAreRefusedBeforeAnythingIsSent(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	for name, id := range map[string]string{
		"empty": "", "null": "null", "undefined": "undefined", "dot": ".", "dots": "..", "traversal": "../payments/imp_1", "slash": "imp_1/x", "backslash": `imp_1\x`,
		"newline": "imp_1\n", "NUL": "imp_1\x00", "long": strings.Repeat("1", 257), "not UTF-8": "imp_\xff",
	} {
		for op, call := range map[string]func() (*iamport.Certification, error){
			"Certification":       func() (*iamport.Certification, error) { return client.Certification(t.Context(), id) },
			"DeleteCertification": func() (*iamport.Certification, error) { return client.DeleteCertification(t.Context(), id) },
			"ConfirmOTP":          func() (*iamport.Certification, error) { return client.ConfirmOTP(t.Context(), id, "123456") },
			"VerifyCertification": func() (*iamport.Certification, error) {
				return client.VerifyCertification(t.Context(), id, &iamport.Expectation{MerchantUID: "attempt-1"})
			},
		} {
			cert, err := call()
			assert.Nil(t, cert, "%s %s", op, name)
			assertKinds(t, err, iamport.ErrInvalidRequest)
			assert.Equal(t, op, failure(t, err).Op)
			assert.ErrorContains(t, err, "imp_uid", "%s %s", op, name)
		}
	}
	assert.Zero(t, mock.GetTotalCallCount())
}

func TestIDsAreEscaped(t *testing.T) {
	const odd = "imp_1?x=y&z#한 %2f"
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewBytesResponder(http.StatusOK, answer(t, "token.json")))
	mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, "/certifications/imp_1%3Fx=y&z%23%ED%95%9C%20%252f", r.URL.EscapedPath())
		assert.Empty(t, r.URL.RawQuery)
		return httpmock.NewBytesResponse(http.StatusOK, ok(`{"imp_uid":"imp_1?x=y&z#한 %2f","certified":false}`)), nil
	})
	_, err := newClient(t, mock).Certification(t.Context(), odd)
	assert.NoError(t, err)
}
