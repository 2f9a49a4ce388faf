package veriffkyc_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// whole are the fields of a decision about a person of whom much is known.
func whole() map[string]any {
	return map[string]any{
		"person": map[string]any{
			"firstName": "미래", "lastName": "홍", "fullName": "홍미래", "dateOfBirth": "1990-03-01", "yearOfBirth": "1990",
			"idNumber": "900301-2000000", "gender": "F", "nationality": "kr",
			"addresses": []any{
				map[string]any{
					"fullAddress": "12-3 Gil 7, Haeundae, Busan",
					"parsedAddress": map[string]any{
						"street": "Gil 7", "houseNumber": "12", "unit": "3", "city": "Busan", "state": "Haeundae",
						"postcode": "48094", "country": "KR",
					},
				},
				map[string]any{"fullAddress": "an older one"},
			},
		},
		"document": map[string]any{
			"number": "M12345678", "type": "PASSPORT", "country": "KR", "state": "Busan",
			"validFrom": "2020-01-02", "validUntil": "2030-01-01", "nfcValidated": true,
		},
		"additionalVerifiedData": map[string]any{
			"registryValidation": map[string]any{"documentValid": true, "personIsAlive": true},
		},
	}
}

func TestResultTellsWhatVeriffTold(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Environment: kyc.EnvironmentTest})
	check := start(t, provider)
	require.NoError(t, srv.ForceDecision(check.VendorID, whole()))
	before := time.Now()
	result := ask(t, provider, check)

	decision, ok := result.Vendor.(*veriff.Decision)
	require.True(t, ok)
	assert.Equal(t, check.VendorID, decision.ID)
	hash := sha256.Sum256(decision.Meta().Raw())
	assert.WithinRange(t, result.Evidence.FetchedAt, before.Truncate(0), time.Now())
	assert.Equal(t, kyc.Result{
		CheckID: check.ID, Provider: "veriff", Status: kyc.StatusApproved,
		VendorStatus: "approved", VendorCode: "9001",
		Attempt: srv.Sessions()[0].AttemptID, DecidedAt: noon,
		Person: kyc.Person{
			FullName: "홍미래", GivenName: "미래", FamilyName: "홍", BirthDate: "1990-03-01",
			Gender: kyc.GenderFemale, Nationality: "KR", IDNumber: "900301-2000000",
			Address: kyc.Address{
				Full: "12-3 Gil 7, Haeundae, Busan", Street: "Gil 7", Street2: "12, 3", City: "Busan",
				Region: "Haeundae", PostalCode: "48094", Country: "KR",
			},
		},
		Document: kyc.Document{
			Type: kyc.DocumentPassport, Number: "M12345678", Country: "KR", Region: "Busan",
			ValidFrom: "2020-01-02", ValidUntil: "2030-01-01",
		},
		Findings: []kyc.Finding{
			{Kind: kyc.FindingDocument, Outcome: kyc.OutcomePassed},
			{Kind: kyc.FindingDataSource, Outcome: kyc.OutcomePassed},
			{Kind: kyc.FindingDataSource, Outcome: kyc.OutcomePassed},
		},
		Evidence: kyc.Evidence{
			FetchedAt: result.Evidence.FetchedAt, SHA256: hex.EncodeToString(hash[:]),
			Signature: kyc.SignatureValid, Environment: kyc.EnvironmentTest,
		},
		Vendor: decision,
	}, *result)
}

func TestResultRoundTripsThroughJSON(t *testing.T) {
	srv := newServer(t, verifftest.WithMicroseconds())
	provider := newProvider(t, srv, veriffkyc.Config{Environment: kyc.EnvironmentLive})
	check := start(t, provider)
	for name, prepare := range map[string]func() error{
		"pending":  func() error { return nil },
		"approved": func() error { return srv.ForceDecision(check.VendorID, whole()) },
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, prepare())
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
	for name, test := range map[string]struct {
		fields map[string]any
		want   kyc.Person
	}{
		"nobody":        {nil, kyc.Person{}},
		"year alone":    {map[string]any{"yearOfBirth": "1990"}, kyc.Person{BirthDate: "1990"}},
		"year a number": {map[string]any{"yearOfBirth": 1990}, kyc.Person{BirthDate: "1990"}},
		"odd country":   {map[string]any{"nationality": "Korea"}, kyc.Person{Nationality: "Korea"}},
		"not letters":   {map[string]any{"nationality": "k1"}, kyc.Person{Nationality: "k1"}},
		"address in one": {
			map[string]any{"addresses": []any{map[string]any{"fullAddress": "Busan"}}},
			kyc.Person{Address: kyc.Address{Full: "Busan"}},
		},
		"house without unit": {
			map[string]any{"addresses": []any{map[string]any{"parsedAddress": map[string]any{"houseNumber": "12", "unit": "null"}}}},
			kyc.Person{Address: kyc.Address{Street2: "12"}},
		},
		"no address": {map[string]any{"addresses": []any{}}, kyc.Person{}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, forced(t, veriffkyc.Config{}, map[string]any{"person": test.fields}).Person)
		})
	}
}

