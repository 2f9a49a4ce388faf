package veriff_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func decide(tb testing.TB, body []byte, options ...veriff.Option) (*veriff.Decision, error) {
	mock := mocked(http.MethodGet, decisionURL, signed(http.StatusOK, body))
	return newClient(tb, mock, options...).Decision(tb.Context(), sessionID)
}

func TestDecisionRequestIsSignedOverTheSessionID(t *testing.T) {
	mock := mocked(http.MethodGet, decisionURL, func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, apiKey, r.Header.Get("X-AUTH-CLIENT"))
		assert.Equal(t, hmacHex(sharedSecret, []byte(sessionID)), r.Header.Get("X-HMAC-SIGNATURE"))
		assert.Empty(t, r.Header.Get("X-SIGNATURE"))
		assert.Equal(t, "/v1/sessions/{id}/decision", r.Pattern)
		return signed(http.StatusOK, fixture(t, "answers", "decision_approved.json"))(r)
	})
	_, err := newClient(t, mock).Decision(t.Context(), sessionID)
	require.NoError(t, err)
	assert.Equal(t, 1, mock.GetTotalCallCount())
}

// Everything that the fixture holds, which is every typed field, comes back
// out of the struct: nothing is dropped or renamed.
func TestDecisionHoldsEveryField(t *testing.T) {
	body := fixture(t, "answers", "decision_approved.json")
	decision, err := decide(t, body)
	require.NoError(t, err)

	var answer struct {
		Verification  map[string]any `json:"verification"`
		TechnicalData any            `json:"technicalData"`
	}
	require.NoError(t, json.Unmarshal(body, &answer))
	answer.Verification["technicalData"] = answer.TechnicalData
	want, err := json.Marshal(withoutNulls(answer.Verification))
	require.NoError(t, err)
	got, err := json.Marshal(decision)
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))
}

