package veriffkyc_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// Whatever Veriff answers, a result has the status that a plain reading gives, so
// that an approval says itself that it is one, of this session and this check, and
// of a person within the limits. A webhook tells of no check but the one that it
// names, and a forged one of none.
func FuzzApproval(f *testing.F) {
	const sessionID = "5b1c2f6e-0a4d-4c5e-9d0b-3f6a7c8d9e10" // of the fixtures
	const checkID = "12345678901234567890123456789012345678"
	own := func(document []byte) []byte { return bytes.ReplaceAll(document, []byte("attempt-1"), []byte(checkID)) }
	for _, document := range fuzztest.Files(f, "../../veriff/testdata/answers/decision_*.json", "../../veriff/testdata/webhooks/*.json") {
		f.Add(own(document), uint16(0), "", byte(0))
	}
	ids := `"id":"` + sessionID + `","vendorData":"` + checkID + `"`
	for _, verification := range []string{
		`{` + ids + `,"status":"approved","code":9001}`, `{` + ids + `,"status":"approved","code":9102}`,
		`{` + ids + `,"status":"approved","code":"9001","reasonCode":null,"person":{"dateOfBirth":"2020-02-29"}}`,
		`{` + ids + `,"status":"declined","code":9001}`, `{` + ids + `,"status":"approved","code":9001,"reasonCode":102}`,
		`{"id":"` + sessionID + `","status":"approved","code":9001}`, `{"vendorData":"` + checkID + `","status":"approved","code":9001}`,
		`{` + ids + `,"status":"approved","Status":"declined","code":9001}`, `null`,
	} {
		f.Add([]byte(`{"status":"success","verification":`+verification+`}`), uint16(0), "", byte(1))
	}
	approved := own(fuzztest.Files(f, "../../veriff/testdata/answers/decision_approved.json")[0])
	for _, birthday := range []string{"2007-03-01", "2007-03-02"} { // the second is 19 years ago in UTC, and not yet everywhere
		f.Add(bytes.ReplaceAll(approved, []byte("1990-02-28"), []byte(birthday)), uint16(0), "", byte(0))
	}
	members := fuzztest.MembersOf(f, approved)
	members.Seeds(fuzztest.Values(`"approved"`, `9001`, `"2010-06-15"`, `"de"`, `"9999-01-01T00:00:00Z"`), func(number uint16, value string) {
		f.Add(approved, number, value, byte(0))
	})

	var answer []byte
	client, err := veriff.NewClient("api-key", "secret", veriff.WithBaseURL("https://veriff.example"), veriff.WithMaxAttempts(1),
		veriff.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(answer)), Request: r}, nil
		})}))
	require.NoError(f, err)
	verifier, err := veriff.NewVerifier("api-key", "secret")
	require.NoError(f, err)
	open, err := veriffkyc.New(client, veriffkyc.Config{Verifier: verifier})
	require.NoError(f, err)
	limited, err := veriffkyc.New(client, veriffkyc.Config{MinimumAge: 19, DocumentCountries: []string{"KR"}})
	require.NoError(f, err)
	check, err := kyc.NewCheck(open.Name(), &kyc.StartRequest{CheckID: checkID})
	require.NoError(f, err)
	check.VendorID = sessionID
	for _, provider := range []kyc.Provider{open, limited} {
		answer = approved
		result, err := provider.Result(f.Context(), check)
		require.NoError(f, err)
		require.Equal(f, kyc.StatusApproved, result.Status, "an approval can be reached")
	}
	f.Fuzz(func(t *testing.T, body []byte, member uint16, value string, flip byte) {
		answer = members.Set(body, member, value)
		result, err := open.Result(t.Context(), check)
		within, limitedErr := limited.Result(t.Context(), check)
		require.Equal(t, err == nil, limitedErr == nil)
		if err != nil {
			require.Nil(t, result)
		} else {
			plain := fuzztest.Read(t, answer)
			want := plainStatus(plain.Get("verification"))
			require.Equal(t, want, result.Status)
			if want != kyc.StatusPending {
				require.Equal(t, sessionID, plain.Get("verification").Get("id").Value)
				require.Equal(t, checkID, plain.Get("verification").Get("vendorData").Value)
			}
			require.Equal(t, "success", plain.Get("status").Value)
			sum := sha256.Sum256(answer)
			require.Equal(t, hex.EncodeToString(sum[:]), result.Evidence.SHA256)
			require.Equal(t, kyc.SignatureNone, result.Evidence.Signature)
			fuzztest.Stable(t, result, new(kyc.Result))
			if want == kyc.StatusApproved {
				want = plainLimit(plain.Get("verification"), within)
			}
			require.Equal(t, want, within.Status)
		}

		notice, err := open.ParseWebhook(signed(answer, "secret"), answer)
		if err != nil {
			require.Nil(t, notice)
			require.ErrorIs(t, err, kyc.ErrInvalidNotice)
		} else {
			require.Empty(t, fuzztest.Invented(t, []string{notice.CheckID, notice.VendorID}, answer))
			require.Equal(t, notice.CheckID != "", kyc.IsCheckID(notice.CheckID))
			require.True(t, notice.CheckID != "" || *notice == kyc.Notice{})
		}
		if flip != 0 && len(answer) > 0 {
			forged := bytes.Clone(answer)
			forged[int(member)%len(forged)] ^= flip
			_, err = open.ParseWebhook(signed(answer, "secret"), forged)
			require.ErrorIs(t, err, kyc.ErrSignature)
			_, err = open.ParseWebhook(signed(answer, "Secret"), answer)
			require.ErrorIs(t, err, kyc.ErrSignature)
		}
	})
}

