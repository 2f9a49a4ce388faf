package tomoidv_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

// documented is every documented combination, made by the functions that are
// for it, by the key that its parts make.
var documented = map[string]tomoidv.Policy{
	"us:personal_info:null:personal_info_verf:owner_verf:sms_otp":                            tomoidv.PersonalInfo(tomoidv.OwnerVerified("sms_otp")),
	"us:document:residential_card:document_ocr_check:no_owner_assurance":                     tomoidv.DocumentOCR("residential_card", tomoidv.NoOwnerAssurance()),
	"jp:document:id_card:government_id_verf:owner_verf:document_secret":                      tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret")),
	"jp:document:passport:document_ocr_check:no_owner_assurance":                             tomoidv.DocumentOCR("passport", tomoidv.NoOwnerAssurance()),
	"cn:document:id_card:government_id_verf:no_owner_assurance":                              tomoidv.GovernmentID("id_card", tomoidv.NoOwnerAssurance()),
	"cn:document:id_card:document_authenticity_check:owner_check:submitted_doc_selfie_match": tomoidv.DocumentAuthenticity("id_card", tomoidv.OwnerChecked("submitted_doc_selfie_match")),
	"cn:document:id_card:document_ocr_check:owner_check:submitted_doc_selfie_match":          tomoidv.DocumentOCR("id_card", tomoidv.OwnerChecked("submitted_doc_selfie_match")),
	"kr:eid:certificate:government_ci_verf:owner_verf:toss":                                  tomoidv.GovernmentCI(tomoidv.OwnerVerified("toss")),
	"kr:eid:certificate:government_ci_verf:owner_verf:kakao":                                 tomoidv.GovernmentCI(tomoidv.OwnerVerified("kakao")),
	"kr:eid:certificate:government_ci_verf:owner_verf:naver":                                 tomoidv.GovernmentCI(tomoidv.OwnerVerified("naver")),
	"kr:eid:certificate:government_ci_verf:owner_verf:pass":                                  tomoidv.GovernmentCI(tomoidv.OwnerVerified("pass")),
	"kr:eid:certificate:government_ci_verf:owner_verf":                                       tomoidv.GovernmentCI(tomoidv.OwnerVerified("")),
}

func TestConstructorsMakeTheDocumentedPolicies(t *testing.T) {
	rows := readTable(t, "policies.tsv")
	require.Len(t, rows, 12)
	for _, row := range rows {
		key := strings.Join([]string{row["country"], row["kind"], row["id_type"], row["method"], row["owner"], row["type"]}, ":")
		policy, ok := documented[strings.TrimSuffix(key, ":-")]
		require.True(t, ok, key)
		require.NoError(t, policy.Validate())
		owner := map[string]any{"kind": row["owner"]}
		if row["type"] != "-" {
			owner["type"] = row["type"]
		}
		want, err := json.Marshal(map[string]any{
			"subject": map[string]any{"kind": row["kind"], "id_type": row["id_type"]}, "method": row["method"], "owner_assurance": owner,
		})
		require.NoError(t, err)
		got, err := json.Marshal(policy)
		require.NoError(t, err)
		assert.JSONEq(t, string(want), string(got), key)
		assert.True(t, policy.Subject.Kind.Known() && policy.Subject.IDType.Known() && policy.Method.Known() && policy.OwnerAssurance.Kind.Known(), key)
	}
}

func TestBadPolicies(t *testing.T) {
	for says, policy := range map[string]tomoidv.Policy{
		"Preset begins or ends with white space":                    {Preset: "basic "},
		"Subject.Kind is empty":                                     {Subject: tomoidv.Subject{Kind: " "}},
		"Subject.IDType has a control character":                    {Subject: tomoidv.Subject{Kind: "document", IDType: "a\x00b"}},
		"Method is not valid UTF-8":                                 {Method: "\xff"},
		"OwnerAssurance.Kind begins or ends with white space":       {OwnerAssurance: tomoidv.OwnerAssurance{Kind: "owner_verf\n"}},
		"OwnerAssurance.Type begins or ends with white space":       {OwnerAssurance: tomoidv.OwnerAssurance{Kind: "owner_verf", Type: " toss"}},
		"Subject.IDType is set and Subject.Kind is not":             {Subject: tomoidv.Subject{IDType: "passport"}},
		"OwnerAssurance.Type is set and OwnerAssurance.Kind is not": {OwnerAssurance: tomoidv.OwnerAssurance{Type: "toss"}},
	} {
		require.EqualError(t, policy.Validate(), says)
		request := &tomoidv.StartRequest{UserID: userID, Country: "jp", Policy: policy}
		assert.EqualError(t, request.Validate(), "Policy."+says)
	}
	for _, policy := range []tomoidv.Policy{{}, {Preset: "basic"}, {Method: "brand_new"}, {Subject: tomoidv.Subject{Kind: "iris", IDType: "left"}}} {
		assert.NoError(t, policy.Validate(), "an open type")
	}
}

