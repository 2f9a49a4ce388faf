package veriffkyc_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
)

// statuses says what each of Veriff's statuses means where the code does not
// contradict it.
var statuses = map[veriff.Status]kyc.Status{
	veriff.StatusCreated:               kyc.StatusPending,
	veriff.StatusStarted:               kyc.StatusPending,
	veriff.StatusSubmitted:             kyc.StatusPending,
	veriff.StatusInflowCompleted:       kyc.StatusPending,
	veriff.StatusPreprocessed:          kyc.StatusPending,
	veriff.StatusReview:                kyc.StatusReview,
	veriff.StatusResubmissionRequested: kyc.StatusResubmit,
	veriff.StatusResubmissionRequired:  kyc.StatusResubmit,
	veriff.StatusApproved:              kyc.StatusApproved,
	veriff.StatusDeclined:              kyc.StatusDeclined,
	veriff.StatusExpired:               kyc.StatusExpired,
	veriff.StatusAbandoned:             kyc.StatusAbandoned,
}

// Every status with every code, and with those that nobody knows: one pair is
// an approval. Of the codes 9001 alone is looked at: 9102 to 9121 mean different
// things on different pages of Veriff's, and 9151 and 9161 are intermediate.
func TestStatusesWithCodes(t *testing.T) {
	constants := surfacetest.Constants(t, veriffDir)
	require.ElementsMatch(t, constants["Status"], words(statuses), "what does a new status mean for the person?")
	require.ElementsMatch(t, constants["DecisionCode"], []string{"9001", "9102", "9103", "9104", "9121", "9151", "9161"}, "is a new code an approval?")
	codes := []any{nil, 9999, -9001, 90010}
	for _, code := range constants["DecisionCode"] {
		n, err := strconv.Atoi(code)
		require.NoError(t, err)
		codes = append(codes, n)
	}
	all := append(constants["Status"], "", "frozen", "APPROVED", "approved ", "success")
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	approvals := 0
	for _, status := range all {
		for _, code := range codes {
			t.Run(fmt.Sprintf("%q %v", status, code), func(t *testing.T) {
				want := statuses[veriff.Status(status)]       // unknown where there is none
				if (status == "approved") != (code == 9001) { // one says it, the other does not
					want = kyc.StatusUnknown
				}
				require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{"status": status, "code": code}))
				result := ask(t, provider, check)
				assert.Equal(t, want, result.Status)
				assert.Equal(t, status, result.VendorStatus)
				assert.Equal(t, want == kyc.StatusPending, result.DecidedAt.IsZero())
				if code == nil {
					assert.Empty(t, result.VendorCode)
				} else {
					assert.Equal(t, fmt.Sprint(code), result.VendorCode)
				}
				if result.Status == kyc.StatusApproved {
					approvals++
				}
			})
		}
	}
	assert.Equal(t, 1, approvals)
}

// An approval that was stored does not outlive a decision that cannot be read.
func TestUnknownSupersedesApproval(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	require.NoError(t, srv.ForceDecision(check.VendorID, nil))
	approved := ask(t, provider, check)
	require.Equal(t, kyc.StatusApproved, approved.Status)
	require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{"status": "revoked", "code": 9001}))
	unknown := ask(t, provider, check)
	assert.Equal(t, kyc.StatusUnknown, unknown.Status)
	assert.True(t, unknown.Supersedes(approved))
	assert.False(t, approved.Supersedes(unknown))
}

func TestDocumentTypes(t *testing.T) {
	types := map[veriff.DocumentType]kyc.DocumentType{
		"PASSPORT":         kyc.DocumentPassport,
		"ID_CARD":          kyc.DocumentIDCard,
		"DRIVERS_LICENSE":  kyc.DocumentDriversLicense,
		"DRIVERS_LICENCE":  kyc.DocumentDriversLicense,
		"RESIDENCE_PERMIT": kyc.DocumentResidencePermit,
		"VISA":             kyc.DocumentVisa,
		"OTHER":            kyc.DocumentOther,
	}
	require.ElementsMatch(t, surfacetest.Constants(t, veriffDir)["DocumentType"], words(types), "what is a new type?")
	types["HEALTH_CARD"] = "HEALTH_CARD"
	types[""] = ""
	for sent, want := range types {
		t.Run(string(sent), func(t *testing.T) {
			result := forced(t, veriffkyc.Config{}, map[string]any{"document": map[string]any{"type": sent}})
			assert.Equal(t, want, result.Document.Type)
		})
	}
	assert.False(t, kyc.DocumentType("HEALTH_CARD").Known())
}

func TestGenders(t *testing.T) {
	genders := map[veriff.Gender]kyc.Gender{
		"M": kyc.GenderMale, "MALE": kyc.GenderMale, "F": kyc.GenderFemale, "FEMALE": kyc.GenderFemale,
	}
	require.ElementsMatch(t, surfacetest.Constants(t, veriffDir)["Gender"], words(genders), "what is a new gender?")
	genders["Q"] = "Q"
	genders[""] = ""
	for sent, want := range genders {
		t.Run(string(sent), func(t *testing.T) {
			result := forced(t, veriffkyc.Config{}, map[string]any{"person": map[string]any{"gender": sent}})
			assert.Equal(t, want, result.Person.Gender)
		})
	}
}

// Every reason that Veriff knows has words, even where it sends none, and what
// it sends comes before ours.
func TestReasons(t *testing.T) {
	codes := surfacetest.Constants(t, veriffDir)["ReasonCode"]
	require.Len(t, codes, 81)
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	decide := func(t *testing.T, code, reason any) *kyc.Result {
		require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{
			"status": "declined", "code": 9102, "reasonCode": code, "reason": reason,
		}))
		return ask(t, provider, check)
	}
	for _, code := range codes {
		t.Run(code, func(t *testing.T) {
			n, err := strconv.Atoi(code)
			require.NoError(t, err)
			silent := decide(t, n, nil)
			assert.Equal(t, code, silent.ReasonCode)
			assert.Equal(t, veriff.ReasonCode(n).String(), silent.Reason)
			assert.NotEqual(t, "reason code "+code, silent.Reason, "words, not the number")
			assert.Equal(t, "as Veriff puts it", decide(t, code, "as Veriff puts it").Reason)
		})
	}
	for _, code := range append(codes, "999") {
		n, err := strconv.Atoi(code)
		require.NoError(t, err)
		require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{"reasonCode": n}))
		assert.Equal(t, kyc.StatusUnknown, ask(t, provider, check).Status, "approved, and yet a reason why not: %s", code)
	}
	unknown := decide(t, 999, nil)
	assert.Equal(t, "999", unknown.ReasonCode)
	assert.Empty(t, unknown.Reason, "nothing is known of it")
	none := decide(t, nil, nil)
	assert.Empty(t, none.ReasonCode)
	assert.Empty(t, none.Reason)
}
