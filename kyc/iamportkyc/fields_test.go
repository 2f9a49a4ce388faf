package iamportkyc_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// told is what each field of a certification changes beside those of somebody
// who was certified.
const told = `
imp_uid           refused
merchant_uid      refused
pg_provider       keys reason status
certified         decided_at keys person.birth_date person.full_name person.gender reason status
certified_at      decided_at reason status
name              person.full_name
gender            person.gender
birth             person.birth_date
birthday          person.birth_date
phone             person.contact.phone
unique_key        keys
unique_in_site    keys
`

// untold stays in Result.Vendor. The transaction id tells a test account too.
const untold = `pg_tid foreigner foreigner_v2 carrier origin`

// Where does a new field of Iamport's go?
func TestEveryFieldOfACertification(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := certified(t, srv, start(t, provider), mirae())
	base := map[string]any{"birthday": nil, "birth": 636217200}
	assert.Equal(t, surfacetest.Want(told, untold), surfacetest.Effects(t, surfacetest.Fields(iamport.Certification{}), base, func(fields map[string]any) (any, error) {
		require.NoError(t, srv.ForceCertification(check.VendorID, maps.Clone(fields)))
		result, err := provider.Result(t.Context(), check)
		if err == nil {
			result.Evidence = kyc.Evidence{}
		}
		return result, err
	}), "where does a new field go: told, or untold?")
}