// Every property of document 003, none of them null, from the API and from a
// webhook. What an integration has asked to verify beside them is of no form
// that could be typed, and stays in the bytes received.
func TestDecisionOfDocument003(t *testing.T) {
	const properties = `"id":"` + sessionID + `","status":"declined","code":9102,"reason":"Known fraud","reasonCode":106,
		"vendorData":"11111111","decisionTime":"2019-11-06T07:18:36.916Z","acceptanceTime":"2019-11-06T07:15:27Z",
		"person":{"firstName":"SARAH","lastName":"MORGAN","idNumber":"9001017654321","citizenship":"EE","dateOfBirth":"1967-03-30",
			"nationality":"GB","yearOfBirth":"1967","gender":"F","pepSanctionMatch":"none"},
		"document":{"type":"DRIVERS_LICENCE","number":"MORGA753116SM9IJ","country":"GB","validFrom":"2012-04-21","validUntil":"2022-04-20"},
		"comments":[{"type":"General Comment","comment":"Person refuses to take off hat.","timestamp":"2017-10-10T13:18:44.009Z"}],
		"highRisk":true,`
	const technical = `"technicalData":{"ip":"186.153.67.122"}`
	const asked = `"additionalVerifiedData":{"placeOfResidence":"Tallinn","citizenship":"EE"}`
	body := []byte(`{"status":"success","verification":{` + properties + asked + `},` + technical + `}`)
	want := `{` + properties + technical + `}`
	decision, err := decide(t, body)
	require.NoError(t, err)
	webhook, err := parse(t, body)
	require.NoError(t, err)
	for _, got := range []*veriff.Decision{decision, webhook.(*veriff.Decision)} {
		assertHolds(t, want, got)
		assert.Contains(t, string(got.Meta().Raw()), asked)
		assert.Equal(t, "EE", got.Person.Citizenship)
		assert.Equal(t, veriff.DocumentTypeDriversLicence, got.Document.Type)
		assert.Equal(t, veriff.ReasonKnownFraud, got.ReasonCode)
	}
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if value == nil {
				delete(v, key)
			} else {
				v[key] = withoutNulls(value)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}

func TestApprovedDecision(t *testing.T) {
	body := fixture(t, "answers", "decision_approved.json")
	before := time.Now()
	decision, err := decide(t, body)
	require.NoError(t, err)

	assert.True(t, decision.Approved())
	assert.False(t, decision.Pending())
	assert.Equal(t, "미래", decision.Person.FirstName)
	assert.Equal(t, veriff.GenderF, decision.Person.Gender)
	born, ok := decision.Person.DateOfBirth.Time()
	assert.True(t, ok)
	assert.Equal(t, time.Date(1990, 2, 28, 0, 0, 0, 0, time.UTC), born)
	assert.Equal(t, 476108, decision.DecisionTime.Nanosecond()/1000)
	score, ok := decision.RiskScore.Score.Float64()
	assert.True(t, ok)
	assert.InDelta(t, 0.13, score, 1e-9)
	assert.Equal(t, veriff.Yes, decision.Document.NFCValidated)
	assert.Equal(t, veriff.Yes, decision.AdditionalVerifiedData.DriversLicenseCategory["B"])

	meta := decision.Meta()
	assert.Equal(t, body, meta.Raw())
	assert.True(t, meta.Signed())
	assert.WithinRange(t, meta.ReceivedAt(), before, time.Now())
	meta.Raw()[0] = 'X'
	assert.Equal(t, body, decision.Meta().Raw(), "a caller gets a copy")
}

func TestDecisionThatIsNotThereYet(t *testing.T) {
	for name, body := range map[string]string{
		"null":         string(fixture(t, "answers", "decision_pending.json")),
		"absent":       `{"status":"success"}`,
		"preprocessed": `{"status":"success","verification":{"id":"` + sessionID + `","status":"preprocessed"}}`,
		"started":      `{"status":"success","verification":{"id":"` + sessionID + `","status":"started","code":7001}}`,
	} {
		decision, err := decide(t, []byte(body))
		require.NoError(t, err, name)
		assert.True(t, decision.Pending(), name)
		assert.False(t, decision.Approved(), name)
	}
}

func TestDecisionInOtherSpellings(t *testing.T) {
	decision, err := decide(t, fixture(t, "answers", "decision_resubmission.json"))
	require.NoError(t, err)
	assert.Equal(t, veriff.CodeResubmissionRequested, decision.Code, "a code as a string")
	assert.Equal(t, veriff.ReasonCode(203), decision.ReasonCode, "a reason code as a string")
	assert.Equal(t, "192.0.2.8", decision.TechnicalData.IP)
	assert.Equal(t, veriff.DocumentTypeDriversLicence, decision.Document.Type)
	assert.Equal(t, veriff.Yes, decision.Document.PortraitIsVisible)
	assert.Equal(t, veriff.Unsaid, decision.Document.SignatureIsVisible)
	assert.Equal(t, veriff.Text("1990"), decision.Person.YearOfBirth)
	require.Len(t, decision.Person.Addresses, 1)
	assert.Empty(t, decision.Person.Addresses[0].ParsedAddress.HouseNumber, `"null"`)
	assert.Equal(t, veriff.Text("48000"), decision.Person.Addresses[0].ParsedAddress.Postcode)

	for place, body := range map[string]string{
		"beside": `{"status":"success","highRisk":true,"verification":{"id":"` + sessionID + `","highRisk":null}}`,
		"inside": `{"status":"success","highRisk":false,"verification":{"id":"` + sessionID + `","highRisk":true}}`,
	} {
		decision, err := decide(t, []byte(body))
		require.NoError(t, err, place)
		assert.Equal(t, veriff.Yes, decision.HighRisk, place)
	}

	required, err := decide(t, []byte(`{"status":"success","verification":{"id":"`+sessionID+`","status":"resubmission_required","code":9103}}`))
	require.NoError(t, err)
	assert.True(t, required.ResubmissionRequested())
}

// Only status approved with code 9001 is a success, and neither of them alone.
func TestApprovedNeedsStatusAndCode(t *testing.T) {
	statuses := []veriff.Status{"", veriff.StatusApproved, veriff.StatusDeclined, veriff.StatusReview, veriff.StatusExpired, "Approved", "approved ", "super_approved"}
	codes := []veriff.DecisionCode{0, veriff.CodeApproved, veriff.CodeDeclined, veriff.CodeReview, veriff.CodeSelfIDPassed, veriff.CodeVideoCallPassed, 9002}
	for _, status := range statuses {
		for _, code := range codes {
			decision := veriff.Decision{Status: status, Code: code}
			want := status == "approved" && code == 9001
			assert.Equal(t, want, decision.Approved(), "%q %d", status, code)
			assert.Equal(t, status == "" && code == 0, decision.Pending(), "%q %d", status, code)
			decision.ReasonCode = veriff.ReasonPersonPhotoMismatch
			assert.False(t, decision.Approved(), "%q %d, and yet a reason why not", status, code)
		}
	}
}

func TestUnknownValuesAreTakenAndNeverASuccess(t *testing.T) {
	var log bytes.Buffer
	logger := veriff.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))
	decision, err := decide(t, []byte(`{"status":"success","new":1,"verification":{"id":"`+sessionID+`","status":"verified_by_ai","code":9999,"reasonCode":12345,"riskLabels":[{"label":"x","category":"astrology"}],"document":{"type":"LIBRARY_CARD","new":[]},"brandNew":{"a":[1]},"biometricAuthentication":{"details":{"a":[1]}}}}`), logger)
	require.NoError(t, err)
	assert.False(t, decision.Approved())
	assert.False(t, decision.Pending())
	assert.False(t, decision.Status.Known())
	assert.Equal(t, veriff.Status("verified_by_ai"), decision.Status)
	assert.Equal(t, veriff.ReasonCode(12345), decision.ReasonCode)
	assert.Equal(t, veriff.Text(`{"a":[1]}`), decision.BiometricAuthentication.Details, "a side issue of any shape")
	for _, field := range []string{"status", "code", "reasonCode"} {
		assert.Contains(t, log.String(), `level=WARN msg="veriff: unknown value" field=`+field)
	}
	assert.NotContains(t, log.String(), "verified_by_ai")
}

