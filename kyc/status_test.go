package kyc_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

func TestStatus(t *testing.T) {
	for _, tc := range []struct {
		status       kyc.Status
		text         string
		known, final bool
	}{
		{kyc.StatusUnknown, "unknown", false, false},
		{kyc.StatusPending, "pending", true, false},
		{kyc.StatusReview, "review", true, false},
		{kyc.StatusResubmit, "resubmit", true, false},
		{kyc.StatusApproved, "approved", true, true},
		{kyc.StatusDeclined, "declined", true, true},
		{kyc.StatusExpired, "expired", true, true},
		{kyc.StatusAbandoned, "abandoned", true, true},
		{kyc.StatusCanceled, "canceled", true, true},
		{kyc.Status("suspended"), "suspended", false, false},
		{kyc.Status("Approved"), "Approved", false, false},
		{kyc.Status(" approved"), " approved", false, false},
	} {
		t.Run(tc.text, func(t *testing.T) {
			assert.Equal(t, tc.known, tc.status.Known())
			assert.Equal(t, tc.final, tc.status.Final())
			assert.Equal(t, tc.text, fmt.Sprint(tc.status))

			out, err := json.Marshal(tc.status)
			require.NoError(t, err)
			assert.Equal(t, `"`+tc.text+`"`, string(out))
			back := kyc.StatusApproved
			require.NoError(t, json.Unmarshal(out, &back))
			assert.Equal(t, tc.status, back)
			assert.Equal(t, tc.text == "approved", back == kyc.StatusApproved)
		})
	}
}

func TestStatusOfNothingIsUnknown(t *testing.T) {
	for _, doc := range []string{`{}`, `{"status":null}`, `{"status":""}`} {
		var r kyc.Result
		require.NoError(t, json.Unmarshal([]byte(doc), &r), doc)
		assert.Equal(t, kyc.StatusUnknown, r.Status, doc)
	}
	var r kyc.Result
	assert.Error(t, json.Unmarshal([]byte(`{"status":1}`), &r))
}
