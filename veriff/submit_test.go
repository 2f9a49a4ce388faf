package veriff_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

const sessionURL = sessionsURL + "/" + sessionID

func TestSubmitSession(t *testing.T) {
	mock := mocked(http.MethodPatch, sessionURL, func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, `{"verification":{"status":"submitted"}}`, string(requestBody(t, r)), "the status and nothing else")
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		return signed(http.StatusOK, fixture(t, "answers", "session_submitted.json"))(r)
	})
	session, err := newClient(t, mock).SubmitSession(t.Context(), sessionID)
	require.NoError(t, err)
	assert.Equal(t, sessionID, session.ID)
	assert.Equal(t, veriff.StatusSubmitted, session.Status)
	assert.Equal(t, "attempt-1", session.VendorData)
	assert.Equal(t, "https://alchemy.veriff.example/v/eyJ0ZXN0Ijp0cnVlfQ", session.URL)
	assert.Equal(t, "https://alchemy.veriff.example", session.Host)
	assert.Equal(t, "eyJ0ZXN0Ijp0cnVlfQ", session.SessionToken)
}

func TestSubmitSessionOfTheLegacyAPI(t *testing.T) {
	before := time.Now().Truncate(time.Millisecond)
	mock := mocked(http.MethodPatch, sessionURL, func(r *http.Request) (*http.Response, error) {
		var body struct{ Verification map[string]string }
		require.NoError(t, json.Unmarshal(requestBody(t, r), &body))
		at, err := time.Parse(time.RFC3339, body.Verification["timestamp"])
		require.NoError(t, err)
		assert.WithinRange(t, at, before, time.Now())
		delete(body.Verification, "timestamp")
		assert.Equal(t, map[string]string{"status": "submitted", "frontState": "done"}, body.Verification)
		return withHeader(http.StatusOK, fixture(t, "answers", "session_submitted.json"))(r)
	})
	_, err := newClient(t, mock, veriff.WithLegacyAPI()).SubmitSession(t.Context(), sessionID)
	require.NoError(t, err)
}
