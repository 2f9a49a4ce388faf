package iamportkyc_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

func TestResultTellsWhatIamportTold(t *testing.T) {
	srv := newServer(t, iamporttest.WithPhone(), iamporttest.WithForeigner())
	provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19})
	srv.Advance(time.Minute)
	check := certified(t, srv, start(t, provider), mirae())
	before := time.Now()
	result := ask(t, provider, check)

	cert, ok := result.Vendor.(*iamport.Certification)
	require.True(t, ok)
	assert.Equal(t, iamport.CarrierKT, cert.Carrier)
	assert.Equal(t, iamport.No, cert.ForeignerV2)
	hash := sha256.Sum256(cert.Meta().Raw())
	assert.WithinRange(t, result.Evidence.FetchedAt, before.Truncate(0), time.Now())
	require.NotEmpty(t, cert.UniqueKey)
	require.NotEmpty(t, cert.UniqueInSite)
	assert.Equal(t, kyc.Result{
		CheckID: check.ID, Provider: "iamport", Status: kyc.StatusApproved,
		Attempt: check.VendorID, DecidedAt: noon.Add(time.Minute),
		Person: kyc.Person{
			FullName: "홍미래", BirthDate: "1990-03-01", Gender: kyc.GenderFemale,
			Contact: kyc.Contact{Phone: "01000000000"},
		},
		Keys: []kyc.Key{
			{Kind: kyc.KeyCI, Value: cert.UniqueKey},
			{Kind: kyc.KeyDI, Scope: "danal/" + srv.ChannelKey, Value: cert.UniqueInSite},
		},
		Evidence: kyc.Evidence{
			FetchedAt: result.Evidence.FetchedAt, SHA256: hex.EncodeToString(hash[:]), Signature: kyc.SignatureNone,
		},
		Vendor: cert,
	}, *result)

	stored, err := json.Marshal(result)
	require.NoError(t, err)
	var read kyc.Result
	require.NoError(t, json.Unmarshal(stored, &read))
	result.Vendor = nil
	assert.Equal(t, *result, read)
}

// Who is refused is known all the same: an application may have to tell who
// tried.
func TestRefusedPersonIsTold(t *testing.T) {
	result := forced(t, iamportkyc.Config{MinimumAge: 19}, map[string]any{"birthday": "2020-01-01", "birth": nil})
	assert.Equal(t, kyc.StatusDeclined, result.Status)
	assert.Equal(t, kyc.Date("2020-01-01"), result.Person.BirthDate)
	assert.Len(t, result.Keys, 2)
	assert.NotEmpty(t, result.Evidence.SHA256)
	assert.Equal(t, noon, result.DecidedAt)
}

func TestPerson(t *testing.T) {
	for name, test := range map[string]struct {
		fields map[string]any
		want   kyc.Person
	}{
		"nothing":              {map[string]any{"name": nil, "birthday": nil, "birth": 0, "gender": nil}, kyc.Person{}},
		"birth in seconds":     {map[string]any{"name": "N", "birthday": nil, "birth": 636217200, "gender": "male"}, kyc.Person{FullName: "N", BirthDate: "1990-03-01", Gender: kyc.GenderMale}},
		"two birth dates":      {map[string]any{"name": "N", "birthday": "1990-03-01", "birth": 1267369200, "gender": nil}, kyc.Person{FullName: "N"}},
		"a gender of one's":    {map[string]any{"name": "N", "birthday": "1990-03-01", "gender": "x"}, kyc.Person{FullName: "N", BirthDate: "1990-03-01", Gender: "x"}},
		"a name in two parts":  {map[string]any{"name": "HONG  Mirae ", "birthday": nil, "birth": nil, "gender": nil}, kyc.Person{FullName: "HONG  Mirae "}},
		"a phone that is null": {map[string]any{"name": "N", "birthday": nil, "birth": nil, "gender": nil, "phone": nil}, kyc.Person{FullName: "N"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, forced(t, iamportkyc.Config{}, test.fields).Person)
		})
	}
}

func TestKeys(t *testing.T) {
	both := map[string]any{"unique_key": "CI==", "unique_in_site": "DI=="}
	fields := func(ci, di any) map[string]any { return map[string]any{"unique_key": ci, "unique_in_site": di} }
	open := iamportkyc.Config{AllowNoCI: true, ChannelKey: "channel-key-0000"}
	ci, di := kyc.Key{Kind: kyc.KeyCI, Value: "CI=="}, kyc.Key{Kind: kyc.KeyDI, Scope: "danal/channel-key-0000", Value: "DI=="}
	for name, test := range map[string]struct {
		cfg    iamportkyc.Config
		fields map[string]any
		want   []kyc.Key
	}{
		"both":     {open, both, []kyc.Key{ci, di}},
		"CI alone": {open, fields("CI==", nil), []kyc.Key{ci}},
		"DI alone": {open, fields("", "DI=="), []kyc.Key{di}},
		"neither":  {open, fields(nil, nil), nil},
		"empty":    {open, fields("", ""), nil},
		"blank":    {open, fields(" ", "\n"), nil},
		"words":    {open, fields("null", "undefined"), nil},
		"spaces":   {open, fields(" CI==", "DI==\n"), []kyc.Key{ci, di}},
		"PG":       {iamportkyc.Config{PG: "danal.A0001"}, both, []kyc.Key{ci, {Kind: kyc.KeyDI, Scope: "danal/danal.A0001", Value: "DI=="}}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, forced(t, test.cfg, test.fields).Keys)
		})
	}
}

// One person has one CI with every gateway, and another DI with each; two
// persons share nothing.
func TestOnePersonIsOneKey(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{Gateways: []iamport.Gateway{iamport.GatewayDanal, iamport.GatewayKCP}})
	keys := func(by iamporttest.Gateway, person iamporttest.Person) []kyc.Key {
		check := start(t, provider)
		impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: check.ID, Gateway: by}, person)
		require.NoError(t, err)
		result := ask(t, provider, claim(t, check, impUID))
		require.Equal(t, kyc.StatusApproved, result.Status)
		require.Len(t, result.Keys, 2)
		return result.Keys
	}
	danal, again := keys(iamporttest.Danal, mirae()), keys(iamporttest.Danal, mirae())
	kcp, other := keys(iamporttest.KCP, mirae()), keys(iamporttest.Danal, iamporttest.Person{Name: "김다른", Birthday: "1990-03-01"})
	assert.Equal(t, danal, again)
	assert.Equal(t, danal[0], kcp[0])
	assert.NotEqual(t, danal[1].Scope, kcp[1].Scope)
	assert.NotEqual(t, danal[0], other[0])
	assert.NotEqual(t, danal[1], other[1])
}

// Without the contract that its CI needs, KG Inicis says that somebody was
// certified and nothing that names them.
func TestCertifiedWithoutCI(t *testing.T) {
	srv := newServer(t, iamporttest.WithoutCI())
	cfg := iamportkyc.Config{PG: "inicis_unified"}
	for allow, want := range map[bool]kyc.Status{false: kyc.StatusReview, true: kyc.StatusApproved} {
		cfg.AllowNoCI = allow
		provider := newProvider(t, srv, cfg)
		check := start(t, provider)
		impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: check.ID, Gateway: iamporttest.InicisUnified}, mirae())
		require.NoError(t, err)
		result := ask(t, provider, claim(t, check, impUID))
		assert.Equal(t, want, result.Status)
		assert.Empty(t, result.Keys)
	}
}
