package veriff_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/veriff"
)

// Spellings that documents, samples and live answers have, each of which is to
// be read the same from an answer and from a webhook.
func TestSpellingsSeenInTheWild(t *testing.T) {
	inside := func(members string) string {
		return `{"status":"success","verification":{"id":"` + sessionID + `","status":"declined","code":9102,` + members + `}}`
	}
	for name, test := range map[string]struct {
		body string
		look func(t *testing.T, d *veriff.Decision)
	}{
		"DRIVERS_LICENSE": {inside(`"document":{"type":"DRIVERS_LICENSE"}`), func(t *testing.T, d *veriff.Decision) {
			assert.Equal(t, veriff.DocumentTypeDriversLicense, d.Document.Type)
			assert.True(t, d.Document.Type.Known())
		}},
		"DRIVERS_LICENCE": {inside(`"document":{"type":"DRIVERS_LICENCE"}`), func(t *testing.T, d *veriff.Decision) {
			assert.Equal(t, veriff.DocumentTypeDriversLicence, d.Document.Type)
			assert.True(t, d.Document.Type.Known())
		}},
		"resubmission_required": {`{"status":"success","verification":{"id":"` + sessionID + `","status":"resubmission_required","code":9103}}`, func(t *testing.T, d *veriff.Decision) {
			assert.True(t, d.ResubmissionRequested())
			assert.False(t, d.Approved())
		}},
		"codes as strings": {`{"status":"success","verification":{"id":"` + sessionID + `","status":"approved","code":"9001","reasonCode":"null"}}`, func(t *testing.T, d *veriff.Decision) {
			assert.True(t, d.Approved())
			assert.Zero(t, d.ReasonCode)
		}},
		"a reason code as a string": {inside(`"reasonCode":"102"`), func(t *testing.T, d *veriff.Decision) {
			assert.Equal(t, veriff.ReasonDocumentTamperingSuspected, d.ReasonCode)
		}},
		"technicalData inside": {inside(`"technicalData":{"ip":"192.0.2.7"}`), func(t *testing.T, d *veriff.Decision) {
			assert.Equal(t, "192.0.2.7", d.TechnicalData.IP)
		}},
		"technicalData beside": {`{"technicalData":{"ip":"192.0.2.7"},` + inside(`"technicalData":{"ip":null}`)[1:], func(t *testing.T, d *veriff.Decision) {
			assert.Equal(t, "192.0.2.7", d.TechnicalData.IP)
		}},
		"microseconds": {inside(`"decisionTime":"2024-09-06T21:11:48.476108Z"`), func(t *testing.T, d *veriff.Decision) {
			assert.Equal(t, time.Date(2024, 9, 6, 21, 11, 48, 476108000, time.UTC), d.DecisionTime.Time)
		}},
		"an offset without a colon": {inside(`"acceptanceTime":"2018-04-18T11:02:05+0300"`), func(t *testing.T, d *veriff.Decision) {
			assert.Equal(t, time.Date(2018, 4, 18, 8, 2, 5, 0, time.UTC), d.AcceptanceTime.Time)
		}},
		"null in strings": {inside(`"decisionTime":"null","highRisk":"null","riskScore":{"score":"null"},"person":{"yearOfBirth":"null","addresses":[{"parsedAddress":{"houseNumber":"null","unit":"null"}}]},"document":{"nfcValidated":"null","placeOfIssue":"null"}`), func(t *testing.T, d *veriff.Decision) {
			assert.True(t, d.DecisionTime.IsZero())
			assert.Equal(t, veriff.Unsaid, d.HighRisk)
			assert.Empty(t, d.RiskScore.Score)
			assert.Empty(t, d.Person.YearOfBirth)
			assert.Equal(t, veriff.ParsedAddress{}, d.Person.Addresses[0].ParsedAddress)
			assert.Equal(t, veriff.Unsaid, d.Document.NFCValidated)
			assert.Empty(t, d.Document.PlaceOfIssue)
		}},
		"booleans as strings": {inside(`"highRisk":"true","document":{"portraitIsVisible":"true","signatureIsVisible":false}`), func(t *testing.T, d *veriff.Decision) {
			assert.Equal(t, veriff.Yes, d.HighRisk)
			assert.Equal(t, veriff.Yes, d.Document.PortraitIsVisible)
			assert.Equal(t, veriff.No, d.Document.SignatureIsVisible)
		}},
		"cross-links": {inside(`"riskLabels":[{"label":"x","category":"cross-links"},{"label":"y","category":"crosslinks"}]`), func(t *testing.T, d *veriff.Decision) {
			require.Len(t, d.RiskLabels, 2)
			assert.True(t, d.RiskLabels[0].Category.Known())
			assert.True(t, d.RiskLabels[1].Category.Known())
		}},
	} {
		t.Run(name, func(t *testing.T) {
			asked, err := decide(t, []byte(test.body))
			require.NoError(t, err)
			test.look(t, asked)
			webhook, err := parse(t, []byte(test.body))
			require.NoError(t, err)
			test.look(t, webhook.(*veriff.Decision))
			fuzztest.Stable(t, asked, new(veriff.Decision))
		})
	}
}

func TestEventCodeAsAString(t *testing.T) {
	webhook, err := parse(t, []byte(`{"id":"`+sessionID+`","code":"7002","action":"submitted","context":null}`))
	require.NoError(t, err)
	assert.Equal(t, veriff.EventCodeSubmitted, webhook.(*veriff.Event).Code)
}

// Document 003 once has the key "code:", and its codes are strings.
func TestErrorCodeSpellings(t *testing.T) {
	for _, body := range []string{`{"code":"1304"}`, `{"code":1304}`, `{"code:":"1304"}`, `{"code:":1304,"code":null}`} {
		_, err := newClient(t, mocked(http.MethodPatch, sessionURL, httpmock.NewStringResponder(http.StatusBadRequest, body))).SubmitSession(t.Context(), sessionID)
		assertKinds(t, err, veriff.ErrInvalidRequest, veriff.ErrConflict)
	}
}
