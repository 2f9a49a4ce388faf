package iamportkyc_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// Whatever Iamport answers, a person is approved exactly by an answer that says
// plainly that somebody was certified, for this check, in its hour, by the gateway
// that is taken, with a CI and of age. A key names somebody.
func FuzzApproval(f *testing.F) {
	const impUID, checkID = "imp_000000000001", "12345678901234567890123456789012345678"
	own := func(document []byte) []byte { return bytes.ReplaceAll(document, []byte("attempt-1"), []byte(checkID)) }
	for i, document := range fuzztest.Files(f, "../../iamport/testdata/answers/*.json") {
		f.Add(own(document), uint16(0), "", int16(0))
		f.Add(own(document), uint16(0), "", int16(i*900))
		f.Add(document, uint16(0), "", int16(0)) // another check's
	}
	approved := own(fuzztest.Files(f, "../../iamport/testdata/answers/certified.json")[0])
	f.Add(bytes.Replace(approved, []byte("unique_key"), []byte("other_key"), 1), uint16(0), "", int16(0))
	for _, early := range []int16{-301, -300, 3600, 3601} {
		f.Add(approved, uint16(0), "", early)
	}
	members := fuzztest.MembersOf(f, approved)
	members.Seeds(fuzztest.Values(`"2007-03-03"`, `"A_MIIiasTest_1"`, `636130800`, `"kcp"`), func(number uint16, value string) {
		f.Add(approved, number, value, int16(0))
	})

	certifiedAt := time.Date(2026, 3, 2, 10, 5, 0, 0, time.UTC)
	token := fuzztest.Files(f, "../../iamport/testdata/answers/token.json")[0]
	var answer []byte
	client, err := iamport.NewClient("key", "secret", iamport.WithMaxAttempts(1), iamport.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		body := answer
		if strings.HasSuffix(r.URL.Path, "/getToken") {
			body = token
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Date": {certifiedAt.Format(http.TimeFormat)}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
	})}))
	require.NoError(f, err)
	provider, err := iamportkyc.New(client, iamportkyc.Config{UserCode: "imp00000000", ChannelKey: "channel", MinimumAge: 19})
	require.NoError(f, err)
	check, err := kyc.NewCheck(provider.Name(), &kyc.StartRequest{CheckID: checkID, ReturnURL: returnURL})
	require.NoError(f, err)
	check.VendorID, check.VendorIDClaimed, check.StartedAt = impUID, true, certifiedAt
	answer = approved
	result, err := provider.Result(f.Context(), check)
	require.NoError(f, err)
	require.Equal(f, kyc.StatusApproved, result.Status, "an approval can be reached")
	f.Fuzz(func(t *testing.T, body []byte, member uint16, value string, early int16) {
		answer = members.Set(body, member, value)
		asked := *check
		asked.StartedAt = certifiedAt.Add(-time.Duration(early) * time.Second)
		result, err := provider.Result(t.Context(), &asked)
		if err != nil {
			require.Nil(t, result)
			return
		}
		plain := fuzztest.Read(t, answer).Get("response")
		require.Equal(t, []string{impUID, checkID}, []string{plain.Word("imp_uid"), plain.Word("merchant_uid")})
		certified, at := plain.Get("certified").Value == true, plain.Number("certified_at")
		require.Equal(t, !certified, result.Status == kyc.StatusPending)
		born, exists := fuzztest.ParseDay(string(result.Person.BirthDate))
		age := born.Age(fuzztest.DayAt(certifiedAt.Unix() + 9*60*60))
		if exists {
			require.True(t, plain.Word("birthday") == "" || plain.Word("birthday") == string(result.Person.BirthDate))
			require.True(t, plain.Number("birth") == 0 || fuzztest.DayAt(plain.Number("birth")+12*60*60) == born)
		}
		ci := strings.TrimSpace(plain.Word("unique_key"))
		hasCI := ci != "" && ci != "null" && ci != "undefined"
		started := asked.StartedAt.Unix()
		want := certified && at > 0 && started-5*60 <= at && at <= started+60*60 && at <= certifiedAt.Unix()+30 && plain.Word("pg_provider") == "danal" &&
			!strings.Contains(plain.Word("pg_tid"), "MIIiasTest") && hasCI && exists && 19 <= age && age <= 150
		require.Equal(t, want, result.Status == kyc.StatusApproved, result.Reason)

		keys := map[kyc.KeyKind]string{}
		for _, key := range result.Keys {
			require.NotEmpty(t, strings.TrimSpace(key.Value))
			keys[key.Kind] = key.Value
		}
		require.Equal(t, certified && hasCI, keys[kyc.KeyCI] != "")
		require.True(t, keys[kyc.KeyCI] == "" || keys[kyc.KeyCI] == ci)
		sum := sha256.Sum256(answer)
		require.Equal(t, hex.EncodeToString(sum[:]), result.Evidence.SHA256)
		fuzztest.Stable(t, result, new(kyc.Result))
	})
}
