package tomoidvkyc_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// told is where each field of a record goes. Under another policy, or of another
// country, it does not count, and nothing of it is told.
const told = `
auth_id             attempt
policy_key          attempt document.country document.type findings keys person.full_name reason status vendor_status
country             attempt document.country document.type findings keys person.full_name reason status vendor_status
kyc.status          status vendor_status
kyc.completed_at    decided_at reason status

kyc.person.full_name              person.full_name
kyc.person.given_name             person.given_name
kyc.person.family_name            person.family_name
kyc.person.date_of_birth          person.birth_date
kyc.person.sex                    person.gender
kyc.person.nationality            person.nationality
kyc.person.government_id.value    person.id_number

kyc.address.full           person.address.full
kyc.address.street         person.address.street
kyc.address.street2        person.address.street2
kyc.address.city           person.address.city
kyc.address.region         person.address.region
kyc.address.postal_code    person.address.postal_code
kyc.address.country        person.address.country
kyc.contact.email_address    person.contact.email
kyc.contact.phone_number     person.contact.phone

kyc.document.category           document.type
kyc.document.number             document.number
kyc.document.issuing_country    document.country
kyc.document.issuing_region     document.region
kyc.document.expiration_date    document.valid_until

kyc.checks.biometric.outcome             findings
kyc.checks.certificate.outcome           findings
kyc.checks.data_source.outcome           findings
kyc.checks.document.outcome              findings
kyc.checks.phone_verification.outcome    findings
kyc.checks.risk.outcome                  findings
kyc.checks.watchlist.outcome             findings

result.full_name        person.full_name
result.given_name       person.given_name
result.family_name      person.family_name
result.date_of_birth    person.birth_date
result.sex              person.gender
result.full_address     person.address.full
result.street           person.address.street
result.city             person.address.city
result.region           person.address.region
result.postal_code      person.address.postal_code
result.email_address    person.contact.email
result.phone_number     person.contact.phone
`

// untold stays in Result.Vendor: what a check looked at in particular, words and
// scores without a documented meaning, other spellings of a name, what was read
// from the document before anything else was known, and media.
const untold = `
result.country kyc.schema_version kyc.person.government_id.type
kyc.person.name_variants[].kind kyc.person.name_variants[].value
kyc.document.extracted.category kyc.document.extracted.date_of_birth kyc.document.extracted.expiration_date
kyc.document.extracted.family_name kyc.document.extracted.given_name kyc.document.extracted.id_number
kyc.document.extracted.issuing_country kyc.document.extracted.issuing_region
kyc.document.residence_permit.card_type kyc.document.residence_permit.comprehensive_permission
kyc.document.residence_permit.individual_permission kyc.document.residence_permit.info_type
kyc.document.residence_permit.update_status
kyc.checks.biometric.face_match kyc.checks.biometric.liveness kyc.checks.biometric.document_comparison
kyc.checks.biometric.attempts kyc.checks.biometric.similarity_score
kyc.checks.certificate.valid_from kyc.checks.certificate.valid_to kyc.checks.certificate.verified_at
kyc.checks.data_source.address_type
kyc.checks.data_source.attribute_match.name kyc.checks.data_source.attribute_match.date_of_birth
kyc.checks.data_source.attribute_match.address kyc.checks.data_source.attribute_match.phone
kyc.checks.data_source.attribute_match.id_number
kyc.checks.document.authenticity kyc.checks.document.image_quality kyc.checks.document.attempts
kyc.checks.document.data_comparison.name kyc.checks.document.data_comparison.date_of_birth
kyc.checks.document.data_comparison.expiration_date kyc.checks.document.data_comparison.issuing_country
kyc.checks.phone_verification.attempts
kyc.checks.risk.signals.abuse_signals kyc.checks.risk.signals.bot_detected kyc.checks.risk.signals.fraud_ring_detected
kyc.checks.risk.signals.user_interactions kyc.checks.risk.signals.email_is_deliverable
kyc.checks.risk.signals.email_domain_is_disposable kyc.checks.risk.signals.ip_proxy_type
kyc.checks.risk.signals.ip_timezone_offset kyc.checks.risk.signals.email_breach_count
kyc.checks.risk.signals.ip_spam_list_count
kyc.media[].kind kyc.media[].url
kyc.process.steps.biometric_check kyc.process.steps.data_source_check kyc.process.steps.document_check
kyc.process.steps.phone_verification kyc.process.steps.risk_check kyc.process.steps.terms_acceptance
kyc.process.steps.watchlist_screening
kyc.field_provenance.derived_fields[] kyc.field_provenance.missing_fields[]
kyc.field_provenance.not_collected_fields[]
`

// Where does a new field of TomoIDV's go?
func TestEveryFieldOfARecord(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	base := map[string]any{"result": map[string]any{"full_name": "佐藤花子"}, "kyc": map[string]any{"completed_at": nil}}
	assert.Equal(t, surfacetest.Want(told, untold), surfacetest.Effects(t, surfacetest.Fields(tomoidv.Record{}), base, func(fields map[string]any) (any, error) {
		require.NoError(t, srv.ForceResult(check.ID, fields))
		result, err := provider.Result(t.Context(), check)
		if err == nil {
			result.Evidence = kyc.Evidence{}
		}
		return result, err
	}), "where does a new field go: told, or untold?")
}