func TestParsePolicyKey(t *testing.T) {
	for key, want := range map[tomoidv.PolicyKey]tomoidv.PolicyKeyParts{
		"":           {},
		"us":         {Country: "us"},
		"us:default": {Country: "us", Preset: "default"},
		"us:":        {Country: "us"},
		"us:a:b":     {Country: "us", SubjectKind: "a", IDType: "b"},
		"kr:eid:certificate:government_ci_verf:owner_verf:toss": {Country: "kr", SubjectKind: tomoidv.SubjectEID, IDType: tomoidv.IDTypeCertificate,
			Method: tomoidv.MethodGovernmentCI, OwnerKind: tomoidv.OwnerKindVerified, OwnerType: tomoidv.OwnerTypeToss},
		"jp:document:passport:document_ocr_check:no_owner_assurance": {Country: "jp", SubjectKind: tomoidv.SubjectDocument, IDType: tomoidv.IDTypePassport,
			Method: tomoidv.MethodDocumentOCR, OwnerKind: tomoidv.OwnerKindNone},
		"a:b:c:d:e:f:g:h": {Country: "a", SubjectKind: "b", IDType: "c", Method: "d", OwnerKind: "e", OwnerType: "f", Rest: []string{"g", "h"}},
	} {
		assert.Equal(t, want, tomoidv.ParsePolicyKey(key), key)
	}
}

// Every documented policy matches its own key, and no other's.
func TestMatchesIsOneToOne(t *testing.T) {
	for key, made := range documented {
		country, _, _ := strings.Cut(key, ":")
		record := tomoidv.Record{PolicyKey: tomoidv.PolicyKey(key), Country: tomoidv.Country(country)}
		for other, policy := range documented {
			otherCountry, _, _ := strings.Cut(other, ":")
			assert.Equal(t, key == other, record.Matches(policy, tomoidv.Country(otherCountry)), "%s against %s", key, other)
		}
		assert.True(t, record.Matches(made, tomoidv.Country(country)))
		assert.False(t, record.Matches(tomoidv.Policy{}, tomoidv.Country(country)), "the default is another policy")
		assert.False(t, record.Matches(made, "de"))
		assert.False(t, record.Matches(made, ""))
	}
}

func TestMatches(t *testing.T) {
	jp := tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret"))
	const key = "jp:document:id_card:government_id_verf:owner_verf:document_secret"
	for name, test := range map[string]struct {
		key     tomoidv.PolicyKey
		record  tomoidv.Country
		policy  tomoidv.Policy
		country tomoidv.Country
		want    bool
	}{
		"itself":                      {key, "jp", jp, "jp", true},
		"record in capitals":          {key, "JP", jp, "jp", true},
		"record of another country":   {key, "us", jp, "jp", false},
		"record of no country":        {key, "", jp, "jp", false},
		"key of another country":      {tomoidv.PolicyKey("us" + key[2:]), "jp", jp, "jp", false},
		"asked of another country":    {key, "jp", jp, "us", false},
		"no key":                      {"", "jp", jp, "jp", false},
		"a part more":                 {key + ":weak", "jp", jp, "jp", false},
		"an empty part more":          {key + ":", "jp", jp, "jp", false},
		"a part less":                 {"jp:document:id_card:government_id_verf:owner_verf", "jp", jp, "jp", false},
		"weaker owner":                {"jp:document:id_card:government_id_verf:no_owner_assurance", "jp", jp, "jp", false},
		"weaker method":               {"jp:document:id_card:document_ocr_check:owner_verf:document_secret", "jp", jp, "jp", false},
		"another document":            {"jp:document:passport:government_id_verf:owner_verf:document_secret", "jp", jp, "jp", false},
		"another subject":             {"jp:eid:id_card:government_id_verf:owner_verf:document_secret", "jp", jp, "jp", false},
		"default":                     {"us:default", "us", tomoidv.Policy{}, "us", true},
		"default for a policy":        {"jp:default", "jp", jp, "jp", false},
		"another country's default":   {"us:default", "us", tomoidv.Policy{}, "jp", false},
		"another preset":              {"us:basic", "us", tomoidv.Policy{}, "us", false},
		"a preset's key is not known": {"us:basic", "us", tomoidv.Policy{Preset: "basic"}, "us", false},
		"preset and more":             {key, "jp", tomoidv.Policy{Preset: "basic", Subject: jp.Subject, Method: jp.Method, OwnerAssurance: jp.OwnerAssurance}, "jp", false},
		"no owner in either":          {"jp:document:id_card:government_id_verf", "jp", tomoidv.Policy{Subject: jp.Subject, Method: jp.Method}, "jp", false},
		"no method in either":         {"jp:document:id_card::owner_verf:document_secret", "jp", tomoidv.Policy{Subject: jp.Subject, OwnerAssurance: jp.OwnerAssurance}, "jp", false},
		"no subject in either":        {"jp:::government_id_verf:owner_verf:document_secret", "jp", tomoidv.Policy{Method: jp.Method, OwnerAssurance: jp.OwnerAssurance}, "jp", false},
		"no id type, two spellings": {"us:personal_info::personal_info_verf:owner_verf:sms_otp", "us",
			tomoidv.PersonalInfo(tomoidv.OwnerVerified("sms_otp")), "us", true},
		"no owner type, two spellings": {"jp:document:passport:document_ocr_check:no_owner_assurance:null", "jp",
			tomoidv.DocumentOCR("passport", tomoidv.NoOwnerAssurance()), "jp", true},
		"capitals are another policy": {"jp:document:ID_CARD:government_id_verf:owner_verf:document_secret", "jp", jp, "jp", false},
		"nothing asked":               {"", "", tomoidv.Policy{}, "", false},
	} {
		record := tomoidv.Record{PolicyKey: test.key, Country: test.record}
		assert.Equal(t, test.want, record.Matches(test.policy, test.country), name)
	}
}
