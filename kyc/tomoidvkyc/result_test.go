package tomoidvkyc_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// whole is a person of whom much is known.
func whole() tomoidvtest.Person {
	return tomoidvtest.Person{
		FullName: "佐藤花子", GivenName: "花子", FamilyName: "佐藤", DateOfBirth: "1991-05-06", Sex: "F", Nationality: "JP",
		GovernmentID: "000011112222", Email: "hanako@shop.example", Phone: "+810000000000", PPID: "ppid.c3ludGhldGlj",
		Address: tomoidvtest.Address{
			Full: "東京都千代田区見本町1-2-3 101", Street: "見本町1-2-3", Street2: "101", City: "千代田区", Region: "東京都",
			PostalCode: "100-0000", Country: "JP",
		},
		Document: tomoidvtest.Document{
			Category: "my_number_card", Number: "JP0001", IssuingCountry: "JP", IssuingRegion: "東京都", ExpirationDate: "2031-05-06",
		},
	}
}

func TestResultTellsWhatTomoIDVTold(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, changed(func(c *tomoidvkyc.Config) {
		c.Environment, c.ClientID = kyc.EnvironmentTest, "4f1c0000-0000-4000-8000-000000000000"
	}))
	check := start(t, provider)
	require.NoError(t, srv.Pass(check.ID, whole()))
	before := time.Now()
	result := ask(t, provider, check)

	answer, ok := result.Vendor.(*tomoidv.Result)
	require.True(t, ok)
	require.Len(t, answer.Records, 1)
	at, ok := answer.Records[0].KYC.CompletedAt.Time()
	require.True(t, ok)
	hash := sha256.Sum256(answer.Meta().Raw())
	assert.WithinRange(t, result.Evidence.FetchedAt, before.Truncate(0), time.Now())
	performed := func(kind kyc.FindingKind, outcome kyc.Outcome) kyc.Finding {
		return kyc.Finding{Kind: kind, Outcome: outcome}
	}
	assert.Equal(t, kyc.Result{
		CheckID: check.ID, Provider: "tomoidv", Status: kyc.StatusApproved, VendorStatus: "approved",
		Attempt: check.ID, DecidedAt: at,
		Person: kyc.Person{
			FullName: "佐藤花子", GivenName: "花子", FamilyName: "佐藤", BirthDate: "1991-05-06",
			Gender: kyc.GenderFemale, Nationality: "JP", IDNumber: "000011112222",
			Address: kyc.Address{
				Full: "東京都千代田区見本町1-2-3 101", Street: "見本町1-2-3", Street2: "101", City: "千代田区", Region: "東京都",
				PostalCode: "100-0000", Country: "JP",
			},
			Contact: kyc.Contact{Email: "hanako@shop.example", Phone: "+810000000000"},
		},
		Document: kyc.Document{
			Type: kyc.DocumentIDCard, Number: "JP0001", Country: "JP", Region: "東京都", ValidUntil: "2031-05-06",
		},
		Keys: []kyc.Key{{
			Kind: kyc.KeyPPID, Scope: "4f1c0000-0000-4000-8000-000000000000/test", Value: "ppid.c3ludGhldGlj",
		}},
		Findings: []kyc.Finding{
			performed(kyc.FindingBiometric, kyc.OutcomeNotPerformed),
			performed(kyc.FindingCertificate, kyc.OutcomeNotPerformed),
			performed(kyc.FindingDataSource, kyc.OutcomePassed),
			performed(kyc.FindingDocument, kyc.OutcomeNotPerformed),
			performed(kyc.FindingPhone, kyc.OutcomeNotPerformed),
			performed(kyc.FindingRisk, kyc.OutcomeNotPerformed),
			performed(kyc.FindingWatchlist, kyc.OutcomeNotPerformed),
		},
		Evidence: kyc.Evidence{
			FetchedAt: result.Evidence.FetchedAt, SHA256: hex.EncodeToString(hash[:]),
			Signature: kyc.SignatureNone, Environment: kyc.EnvironmentTest,
		},
		Vendor: answer,
	}, *result)
}

// Contract 1.3 has the person alone, and a document's state, nationality and
// numbers are not among what it says.
func TestPersonOfContract13(t *testing.T) {
	srv := newServer(t)
	provider := newProvider13(t, srv, changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved = true }))
	check := start(t, provider)
	require.NoError(t, srv.Pass(check.ID, whole()))
	result := ask(t, provider, check)
	assert.Equal(t, kyc.Person{
		FullName: "佐藤花子", GivenName: "花子", FamilyName: "佐藤", BirthDate: "1991-05-06", Gender: kyc.GenderFemale,
		Address: kyc.Address{
			Full: "東京都千代田区見本町1-2-3 101", Street: "見本町1-2-3", City: "千代田区", Region: "東京都", PostalCode: "100-0000",
		},
		Contact: kyc.Contact{Email: "hanako@shop.example", Phone: "+810000000000"},
	}, result.Person)
	assert.Equal(t, check.ID, result.Attempt)
}

