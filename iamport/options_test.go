package iamport_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

func TestBadCredentials(t *testing.T) {
	for name, bad := range map[string]string{
		"empty": "", "blank": "  \t", "newline behind": "hunter2\n", "space before": " hunter2", "newline within": "hun\nter2", "NUL": "hun\x00ter2",
	} {
		_, err := iamport.NewClient(bad, apiSecret)
		require.ErrorContains(t, err, "API key", name)
		assert.NotContains(t, err.Error(), "hun")
		_, err = iamport.NewClient(apiKey, bad)
		require.ErrorContains(t, err, "API secret", name)
		assert.NotContains(t, err.Error(), "hun")
	}
}

func TestHosts(t *testing.T) {
	for name, test := range map[string]struct {
		options []iamport.Option
		host    string
	}{
		"default":          {nil, "https://api.iamport.kr"},
		"static":           {[]iamport.Option{iamport.WithStaticHost()}, "https://static-api.iamport.kr"},
		"a fake":           {[]iamport.Option{iamport.WithBaseURL("http://127.0.0.1:8080")}, "http://127.0.0.1:8080"},
		"a prefix":         {[]iamport.Option{iamport.WithBaseURL("https://proxy.example/iamport/")}, "https://proxy.example/iamport"},
		"the default, set": {[]iamport.Option{iamport.WithBaseURL("https://api.iamport.kr/")}, "https://api.iamport.kr"},
	} {
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder(http.MethodPost, test.host+"/users/getToken", httpmock.NewBytesResponder(http.StatusOK, answer(t, "token.json")))
		mock.RegisterResponder(http.MethodGet, test.host+"/certifications/"+impUID, dated(answer(t, "certified.json"), certifiedAt))
		_, err := newClient(t, mock, test.options...).Certification(t.Context(), impUID)
		assert.NoError(t, err, name)
		assert.Equal(t, 2, mock.GetTotalCallCount(), name)
	}
}

func TestContradictoryHosts(t *testing.T) {
	for name, options := range map[string][]iamport.Option{
		"static first": {iamport.WithStaticHost(), iamport.WithBaseURL("https://proxy.example")},
		"static last":  {iamport.WithBaseURL("https://proxy.example"), iamport.WithStaticHost()},
		"the same":     {iamport.WithBaseURL("https://static-api.iamport.kr"), iamport.WithStaticHost()},
	} {
		client, err := iamport.NewClient(apiKey, apiSecret, options...)
		assert.Nil(t, client, name)
		require.ErrorContains(t, err, "WithStaticHost", name)
		require.ErrorContains(t, err, "WithBaseURL", name)
	}
}

func TestBadBaseURLs(t *testing.T) {
	for given, says := range map[string]string{
		"":                              "empty",
		"api.iamport.kr":                "neither https nor http",
		"http://api.iamport.kr":         "not loopback",
		"http://localhost.evil.example": "not loopback",
		"https://user:hunter2@host":     "userinfo",
		"https://host/?a=b":             "query",
		"https://host/#f":               "fragment",
	} {
		_, err := iamport.NewClient(apiKey, apiSecret, iamport.WithBaseURL(given))
		require.ErrorContains(t, err, "WithBaseURL", given)
		require.ErrorContains(t, err, says, given)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}

func TestBadOptions(t *testing.T) {
	for name, option := range map[string]iamport.Option{
		"WithHTTPClient": iamport.WithHTTPClient(nil), "WithLogger": iamport.WithLogger(nil),
		"WithMaxAttempts": iamport.WithMaxAttempts(0), "WithAttemptTimeout": iamport.WithAttemptTimeout(-time.Second),
		"WithUserAgent": iamport.WithUserAgent("shop\n1"), "WithTokenStore": iamport.WithTokenStore(nil), "nil": nil,
	} {
		client, err := iamport.NewClient(apiKey, apiSecret, option)
		assert.Nil(t, client, name)
		assert.ErrorContains(t, err, name)
	}
}

func TestUserAgent(t *testing.T) {
	mock := mocked(t, http.MethodGet, certURL, func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, "shop/1.4 kyckit-go", r.Header.Get("User-Agent"))
		return dated(answer(t, "certified.json"), certifiedAt)(r)
	})
	_, err := newClient(t, mock, iamport.WithUserAgent("shop/1.4")).Certification(t.Context(), impUID)
	assert.NoError(t, err)
}

func TestCallersHTTPClientIsNotChanged(t *testing.T) {
	mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
	hc := &http.Client{Transport: mock}
	client, err := iamport.NewClient(apiKey, apiSecret, iamport.WithHTTPClient(hc))
	require.NoError(t, err)
	assert.Nil(t, hc.CheckRedirect)
	hc.Transport = nil
	_, err = client.Certification(t.Context(), impUID)
	assert.NoError(t, err, "nor looked at again")
}

func TestVocabularyIsKnown(t *testing.T) {
	type known interface{ Known() bool }
	for _, value := range []known{
		iamport.GatewayDanal, iamport.GatewayInicisUnified, iamport.GatewayInicis, iamport.GatewayKCP,
		iamport.GenderMale, iamport.GenderFemale,
		iamport.CarrierSKT, iamport.CarrierKT, iamport.CarrierLGT, iamport.CarrierSKTMVNO, iamport.CarrierKTMVNO, iamport.CarrierLGTMVNO,
		iamport.WindowCarrierSKT, iamport.WindowCarrierKTF, iamport.WindowCarrierLGT, iamport.WindowCarrierMVNO,
		iamport.VerificationMethodSMS, iamport.VerificationMethodApp, iamport.KCPMediaTypePC, iamport.KCPMediaTypeMobile,
	} {
		assert.True(t, value.Known(), value)
	}
	for _, value := range []known{
		iamport.Gateway(""), iamport.Gateway("Danal"), iamport.Gender(""), iamport.Gender("MALE"), iamport.Carrier(""), iamport.Carrier("KTF"),
		iamport.Carrier("LGU"), iamport.WindowCarrier(""), iamport.WindowCarrier("KT"), iamport.WindowCarrier("SKT_MVNO"),
		iamport.VerificationMethod(""), iamport.VerificationMethod("app"), iamport.KCPMediaType(""), iamport.KCPMediaType("MC03"),
	} {
		assert.False(t, value.Known(), value)
	}
}

func TestWhatNoConstructorMade(t *testing.T) {
	for _, client := range []*iamport.Client{nil, {}} {
		_, err := client.Certification(t.Context(), impUID)
		assertKinds(t, err, iamport.ErrInvalidRequest)
		_, err = client.DeleteCertification(t.Context(), impUID)
		assertKinds(t, err, iamport.ErrInvalidRequest)
		_, err = client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt1"})
		assertKinds(t, err, iamport.ErrInvalidRequest)
		_, err = client.RequestOTP(t.Context(), danalRequest())
		assertKinds(t, err, iamport.ErrInvalidRequest)
		_, err = client.ConfirmOTP(t.Context(), impUID, "123456")
		assertKinds(t, err, iamport.ErrInvalidRequest)
		_, err = client.ForTier("abc")
		assert.ErrorContains(t, err, "NewClient")
	}
}
