package veriffkyc_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// told is where each field of a decision goes. A reason code that is not known
// has no words, and with an approval is a contradiction.
const told = `
id                  refused
attemptId           attempt
vendorData          refused
status              status vendor_status
code                status vendor_code
reason              reason
reasonCode          reason_code status
decisionTime        decided_at

person.firstName      person.given_name
person.lastName       person.family_name
person.fullName       person.full_name
person.dateOfBirth    person.birth_date
person.yearOfBirth    person.birth_date
person.idNumber       person.id_number
person.gender         person.gender
person.nationality    person.nationality

person.addresses[].fullAddress                  person.address.full
person.addresses[].parsedAddress.street         person.address.street
person.addresses[].parsedAddress.houseNumber    person.address.street2
person.addresses[].parsedAddress.unit           person.address.street2
person.addresses[].parsedAddress.city           person.address.city
person.addresses[].parsedAddress.state          person.address.region
person.addresses[].parsedAddress.postcode       person.address.postal_code
person.addresses[].parsedAddress.country        person.address.country

document.number        document.number
document.type          document.type
document.country       document.country
document.state         document.region
document.validFrom     document.valid_from
document.validUntil    document.valid_until

document.nfcValidated                                              findings
additionalVerifiedData.registryValidation.documentValid            findings
additionalVerifiedData.registryValidation.personIsAlive            findings
additionalVerifiedData.ineBiometricRegistryValidation.faceMatch    findings
additionalVerifiedData.proofOfAddress.nameMatch                    findings
highRisk                                                           findings
`

// untold stays in Result.Vendor: what only one country or one kind of
// integration has, scores and labels, and words without an established list.
const untold = `
endUserId acceptanceTime technicalData.ip comments[].type comments[].comment comments[].timestamp
person.citizenship person.placeOfBirth person.occupation person.employer person.foreignerStatus person.extraNames
person.title person.eyeColor person.hairColor person.height person.weight person.ifeIdentifier person.ineIdentifier
person.electorNumber person.pepSanctionMatch
document.firstIssue document.placeOfIssue document.issuedBy document.issueNumber document.remarks
document.residencePermitType document.portraitIsVisible document.signatureIsVisible document.ineIdentifier
document.specimen.containsContactlessChip document.specimen.firstIssuedDate document.specimen.lastIssuedDate
document.specimen.nistVersion document.specimen.digitalDocument document.specimen.nonStandardDrivingLicense
document.specimen.militaryDocument document.specimen.temporaryEmergencyDocument
document.specimen.asylumRefugeeDocument document.specimen.ICAOStandardizedDocument
document.specimen.notNationalIdCard document.specimen.legalStatus document.specimen.hasSecurityRisk
additionalVerifiedData.driversLicenseNumber additionalVerifiedData.driversLicenseCategory{}
additionalVerifiedData.driversLicenseCategoryFrom{} additionalVerifiedData.driversLicenseCategoryUntil{}
additionalVerifiedData.estimatedAge additionalVerifiedData.estimatedGender additionalVerifiedData.processNumber
additionalVerifiedData.cpfValidation.status additionalVerifiedData.cpfValidation.cpfNumber
additionalVerifiedData.cpfValidation.name additionalVerifiedData.cpfValidation.dateOfBirth
additionalVerifiedData.cpfValidation.yearOfDeath
additionalVerifiedData.ineBiometricRegistryValidation.faceMatchPercentage
additionalVerifiedData.ineBiometricRegistryValidation.responseStatus
additionalVerifiedData.registryValidation.countryRegistry additionalVerifiedData.registryValidation.registryName
additionalVerifiedData.registryValidation.fullNameSimilarity
additionalVerifiedData.proofOfAddress.nameMatchPercentage additionalVerifiedData.proofOfAddress.documentType
additionalVerifiedData.proofOfAddress.fraud.riskLevel additionalVerifiedData.proofOfAddress.fraud.reason
additionalVerifiedData.proofOfAddress.fraud.reasonDescription
additionalVerifiedData.proofOfAddress.fraud.indicators[]
additionalVerifiedData.validationResults[].registryName additionalVerifiedData.validationResults[].firstName
additionalVerifiedData.validationResults[].lastName additionalVerifiedData.validationResults[].dateOfBirth
additionalVerifiedData.validationResults[].address additionalVerifiedData.validationResults[].city
additionalVerifiedData.validationResults[].state additionalVerifiedData.validationResults[].zip
additionalVerifiedData.validationResults[].idNumber
riskScore.score riskLabels[].label riskLabels[].category riskLabels[].sessionIds[]
biometricAuthentication.matchedSessionId biometricAuthentication.matchedSessionEndUserId
biometricAuthentication.matchedSessionVendorData biometricAuthentication.details
`

// Where does a new field of Veriff's go?
func TestEveryFieldOfADecision(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	base := map[string]any{"decisionTime": noon}
	assert.Equal(t, surfacetest.Want(told, untold), surfacetest.Effects(t, surfacetest.Fields(veriff.Decision{}), base, func(fields map[string]any) (any, error) {
		require.NoError(t, srv.ForceDecision(check.VendorID, fields))
		result, err := provider.Result(t.Context(), check)
		if err == nil {
			result.Evidence = kyc.Evidence{}
		}
		return result, err
	}), "where does a new field go: told, or untold?")
}
