package kyc_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/kyc"
)

func wholeResult() *kyc.Result {
	return &kyc.Result{
		CheckID: checkID, Provider: vendorName, Status: kyc.StatusApproved,
		VendorStatus: "approved", VendorCode: "9001", ReasonCode: "0", Reason: "All is well", Attempt: "attempt-1",
		DecidedAt: time.Date(2026, 6, 15, 10, 0, 0, 476108000, time.UTC),
		Person: kyc.Person{
			FullName: "홍미래", GivenName: "Mirae", FamilyName: "Hong", BirthDate: "1990-03-01", Gender: kyc.GenderFemale,
			Nationality: "KR", IDNumber: "900301-2000000",
			Address: kyc.Address{
				Full: "서울시 어딘가 1", Street: "어딘가 1", Street2: "101동", City: "서울", Region: "서울특별시",
				PostalCode: "00000", Country: "KR",
			},
			Contact: kyc.Contact{Email: "mirae@mail.example", Phone: "01000000000"},
		},
		Document: kyc.Document{
			Type: kyc.DocumentPassport, Number: "M00000000", Country: "KR", Region: "서울",
			ValidFrom: "2020-01-01", ValidUntil: "2030-01",
		},
		Keys: []kyc.Key{
			{Kind: kyc.KeyCI, Value: "ci+/=="},
			{Kind: kyc.KeyDI, Scope: "danal.MID0001", Value: "di"},
		},
		Findings: []kyc.Finding{{Kind: kyc.FindingDocument, Outcome: kyc.OutcomePassed}},
		Evidence: kyc.Evidence{
			FetchedAt: time.Date(2026, 6, 15, 10, 0, 1, 0, time.UTC),
			SHA256:    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			Signature: kyc.SignatureValid, Environment: kyc.EnvironmentLive,
		},
	}
}

func TestResultJSON(t *testing.T) {
	stored, err := os.ReadFile("testdata/result.json")
	require.NoError(t, err)
	result := wholeResult()
	result.Vendor = "left out"
	out, err := json.Marshal(result)
	require.NoError(t, err)
	assert.JSONEq(t, string(stored), string(out), "what is stored today must be readable for ever")

	var back kyc.Result
	require.NoError(t, json.Unmarshal(stored, &back))
	assert.Equal(t, *wholeResult(), back)

	filled := secrettest.Fill(kyc.Result{}).(kyc.Result)
	filled.Vendor = nil
	out, err = json.Marshal(filled)
	require.NoError(t, err)
	back = kyc.Result{}
	require.NoError(t, json.Unmarshal(out, &back))
	assert.Equal(t, filled, back, "no field is forgotten")
}

// Whatever the vendor's value is, and however it would marshal, it holds the
// answer as it came, which is more than the application asked to store.
func TestResultJSONLeavesTheVendorsValueOut(t *testing.T) {
	for name, vendor := range map[string]any{
		"a struct":  struct{ Raw []byte }{[]byte(secrettest.Marker)},
		"a pointer": &struct{ Vendor string }{secrettest.Marker},
		"bytes":     []byte(secrettest.Marker),
		"JSON":      json.RawMessage(`{"vendor": "` + secrettest.Marker + `"}`),
		"a map":     map[string]any{"raw": secrettest.Marker},
	} {
		t.Run(name, func(t *testing.T) {
			with, without := wholeResult(), wholeResult()
			with.Vendor = vendor
			stored, err := json.Marshal(with)
			require.NoError(t, err)
			bare, err := json.Marshal(without)
			require.NoError(t, err)
			assert.Equal(t, string(bare), string(stored))
			assert.NotContains(t, strings.ToLower(string(stored)), `"vendor":`)
		})
	}
	var back kyc.Result
	require.NoError(t, json.Unmarshal([]byte(`{"vendor": "x", "Vendor": "y"}`), &back))
	assert.Nil(t, back.Vendor)
}

