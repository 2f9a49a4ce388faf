package veriff_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

const collectedURL = sessionURL + "/collected-data"

// collectedData has every field set.
func collectedData() *veriff.CollectedDataRequest {
	return &veriff.CollectedDataRequest{
		ProviderName: "shop-sdk",
		Network:      veriff.CollectedNetwork{IP: "192.0.2.7"},
		Device:       veriff.CollectedDevice{Fingerprint: "f0f1f2f3"},
		Person:       veriff.CollectedPerson{Email: "mirae@shop.example", PhoneNumber: "+82 10-0000-0000"},
		Browser:      json.RawMessage(`{"userAgent":"Synthetic/1.0"}`),
	}
}

func TestSendCollectedDataSendsEveryField(t *testing.T) {
	mock := mocked(http.MethodPost, collectedURL, func(r *http.Request) (*http.Response, error) {
		assert.JSONEq(t, string(fixture(t, "requests", "collected_data.json")), string(requestBody(t, r)))
		return signed(http.StatusCreated, fixture(t, "answers", "collected_data.json"))(r)
	})
	answer, err := newClient(t, mock).SendCollectedData(t.Context(), sessionID, collectedData())
	require.NoError(t, err)
	assert.Equal(t, http.StatusCreated, answer.StatusCode)
	assert.True(t, answer.Meta().Signed())
}

func TestSendCollectedDataOfNothingButWhatIsRequired(t *testing.T) {
	mock := mocked(http.MethodPost, collectedURL, func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, `{"providerName":"p","network":{"ip":"2001:db8::1"},"device":{"fingerprint":"f"}}`, string(requestBody(t, r)))
		return httpmock.NewStringResponse(http.StatusOK, ""), nil
	})
	answer, err := newClient(t, mock).SendCollectedData(t.Context(), sessionID, &veriff.CollectedDataRequest{
		ProviderName: "p", Network: veriff.CollectedNetwork{IP: "2001:db8::1"}, Device: veriff.CollectedDevice{Fingerprint: "f"},
	})
	require.NoError(t, err, "an answer without a body")
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	assert.Empty(t, answer.Meta().Raw())
}

// The answer's shape is not established: anything goes that does not say that
// it failed.
func TestAnswersToCollectedData(t *testing.T) {
	for body, want := range map[string]error{
		`{"status":"success","anything":[1]}`: nil, `{}`: nil, `[]`: nil, `"ok"`: nil,
		`{"status":"fail"}`: veriff.ErrInvalidAnswer, `{"status":null}`: nil, `{"status":""}`: veriff.ErrInvalidAnswer,
		`{"status":{}}`: veriff.ErrInvalidAnswer, `<html>`: veriff.ErrInvalidAnswer, `{"a":1,"A":2}`: veriff.ErrInvalidAnswer,
	} {
		_, err := newClient(t, mocked(http.MethodPost, collectedURL, signed(http.StatusOK, []byte(body)))).SendCollectedData(t.Context(), sessionID, collectedData())
		if want == nil {
			assert.NoError(t, err, body)
			continue
		}
		assertKinds(t, err, want, veriff.ErrUnconfirmed)
	}
}

func TestCollectedDataThatIsRefusedBeforeAnythingIsSent(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	for name, test := range map[string]struct {
		change func(*veriff.CollectedDataRequest)
		says   string
	}{
		"no provider":       {func(r *veriff.CollectedDataRequest) { r.ProviderName = "" }, "ProviderName"},
		"long provider":     {func(r *veriff.CollectedDataRequest) { r.ProviderName = strings.Repeat("가", 256) }, "ProviderName has 256 characters"},
		"no IP":             {func(r *veriff.CollectedDataRequest) { r.Network.IP = "" }, "Network.IP"},
		"IP of no address":  {func(r *veriff.CollectedDataRequest) { r.Network.IP = "shop.example" }, "Network.IP"},
		"IP with a port":    {func(r *veriff.CollectedDataRequest) { r.Network.IP = "192.0.2.7:80" }, "Network.IP"},
		"IP with a zone":    {func(r *veriff.CollectedDataRequest) { r.Network.IP = "fe80::1%eth0" }, "Network.IP"},
		"no fingerprint":    {func(r *veriff.CollectedDataRequest) { r.Device.Fingerprint = "" }, "Device.Fingerprint"},
		"long fingerprint":  {func(r *veriff.CollectedDataRequest) { r.Device.Fingerprint = strings.Repeat("f", 256) }, "Device.Fingerprint"},
		"provider, UTF-8":   {func(r *veriff.CollectedDataRequest) { r.ProviderName = "\xff" }, "ProviderName"},
		"email, UTF-8":      {func(r *veriff.CollectedDataRequest) { r.Person.Email = "\xff" }, "Person.Email"},
		"browser, no JSON":  {func(r *veriff.CollectedDataRequest) { r.Browser = []byte("{") }, "Browser"},
		"browser, empty":    {func(r *veriff.CollectedDataRequest) { r.Browser = []byte{} }, "Browser"},
		"browser, a list":   {func(r *veriff.CollectedDataRequest) { r.Browser = []byte("[]") }, "Browser"},
		"browser, null":     {func(r *veriff.CollectedDataRequest) { r.Browser = []byte("null") }, "Browser"},
		"browser, key twin": {func(r *veriff.CollectedDataRequest) { r.Browser = []byte(`{"a":1,"a":2}`) }, "Browser"},
		"browser, UTF-8":    {func(r *veriff.CollectedDataRequest) { r.Browser = []byte("{\"a\":\"\xff\"}") }, "Browser"},
	} {
		request := collectedData()
		test.change(request)
		_, err := client.SendCollectedData(t.Context(), sessionID, request)
		assertKinds(t, err, veriff.ErrInvalidRequest)
		assert.ErrorContains(t, err, test.says, name)
		assert.ErrorContains(t, request.Validate(), test.says, name)
	}
	_, err := client.SendCollectedData(t.Context(), sessionID, nil)
	assertKinds(t, err, veriff.ErrInvalidRequest)
	assert.Zero(t, mock.GetTotalCallCount())

	longest := collectedData()
	longest.ProviderName, longest.Device.Fingerprint = strings.Repeat("가", 255), strings.Repeat("f", 255)
	assert.NoError(t, longest.Validate())
}