func TestFindings(t *testing.T) {
	more := func(object, name string, value any) map[string]any {
		return map[string]any{"additionalVerifiedData": map[string]any{object: map[string]any{name: value}}}
	}
	finding := func(kind kyc.FindingKind, outcome kyc.Outcome) []kyc.Finding {
		return []kyc.Finding{{Kind: kind, Outcome: outcome}}
	}
	passed, failed := finding(kyc.FindingDataSource, kyc.OutcomePassed), finding(kyc.FindingDataSource, kyc.OutcomeFailed)
	for name, test := range map[string]struct {
		fields map[string]any
		want   []kyc.Finding
	}{
		"nothing said":               {nil, nil},
		"chip held":                  {map[string]any{"document": map[string]any{"nfcValidated": true}}, finding(kyc.FindingDocument, kyc.OutcomePassed)},
		"chip held, as text":         {map[string]any{"document": map[string]any{"nfcValidated": "true"}}, finding(kyc.FindingDocument, kyc.OutcomePassed)},
		"chip not read":              {map[string]any{"document": map[string]any{"nfcValidated": false}}, nil},
		"register knows document":    {more("registryValidation", "documentValid", true), passed},
		"register does not":          {more("registryValidation", "documentValid", false), failed},
		"alive":                      {more("registryValidation", "personIsAlive", true), passed},
		"dead":                       {more("registryValidation", "personIsAlive", false), failed},
		"face as in register":        {more("ineBiometricRegistryValidation", "faceMatch", true), passed},
		"face not as in register":    {more("ineBiometricRegistryValidation", "faceMatch", false), failed},
		"name at address":            {more("proofOfAddress", "nameMatch", true), passed},
		"another name at address":    {more("proofOfAddress", "nameMatch", false), failed},
		"high risk":                  {map[string]any{"highRisk": true}, finding(kyc.FindingRisk, kyc.OutcomeFailed)},
		"no high risk":               {map[string]any{"highRisk": false}, finding(kyc.FindingRisk, kyc.OutcomePassed)},
		"neither yes nor no":         {more("registryValidation", "documentValid", "perhaps"), nil},
		"scores and labels":          {map[string]any{"riskScore": map[string]any{"score": 0.9}, "riskLabels": []any{map[string]any{"label": "x", "category": "device"}}}, nil},
		"face of an earlier session": {map[string]any{"biometricAuthentication": map[string]any{"matchedSessionId": "7a4a1d2e-0000-4000-8000-000000000001"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			result := forced(t, veriffkyc.Config{}, test.fields)
			assert.Equal(t, test.want, result.Findings)
			assert.Equal(t, kyc.StatusApproved, result.Status, "findings decide nothing")
			assert.Empty(t, result.Keys)
		})
	}
}

func TestEvidence(t *testing.T) {
	for name, test := range map[string]struct {
		opts []verifftest.Option
		cfg  veriffkyc.Config
		want kyc.Evidence
	}{
		"signed":   {nil, veriffkyc.Config{}, kyc.Evidence{Signature: kyc.SignatureValid}},
		"unsigned": {[]verifftest.Option{verifftest.WithUnsignedAnswers()}, veriffkyc.Config{}, kyc.Evidence{Signature: kyc.SignatureNone}},
		"live":     {nil, veriffkyc.Config{Environment: kyc.EnvironmentLive}, kyc.Evidence{Signature: kyc.SignatureValid, Environment: kyc.EnvironmentLive}},
	} {
		t.Run(name, func(t *testing.T) {
			provider := newProvider(t, newServer(t, test.opts...), test.cfg)
			got := ask(t, provider, start(t, provider)).Evidence
			assert.False(t, got.FetchedAt.IsZero())
			assert.Len(t, got.SHA256, 64)
			got.FetchedAt, got.SHA256 = time.Time{}, ""
			assert.Equal(t, test.want, got)
		})
	}
}
