package veriffkyc_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// FuzzApproval holds every approval to an answer that has each of the words
// that make one, wherever they stand in it.
func FuzzApproval(f *testing.F) {
	const sessionID = "7a4a1d2e-0000-4000-8000-000000000001"
	const checkID = "12345678901234567890123456789012345678"
	ids := `"id":"` + sessionID + `","vendorData":"` + checkID + `"`
	for _, verification := range []string{
		`{` + ids + `,"status":"approved","code":9001}`,
		`{` + ids + `,"status":"approved","code":"9001","reasonCode":null,"person":{"firstName":"Mirae"}}`,
		`{` + ids + `,"status":"approved","code":9102}`,
		`{` + ids + `,"status":"declined","code":9001}`,
		`{` + ids + `,"status":"approved","code":9001,"reasonCode":102}`,
		`{"id":"` + sessionID + `","status":"approved","code":9001}`,
		`{"vendorData":"` + checkID + `","status":"approved","code":9001}`,
		`{` + ids + `,"status":"approved","Status":"declined","code":9001}`,
		`null`,
	} {
		f.Add([]byte(`{"status":"success","verification":` + verification + `}`))
	}
	var answer []byte
	client, err := veriff.NewClient("api-key", "secret", veriff.WithBaseURL("https://veriff.example"), veriff.WithMaxAttempts(1),
		veriff.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(answer)), Request: r}, nil
		})}))
	require.NoError(f, err)
	provider, err := veriffkyc.New(client, veriffkyc.Config{})
	require.NoError(f, err)
	check, err := kyc.NewCheck(provider.Name(), &kyc.StartRequest{CheckID: checkID})
	require.NoError(f, err)
	check.VendorID = sessionID
	answer = []byte(`{"status":"success","verification":{` + ids + `,"status":"approved","code":9001}}`)
	result, err := provider.Result(f.Context(), check)
	require.NoError(f, err)
	require.Equal(f, kyc.StatusApproved, result.Status, "an approval can be reached")
	f.Fuzz(func(t *testing.T, body []byte) {
		answer = body
		result, err := provider.Result(t.Context(), check)
		if err != nil {
			require.Nil(t, result)
			return
		}
		if result.Status != kyc.StatusApproved {
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		var tree any
		require.NoError(t, decoder.Decode(&tree))
		for _, word := range []string{sessionID, checkID, "approved", "9001"} {
			require.True(t, says(tree, word), "approved without %s", word)
		}
	})
}

// says tells whether a word stands anywhere in an answer.
func says(tree any, word string) bool {
	switch tree := tree.(type) {
	case map[string]any:
		for _, value := range tree {
			if says(value, word) {
				return true
			}
		}
	case []any:
		for _, value := range tree {
			if says(value, word) {
				return true
			}
		}
	case string:
		return reads(strings.TrimSpace(tree), word)
	case json.Number:
		return reads(tree.String(), word)
	}
	return false
}

// reads takes a number in any notation.
func reads(text, word string) bool {
	number, err := strconv.ParseFloat(text, 64)
	return text == word || err == nil && strconv.FormatFloat(number, 'f', -1, 64) == word
}
