package tomoidvkyc_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// constants are the values of one of package tomoidv's types: what a new one
// means has to be decided here.
func constants(t *testing.T, typ string) []string {
	t.Helper()
	values := surfacetest.Constants(t, "../../tomoidv")[typ]
	require.NotEmpty(t, values)
	return values
}

func keys[K ~string, V any](m map[K]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, string(key))
	}
	return keys
}

// What becomes of each of TomoIDV's lists of words.
func TestEveryListOfWordsIsDecidedAbout(t *testing.T) {
	lists := map[string]string{
		"Status":           "TestStatuses",
		"DocumentCategory": "TestDocumentTypes",
		"Outcome":          "TestOutcomes",
		"DeletionStatus":   "TestEraseOfAnUnknownStatus",
		"ErrorCode":        "TestErrorCodes",
		"OwnerKind":        "TestOwnerAssurance",
		"SubjectKind":      "TestEveryPartOfAPolicy",
		"IDType":           "TestEveryPartOfAPolicy",
		"Method":           "TestEveryPartOfAPolicy",
		"OwnerType":        "TestEveryPartOfAPolicy",
		"Match":            "TestMatchesAreNoFindings",
		"FieldName":        "TestFieldProvenance",

		"NameVariantKind": "stays in Result.Vendor: another spelling is not the name",
		"MediaKind":       "stays in Result.Vendor: a URL is none of a kyc.Result",
		"Tristate":        "is of a residence permit, which stays in Result.Vendor",
		"ResetStatus":     "no check is reset",
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(surfacetest.Constants(t, "../../tomoidv"))), keys(lists), "what becomes of a new list?")
}

// Which kinds of assurance make sure that the identity is the person's own.
func TestOwnerAssurance(t *testing.T) {
	assures := map[tomoidv.OwnerKind]bool{
		tomoidv.OwnerKindNone: false, tomoidv.OwnerKindVerified: true, tomoidv.OwnerKindChecked: true,
	}
	require.ElementsMatch(t, constants(t, "OwnerKind"), keys(assures), "does a new kind make sure of the owner?")
	assures["owner_vouched"] = false
	srv := newServer(t)
	for kind, want := range assures {
		cfg := changed(func(c *tomoidvkyc.Config) { c.Policy.OwnerAssurance.Kind = kind })
		_, err := tomoidvkyc.New(newClient(t, srv), cfg)
		assert.Equal(t, want, err == nil, "%s: %v", kind, err)
		cfg.AllowNoOwnerAssurance = true
		_, err = tomoidvkyc.New(newClient(t, srv), cfg)
		assert.NoError(t, err, kind)
	}
}

// A record admits under the policy of the Config to the word, and under none
// that differs in one part.
func TestEveryPartOfAPolicy(t *testing.T) {
	for i, words := range [][]string{
		1: {"personal_info", "document", "eid"},
		2: {"null", "residential_card", "id_card", "passport", "certificate"},
		3: {"personal_info_verf", "document_ocr_check", "government_id_verf", "document_authenticity_check", "government_ci_verf"},
		4: {"no_owner_assurance", "owner_verf", "owner_check"},
		5: {"sms_otp", "document_secret", "submitted_doc_selfie_match", "toss", "kakao", "naver", "pass"},
	} {
		if words == nil {
			continue // the country
		}
		typ := []string{1: "SubjectKind", 2: "IDType", 3: "Method", 4: "OwnerKind", 5: "OwnerType"}[i]
		require.ElementsMatch(t, constants(t, typ), words, "what is a new %s?", typ)
		words = append(words, "something_new")
		for _, configured := range words {
			parts := strings.Split(strongKey, ":")
			parts[i] = configured
			cfg := tomoidvkyc.Config{Country: "jp", AllowNoOwnerAssurance: true, Policy: tomoidv.Policy{
				Subject:        tomoidv.Subject{Kind: tomoidv.SubjectKind(parts[1]), IDType: tomoidv.IDType(parts[2])},
				Method:         tomoidv.Method(parts[3]),
				OwnerAssurance: tomoidv.OwnerAssurance{Kind: tomoidv.OwnerKind(parts[4]), Type: tomoidv.OwnerType(parts[5])},
			}}
			srv := newServer(t, tomoidvtest.WithPolicy("jp", tomoidvtest.Policy{
				SubjectKind: parts[1], IDType: parts[2], Method: parts[3], OwnerKind: parts[4], OwnerType: parts[5],
			}))
			provider := newProvider(t, srv, cfg)
			check := start(t, provider)
			for _, told := range words {
				parts[i] = told
				require.NoError(t, srv.Inject(answering(newRecord(map[string]any{"policy_key": strings.Join(parts, ":")}))))
				want := kyc.StatusReview
				if told == configured {
					want = kyc.StatusApproved
				}
				assert.Equal(t, want, ask(t, provider, check).Status, "%s: configured %s, told %s", typ, configured, told)
			}
		}
	}
}

// That an attribute matches is less than that a check was passed.
func TestMatchesAreNoFindings(t *testing.T) {
	matches := constants(t, "Match")
	require.ElementsMatch(t, []string{"match", "partial_match", "no_match", "not_checked"}, matches, "is a new value a finding?")
	for _, match := range append(matches, "unsure") {
		result := forced(t, config(), view(map[string]any{"checks": map[string]any{
			"data_source": map[string]any{"outcome": "passed", "attribute_match": map[string]any{"name": match, "date_of_birth": match}},
			"document":    map[string]any{"outcome": "failed", "data_comparison": map[string]any{"name": match}},
		}}))
		assert.Equal(t, kyc.StatusApproved, result.Status)
		for _, finding := range result.Findings {
			want := map[kyc.FindingKind]kyc.Outcome{kyc.FindingDataSource: kyc.OutcomePassed, kyc.FindingDocument: kyc.OutcomeFailed}[finding.Kind]
			if want == "" {
				want = kyc.OutcomeNotPerformed
			}
			assert.Equal(t, want, finding.Outcome, finding.Kind)
		}
	}
}

// An approval whose status is said not to be there contradicts itself. Where a
// field is from otherwise decides nothing.
func TestFieldProvenance(t *testing.T) {
	fields := []string{
		"status", "full_name", "family_name", "given_name", "date_of_birth", "sex", "nationality", "government_id", "full_address",
		"street", "city", "region", "postal_code", "email_address", "phone_number", "document_category", "document_number",
		"document_issuing_country", "document_issuing_region", "document_expiration_date",
	}
	require.ElementsMatch(t, constants(t, "FieldName"), fields, "may a new field be missing from an approval?")
	for _, list := range []string{"derived_fields", "missing_fields", "not_collected_fields"} {
		for _, field := range append(fields, "shoe_size") {
			t.Run(list+" "+field, func(t *testing.T) {
				result := forced(t, config(), view(map[string]any{"field_provenance": map[string]any{list: []any{"city", field}}}))
				if field == "status" && list != "derived_fields" {
					assert.Equal(t, kyc.StatusReview, result.Status)
					assert.Equal(t, "the record says that its status is not there", result.Reason)
					return
				}
				assert.Equal(t, kyc.StatusApproved, result.Status)
			})
		}
	}
}
