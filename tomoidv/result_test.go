package tomoidv_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/tomoidv"
)

var asked = &tomoidv.ResultRequest{UserID: userID}

func result(t *testing.T, body string, options ...tomoidv.Option) (*tomoidv.Result, error) {
	t.Helper()
	return newClient(t, answers(says(http.StatusOK, body)), options...).Result(t.Context(), asked)
}

func TestResultRequest(t *testing.T) {
	v := answers(says(http.StatusOK, `{"results":[]}`, "Tomo-API-Version", "1.3", "Vary", "Tomo-API-Version"))
	client := newClient(t, v)
	got, err := client.Result(t.Context(), asked)
	require.NoError(t, err)
	assert.Empty(t, got.Records)
	assert.Equal(t, "1.3", got.Meta().ContractVersion())
	assert.Equal(t, production+"/v1/idv/result", v.calls[0].URL.String())
	assert.Equal(t, `{"user_id":"`+userID+`"}`, v.sent[0])

	_, err = client.Result(t.Context(), &tomoidv.ResultRequest{UserID: ppid, Country: "kr", Policy: tomoidv.GovernmentCI(tomoidv.OwnerVerified("toss"))})
	require.NoError(t, err)
	assert.JSONEq(t, `{"user_id":"`+ppid+`","country":"kr","policy":{"subject":{"kind":"eid","id_type":"certificate"},
		"method":"government_ci_verf","owner_assurance":{"kind":"owner_verf","type":"toss"}}}`, v.sent[1], "not kyc_policy here")
}

func TestResultOfContract13(t *testing.T) {
	got, err := result(t, string(fixture(t, "answers", "result_13_single.json")))
	require.NoError(t, err)
	assert.Equal(t, []tomoidv.Record{{
		AuthID: "auth-0001", PolicyKey: "kr:eid:certificate:government_ci_verf:owner_verf:toss", Country: "kr",
		Result: tomoidv.Identity{FullName: "홍미래", DateOfBirth: "1990-02-28", Country: "KR", Sex: "F", PhoneNumber: "01000000000"},
	}}, got.Records)
	assert.Empty(t, got.UserID)
	assert.Equal(t, tomoidv.Status(""), got.Records[0].Status(), "1.3 has none")
	assert.True(t, got.Records[0].Matches(tomoidv.GovernmentCI(tomoidv.OwnerVerified("toss")), "kr"))

	got, err = result(t, string(fixture(t, "answers", "result_13_list.json")))
	require.NoError(t, err)
	require.Len(t, got.Records, 2)
	assert.Equal(t, tomoidv.Identity{
		FullName: "Mirae Hong", GivenName: "Mirae", FamilyName: "Hong", DateOfBirth: "1990-02-28", Sex: "F", Country: "US",
		FullAddress: "12 Sample St, Springfield, IL 62701", Street: "12 Sample St", City: "Springfield", Region: "IL", PostalCode: "62701",
		EmailAddress: "mirae@shop.example", PhoneNumber: "+12025550100",
	}, got.Records[0].Result, "every field")
	assert.Equal(t, "auth-0002", got.Records[1].AuthID)
	birth, ok := got.Records[1].Result.DateOfBirth.Time()
	assert.True(t, ok)
	assert.Equal(t, time.Date(1990, 2, 28, 0, 0, 0, 0, time.UTC), birth)
}

func TestResultOfContract14(t *testing.T) {
	body := string(fixture(t, "answers", "result_14_single.json"))
	for name, options := range map[string][]tomoidv.Option{"asked for": {tomoidv.WithContractVersion("1.4")}, "not asked for": nil} {
		got, err := result(t, body, options...)
		require.NoError(t, err, name)
		assert.Equal(t, tomoidv.PPID(ppid), got.UserID)
		require.Len(t, got.Records, 1)
		record := got.Records[0]
		assert.Equal(t, tomoidv.StatusApproved, record.Status())
		assert.Equal(t, "佐藤花子", record.Result.FullName)
		assert.Equal(t, wholeView(), record.KYC)
		assertWhole(t, reflect.ValueOf(record.KYC), "KYC")
		at, ok := record.KYC.CompletedAt.Time()
		assert.True(t, ok)
		assert.Equal(t, time.Date(2026, 3, 2, 10, 5, 0, 597e6, time.UTC), at)
		score, ok := record.KYC.Checks.Biometric.SimilarityScore.Float64()
		assert.True(t, ok)
		assert.InDelta(t, 98.75, score, 0)
	}
}