// A name that comes back from storage in another form is another name.
func TestNamesAreStoredAsSent(t *testing.T) {
	for script, name := range map[string]string{
		"Hangul":             "홍미래",
		"Hangul, decomposed": "\u1112\u1169\u11bc",
		"Han":                "洪美來",
		"kana":               "ホン・ミレ",
		"Latin":              "Mirae O'Neil-García",
		"Latin, decomposed":  "Garci\u0301a",
		"mixed":              "Hong 미래 (洪美來) <한>&\"\u2028",
		"right to left":      "מירה\u200f Hong",
		"with spaces":        "  Hong   Mirae ",
	} {
		t.Run(script, func(t *testing.T) {
			result := kyc.Result{Person: kyc.Person{FullName: name, GivenName: name, FamilyName: name}}
			stored, err := json.Marshal(result)
			require.NoError(t, err)
			var back kyc.Result
			require.NoError(t, json.Unmarshal(stored, &back))
			assert.Equal(t, result.Person, back.Person)
		})
	}
}

func TestResultJSONOfLittle(t *testing.T) {
	little := kyc.Result{CheckID: checkID, Provider: vendorName, Status: kyc.StatusPending}
	out, err := json.Marshal(little)
	require.NoError(t, err)
	assert.JSONEq(t, `{"check_id": "31415926535897932384626433832795028841", "provider": "vendor", "status": "pending",
		"evidence": {"fetched_at": "0001-01-01T00:00:00Z", "sha256": "", "signature": ""}}`, string(out))
	var back kyc.Result
	require.NoError(t, json.Unmarshal(out, &back))
	assert.Equal(t, little, back)
}

func TestAddKey(t *testing.T) {
	var r kyc.Result
	for _, blank := range []string{"", " ", "\t\n", "\u3000"} {
		r.AddKey(kyc.KeyCI, "", blank)
	}
	assert.Nil(t, r.Keys, "a blank value is not a key")

	r.AddKey(kyc.KeyCI, "", "ci")
	r.AddKey(kyc.KeyDI, "danal", " di ")
	assert.Equal(t, []kyc.Key{{kyc.KeyCI, "", "ci"}, {kyc.KeyDI, "danal", " di "}}, r.Keys, "values are kept as sent")
}

const day = 24 * 60 // minutes

// said builds results of one check; times are minutes, 0 none.
func said(status kyc.Status, decided, fetched int) *kyc.Result {
	at := func(minute int) time.Time {
		if minute == 0 {
			return time.Time{}
		}
		return time.Date(2026, 6, 15, 10, minute, 0, 0, time.UTC)
	}
	return &kyc.Result{
		CheckID: checkID, Provider: vendorName, Status: status,
		DecidedAt: at(decided), Evidence: kyc.Evidence{FetchedAt: at(fetched)},
	}
}

