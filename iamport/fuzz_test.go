package iamport_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

// Whatever the body, asking gives a certification or an error; one that passes
// an Expectation comes only from a body that says so once and plainly, and
// storing it loses nothing.
func FuzzCertification(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "answers", "*.json"))
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		document, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(document)
	}
	f.Add([]byte(`{"code":0,"response":{"imp_uid":"imp_000000000001","certified":false,"certıfied":true,"ſomething":1}}`))
	f.Add([]byte(`{"code":0,"unasked":636E17200,"response":{"imp_uid":"imp_000000000001","merchant_uid":"attempt-1","certified":true,"certified_at":1772445900,"birthday":"1990-02-28","unique_key":"key"}}`))
	f.Add([]byte(`{"code":-1,"Code":0,"response":{"imp_uid":"imp_000000000001","certified":true}}`))
	token, err := os.ReadFile(filepath.Join("testdata", "answers", "token.json"))
	require.NoError(f, err)
	var body []byte // of the next answer
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewBytesResponder(http.StatusOK, token))
	mock.RegisterResponder(http.MethodGet, certURL, func(r *http.Request) (*http.Response, error) { return dated(body, certifiedAt)(r) })
	client := newClient(f, mock)
	f.Fuzz(func(t *testing.T, document []byte) {
		body = document
		cert, err := client.Certification(t.Context(), impUID)
		if err != nil {
			assert.Nil(t, cert)
			failure(t, err)
			return
		}
		require.Equal(t, impUID, cert.ImpUID)
		require.Equal(t, body, append([]byte{}, cert.Meta().Raw()...))
		stored, err := json.Marshal(cert)
		require.NoError(t, err)
		var again iamport.Certification
		require.NoError(t, json.Unmarshal(stored, &again))
		second, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(stored), string(second))

		if (&iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 19}).Check(cert, certifiedAt) == nil {
			assertSaysCertified(t, body)
		}
	})
}

// assertSaysCertified reads body with maps alone, and so each key by its exact
// name. Numbers stay text: one that nobody asked for may be larger than any
// float64.
func assertSaysCertified(t *testing.T, body []byte) {
	var document map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&document))
	code := document["code"]
	require.True(t, code == json.Number("0") || code == "0", "%v", code)
	response := document["response"].(map[string]any)
	require.Equal(t, true, response["certified"])
	require.Equal(t, "attempt-1", response["merchant_uid"])
	require.NotEmpty(t, response["unique_key"])
}

// Whatever a browser sends, parsing gives a claim that can be asked about or
// tells of a failure, or an error, and reads no further than it says.
func FuzzParseReturn(f *testing.F) {
	for _, text := range []string{
		`{"imp_uid":"imp_1"}`, `imp_uid=imp_1`, `{"success":false,"error_msg":"x"}`, `a=1?imp_uid=imp_1&imp_success=true`,
		`imp_uid=imp_1&imp_uid=imp_2`, `imp_uid=..%2f`, `{"imp_uid":"null","IMP_UID":1}`, `imp_uid=%ff&success=true&imp_success=false`, `imp_uid=100%`, ``,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		query := httptest.NewRequest(http.MethodGet, "/", nil)
		query.URL.RawQuery = text
		for _, r := range []*http.Request{post("application/json", text), query} {
			claim, err := iamport.ParseReturn(r)
			if err != nil {
				require.Nil(t, claim)
				require.Equal(t, "ParseReturn", failure(t, err).Op)
				continue
			}
			require.NotEqual(t, "null", claim.ImpUID)
			require.NotEqual(t, "undefined", claim.ImpUID)
			if claim.ImpUID == "" {
				require.NotEqual(t, iamport.Yes, claim.Success)
				require.True(t, claim.Success == iamport.No || claim.ErrorCode != "" || claim.ErrorMsg != "")
				continue
			}
			require.LessOrEqual(t, len(claim.ImpUID), 256)
			require.NotContains(t, claim.ImpUID, "/")
			require.NotContains(t, []string{".", ".."}, claim.ImpUID)
			require.Contains(t, []iamport.Tristate{iamport.Unsaid, iamport.Yes, iamport.No}, claim.Success)
		}
	})
}

// A birth date is a day that exists, and nobody is older than somebody born
// earlier, nor younger later.
func FuzzBirth(f *testing.F) {
	f.Add(int64(636217200), int64(86400), int64(1772445900), int64(86400))
	f.Add(int64(-32400), int64(1), int64(0), int64(1))
	f.Add(int64(0), int64(1), int64(1772445900), int64(1<<40))
	f.Add(int64(-1<<63), int64(1<<62), int64(-1<<63), int64(1<<62))
	f.Fuzz(func(t *testing.T, birth, later, at, wait int64) {
		first, ok := birthDate(iamport.UnixTime(birth), "")
		if !ok {
			require.Empty(t, first)
			return
		}
		day, exists := first.Time()
		require.True(t, exists, first)
		require.LessOrEqual(t, time.Unix(birth, 0).Sub(day).Abs(), 12*time.Hour)

		now := time.Unix(at, 0)
		age, ok := first.AgeAt(now)
		if !ok {
			return
		}
		require.True(t, age >= 0 && age <= 150)
		if next := time.Unix(at+wait, 0); wait >= 0 && at+wait >= at {
			if older, ok := first.AgeAt(next); ok {
				require.GreaterOrEqual(t, older, age, "as time goes on")
			}
		}
		if second, ok := birthDate(iamport.UnixTime(birth+later), ""); later >= 0 && birth+later >= birth && ok {
			if younger, ok := second.AgeAt(now); ok {
				require.LessOrEqual(t, younger, age, "born later")
			}
		}
	})
}