// assertWhole finds fields that a fixture left empty: a field whose name is
// misspelt is one.
func assertWhole(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			assertWhole(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		assert.NotZero(t, v.Len(), path)
		for i := range v.Len() {
			assertWhole(t, v.Index(i), path)
		}
	default:
		assert.False(t, v.IsZero(), path)
	}
}

func wholeView() tomoidv.StandardResult {
	return tomoidv.StandardResult{
		SchemaVersion: "kyc_result.v1", Status: tomoidv.StatusApproved, CompletedAt: "2026-03-02T10:05:00.597Z",
		Person: tomoidv.Person{
			FullName: "佐藤花子", GivenName: "花子", FamilyName: "佐藤", DateOfBirth: "1991-05-06", Sex: "F", Nationality: "jp",
			GovernmentID: tomoidv.PersonNumber{Type: "my_number", Value: "000011112222"},
			NameVariants: []tomoidv.NameVariant{
				{Kind: tomoidv.NameVariantPhonetic, Value: "サトウハナコ"}, {Kind: tomoidv.NameVariantPhoneticHalfWidth, Value: "ｻﾄｳﾊﾅｺ"},
				{Kind: tomoidv.NameVariantAlternateScript, Value: "SATO HANAKO"}, {Kind: tomoidv.NameVariantPrevious, Value: "鈴木花子"},
			},
		},
		Address: tomoidv.Address{
			Full: "東京都千代田区見本町1-2-3", Street: "見本町1-2-3", Street2: "101", City: "千代田区", Region: "東京都", PostalCode: "100-0000", Country: "jp",
		},
		Contact: tomoidv.Contact{EmailAddress: "hanako@shop.example", PhoneNumber: "+810000000000"},
		Document: tomoidv.Document{
			Category: tomoidv.DocumentCategoryMyNumberCard, Number: "JP0001", IssuingCountry: "jp", IssuingRegion: "東京都", ExpirationDate: "2031-05-06",
			Extracted: tomoidv.ExtractedDocument{
				Category: tomoidv.DocumentCategoryIDCard, DateOfBirth: "1991-05-06", ExpirationDate: "2031-05-06", FamilyName: "佐藤", GivenName: "花子",
				IDNumber: "000011112222", IssuingCountry: "jp", IssuingRegion: "東京都",
			},
			ResidencePermit: tomoidv.ResidencePermit{
				CardType: "residence", ComprehensivePermission: "none", IndividualPermission: "some", InfoType: "a", UpdateStatus: tomoidv.No,
			},
		},
		Checks: tomoidv.Checks{
			Biometric: tomoidv.BiometricCheck{
				Outcome: tomoidv.OutcomePassed, FaceMatch: tomoidv.OutcomePassed, Liveness: tomoidv.OutcomePassed,
				DocumentComparison: tomoidv.OutcomeNotPerformed, Attempts: "2", SimilarityScore: "98.75",
			},
			Certificate: tomoidv.CertificateCheck{Outcome: tomoidv.OutcomePassed, ValidFrom: "2025-01-01", ValidTo: "2030-01-01", VerifiedAt: "2026-03-02T10:04:00Z"},
			DataSource: tomoidv.DataSourceCheck{
				Outcome: tomoidv.OutcomeFailed, AddressType: "residential",
				AttributeMatch: tomoidv.AttributeMatch{
					Name: tomoidv.MatchFull, DateOfBirth: tomoidv.MatchPartial, Address: tomoidv.MatchNone, Phone: tomoidv.MatchNotChecked, IDNumber: tomoidv.MatchFull,
				},
			},
			Document: tomoidv.DocumentCheck{
				Outcome: tomoidv.OutcomePassed, Authenticity: "genuine", ImageQuality: "good", Attempts: "1",
				DataComparison: tomoidv.DataComparison{
					Name: tomoidv.MatchFull, DateOfBirth: tomoidv.MatchFull, ExpirationDate: tomoidv.MatchNotChecked, IssuingCountry: tomoidv.MatchPartial,
				},
			},
			PhoneVerification: tomoidv.PhoneCheck{Outcome: tomoidv.OutcomeNotPerformed, Attempts: "3"},
			Risk: tomoidv.RiskCheck{
				Outcome: tomoidv.OutcomePassed,
				Signals: tomoidv.RiskSignals{
					AbuseSignals: "low", BotDetected: "no", FraudRingDetected: "no", UserInteractions: "genuine", EmailIsDeliverable: "yes",
					EmailDomainIsDisposable: "no", IPProxyType: "none", IPTimezoneOffset: "+09:00", EmailBreachCount: "4", IPSpamListCount: "5",
				},
			},
			Watchlist: tomoidv.WatchlistCheck{Outcome: tomoidv.OutcomePassed},
		},
		Media: []tomoidv.Media{
			{Kind: tomoidv.MediaDocumentFront, URL: "https://media.example/1"}, {Kind: tomoidv.MediaDocumentBack, URL: "https://media.example/2"},
			{Kind: tomoidv.MediaPortrait, URL: "https://media.example/3"}, {Kind: tomoidv.MediaSelfieImage, URL: "https://media.example/4"},
			{Kind: tomoidv.MediaSelfieVideo, URL: "https://media.example/5"},
		},
		Process: tomoidv.Process{Steps: tomoidv.ProcessSteps{
			BiometricCheck: "done-1", DataSourceCheck: "done-2", DocumentCheck: "done-3", PhoneVerification: "done-4",
			RiskCheck: "done-5", TermsAcceptance: "done-6", WatchlistScreening: "done-7",
		}},
		FieldProvenance: tomoidv.FieldProvenance{
			Derived: []tomoidv.FieldName{tomoidv.FieldFullName, tomoidv.FieldSex}, Missing: []tomoidv.FieldName{tomoidv.FieldPhoneNumber},
			NotCollected: []tomoidv.FieldName{tomoidv.FieldNationality, tomoidv.FieldStatus},
		},
	}
}

