package veriff_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func TestDeleteSession(t *testing.T) {
	mock := mocked(http.MethodDelete, sessionURL, signed(http.StatusOK, fixture(t, "answers", "session_deleted.json")))
	deleted, err := newClient(t, mock).DeleteSession(t.Context(), sessionID)
	require.NoError(t, err)
	assert.Equal(t, sessionID, deleted.ID)
}

// No source says with which status Veriff refuses to delete a session that
// waits for its decision, so its words make it a conflict.
func TestDeletingAnUndecidedSessionIsAConflict(t *testing.T) {
	for status, want := range map[int][]error{
		http.StatusBadRequest: {veriff.ErrInvalidRequest, veriff.ErrConflict},
		http.StatusConflict:   {veriff.ErrConflict},
	} {
		answer := httpmock.NewBytesResponder(status, fixture(t, "answers", "error_not_completed.json"))
		_, err := newClient(t, mocked(http.MethodDelete, sessionURL, answer)).DeleteSession(t.Context(), sessionID)
		assertKinds(t, err, want...)
		assert.Equal(t, 1, strings.Count(err.Error(), "conflict"), "said once: %v", err)
	}
}