func TestSupersedes(t *testing.T) {
	for name, tc := range map[string]struct {
		new, old *kyc.Result
		want     bool
	}{
		"first":                              {said(kyc.StatusPending, 0, 1), nil, true},
		"first, unknown":                     {said(kyc.StatusUnknown, 0, 1), nil, true},
		"nothing":                            {nil, said(kyc.StatusPending, 0, 1), false},
		"nothing after nothing":              {nil, nil, false},
		"decided after pending":              {said(kyc.StatusApproved, 1, 2), said(kyc.StatusPending, 0, 1), true},
		"decided, overtaken by pending":      {said(kyc.StatusApproved, 1, 2), said(kyc.StatusPending, 0, 3), true},
		"decided without a time":             {said(kyc.StatusExpired, 0, 2), said(kyc.StatusPending, 0, 3), true},
		"resubmit, overtaken by pending":     {said(kyc.StatusResubmit, 1, 2), said(kyc.StatusPending, 0, 3), true},
		"review after pending":               {said(kyc.StatusReview, 0, 2), said(kyc.StatusPending, 0, 1), true},
		"decided after unknown":              {said(kyc.StatusDeclined, 1, 1), said(kyc.StatusUnknown, 0, 2), true},
		"late pending":                       {said(kyc.StatusPending, 0, 3), said(kyc.StatusApproved, 1, 2), false},
		"pending after decline":              {said(kyc.StatusPending, 0, 3), said(kyc.StatusDeclined, 0, 2), false},
		"pending after resubmit":             {said(kyc.StatusPending, 0, 3), said(kyc.StatusResubmit, 1, 2), false},
		"pending with a time":                {said(kyc.StatusPending, 9, 9), said(kyc.StatusApproved, 1, 2), false},
		"unknown after approval":             {said(kyc.StatusUnknown, 0, 3), said(kyc.StatusApproved, 1, 2), false},
		"unknown decision after approval":    {said(kyc.StatusUnknown, 2, 3), said(kyc.StatusApproved, 1, 2), true},
		"unknown decision before approval":   {said(kyc.StatusUnknown, 1, 3), said(kyc.StatusApproved, 2, 2), false},
		"approved after resubmit":            {said(kyc.StatusApproved, 2, 4), said(kyc.StatusResubmit, 1, 3), true},
		"late resubmit":                      {said(kyc.StatusResubmit, 1, 4), said(kyc.StatusApproved, 2, 3), false},
		"declined after approved":            {said(kyc.StatusDeclined, 2, 3), said(kyc.StatusApproved, 1, 2), true},
		"approved after declined":            {said(kyc.StatusApproved, 2, 3), said(kyc.StatusDeclined, 1, 2), true},
		"later decision, fetched before":     {said(kyc.StatusDeclined, 2, 2), said(kyc.StatusApproved, 1, 3), true},
		"late approval":                      {said(kyc.StatusApproved, 1, 9), said(kyc.StatusDeclined, 2, 2), false},
		"approved again later":               {said(kyc.StatusApproved, 2, 3), said(kyc.StatusApproved, 1, 2), true},
		"the same again":                     {said(kyc.StatusApproved, 1, 3), said(kyc.StatusApproved, 1, 2), false},
		"pending again":                      {said(kyc.StatusPending, 0, 3), said(kyc.StatusPending, 0, 2), false},
		"same time, other outcome":           {said(kyc.StatusDeclined, 1, 3), said(kyc.StatusApproved, 1, 2), true},
		"same time, other outcome, late":     {said(kyc.StatusApproved, 1, 2), said(kyc.StatusDeclined, 1, 3), false},
		"same times, other outcome":          {said(kyc.StatusApproved, 1, 2), said(kyc.StatusDeclined, 1, 2), false},
		"no times, other outcome":            {said(kyc.StatusApproved, 0, 0), said(kyc.StatusDeclined, 0, 0), false},
		"expired without a time after retry": {said(kyc.StatusExpired, 0, 3), said(kyc.StatusResubmit, 1, 2), true},
		"untimed decline after approval":     {said(kyc.StatusDeclined, 0, 3), said(kyc.StatusApproved, 1, 2), true},
		"late untimed approval":              {said(kyc.StatusApproved, 0, 2), said(kyc.StatusReview, 1, 3), false},
		"review after approval":              {said(kyc.StatusReview, 2, 3), said(kyc.StatusApproved, 1, 2), true},
		"a later version's status":           {said("suspended", 2, 3), said(kyc.StatusApproved, 1, 2), true},
		"a clock a day ahead":                {said(kyc.StatusDeclined, 9, 9), said(kyc.StatusApproved, 2+day, 2), false},
		"declined after a wrong clock":       {said(kyc.StatusDeclined, 9, 9), said(kyc.StatusApproved, 3+day, 2), true},
		"overtaken by a wrong clock":         {said(kyc.StatusApproved, 3+day, 2), said(kyc.StatusDeclined, 1, 9), false},
		"a wrong clock, centuries ahead":     {said(kyc.StatusApproved, 400*365*day, 2), said(kyc.StatusDeclined, 9, 9), false},
		"unknown by a wrong clock":           {said(kyc.StatusUnknown, 9+2*day, 9), said(kyc.StatusApproved, 1, 2), true},
		"never fetched":                      {said(kyc.StatusDeclined, 2, 0), said(kyc.StatusApproved, 1, 0), true},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tc.want, tc.new.Supersedes(tc.old))
		})
	}
}

