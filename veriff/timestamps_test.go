package veriff_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func TestTimestamps(t *testing.T) {
	list := func(body []byte) (*veriff.TimestampList, error) {
		mock := mocked(http.MethodGet, sessionURL+"/timestamps", signed(http.StatusOK, body))
		return newClient(t, mock).Timestamps(t.Context(), sessionID)
	}
	body := fixture(t, "answers", "timestamps.json")
	timestamps, err := list(body)
	require.NoError(t, err)
	require.Len(t, timestamps.Timestamps, 1)
	assert.Equal(t, timestampID, timestamps.Timestamps[0].ID)
	assert.Equal(t, veriff.Text("document-front"), timestamps.Timestamps[0].Context)
	assertHolds(t, `{"timestamps":`+member(t, body, "timestamps")+`}`, timestamps)

	_, err = list([]byte(`{"status":"success","timestamps":[{"context":"face"}]}`))
	assertKinds(t, err, veriff.ErrInvalidAnswer)
}

func TestTimestampOfDownloadedMedia(t *testing.T) {
	body := fixture(t, "answers", "timestamp.json")
	mock := mocked(http.MethodGet, baseURL+"/v1/timestamps/"+timestampID, signed(http.StatusOK, body))
	timestamp, err := newClient(t, mock).Timestamp(t.Context(), timestampID)
	require.NoError(t, err)
	assertHolds(t, member(t, body, "timestamp"), timestamp)

	sum, other := sha256.Sum256([]byte("synthetic media")), sha256.Sum256([]byte("other media"))
	matches, err := timestamp.MatchesSHA256(sum[:])
	require.NoError(t, err)
	assert.True(t, matches)
	matches, err = timestamp.MatchesSHA256(other[:])
	require.NoError(t, err)
	assert.False(t, matches)
}

func TestTimestampHashes(t *testing.T) {
	sum := sha256.Sum256([]byte("synthetic media"))
	plain := hex.EncodeToString(sum[:])
	for name, test := range map[string]struct {
		hash    veriff.DataHash
		sum     []byte
		matches bool
		says    string
	}{
		"hex":             {hash: veriff.DataHash{Algorithm: "SHA-256", Value: plain}, matches: true},
		"upper case":      {hash: veriff.DataHash{Algorithm: "SHA-256", Value: strings.ToUpper(plain)}, matches: true},
		"base64":          {hash: veriff.DataHash{Algorithm: "sha256", Value: base64.StdEncoding.EncodeToString(sum[:])}, matches: true},
		"another file":    {hash: veriff.DataHash{Algorithm: "SHA-256", Value: strings.Repeat("0", 64)}},
		"SHA-512":         {hash: veriff.DataHash{Algorithm: "SHA-512", Value: plain}, says: "not a SHA-256"},
		"no algorithm":    {hash: veriff.DataHash{Value: plain}, says: "not a SHA-256"},
		"no value":        {hash: veriff.DataHash{Algorithm: "SHA-256"}, says: "cannot be read"},
		"part of a hash":  {hash: veriff.DataHash{Algorithm: "SHA-256", Value: plain[:62]}, says: "cannot be read"},
		"more than one":   {hash: veriff.DataHash{Algorithm: "SHA-256", Value: plain + "00"}, says: "cannot be read"},
		"words":           {hash: veriff.DataHash{Algorithm: "SHA-256", Value: "{HASH_VALUE}"}, says: "cannot be read"},
		"part of a sum":   {hash: veriff.DataHash{Algorithm: "SHA-256", Value: plain}, sum: sum[:31], says: "to compare with"},
		"no sum":          {hash: veriff.DataHash{Algorithm: "SHA-256"}, sum: []byte{}, says: "to compare with"},
		"the sum in hex?": {hash: veriff.DataHash{Algorithm: "SHA-256", Value: plain}, sum: []byte(plain), says: "to compare with"},
	} {
		if test.sum == nil {
			test.sum = sum[:]
		}
		matches, err := (&veriff.Timestamp{DataHash: test.hash}).MatchesSHA256(test.sum)
		assert.Equal(t, test.matches, matches, name)
		if test.says == "" {
			assert.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, test.says, name)
		assert.NotContains(t, err.Error(), plain[:16], name)
	}
}