func TestResultRoundTripsThroughJSON(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, changed(func(c *tomoidvkyc.Config) { c.Environment = kyc.EnvironmentLive }))
	check := start(t, provider)
	for _, step := range []struct {
		name    string
		prepare func() error
	}{
		{"pending", func() error { return nil }},
		{"not found", func() error { return srv.Inject(tomoidvtest.Status(404, 0).On(tomoidvtest.ResultRoute)) }},
		{"approved", func() error { return srv.Pass(check.ID, whole()) }},
		{"at the end of time", func() error {
			return srv.ForceResult(check.ID, view(map[string]any{"completed_at": "9999-12-31T23:59:59-01:00"}))
		}},
		{"at a time of a fraction", func() error {
			return srv.ForceResult(check.ID, view(map[string]any{"completed_at": "2126-03-02T10:05:00.597+09:00"}))
		}},
	} {
		t.Run(step.name, func(t *testing.T) {
			require.NoError(t, step.prepare())
			result := ask(t, provider, check)
			stored, err := json.Marshal(result)
			require.NoError(t, err)
			var read kyc.Result
			require.NoError(t, json.Unmarshal(stored, &read))
			assert.Nil(t, read.Vendor)
			result.Vendor = nil
			assert.Equal(t, *result, read)
		})
	}
}

func TestPartsOfAPerson(t *testing.T) {
	person := func(fields map[string]any) map[string]any {
		return map[string]any{"kyc": map[string]any{"person": fields}}
	}
	for name, test := range map[string]struct {
		fields map[string]any
		want   kyc.Person
	}{
		"nobody":         {nil, kyc.Person{}},
		"man":            {person(map[string]any{"sex": "M"}), kyc.Person{Gender: kyc.GenderMale}},
		"woman":          {person(map[string]any{"sex": "female"}), kyc.Person{Gender: kyc.GenderFemale}},
		"X":              {person(map[string]any{"sex": "X"}), kyc.Person{Gender: kyc.GenderOther}},
		"another word":   {person(map[string]any{"sex": "2"}), kyc.Person{Gender: "2"}},
		"lower case":     {person(map[string]any{"nationality": "kr"}), kyc.Person{Nationality: "KR"}},
		"uk":             {person(map[string]any{"nationality": "uk"}), kyc.Person{Nationality: "GB"}},
		"not a code":     {person(map[string]any{"nationality": "unknown"}), kyc.Person{Nationality: "unknown"}},
		"a digit":        {person(map[string]any{"nationality": "k1"}), kyc.Person{Nationality: "k1"}},
		"name of a view": {map[string]any{"result": map[string]any{"full_name": "A"}, "kyc": map[string]any{"person": map[string]any{"full_name": "B"}}}, kyc.Person{FullName: "B"}},
		"no view's name": {map[string]any{"result": map[string]any{"full_name": "A"}}, kyc.Person{FullName: "A"}},
		"one birth date": {map[string]any{"result": map[string]any{"date_of_birth": "1991-05-06"}}, kyc.Person{BirthDate: "1991-05-06"}},
		"the other":      {person(map[string]any{"date_of_birth": "1991-05-06"}), kyc.Person{BirthDate: "1991-05-06"}},
		"both": {
			map[string]any{"result": map[string]any{"date_of_birth": "1991-05-06"}, "kyc": map[string]any{"person": map[string]any{"date_of_birth": "1991-05-06"}}},
			kyc.Person{BirthDate: "1991-05-06"},
		},
		"two birth dates": {
			map[string]any{"result": map[string]any{"date_of_birth": "1991-05-06"}, "kyc": map[string]any{"person": map[string]any{"date_of_birth": "2011-05-06"}}},
			kyc.Person{},
		},
		"part of a birth date": {person(map[string]any{"date_of_birth": "1991"}), kyc.Person{BirthDate: "1991"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, forced(t, config(), test.fields).Person)
		})
	}
}

func TestRecordThatNamesNobody(t *testing.T) {
	result := forced(t, config(), map[string]any{"kyc": map[string]any{"status": "approved"}})
	assert.Equal(t, kyc.StatusReview, result.Status)
	assert.Equal(t, "the record names nobody", result.Reason)
}

// A contradiction is nobody's birth date, whether or not an age is asked for.
func TestTwoBirthDates(t *testing.T) {
	result := forced(t, config(), map[string]any{
		"result": map[string]any{"date_of_birth": "1991-05-06"},
		"kyc":    map[string]any{"person": map[string]any{"date_of_birth": "2021-05-06"}},
	})
	assert.Equal(t, kyc.StatusReview, result.Status)
	assert.Equal(t, "the record has two birth dates", result.Reason)
}

