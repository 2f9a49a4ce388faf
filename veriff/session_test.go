package veriff_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

// wholeRequest has every field set, legacy ones included.
func wholeRequest() *veriff.CreateSessionRequest {
	return &veriff.CreateSessionRequest{
		Callback: "https://shop.example/verified",
		Person: veriff.SessionPerson{
			FirstName: "미래", LastName: "Hong", FullName: "Hong 미래", IDNumber: "9002281234567", PhoneNumber: "+82 10-0000-0000",
			Gender: veriff.GenderFemale, DateOfBirth: "1990-02-28", Email: "mirae@shop.example",
			MaritalStatus: veriff.MaritalStatusSingle, IsDeceased: veriff.No,
		},
		Document: veriff.SessionDocument{
			Number: "M12345678", Country: "KR", Type: veriff.DocumentTypePassport, IDCardType: veriff.IDCardTypeCC, FirstIssue: "2020-01-02",
		},
		Address:        veriff.SessionAddress{FullAddress: "12 Haeundae-ro, Busan"},
		ProofOfAddress: veriff.SessionProofOfAddress{AcceptableTypes: []veriff.ProofOfAddressType{{Name: "UTILITY_BILL"}}},
		VendorData:     "attempt-1",
		EndUserID:      "7f6e5d4c-3b2a-4190-8f7e-6d5c4b3a2910",
		Consents:       []veriff.Consent{{Type: veriff.ConsentType("bipa"), Approved: true}},
		AdditionalData: map[string]string{"citizenship": "KR"},
		Lang:           "ko",
		Features:       []string{"selfid"},
		Timestamp:      veriff.Time{Time: time.Date(2026, 3, 2, 10, 5, 0, 597e6, time.UTC)},
	}
}

func TestCreateSessionSendsEveryField(t *testing.T) {
	mock := mocked(http.MethodPost, sessionsURL, func(r *http.Request) (*http.Response, error) {
		body := requestBody(t, r)
		assert.JSONEq(t, string(fixture(t, "requests", "create_session.json")), string(body))
		assert.Equal(t, apiKey, r.Header.Get("X-AUTH-CLIENT"))
		assert.Equal(t, hmacHex(sharedSecret, body), r.Header.Get("X-HMAC-SIGNATURE"), "over the very bytes sent")
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		return signed(http.StatusCreated, fixture(t, "answers", "session_created.json"))(r)
	})
	session, err := newClient(t, mock).CreateSession(t.Context(), wholeRequest())
	require.NoError(t, err)

	assert.Equal(t, sessionID, session.ID)
	assert.Equal(t, "https://alchemy.veriff.example/v/eyJ0ZXN0Ijp0cnVlfQ", session.URL)
	assert.Equal(t, "attempt-1", session.VendorData)
	assert.Equal(t, "7f6e5d4c-3b2a-4190-8f7e-6d5c4b3a2910", session.EndUserID)
	assert.Equal(t, "https://alchemy.veriff.example", session.Host)
	assert.Equal(t, veriff.StatusCreated, session.Status)
	assert.Equal(t, "eyJ0ZXN0Ijp0cnVlfQ", session.SessionToken)
	assert.True(t, session.Meta().Signed())
}

func TestCreateSessionOfNothingButDefaults(t *testing.T) {
	mock := mocked(http.MethodPost, sessionsURL, func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, `{"verification":{}}`, string(requestBody(t, r)))
		return signed(http.StatusCreated, []byte(`{"status":"success","verification":{"id":"`+sessionID+`","url":"https://magic.veriff.example/v/x","sessionToken":"x","baseUrl":"https://magic.veriff.example"}}`))(r)
	})
	session, err := newClient(t, mock).CreateSession(t.Context(), &veriff.CreateSessionRequest{})
	require.NoError(t, err)
	assertHolds(t, `{"id":"`+sessionID+`","url":"https://magic.veriff.example/v/x","sessionToken":"x","baseUrl":"https://magic.veriff.example"}`, session)
	assert.Equal(t, "https://magic.veriff.example", session.BaseURL, "the older answer")
}

func TestSessionRoundTrips(t *testing.T) {
	mock := mocked(http.MethodPost, sessionsURL, signed(http.StatusCreated, fixture(t, "answers", "session_created.json")))
	session, err := newClient(t, mock).CreateSession(t.Context(), wholeRequest())
	require.NoError(t, err)
	stored, err := json.Marshal(session)
	require.NoError(t, err)
	var again veriff.Session
	require.NoError(t, json.Unmarshal(stored, &again))
	second, err := json.Marshal(again)
	require.NoError(t, err)
	assert.Equal(t, string(stored), string(second))
	assert.Contains(t, string(stored), session.URL, "storage keeps it")
}

