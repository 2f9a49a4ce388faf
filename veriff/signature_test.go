package veriff_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func TestAnswerSignatures(t *testing.T) {
	body := fixture(t, "answers", "decision_approved.json")
	right, legacy := hmacHex(sharedSecret, body), legacyHex(sharedSecret, body)
	wrong := hmacHex("another secret", body)
	for name, test := range map[string]struct {
		header  []string
		signed  bool
		refused bool
	}{
		"none":                          {header: nil},
		"x-":                            {header: []string{"X-HMAC-SIGNATURE", right}, signed: true},
		"vrf-":                          {header: []string{"VRF-HMAC-SIGNATURE", right}, signed: true},
		"both":                          {header: []string{"X-HMAC-SIGNATURE", right, "VRF-HMAC-SIGNATURE", right}, signed: true},
		"upper case":                    {header: []string{"X-HMAC-SIGNATURE", strings.ToUpper(right)}, signed: true},
		"legacy alone is no proof":      {header: []string{"X-SIGNATURE", legacy}},
		"legacy beside":                 {header: []string{"X-SIGNATURE", legacy, "X-HMAC-SIGNATURE", right}, signed: true},
		"wrong":                         {header: []string{"X-HMAC-SIGNATURE", wrong}, refused: true},
		"wrong in vrf-":                 {header: []string{"VRF-HMAC-SIGNATURE", wrong}, refused: true},
		"conflict":                      {header: []string{"X-HMAC-SIGNATURE", right, "VRF-HMAC-SIGNATURE", wrong}, refused: true},
		"twice, one wrong":              {header: []string{"X-HMAC-SIGNATURE", right, "X-HMAC-SIGNATURE", wrong}, refused: true},
		"wrong legacy":                  {header: []string{"X-SIGNATURE", wrong}, refused: true},
		"wrong legacy beside":           {header: []string{"X-SIGNATURE", wrong, "X-HMAC-SIGNATURE", right}, refused: true},
		"legacy in the HMAC's place":    {header: []string{"X-HMAC-SIGNATURE", legacy}, refused: true},
		"HMAC in the legacy's place":    {header: []string{"X-SIGNATURE", right}, refused: true},
		"empty":                         {header: []string{"X-HMAC-SIGNATURE", ""}, refused: true},
		"no hex":                        {header: []string{"X-HMAC-SIGNATURE", strings.Repeat("g", 64)}, refused: true},
		"cut off":                       {header: []string{"X-HMAC-SIGNATURE", right[:62]}, refused: true},
		"longer":                        {header: []string{"X-HMAC-SIGNATURE", right + "00"}, refused: true},
		"of another session's decision": {header: []string{"X-HMAC-SIGNATURE", hmacHex(sharedSecret, fixture(t, "answers", "decision_declined.json"))}, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			mock := mocked(http.MethodGet, decisionURL, withHeader(http.StatusOK, body, test.header...))
			decision, err := newClient(t, mock, veriff.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))).Decision(t.Context(), sessionID)
			strict, strictErr := newClient(t, mock, veriff.WithSignedAnswersOnly()).Decision(t.Context(), sessionID)
			if test.refused {
				require.ErrorIs(t, err, veriff.ErrSignature)
				assert.Nil(t, decision)
				assert.NotContains(t, err.Error(), right, "an attacker would read it")
			} else {
				require.NoError(t, err)
				assert.Equal(t, test.signed, decision.Meta().Signed())
				assert.Equal(t, !test.signed, strings.Contains(log.String(), `msg="veriff: unsigned answer" op=Decision`), log.String())
			}
			if test.signed {
				require.NoError(t, strictErr)
			} else {
				require.ErrorIs(t, strictErr, veriff.ErrSignature)
				assert.Nil(t, strict)
			}
		})
	}
}

func TestUnsignedSessionUnderSignedAnswersOnlyIsUnconfirmed(t *testing.T) {
	mock := mocked(http.MethodPost, sessionsURL, withHeader(http.StatusCreated, fixture(t, "answers", "session_created.json")))
	_, err := newClient(t, mock, veriff.WithSignedAnswersOnly()).CreateSession(t.Context(), wholeRequest())
	require.ErrorIs(t, err, veriff.ErrSignature)
	assert.ErrorIs(t, err, veriff.ErrUnconfirmed)
}