func TestDecisionAnswersThatAreRefused(t *testing.T) {
	verification := func(fields string) string {
		return `{"status":"success","verification":{"id":"` + sessionID + `",` + fields + `}}`
	}
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"another session":      {strings.ReplaceAll(verification(`"status":"approved","code":9001`), sessionID, otherID), veriff.ErrForeign},
		"no session":           {`{"status":"success","verification":{"status":"approved","code":9001}}`, veriff.ErrForeign},
		"id in other case":     {strings.ReplaceAll(verification(`"status":"approved"`), sessionID, strings.ToUpper(sessionID)), veriff.ErrForeign},
		"fail":                 {`{"status":"fail","verification":{"id":"` + sessionID + `","status":"approved","code":9001}}`, veriff.ErrInvalidAnswer},
		"no envelope status":   {`{"verification":null}`, veriff.ErrInvalidAnswer},
		"HTML":                 {"<!doctype html><html><body>Gateway</body></html>", veriff.ErrInvalidAnswer},
		"empty":                {"", veriff.ErrInvalidAnswer},
		"white space":          {" \n", veriff.ErrInvalidAnswer},
		"cut off":              {verification(`"status":"approved","code":9001`)[:70], veriff.ErrInvalidAnswer},
		"garbage behind":       {verification(`"status":"approved","code":9001`) + "x", veriff.ErrInvalidAnswer},
		"two documents":        {verification(`"status":"declined"`) + verification(`"status":"approved","code":9001`), veriff.ErrInvalidAnswer},
		"status twice":         {verification(`"status":"declined","code":9001,"status":"approved"`), veriff.ErrInvalidAnswer},
		"status's case twin":   {verification(`"status":"declined","code":9001,"Status":"approved"`), veriff.ErrInvalidAnswer},
		"status's long s":      {verification(`"status":"declined","code":9001,"ſtatus":"approved"`), veriff.ErrInvalidAnswer},
		"code's case twin":     {verification(`"status":"approved","code":9102,"CODE":9001`), veriff.ErrInvalidAnswer},
		"verification twice":   {verification(`"status":"declined"`)[:len(verification(`"status":"declined"`))-1] + `,"verification":{"id":"` + sessionID + `","status":"approved","code":9001}}`, veriff.ErrInvalidAnswer},
		"escaped twin":         {verification(`"status":"declined","code":9001,"st\u0061tus":"approved"`), veriff.ErrInvalidAnswer},
		"not UTF-8":            {verification(`"person":{"firstName":"` + "\xff" + `"}`), veriff.ErrInvalidAnswer},
		"a list":               {"[]", veriff.ErrInvalidAnswer},
		"status of wrong type": {verification(`"status":1`), veriff.ErrInvalidAnswer},
		"code in words":        {verification(`"code":"approved"`), veriff.ErrInvalidAnswer},
		"no instant":           {verification(`"decisionTime":"yesterday"`), veriff.ErrInvalidAnswer},
		"oversized":            {verification(`"reason":"` + strings.Repeat("x", 8<<20) + `"`), veriff.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			decision, err := decide(t, []byte(test.body))
			assert.Nil(t, decision)
			require.ErrorIs(t, err, test.want)
			assert.NotErrorIs(t, err, veriff.ErrUnconfirmed, "asking again does no harm")
			var verr *veriff.Error
			require.ErrorAs(t, err, &verr)
			assert.Equal(t, "Decision", verr.Op)
			assert.Equal(t, http.StatusOK, verr.StatusCode)
			assert.Equal(t, 1, verr.Attempts)
		})
	}
}

