package veriff_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/veriff"
)

// holders is every exported struct type that holds personal data, a
// capability, a credential or raw bytes.
var holders = map[string]any{
	"AdditionalVerifiedData": veriff.AdditionalVerifiedData{}, "Address": veriff.Address{},
	"BiometricAuthentication": veriff.BiometricAuthentication{}, "CPFValidation": veriff.CPFValidation{},
	"Comment": veriff.Comment{}, "CreateSessionRequest": veriff.CreateSessionRequest{}, "Decision": veriff.Decision{},
	"Document": veriff.Document{}, "Event": veriff.Event{}, "EventContext": veriff.EventContext{},
	"INEBiometricRegistry": veriff.INEBiometricRegistry{}, "ParsedAddress": veriff.ParsedAddress{}, "Person": veriff.Person{},
	"ProofOfAddress": veriff.ProofOfAddress{}, "ProofOfAddressFraud": veriff.ProofOfAddressFraud{},
	"RegistryValidation": veriff.RegistryValidation{}, "RiskLabel": veriff.RiskLabel{}, "Session": veriff.Session{},
	"SessionAddress": veriff.SessionAddress{}, "SessionDocument": veriff.SessionDocument{}, "SessionPerson": veriff.SessionPerson{},
	"Specimen": veriff.Specimen{}, "TechnicalData": veriff.TechnicalData{}, "ValidationResult": veriff.ValidationResult{}, "UnknownWebhook": veriff.UnknownWebhook{},
	"Answer": veriff.Answer{}, "Attempt": veriff.Attempt{}, "AttemptList": veriff.AttemptList{}, "Call": veriff.Call{},
	"Citizenship": veriff.Citizenship{}, "CollectedDataRequest": veriff.CollectedDataRequest{}, "CollectedDevice": veriff.CollectedDevice{},
	"CollectedNetwork": veriff.CollectedNetwork{}, "CollectedPerson": veriff.CollectedPerson{}, "DataHash": veriff.DataHash{},
	"DeletedSession": veriff.DeletedSession{}, "FullAutoDecision": veriff.FullAutoDecision{}, "Listing": veriff.Listing{},
	"PEPMatch": veriff.PEPMatch{}, "PEPSanctionMatch": veriff.PEPSanctionMatch{}, "PersonRecord": veriff.PersonRecord{},
	"SearchTerm": veriff.SearchTerm{}, "Timestamp": veriff.Timestamp{}, "TimestampList": veriff.TimestampList{},
	"WatchlistHit": veriff.WatchlistHit{}, "WatchlistListings": veriff.WatchlistListings{}, "WatchlistScreening": veriff.WatchlistScreening{},
	"Download": veriff.Download{}, "MediaFile": veriff.MediaFile{}, "MediaList": veriff.MediaList{},
	"MediaTimestamp": veriff.MediaTimestamp{}, "MediaUpload": veriff.MediaUpload{},
	"Meta": veriff.Meta{}, "Client": veriff.Client{}, "Verifier": veriff.Verifier{}, "Error": veriff.Error{},
}

// harmless is every other one, and what it holds.
var harmless = map[string]string{
	"Consent":               "a kind of consent and whether it was given",
	"LoggerOption":          "a logger",
	"MemoryDeduper":         "hashes of webhooks",
	"ProofOfAddressType":    "a kind of document",
	"RiskScore":             "a number",
	"SessionProofOfAddress": "kinds of documents",
	"Time":                  "an instant",
}

func TestNoTypeShowsWhatItHolds(t *testing.T) {
	for _, name := range secrettest.ExportedStructs(t, ".") {
		_, holds := holders[name]
		_, is := harmless[name]
		assert.True(t, holds != is, "%s: is it in exactly one of the two lists?", name)
	}
	for name, value := range holders {
		if name == "Error" {
			continue // a pointer, below
		}
		t.Run(name, func(t *testing.T) { secrettest.AssertHidden(t, secrettest.Fill(value)) })
	}
}

func TestNoErrorShowsWhatVeriffSaid(t *testing.T) {
	body := `{"status":"fail","code":"1104","message":"` + secrettest.Marker + `"}`
	mock := mocked(http.MethodGet, decisionURL, httpmock.NewStringResponder(http.StatusBadRequest, body))
	_, err := newClient(t, mock).Decision(t.Context(), sessionID)
	var verr *veriff.Error
	require.ErrorAs(t, err, &verr)
	assert.Equal(t, secrettest.Marker, verr.Message, "it is there for who asks")
	secrettest.AssertHidden(t, verr)
	secrettest.AssertHidden(t, *verr)
}