func TestNullsAreEmpty(t *testing.T) {
	got, err := result(t, string(fixture(t, "answers", "result_14_nulls.json")), tomoidv.WithContractVersion("1.4"))
	require.NoError(t, err)
	require.Len(t, got.Records, 1)
	view := got.Records[0].KYC
	assert.Equal(t, tomoidv.StatusPendingReview, got.Records[0].Status())
	assert.Equal(t, tomoidv.Document{}, view.Document)
	assert.Equal(t, tomoidv.Contact{}, view.Contact)
	assert.Equal(t, tomoidv.Address{}, view.Address)
	assert.Equal(t, tomoidv.PersonNumber{}, view.Person.GovernmentID)
	assert.Equal(t, tomoidv.RiskCheck{Outcome: tomoidv.OutcomeNotPerformed}, view.Checks.Risk)
	_, ok := view.Checks.Biometric.SimilarityScore.Float64()
	assert.False(t, ok, "a score that is not there is not 0")
	_, ok = view.CompletedAt.Time()
	assert.False(t, ok)
}

func TestEveryStatusIsTold(t *testing.T) {
	for _, status := range []tomoidv.Status{"approved", "rejected", "pending_review", "expired", "canceled", "on_hold"} {
		got, err := result(t, `{"user_id":"`+ppid+`","result":{"auth_id":"a","policy_key":"us:default","country":"us","result":{},"kyc":{"status":"`+string(status)+`"}}}`)
		require.NoError(t, err)
		assert.Equal(t, status, got.Records[0].Status())
		assert.Equal(t, status != "on_hold", status.Known())
	}
}

func TestUnknownStatusIsLogged(t *testing.T) {
	var log bytes.Buffer
	logger := tomoidv.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))
	for status, want := range map[string]bool{"approved": false, "on_hold": true} {
		log.Reset()
		_, err := result(t, `{"user_id":"`+ppid+`","result":{"auth_id":"a","policy_key":"us:default","country":"us","result":{},"kyc":{"status":"`+status+`"}}}`, logger)
		require.NoError(t, err)
		assert.Equal(t, want, strings.Contains(log.String(), `level=WARN msg="tomoidv: unknown value" field=status`), status)
		assert.NotContains(t, log.String(), status)
	}
}