func TestRequestsThatAreRefusedBeforeAnythingIsSent(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	for name, test := range map[string]struct {
		change func(*veriff.CreateSessionRequest)
		says   string
	}{
		"http callback":         {func(r *veriff.CreateSessionRequest) { r.Callback = "http://shop.example/" }, "Callback"},
		"deep link":             {func(r *veriff.CreateSessionRequest) { r.Callback = "shop://back" }, "Callback"},
		"relative callback":     {func(r *veriff.CreateSessionRequest) { r.Callback = "/back" }, "Callback"},
		"callback, port alone":  {func(r *veriff.CreateSessionRequest) { r.Callback = "https://:443/x" }, "Callback"},
		"callback, userinfo":    {func(r *veriff.CreateSessionRequest) { r.Callback = "https://a:b@shop.example/x" }, "Callback"},
		"newline in vendorData": {func(r *veriff.CreateSessionRequest) { r.VendorData = "a\nb" }, "VendorData"},
		"maybe deceased":        {func(r *veriff.CreateSessionRequest) { r.Person.IsDeceased = "maybe" }, "Person.IsDeceased"},
		"feature, not UTF-8":    {func(r *veriff.CreateSessionRequest) { r.Features = []string{"selfid", "\xff"} }, "Features[1]"},
		"gender, not UTF-8":     {func(r *veriff.CreateSessionRequest) { r.Person.Gender = "\xff" }, "Person.Gender"},
		"type, not UTF-8":       {func(r *veriff.CreateSessionRequest) { r.Document.Type = "\xff" }, "Document.Type"},
		"consent, not UTF-8":    {func(r *veriff.CreateSessionRequest) { r.Consents[0].Type = "\xff" }, "Consents[0].Type"},
		"ID number, not UTF-8":  {func(r *veriff.CreateSessionRequest) { r.Person.IDNumber = "\xff" }, "Person.IDNumber"},
		"callback, no host":     {func(r *veriff.CreateSessionRequest) { r.Callback = "https:///x" }, "Callback"},
		"callback, bad URL":     {func(r *veriff.CreateSessionRequest) { r.Callback = "https://a b" }, "Callback"},
		"callback, not UTF-8":   {func(r *veriff.CreateSessionRequest) { r.Callback = "https://shop.example/\xff" }, "Callback"},
		"long vendorData":       {func(r *veriff.CreateSessionRequest) { r.VendorData = strings.Repeat("한", 1001) }, "VendorData"},
		"birth date":            {func(r *veriff.CreateSessionRequest) { r.Person.DateOfBirth = "28.02.1990" }, "Person.DateOfBirth"},
		"impossible date":       {func(r *veriff.CreateSessionRequest) { r.Person.DateOfBirth = "1990-02-30" }, "Person.DateOfBirth"},
		"first issue":           {func(r *veriff.CreateSessionRequest) { r.Document.FirstIssue = "2020" }, "Document.FirstIssue"},
		"document number":       {func(r *veriff.CreateSessionRequest) { r.Document.Number = "M 123" }, "Document.Number"},
		"Hangul number":         {func(r *veriff.CreateSessionRequest) { r.Document.Number = "한글" }, "Document.Number"},
		"country of three":      {func(r *veriff.CreateSessionRequest) { r.Document.Country = "KOR" }, "Document.Country"},
		"end user":              {func(r *veriff.CreateSessionRequest) { r.EndUserID = "42" }, "EndUserID"},
		"consent":               {func(r *veriff.CreateSessionRequest) { r.Consents = []veriff.Consent{{Approved: true}} }, "Consents[0].Type"},
		"proof of address": {func(r *veriff.CreateSessionRequest) {
			r.ProofOfAddress.AcceptableTypes = []veriff.ProofOfAddressType{{Name: "BILL"}, {}}
		}, "AcceptableTypes[1].Name"},
		"name, not UTF-8":            {func(r *veriff.CreateSessionRequest) { r.Person.LastName = "Hon\xff" }, "Person.LastName"},
		"address, not UTF-8":         {func(r *veriff.CreateSessionRequest) { r.Address.FullAddress = "\xff" }, "Address.FullAddress"},
		"additional data, not UTF-8": {func(r *veriff.CreateSessionRequest) { r.AdditionalData = map[string]string{"k": "\xff"} }, "AdditionalData"},
	} {
		request := wholeRequest()
		test.change(request)
		require.ErrorContains(t, request.Validate(), test.says, name)
		session, err := client.CreateSession(t.Context(), request)
		assert.Nil(t, session, name)
		require.ErrorIs(t, err, veriff.ErrInvalidRequest, name)
		assert.ErrorContains(t, err, test.says, name)
		assert.NotErrorIs(t, err, veriff.ErrUnconfirmed, name)
	}
	_, err := client.CreateSession(t.Context(), nil)
	require.ErrorIs(t, err, veriff.ErrInvalidRequest)
	assert.Zero(t, mock.GetTotalCallCount())
}

func TestRequestsAtTheirLimitsAreTaken(t *testing.T) {
	for name, change := range map[string]func(*veriff.CreateSessionRequest){
		"1,000 characters":  func(r *veriff.CreateSessionRequest) { r.VendorData = strings.Repeat("한", 1000) },
		"loopback callback": func(r *veriff.CreateSessionRequest) { r.Callback = "http://127.0.0.1:8080/back" },
		"unknown document":  func(r *veriff.CreateSessionRequest) { r.Document.Type = "LIBRARY_CARD" },
	} {
		request := wholeRequest()
		change(request)
		assert.NoError(t, request.Validate(), name)
	}
}