func TestSupersedesSeesWhatIsNews(t *testing.T) {
	old := wholeResult()
	for name, tc := range map[string]struct {
		edit func(*kyc.Result)
		want bool
	}{
		"nothing":         {func(*kyc.Result) {}, false},
		"other zone":      {func(r *kyc.Result) { r.DecidedAt = r.DecidedAt.In(time.FixedZone("KST", 9*60*60)) }, false},
		"person":          {func(r *kyc.Result) { r.Person.FullName = "Mirae Hong" }, false},
		"status":          {func(r *kyc.Result) { r.Status = kyc.StatusDeclined }, true},
		"vendor's status": {func(r *kyc.Result) { r.VendorStatus = "approved_by_hand" }, true},
		"vendor's code":   {func(r *kyc.Result) { r.VendorCode = "9002" }, true},
		"reason code":     {func(r *kyc.Result) { r.ReasonCode = "106" }, true},
		"attempt":         {func(r *kyc.Result) { r.Attempt = "attempt-2" }, true},
		"other check":     {func(r *kyc.Result) { r.CheckID = otherCheckID; r.DecidedAt = r.DecidedAt.Add(time.Hour) }, false},
		"other provider":  {func(r *kyc.Result) { r.Provider = "other"; r.DecidedAt = r.DecidedAt.Add(time.Hour) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			later := wholeResult()
			later.Evidence.FetchedAt = later.Evidence.FetchedAt.Add(time.Hour)
			tc.edit(later)
			assert.Equal(t, tc.want, later.Supersedes(old))
		})
	}

	a, b := said(kyc.StatusApproved, 2, 2), said(kyc.StatusDeclined, 1, 1)
	a.CheckID, b.CheckID = "", ""
	assert.False(t, a.Supersedes(b), "results of no check are not of the same check")
}

func TestSupersedesIsAnOrder(t *testing.T) {
	var all []*kyc.Result
	for _, status := range []kyc.Status{
		kyc.StatusUnknown, kyc.StatusPending, kyc.StatusReview, kyc.StatusResubmit, kyc.StatusApproved,
		kyc.StatusDeclined, kyc.StatusExpired, kyc.StatusAbandoned, kyc.StatusCanceled, "suspended",
	} {
		for _, decided := range []int{0, 1, 2, 9 * day} {
			for fetched := range 3 {
				all = append(all, said(status, decided, fetched))
			}
		}
	}
	for _, a := range all {
		assert.False(t, a.Supersedes(a), "%s supersedes itself", a.Status)
		for _, b := range all {
			if a.Supersedes(b) && b.Supersedes(a) {
				t.Errorf("%s %v and %s %v supersede each other", a.Status, a.DecidedAt, b.Status, b.DecidedAt)
			}
			if b.Status.Final() && a.Status == kyc.StatusPending && a.Supersedes(b) {
				t.Errorf("pending takes back %s", b.Status)
			}
		}
	}
}