func TestKeys(t *testing.T) {
	for name, test := range map[string]struct {
		opts []tomoidvtest.Option
		cfg  tomoidvkyc.Config
		want []kyc.Key
	}{
		"alone":               {nil, config(), []kyc.Key{{Kind: kyc.KeyPPID, Value: "ppid.c3ludGhldGlj"}}},
		"environment":         {nil, changed(func(c *tomoidvkyc.Config) { c.Environment = kyc.EnvironmentLive }), []kyc.Key{{Kind: kyc.KeyPPID, Scope: "live", Value: "ppid.c3ludGhldGlj"}}},
		"client":              {nil, changed(func(c *tomoidvkyc.Config) { c.ClientID = "4f1c" }), []kyc.Key{{Kind: kyc.KeyPPID, Scope: "4f1c", Value: "ppid.c3ludGhldGlj"}}},
		"no PPID":             {[]tomoidvtest.Option{tomoidvtest.WithSentUserID()}, config(), nil},
		"one for all":         {[]tomoidvtest.Option{tomoidvtest.WithSharedPPIDs()}, config(), []kyc.Key{{Kind: kyc.KeyPPID, Value: "ppid.c3ludGhldGlj"}}},
		"of ids of TomoIDV's": {[]tomoidvtest.Option{tomoidvtest.WithOpaqueAuthIDs()}, config(), []kyc.Key{{Kind: kyc.KeyPPID, Value: "ppid.c3ludGhldGlj"}}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, test.opts...)
			provider := newProvider(t, srv, test.cfg)
			check := start(t, provider)
			require.NoError(t, srv.Pass(check.ID, whole()))
			result := ask(t, provider, check)
			assert.Equal(t, kyc.StatusApproved, result.Status)
			assert.Equal(t, test.want, result.Keys)
		})
	}
}

// One person has one key, whichever check it was.
func TestKeysOfTwoChecks(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	first, second, other := start(t, provider), start(t, provider), start(t, provider)
	require.NoError(t, srv.Pass(first.ID, hanako()))
	require.NoError(t, srv.Pass(second.ID, hanako()))
	require.NoError(t, srv.Pass(other.ID, tomoidvtest.Person{FullName: "鈴木一郎", DateOfBirth: "1991-05-06"}))
	assert.Equal(t, ask(t, provider, first).Keys, ask(t, provider, second).Keys)
	assert.NotEqual(t, ask(t, provider, first).Keys, ask(t, provider, other).Keys)
}

func TestFindings(t *testing.T) {
	result := forced(t, config(), view(map[string]any{"checks": map[string]any{
		"biometric":          map[string]any{"outcome": "passed"},
		"certificate":        map[string]any{"outcome": "failed"},
		"data_source":        map[string]any{"outcome": "not_performed"},
		"document":           nil,
		"phone_verification": map[string]any{"outcome": ""},
		"risk":               map[string]any{"outcome": "failed", "signals": map[string]any{"bot_detected": "yes"}},
		"watchlist":          map[string]any{"outcome": "passed"},
	}}))
	assert.Equal(t, []kyc.Finding{
		{Kind: kyc.FindingBiometric, Outcome: kyc.OutcomePassed},
		{Kind: kyc.FindingCertificate, Outcome: kyc.OutcomeFailed},
		{Kind: kyc.FindingDataSource, Outcome: kyc.OutcomeNotPerformed},
		{Kind: kyc.FindingRisk, Outcome: kyc.OutcomeFailed},
		{Kind: kyc.FindingWatchlist, Outcome: kyc.OutcomePassed},
	}, result.Findings)
	assert.Equal(t, kyc.StatusApproved, result.Status, "findings decide nothing")
}

// Passed checks do not make up for a status that is no approval.
func TestFindingsDoNotApprove(t *testing.T) {
	result := forced(t, config(), view(map[string]any{
		"status": "rejected", "checks": map[string]any{"document": map[string]any{"outcome": "passed"}},
	}))
	assert.Equal(t, kyc.StatusDeclined, result.Status)
}

func TestDecidedAt(t *testing.T) {
	for name, test := range map[string]struct {
		completed any
		want      time.Time
		review    bool // whether it is of now cannot be told
	}{
		"null":         {nil, time.Time{}, false},
		"empty":        {"", time.Time{}, false},
		"no instant":   {"yesterday", time.Time{}, true},
		"a date":       {"2126-03-02", time.Time{}, true},
		"no zone":      {"2020-01-01T00:00:00", time.Time{}, true},
		"a number":     {1577836800, time.Time{}, true},
		"an instant":   {"2126-03-02T10:05:00Z", time.Date(2126, 3, 2, 10, 5, 0, 0, time.UTC), false},
		"another zone": {"2126-03-02T10:05:00+09:00", time.Date(2126, 3, 2, 1, 5, 0, 0, time.UTC), false},
		"year 9999":    {"9999-12-31T23:59:59Z", time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), false},
		"year 10000":   {"9999-12-31T23:59:59-01:00", time.Time{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			result := forced(t, config(), view(map[string]any{"completed_at": test.completed}))
			assert.Equal(t, test.want, result.DecidedAt)
			if test.review {
				assert.Equal(t, kyc.StatusReview, result.Status)
				assert.Equal(t, "it cannot be told when the record was completed", result.Reason)
			} else {
				assert.Equal(t, kyc.StatusApproved, result.Status)
			}
		})
	}
}