// Everything with a secret, an id or personal data in it goes through a call
// of each kind, and none of it comes out in an error, a log or a print.
func TestCallsShowNothing(t *testing.T) {
	const secret = "synthetic-secret-5150"
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	markers := []string{secrettest.Marker, secret, apiKey, sessionID, "alchemy.veriff.example", "Haeundae"}

	for name, responder := range map[string]httpmock.Responder{
		"approved":       withHeader(http.StatusOK, fixture(t, "answers", "decision_approved.json")),
		"created":        withHeader(http.StatusCreated, fixture(t, "answers", "session_created.json")),
		"wrongly signed": withHeader(http.StatusOK, fixture(t, "answers", "decision_approved.json"), "X-HMAC-SIGNATURE", hmacHex("x", nil)),
		"refused":        httpmock.NewStringResponder(http.StatusUnauthorized, `{"message":"`+secrettest.Marker+`"}`),
		"not JSON":       httpmock.NewStringResponder(http.StatusOK, secrettest.Marker),
		"wrong type":     httpmock.NewStringResponder(http.StatusOK, `{"status":"success","verification":{"code":"`+secrettest.Marker+`"}}`),
		"no instant":     httpmock.NewStringResponder(http.StatusOK, `{"status":"success","verification":{"decisionTime":"`+secrettest.Marker+`"}}`),
		"foreign":        httpmock.NewStringResponder(http.StatusOK, `{"status":"success","verification":{"id":"`+secrettest.Marker+`"}}`),
		"a twin":         httpmock.NewStringResponder(http.StatusOK, `{"`+secrettest.Marker+`":1,"`+secrettest.Marker+`":2}`),
	} {
		mock := httpmock.NewMockTransport()
		mock.RegisterNoResponder(responder)
		client, err := veriff.NewClient(apiKey, secret, veriff.WithBaseURL(baseURL), veriff.WithLogger(logger),
			veriff.WithMaxAttempts(1), veriff.WithHTTPClient(&http.Client{Transport: mock}))
		require.NoError(t, err)
		secrettest.AssertHidden(t, *client, markers...)

		request := wholeRequest()
		request.Person.LastName, request.VendorData = secrettest.Marker, "attempt-1"
		session, err := client.CreateSession(t.Context(), request)
		if err != nil {
			assertShowsNothing(t, name, err, markers)
		} else {
			secrettest.AssertHidden(t, *session, markers...)
		}
		decision, err := client.Decision(t.Context(), sessionID)
		if err != nil {
			assertShowsNothing(t, name, err, markers)
		} else {
			secrettest.AssertHidden(t, *decision, markers...)
			secrettest.AssertHidden(t, decision.Person, markers...)
			secrettest.AssertHidden(t, decision.Meta(), markers...)
		}
	}
	require.NotEmpty(t, log.String())
	for _, marker := range markers {
		assert.NotContains(t, log.String(), marker)
	}
}

