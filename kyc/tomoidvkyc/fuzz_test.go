package tomoidvkyc_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// Whatever TomoIDV answers, a person is approved exactly by an answer that has one
// record of this check under its policy, which says plainly that it is approved
// and who, when and how old the person is; or, where that is taken for an
// approval, one of contract 1.3.
func FuzzApproval(f *testing.F) {
	const checkID = "31415926535897932384626433832795028841"
	for _, document := range fuzztest.Files(f, "../../tomoidv/testdata/answers/result_*.json") {
		f.Add(document, uint16(0), "", true)
		f.Add(document, uint16(0), "", false)
	}
	single := fuzztest.Files(f, "../../tomoidv/testdata/answers/result_14_single.json")[0]
	single = bytes.Replace(single, []byte(`, "status"]`), []byte(`]`), 1) // of what was not collected
	record := string(single[bytes.Index(single, []byte(`{
    "auth_id"`)):bytes.LastIndexByte(single, '}')])
	f.Add([]byte(`{"user_id":"ppid.x","results":[`+record+`,`+record+`]}`), uint16(0), "", true)
	f.Add([]byte(`{"user_id":"ppid.x","results":[`+record+`,`+strings.Replace(record, "auth-0003", checkID, 1)+`]}`), uint16(0), "", true)
	f.Add([]byte(`{"user_id":"ppid.x","results":[`+record+`,`+strings.Replace(record, "2026", "2025", 1)+`]}`), uint16(0), "", true)
	for _, completed := range []string{"T09:55:00Z", "T09:54:59Z"} { // the second is not the check's
		f.Add(bytes.Replace(single, []byte("T10:05:00.597Z"), []byte(completed), 1), uint16(0), "", true)
	}
	f.Add([]byte(`{"result":{"auth_id":"a","policy_key":"`+strongKey+`","country":"JP","result":{"full_name":"佐藤花子","date_of_birth":"1991-05-06"}}}`), uint16(0), "", false)
	members := fuzztest.MembersOf(f, single)
	members.Seeds(fuzztest.Values(`"approved"`, `"2015-05-06"`, `"`+checkID+`"`, `"`+weakKey+`"`, `["status"]`, `"2026-03-02T09:00:00Z"`), func(number uint16, value string) {
		f.Add(single, number, value, number%2 == 0)
	})

	var answer []byte
	jwk := bytes.TrimSpace(fuzztest.Files(f, "../../tomoidv/testdata/keys/private.json")[0])
	token := fuzztest.Files(f, "../../tomoidv/testdata/answers/token.json")[0]
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
		body := answer
		if strings.HasSuffix(r.URL.Path, "/token") {
			body = token
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
	})
	provider := func(cfg tomoidvkyc.Config, options ...tomoidv.Option) kyc.Provider {
		options = append(options, tomoidv.WithMaxAttempts(1), tomoidv.WithHTTPClient(&http.Client{Transport: rt}))
		client, err := tomoidv.NewClient("client-1", base64.RawURLEncoding.EncodeToString(jwk), options...)
		require.NoError(f, err)
		cfg.MinimumAge = 19
		provider, err := tomoidvkyc.New(client, cfg)
		require.NoError(f, err)
		return provider
	}
	trusting := config()
	trusting.RecordMeansApproved = true
	newer, older := provider(config(), tomoidv.WithContractVersion("1.4")), provider(trusting)
	check, err := kyc.NewCheck(newer.Name(), &kyc.StartRequest{CheckID: checkID, ReturnURL: "https://shop.example/back"})
	require.NoError(f, err)
	check.StartedAt = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	answer = single
	for _, provider := range []kyc.Provider{newer, older} {
		result, err := provider.Result(f.Context(), check)
		require.NoError(f, err)
		require.Equal(f, kyc.StatusApproved, result.Status, "an approval can be reached")
	}
	f.Fuzz(func(t *testing.T, body []byte, member uint16, value string, of14 bool) {
		answer = members.Set(body, member, value)
		provider := older
		if of14 {
			provider = newer
		}
		result, err := provider.Result(t.Context(), check)
		if err != nil {
			require.Nil(t, result)
			return
		}
		plain := fuzztest.Read(t, answer)
		record, only := plainRecord(plain, check)
		want := only
		if only {
			status := record.Get("kyc").Word("status")
			want = status == "approved" && plainWhole(record, result.Evidence.FetchedAt) ||
				!of14 && status == "" && plain.Word("user_id") == "" && plainWhole(record, result.Evidence.FetchedAt)
			require.Equal(t, status, result.VendorStatus)
			require.Equal(t, record.Word("auth_id"), result.Attempt)
		}
		require.Equal(t, want, result.Status == kyc.StatusApproved, result.Reason)
		for _, key := range result.Keys {
			require.Equal(t, plain.Word("user_id"), key.Value)
			require.NotEmpty(t, strings.TrimSpace(key.Value))
			require.NotEqual(t, checkID, key.Value)
		}
		fuzztest.Stable(t, result, new(kyc.Result))
	})
}

// plainRecord gives the only record that is the check's, as far as it is told,
// and of its policy.
func plainRecord(plain fuzztest.Document, check *kyc.Check) (record fuzztest.Document, only bool) {
	records := plain.Get("results").List()
	if one := plain.Get("result"); one.Value != nil {
		records = []fuzztest.Document{one}
	}
	named := slices.ContainsFunc(records, func(r fuzztest.Document) bool { return r.Word("auth_id") == check.ID })
	var counted []fuzztest.Document
	for _, r := range records {
		at, err := time.Parse(time.RFC3339Nano, r.Get("kyc").Get("completed_at").Text())
		id := r.Word("auth_id")
		early := err == nil && at.Before(check.StartedAt.Add(-5*time.Minute))
		another := id != check.ID && (named || kyc.IsCheckID(id))
		if !early && !another && strings.ToLower(r.Word("country")) == "jp" && r.Word("policy_key") == strongKey {
			counted = append(counted, r)
		}
	}
	if len(counted) != 1 {
		return fuzztest.Document{}, false
	}
	return counted[0], true
}

// plainWhole tells whether a record says who it is about, of age, and when, and
// contradicts itself in nothing.
func plainWhole(record fuzztest.Document, now time.Time) bool {
	view := record.Get("kyc")
	completed := view.Get("completed_at").Text()
	_, err := time.Parse(time.RFC3339Nano, completed)
	first, second := view.Get("person").Word("date_of_birth"), record.Get("result").Word("date_of_birth")
	if first == "" {
		first = second
	}
	born, exists := fuzztest.ParseDay(first)
	age := born.Age(fuzztest.DayAt(now.Unix() - 12*60*60))
	for _, list := range []string{"missing_fields", "not_collected_fields"} {
		for _, field := range view.Get("field_provenance").Get(list).List() {
			if field.Value == "status" {
				return false
			}
		}
	}
	return (completed == "" || err == nil) && (second == "" || first == second) && exists && 19 <= age && age <= 150
}