// Answers overtake each other and come twice. Whatever the order, what stays
// stored is the last outcome that the vendor came to, as long as its clock and
// the local one go forwards.
func TestSupersedesKeepsTheLastOutcome(t *testing.T) {
	statuses := []kyc.Status{
		kyc.StatusUnknown, kyc.StatusPending, kyc.StatusReview, kyc.StatusResubmit, kyc.StatusApproved,
		kyc.StatusDeclined, kyc.StatusExpired, kyc.StatusCanceled, "suspended",
	}
	isOutcome := func(r *kyc.Result) bool {
		return r.Status != kyc.StatusPending && (r.Status != kyc.StatusUnknown || !r.DecidedAt.IsZero())
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		var answers []*kyc.Result
		var last *kyc.Result
		for i := range 1 + random.IntN(5) {
			state := said(statuses[random.IntN(len(statuses))], 0, 0)
			state.Attempt = strconv.Itoa(i)
			if state.Status != kyc.StatusPending && random.IntN(4) > 0 {
				state.DecidedAt = said("", i+1, 0).DecidedAt
			}
			for j := range 1 + random.IntN(2) {
				answer := *state
				answer.Evidence.FetchedAt = said("", 0, 10*(i+1)+j).Evidence.FetchedAt
				answers = append(answers, &answer)
			}
			if last == nil || isOutcome(state) || !isOutcome(last) {
				last = state
			}
		}
		random.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
		var stored *kyc.Result
		for _, answer := range answers {
			if answer.Supersedes(stored) {
				stored = answer
			}
		}
		require.Equal(t, last.Attempt, stored.Attempt, "%v decided %v, and stored was %v", last.Status, last.DecidedAt, stored.Status)
	}
}

// What is stored of a result is read back the same, says no more than what is
// written there, and prints nothing of it; of two results at most one is the
// news.
func FuzzResultJSON(f *testing.F) {
	whole := fuzztest.Files(f, "testdata/result.json")[0]
	f.Add(whole, whole)
	f.Add(whole, []byte(strings.NewReplacer(`approved"`, `declined"`, "10:00:01", "10:00:02").Replace(string(whole))))
	f.Add([]byte(`{"status":"on_hold"}`), whole)
	f.Add([]byte(`{"status":"approved","STATUS":"declined","keys":null}`), []byte(`{"status":"unknown","decided_at":"2026-06-15T10:00:00+09:00"}`))
	f.Add([]byte(`{"check_id":"`+checkID+`","provider":"vendor","status":"pending","evidence":{"fetched_at":"9999-12-31T23:59:59-23:59"}}`), []byte(`{"ſtatus":"approved"}`))
	f.Fuzz(func(t *testing.T, data, other []byte) {
		var result, old, back, oldBack kyc.Result
		if json.Unmarshal(data, &result) != nil || json.Unmarshal(other, &old) != nil {
			return
		}
		fuzztest.Stable(t, result, &back)
		fuzztest.Stable(t, old, &oldBack)
		for field, text := range map[string]string{
			"status": string(result.Status), "vendor_status": result.VendorStatus, "vendor_code": result.VendorCode, "reason_code": result.ReasonCode,
			"check_id": result.CheckID, "provider": result.Provider, "attempt": result.Attempt,
		} {
			require.True(t, text == "" || slices.Contains(underName(fuzztest.Read(t, data), field), any(text)), "%s %q", field, text)
		}
		if status := underName(fuzztest.Read(t, data), "status"); len(status) == 1 && status[0] != "unknown" {
			require.Equal(t, status[0], any(string(result.Status)), "a word that is not known is kept")
		}
		printed := fmt.Sprintf("%+v", result)
		want := "kyc.Result[redacted]"
		switch text := string(result.Status); text {
		case "pending", "review", "resubmit", "approved", "declined", "expired", "abandoned", "canceled":
			want = "kyc.Result " + text + "[redacted]"
		}
		require.Equal(t, want, printed)

		require.False(t, result.Supersedes(&result), "what is stored is no news")
		require.False(t, result.Supersedes(&old) && old.Supersedes(&result))
		require.Equal(t, result.Supersedes(&old), back.Supersedes(&oldBack), "it is the same after it was stored")
	})
}

// underName gives what an object has under a name in any case, as encoding/json takes
// it, but for null.
func underName(d fuzztest.Document, name string) []any {
	object, _ := d.Value.(map[string]any)
	var values []any
	for key, value := range object {
		if strings.EqualFold(key, name) && value != nil {
			values = append(values, value)
		}
	}
	return values
}