func TestSessionIDsThatAreRefusedBeforeAnythingIsSent(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	for name, id := range map[string]string{
		"empty": "", "dot": ".", "dots": "..", "slash": "a/b", "backslash": `a\b`, "newline": "a\nb",
		"NUL": "a\x00b", "DEL": "a\x7fb", "C1": "a\u0085b", "257 bytes": strings.Repeat("a", 257), "not UTF-8": "a\xff",
	} {
		_, err := client.Decision(t.Context(), id)
		require.ErrorIs(t, err, veriff.ErrInvalidRequest, name)
		assert.ErrorContains(t, err, "session id", name)
	}
	assert.Zero(t, mock.GetTotalCallCount())
}

func TestDecisionRoundTrips(t *testing.T) {
	for _, file := range []string{"decision_approved.json", "decision_declined.json", "decision_resubmission.json"} {
		decision, err := decide(t, fixture(t, "answers", file))
		require.NoError(t, err, file)
		stored, err := json.Marshal(decision)
		require.NoError(t, err, file)
		var again veriff.Decision
		require.NoError(t, json.Unmarshal(stored, &again), file)
		second, err := json.Marshal(again)
		require.NoError(t, err, file)
		assert.Equal(t, string(stored), string(second), file)
		assert.Equal(t, decision.Person, again.Person, file)
		assert.Equal(t, decision.Document, again.Document, file)
		assert.Equal(t, decision.AdditionalVerifiedData, again.AdditionalVerifiedData, file)
		assert.Equal(t, decision.DecisionTime, again.DecisionTime, file)
		assert.Equal(t, decision.ReasonCode, again.ReasonCode, file)
		assert.Empty(t, again.Meta().Raw(), "what was received is not stored")
	}
}