// Of several records under the policy nothing tells which is the attempt's: an
// approval among them may be that of the person whose document was shown.
func TestOnly(t *testing.T) {
	policy := tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret"))
	record := func(authID, policyKey string, country tomoidv.Country, status tomoidv.Status) tomoidv.Record {
		return tomoidv.Record{AuthID: authID, PolicyKey: tomoidv.PolicyKey(policyKey), Country: country, KYC: tomoidv.StandardResult{Status: status}}
	}
	const key = "jp:document:id_card:government_id_verf:owner_verf:document_secret"
	approved, rejected := record("a", key, "jp", tomoidv.StatusApproved), record("b", key, "jp", tomoidv.StatusRejected)
	weaker := record("c", "jp:document:passport:document_ocr_check:no_owner_assurance", "jp", tomoidv.StatusApproved)
	for name, test := range map[string]struct {
		records []tomoidv.Record
		want    string
	}{
		"none":              {nil, ""},
		"one":               {[]tomoidv.Record{approved}, "a"},
		"one, not approved": {[]tomoidv.Record{rejected}, "b"},
		"weaker":            {[]tomoidv.Record{weaker}, ""},
		"and a weaker one":  {[]tomoidv.Record{weaker, approved, weaker}, "a"},
		"victim, impostor":  {[]tomoidv.Record{approved, rejected}, ""},
		"impostor, victim":  {[]tomoidv.Record{rejected, approved}, ""},
		"three":             {[]tomoidv.Record{approved, approved, approved}, ""},
	} {
		got, ok := (&tomoidv.Result{Records: test.records}).Only(policy, "jp")
		assert.Equal(t, test.want != "", ok, name)
		if ok {
			assert.Equal(t, test.want, got.AuthID, name)
		} else {
			assert.Nil(t, got, name)
		}
	}
}

func TestResultsRoundTrip(t *testing.T) {
	for _, name := range []string{"result_13_single", "result_13_list", "result_14_single", "result_14_nulls"} {
		got, err := result(t, string(fixture(t, "answers", name+".json")))
		require.NoError(t, err)
		fuzztest.Stable(t, got, new(tomoidv.Result))
	}
}

func TestResultAnswersThatAreRefused(t *testing.T) {
	const record = `{"auth_id":"a","policy_key":"us:default","country":"us","result":{}}`
	for name, test := range map[string]struct{ body, says string }{
		"neither":             {`{}`, "it has neither result nor results"},
		"neither, of 1.4":     {`{"user_id":"` + ppid + `"}`, "it has neither result nor results"},
		"both null":           {`{"result":null,"results":null}`, "it has neither result nor results"},
		"null":                {`null`, "it has neither result nor results"},
		"both":                {`{"result":` + record + `,"results":[` + record + `]}`, "it has both result and results"},
		"both, one empty":     {`{"result":` + record + `,"results":[]}`, "it has both result and results"},
		"no policy_key":       {`{"result":{"auth_id":"a","country":"us","result":{}}}`, "its record 0 has no policy_key"},
		"no country":          {`{"results":[` + record + `,{"auth_id":"a","policy_key":"us:default","result":{}}]}`, "its record 1 has no country"},
		"no auth_id":          {`{"result":{"policy_key":"us:default","country":"us","result":{}}}`, "its record 0 has no auth_id"},
		"no person":           {`{"result":{"auth_id":"a","policy_key":"us:default","country":"us"}}`, "its record 0 has no result"},
		"a null person":       {`{"result":{"auth_id":"a","policy_key":"us:default","country":"us","result":null}}`, "its record 0 has no result"},
		"kyc, no status":      {`{"result":{"auth_id":"a","policy_key":"us:default","country":"us","result":{},"kyc":{"checks":{"document":{"outcome":"failed"}}}}}`, "its record 0 has a kyc without a status"},
		"kyc, null status":    {`{"result":{"auth_id":"a","policy_key":"us:default","country":"us","result":{},"kyc":{"status":null,"schema_version":"kyc_result.v1"}}}`, "its record 0 has a kyc without a status"},
		"a null record":       {`{"results":[null]}`, "its record 0 has no result"},
		"a list for a record": {`{"result":[` + record + `]}`, "does not fit"},
		"a record for a list": {`{"results":` + record + `}`, "does not fit"},
		"a twin":              {`{"result":{"policy_key":"us:default","country":"us","kyc":{"status":"rejected","Status":"approved"}}}`, "two keys of one object are the same"},
	} {
		got, err := result(t, test.body)
		assert.Nil(t, got, name)
		assertKinds(t, err, tomoidv.ErrInvalidAnswer)
		assert.ErrorContains(t, err, test.says, name)
	}
	for says, body := range map[string]string{
		"it is not of contract 1.4: it has no user_id":          string(fixture(t, "answers", "result_13_single.json")),
		"it is not of contract 1.4: its record 0 has no status": `{"user_id":"` + ppid + `","result":` + record + `}`,
	} {
		_, err := result(t, body, tomoidv.WithContractVersion("1.4"))
		assertKinds(t, err, tomoidv.ErrInvalidAnswer)
		assert.ErrorContains(t, err, says)
		_, err = result(t, body)
		assert.NoError(t, err, "fine for 1.3")
	}
}