func signed(body []byte, secret string) http.Header {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return http.Header{"X-Auth-Client": {"api-key"}, "X-Hmac-Signature": {hex.EncodeToString(mac.Sum(nil))}}
}

// plainStatus is what a verification means.
func plainStatus(verification fuzztest.Document) kyc.Status {
	status, code := verification.Word("status"), verification.Number("code")
	switch {
	case verification.Value == nil:
		return kyc.StatusPending
	case status == "approved" && code == 9001 && verification.Number("reasonCode") == 0:
		return kyc.StatusApproved
	case code == 9001:
		return kyc.StatusUnknown
	}
	return map[string]kyc.Status{
		"created": kyc.StatusPending, "started": kyc.StatusPending, "submitted": kyc.StatusPending, "inflow_completed": kyc.StatusPending, "preprocessed": kyc.StatusPending,
		"review": kyc.StatusReview, "resubmission_requested": kyc.StatusResubmit, "resubmission_required": kyc.StatusResubmit,
		"declined": kyc.StatusDeclined, "expired": kyc.StatusExpired, "abandoned": kyc.StatusAbandoned,
	}[status]
}

// plainLimit is what the limits make of an approval.
func plainLimit(verification fuzztest.Document, result *kyc.Result) kyc.Status {
	birthday := verification.Get("person").Word("dateOfBirth")
	if birthday == "" {
		birthday = verification.Get("person").Get("yearOfBirth").Text()
	}
	at := result.Evidence.FetchedAt.Unix()
	if !result.DecidedAt.IsZero() {
		at = min(at, result.DecidedAt.Unix())
	}
	born, exists := fuzztest.ParseDay(birthday)
	age := born.Age(fuzztest.DayAt(at - 12*60*60))
	aged := kyc.StatusApproved
	switch {
	case !exists || result.DecidedAt.IsZero() || age < 0 || age > 150:
		aged = kyc.StatusReview
	case age < 19:
		aged = kyc.StatusDeclined
	}
	country := strings.ToUpper(verification.Get("document").Get("country").Text())
	issued := kyc.StatusDeclined
	switch {
	case country == "KR":
		issued = kyc.StatusApproved
	case len(country) != 2 || strings.Trim(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		issued = kyc.StatusReview
	}
	for _, status := range []kyc.Status{kyc.StatusDeclined, kyc.StatusReview} {
		if slices.Contains([]kyc.Status{aged, issued}, status) {
			return status
		}
	}
	return kyc.StatusApproved
}
