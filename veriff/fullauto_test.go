package veriff_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/veriff"
)

func fullAuto(tb testing.TB, body []byte) (*veriff.FullAutoDecision, error) {
	mock := mocked(http.MethodGet, sessionURL+"/decision/fullauto", signed(http.StatusOK, body))
	return newClient(tb, mock).FullAutoDecision(tb.Context(), sessionID)
}

func TestFullAutoDecision(t *testing.T) {
	decision, err := fullAuto(t, fixture(t, "answers", "fullauto.json"))
	require.NoError(t, err)
	assert.Equal(t, sessionID, decision.SessionID)
	assert.Equal(t, attemptID, decision.AttemptID)
	assert.Equal(t, "attempt-1", decision.VendorData)
	assert.Equal(t, "7f6e5d4c-3b2a-4190-8f7e-6d5c4b3a2910", decision.EndUserID)
	assert.Equal(t, veriff.Text("approved"), decision.Decision)
	assert.Equal(t, veriff.Number("0.97"), decision.DecisionScore)
	assert.Contains(t, string(decision.Insights), "allowedIpLocation")
	fuzztest.Stable(t, decision, new(veriff.FullAutoDecision))
}

// Its JSON is not established, so it is found in each envelope that Veriff has.
func TestFullAutoDecisionInEveryEnvelope(t *testing.T) {
	const decision = `"decision":"declined","decisionScore":"0.1","insights":["a"]`
	for name, test := range map[string]struct {
		body string
		id   string
	}{
		"bare":            {`{"status":"success",` + decision + `}`, ""},
		"sessionId":       {`{"status":"success","sessionId":"` + sessionID + `",` + decision + `}`, sessionID},
		"verification":    {`{"status":"success","verification":{"id":"` + sessionID + `",` + decision + `}}`, sessionID},
		"data":            {`{"status":"success","data":{"sessionId":"` + sessionID + `",` + decision + `}}`, sessionID},
		"both":            {`{"status":"success","data":{"verification":{"id":"` + sessionID + `",` + decision + `}},"sessionId":"` + sessionID + `"}`, sessionID},
		"beside nulls":    {`{"status":"success","verification":null,"data":{` + decision + `}}`, ""},
		"null data":       {`{"status":"success","data":null,` + decision + `}`, ""},
		"null within":     {`{"status":"success","data":{"verification":null,` + decision + `}}`, ""},
		"other id beside": {`{"status":"success","verification":{"sessionId":"` + sessionID + `","id":"x",` + decision + `}}`, sessionID},
	} {
		got, err := fullAuto(t, []byte(test.body))
		require.NoError(t, err, name)
		assert.Equal(t, test.id, got.SessionID, name)
		assert.Equal(t, veriff.Text("declined"), got.Decision, name)
		assert.Equal(t, veriff.Number("0.1"), got.DecisionScore, name)
		assert.Equal(t, veriff.Text(`["a"]`), got.Insights, name)
	}
}

func TestFullAutoDecisionsThatCannotBeUsed(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		kind error
	}{
		"none":               {`{"status":"success","verification":{"id":"` + sessionID + `"}}`, veriff.ErrInvalidAnswer},
		"two":                {`{"status":"success","decision":"declined","verification":{"decision":"approved"}}`, veriff.ErrInvalidAnswer},
		"two sessions":       {`{"status":"success","sessionId":"` + sessionID + `","data":{"sessionId":"` + otherID + `","decision":"approved"}}`, veriff.ErrInvalidAnswer},
		"two attempts":       {`{"status":"success","attemptId":"a","data":{"attemptId":"b","decision":"approved"}}`, veriff.ErrInvalidAnswer},
		"another session":    {`{"status":"success","data":{"verification":{"id":"` + otherID + `","decision":"approved"}}}`, veriff.ErrForeign},
		"null data":          {`{"status":"success","data":null}`, veriff.ErrNotFound},
		"null in data":       {`{"status":"success","data":{"verification":null}}`, veriff.ErrNotFound},
		"null decision":      {`{"status":"success","verification":{"decision":null,"insights":null}}`, veriff.ErrInvalidAnswer},
		"score of no number": {`{"status":"success","decision":"approved","decisionScore":[1]}`, veriff.ErrInvalidAnswer},
	} {
		_, err := fullAuto(t, []byte(test.body))
		require.Error(t, err, name)
		assertKinds(t, err, test.kind)
	}
}