func TestSessionAnswersThatAreRefused(t *testing.T) {
	const rest = `"url":"https://magic.veriff.example/v/x"`
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"no verification":    {`{"status":"success"}`, veriff.ErrInvalidAnswer},
		"no id":              {`{"status":"success","verification":{` + rest + `}}`, veriff.ErrInvalidAnswer},
		"an id with a slash": {`{"status":"success","verification":{"id":"a/b",` + rest + `}}`, veriff.ErrInvalidAnswer},
		"no URL":             {`{"status":"success","verification":{"id":"` + sessionID + `"}}`, veriff.ErrInvalidAnswer},
		"a script for a URL": {`{"status":"success","verification":{"id":"` + sessionID + `","url":"javascript:alert(1)"}}`, veriff.ErrInvalidAnswer},
		"another scheme":     {`{"status":"success","verification":{"id":"` + sessionID + `","url":"javascript://magic.veriff.example/%0aalert(1)"}}`, veriff.ErrInvalidAnswer},
		"a relative URL":     {`{"status":"success","verification":{"id":"` + sessionID + `","url":"/v/x"}}`, veriff.ErrInvalidAnswer},
		"fail":               {`{"status":"fail","verification":{"id":"` + sessionID + `",` + rest + `}}`, veriff.ErrInvalidAnswer},
		"another vendorData": {`{"status":"success","verification":{"id":"` + sessionID + `","vendorData":"attempt-2",` + rest + `}}`, veriff.ErrForeign},
		"HTML":               {`<html>`, veriff.ErrInvalidAnswer},
	} {
		mock := mocked(http.MethodPost, sessionsURL, signed(http.StatusCreated, []byte(test.body)))
		session, err := newClient(t, mock, veriff.WithMaxAttempts(3)).CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: "attempt-1"})
		assert.Nil(t, session, name)
		require.ErrorIs(t, err, test.want, name)
		require.ErrorIs(t, err, veriff.ErrUnconfirmed, "%s: a session was made all the same", name)
		assert.Equal(t, 1, mock.GetTotalCallCount(), "%s: and another must not be", name)
	}
}

func TestLegacyAPI(t *testing.T) {
	before, sentAt := time.Now().Add(-time.Millisecond), ""
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodPost, "https://api.veriff.me/v1/sessions", func(r *http.Request) (*http.Response, error) {
		body := requestBody(t, r)
		assert.Equal(t, legacyHex(sharedSecret, body), r.Header.Get("X-SIGNATURE"))
		assert.Empty(t, r.Header.Get("X-HMAC-SIGNATURE"))
		var sent struct {
			Verification struct{ Timestamp string }
		}
		assert.NoError(t, json.Unmarshal(body, &sent))
		sentAt = sent.Verification.Timestamp
		at, err := time.Parse("2006-01-02T15:04:05.999Z", sentAt)
		assert.NoError(t, err)
		assert.WithinRange(t, at, before, time.Now())
		answer := fixture(t, "answers", "session_created.json")
		return withHeader(http.StatusCreated, answer, "X-SIGNATURE", legacyHex(sharedSecret, answer))(r)
	})
	mock.RegisterResponder(http.MethodGet, "https://api.veriff.me/v1/sessions/"+sessionID+"/decision", func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, legacyHex(sharedSecret, []byte(sessionID)), r.Header.Get("X-SIGNATURE"))
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"), "document 003 wants it with every request")
		answer := fixture(t, "answers", "decision_declined.json")
		return withHeader(http.StatusOK, answer, "X-SIGNATURE", legacyHex(sharedSecret, answer))(r)
	})
	client, err := veriff.NewClient(apiKey, sharedSecret, veriff.WithLegacyAPI(), veriff.WithSignedAnswersOnly(), veriff.WithHTTPClient(&http.Client{Transport: mock}))
	require.NoError(t, err)

	session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: "attempt-1"})
	require.NoError(t, err)
	assert.True(t, session.Meta().Signed())
	decision, err := client.Decision(t.Context(), session.ID)
	require.NoError(t, err)
	assert.True(t, decision.Meta().Signed())

	at := veriff.Time{Time: time.Now().Add(-time.Minute).Truncate(time.Millisecond)}
	before = at.Add(-time.Microsecond)
	_, err = client.CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: "attempt-1", Timestamp: at})
	require.NoError(t, err, "a timestamp of the caller's is sent as it is")
	assert.Equal(t, at.UTC().Format("2006-01-02T15:04:05.999Z"), sentAt)
	_, err = client.CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: strings.Repeat("x", 41)})
	require.ErrorIs(t, err, veriff.ErrInvalidRequest)
	assert.ErrorContains(t, err, "40")
	assert.Equal(t, 3, mock.GetTotalCallCount())
}