// So it is with every call about one id, and with Do.
func TestCallsAboutOneIDShowNothing(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	markers := []string{secrettest.Marker, apiKey, sharedSecret, sessionID, timestampID, attemptID, "alchemy.veriff.example", "Hong"}
	wrong := `{"status":"success","verification":"` + secrettest.Marker + `","person":{"citizenships":"` + secrettest.Marker + `"},` +
		`"data":{"hits":"` + secrettest.Marker + `"},"verifications":[{"id":"` + secrettest.Marker + `/"}],"timestamps":[{"` + secrettest.Marker + `":1}],` +
		`"timestamp":{"id":"` + secrettest.Marker + `"}}`
	for _, c := range namedCalls {
		for name, responder := range map[string]httpmock.Responder{
			"good":    withHeader(http.StatusOK, fixture(t, "answers", c.answer)),
			"refused": httpmock.NewStringResponder(http.StatusBadRequest, `{"code":"1304","message":"`+secrettest.Marker+`"}`),
			"wrong":   httpmock.NewStringResponder(http.StatusOK, wrong),
		} {
			mock := httpmock.NewMockTransport()
			mock.RegisterNoResponder(responder)
			client := newClient(t, mock, veriff.WithLogger(logger))
			got, meta, err := c.call(client, t.Context(), c.id)
			assert.True(t, (err == nil) == (name == "good") || c.op == "SendCollectedData", "%s %s", name, c.op)
			if err != nil {
				assertShowsNothing(t, name+" "+c.op, err, markers)
				continue
			}
			secrettest.AssertHidden(t, reflect.ValueOf(got).Elem().Interface(), markers...)
			secrettest.AssertHidden(t, meta, markers...)
		}
	}
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(withHeader(http.StatusOK, fixture(t, "answers", "person.json")))
	call := &veriff.Call{Method: http.MethodGet, Route: "/v1/{id}", Args: []string{sessionID}}
	answer, err := newClient(t, mock, veriff.WithLogger(logger)).Do(t.Context(), call)
	require.NoError(t, err)
	secrettest.AssertHidden(t, *answer, markers...)
	assertShowsNothing(t, "Decode", answer.Decode(new(int)), markers)

	require.Contains(t, log.String(), "/v1/sessions/{id}/watchlist-screening")
	for _, marker := range markers {
		assert.NotContains(t, log.String(), marker)
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

func TestVerifierShowsNothing(t *testing.T) {
	verifier, err := veriff.NewVerifier(secrettest.Marker, secrettest.Marker, veriff.WithPreviousSecret(secrettest.Marker))
	require.NoError(t, err)
	secrettest.AssertHidden(t, *verifier)
	client, err := veriff.NewClient(secrettest.Marker, secrettest.Marker, veriff.WithBaseURL(baseURL))
	require.NoError(t, err)
	secrettest.AssertHidden(t, *client)
}

// Every way in which a webhook can go wrong, with something to hide in it.
func TestHandlerLogsNothingOfAWebhook(t *testing.T) {
	const secret, previous = "synthetic-secret-5150", "synthetic-secret-5149"
	body := bytes.ReplaceAll(fixture(t, "answers", "decision_approved.json"), []byte("Hong"), []byte(secrettest.Marker))
	require.Contains(t, string(body), secrettest.Marker)
	right := hmacHex(secret, body)
	markers := []string{secrettest.Marker, secret, previous, apiKey, otherID, sessionID, right, right[:16], hmacHex(previous, body), "192.0.2.7"}
	failure := errors.New("no place for " + secrettest.Marker)
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	verifier, err := veriff.NewVerifier(apiKey, secret, veriff.WithPreviousSecret(previous), veriff.WithLogger(logger))
	require.NoError(t, err)
	for name, test := range map[string]struct {
		header   http.Header // beside the API key and the signature
		body     []byte
		api      httpmock.Responder
		callback func() error
		once     onceFunc
	}{
		"signature":      {header: http.Header{"X-Hmac-Signature": {right[1:]}}},
		"API key":        {header: http.Header{"X-Auth-Client": {otherID}}},
		"legacy alone":   {header: http.Header{"X-Hmac-Signature": nil, "X-Signature": {right}}},
		"disagreement":   {header: http.Header{"X-Signature": {right}, "Vrf-Auth-Client": {otherID}}},
		"previous":       {header: http.Header{"X-Hmac-Signature": {hmacHex(previous, body)}}},
		"unreadable":     {header: http.Header{"X-Hmac-Signature": {hmacHex(secret, body[1:])}}, body: body[1:]},
		"API down":       {api: httpmock.NewStringResponder(http.StatusServiceUnavailable, secrettest.Marker)},
		"API knows none": {api: httpmock.NewStringResponder(http.StatusNotFound, secrettest.Marker)},
		"callback":       {callback: func() error { return failure }},
		"panic":          {callback: func() error { panic(failure) }},
		"deduper":        {once: func(context.Context, string, func(context.Context) error) error { return failure }},
		"deduper panics": {once: func(_ context.Context, key string, _ func(context.Context) error) error {
			panic(secrettest.Marker + key)
		}},
		"busy": {once: func(context.Context, string, func(context.Context) error) error {
			return fmt.Errorf("%w: %w", veriff.ErrBusy, failure)
		}},
	} {
		var options []veriff.HandlerOption
		if test.api != nil {
			client, err := veriff.NewClient(apiKey, secret, veriff.WithBaseURL(baseURL), veriff.WithLogger(logger), veriff.WithMaxAttempts(1),
				veriff.WithHTTPClient(&http.Client{Transport: mocked(http.MethodGet, decisionURL, test.api)}))
			require.NoError(t, err)
			options = append(options, veriff.ConfirmWith(client))
		}
		if test.once != nil {
			options = append(options, veriff.WithDeduper(test.once))
		}
		handler, err := veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error {
			if test.callback != nil {
				return test.callback()
			}
			return nil
		}, options...)
		require.NoError(t, err)
		if test.body == nil {
			test.body = body
		}
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/webhooks/veriff", bytes.NewReader(test.body))
		request.Header = http.Header{"X-Auth-Client": {apiKey}, "X-Hmac-Signature": {right}}
		maps.Copy(request.Header, test.header)
		log.Reset()
		handler.ServeHTTP(httptest.NewRecorder(), request)
		assert.NotEmpty(t, log.String(), name)
		for _, marker := range markers {
			assert.NotContains(t, log.String(), marker, name)
		}
	}
}