func TestAnswersAboutSomebodyElse(t *testing.T) {
	const otherPersonalID = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
	const personalID = "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
	for name, test := range map[string]struct {
		asked, echoed string
		foreign       bool
	}{
		"own id, PPID":           {userID, ppid, false},
		"own id, itself":         {userID, userID, false},
		"own id, older text":     {userID, personalID, false},
		"older text, another":    {personalID, otherPersonalID, true},
		"older text, itself":     {personalID, personalID, false},
		"own id, another":        {userID, "31415926535897932384626433832795028842", true},
		"own id, 63 digits":      {userID, personalID[1:], true},
		"PPID, itself":           {ppid, ppid, false},
		"PPID, another":          {ppid, other, true},
		"PPID, an own id":        {ppid, userID, true},
		"PPID, older text":       {ppid, personalID, true},
		"older text, PPID":       {personalID, ppid, false},
		"own id, in capitals":    {"attempt-a", "ATTEMPT-A", true},
		"PPID, with white space": {ppid, ppid + " ", true},
	} {
		v := answers(says(http.StatusOK, `{"user_id":"`+test.echoed+`","results":[]}`))
		got, err := newClient(t, v).Result(t.Context(), &tomoidv.ResultRequest{UserID: test.asked})
		if !test.foreign {
			require.NoError(t, err, name)
			assert.Equal(t, tomoidv.PPID(test.echoed), got.UserID, name)
			continue
		}
		assert.Nil(t, got, name)
		assertKinds(t, err, tomoidv.ErrForeign)
	}
}

func TestResultRequestsThatAreRefusedBeforeAnythingIsSent(t *testing.T) {
	v := answers(nil)
	client := newClient(t, v)
	policy := tomoidv.DocumentOCR("passport", tomoidv.NoOwnerAssurance())
	for says, request := range map[string]*tomoidv.ResultRequest{
		"request is nil":                                nil,
		"UserID is empty":                               {},
		"UserID begins or ends with white space":        {UserID: userID + " "},
		"UserID has a control character":                {UserID: "a\tb"},
		"UserID is not valid UTF-8":                     {UserID: "\xff"},
		"Country is empty, and a Policy needs one":      {UserID: userID, Policy: policy},
		"Country is not in lower case":                  {UserID: userID, Country: "Jp"},
		"Policy.Preset begins or ends with white space": {UserID: userID, Country: "jp", Policy: tomoidv.Policy{Preset: " basic"}},
	} {
		_, err := client.Result(t.Context(), request)
		assertKinds(t, err, tomoidv.ErrInvalidRequest)
		assert.EqualError(t, err, "tomoidv: Result: invalid request: "+says)
	}
	assert.Empty(t, v.forms)
}

// A media URL is data: whatever it says, nothing is fetched.
func TestMediaIsNotFetched(t *testing.T) {
	v := answers(says(http.StatusOK, string(fixture(t, "answers", "result_14_single.json"))))
	got, err := newClient(t, v).Result(t.Context(), asked)
	require.NoError(t, err)
	assert.Len(t, got.Records[0].KYC.Media, 5)
	assert.Len(t, v.calls, 1)
}
