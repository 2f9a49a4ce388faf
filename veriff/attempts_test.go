package veriff_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func TestAttempts(t *testing.T) {
	list := func(body []byte) (*veriff.AttemptList, error) {
		mock := mocked(http.MethodGet, sessionURL+"/attempts", signed(http.StatusOK, body))
		return newClient(t, mock).Attempts(t.Context(), sessionID)
	}
	body := fixture(t, "answers", "attempts.json")
	attempts, err := list(body)
	require.NoError(t, err)
	assert.Equal(t, []veriff.Attempt{
		{ID: attemptID, Status: veriff.StatusApproved},
		{ID: "f2270684-8c51-4d03-88eb-dafd43e8b486", Status: veriff.StatusResubmissionRequested},
	}, attempts.Attempts)
	assertHolds(t, `{"verifications":`+member(t, body, "verifications")+`}`, attempts)

	attempts, err = list([]byte(`{"status":"success","verifications":[]}`))
	require.NoError(t, err)
	assert.Empty(t, attempts.Attempts)

	for _, body := range []string{`[{"status":"approved"}]`, `[null]`, `[{"id":"a/b"}]`, `{}`, `["x"]`} {
		_, err := list([]byte(`{"status":"success","verifications":` + body + `}`))
		assertKinds(t, err, veriff.ErrInvalidAnswer)
	}
}
