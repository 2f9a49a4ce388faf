package iamportkyc_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// iamportDir is where the constants are that this package has to know.
const iamportDir = "../../iamport"

// What becomes of each of Iamport's lists of words.
func TestEveryListOfWordsIsDecidedAbout(t *testing.T) {
	lists := map[string]string{
		"Gateway":  "TestEveryGateway",
		"Gender":   "TestGenders",
		"Carrier":  "TestCarriersDecideNothing",
		"Tristate": "TestForeignerIsNoNationality",

		"WindowCarrier":      "prefills a form, which no check does",
		"VerificationMethod": "is of codes, which no check sends",
		"KCPMediaType":       "is of codes, which no check sends",
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(surfacetest.Constants(t, iamportDir))), slices.Collect(maps.Keys(lists)),
		"what becomes of a new list?")
}

// Every gateway admits where it is configured, and nowhere else. A channel says
// nothing of its gateway, and is taken for one of Danal's.
func TestEveryGateway(t *testing.T) {
	byDefault := map[iamport.Gateway]bool{
		iamport.GatewayDanal: true, iamport.GatewayInicisUnified: false, iamport.GatewayInicis: false, iamport.GatewayKCP: false,
	}
	gateways := slices.Collect(maps.Keys(byDefault))
	known := surfacetest.Constants(t, iamportDir)["Gateway"]
	require.Len(t, known, len(gateways), "is a new gateway taken by default?")
	for _, word := range known {
		require.Contains(t, gateways, iamport.Gateway(word), "is a new gateway taken by default?")
	}
	gateways = append(gateways, "toss_unified", "DANAL", "danal ", "")
	for _, gateway := range gateways {
		t.Run(string(gateway), func(t *testing.T) {
			status := func(cfg iamportkyc.Config) kyc.Status {
				return forced(t, cfg, map[string]any{"pg_provider": gateway}).Status
			}
			want := map[bool]kyc.Status{true: kyc.StatusApproved, false: kyc.StatusDeclined}
			assert.Equal(t, want[byDefault[gateway]], status(iamportkyc.Config{}))
			for _, other := range gateways {
				if other == "" {
					continue // New refuses it
				}
				assert.Equal(t, want[gateway == other], status(iamportkyc.Config{Gateways: []iamport.Gateway{other}}), "listed: %s", other)
				assert.Equal(t, want[gateway == other], status(iamportkyc.Config{PG: string(other) + ".A0001"}), "PG: %s", other)
			}
		})
	}
}

func TestGenders(t *testing.T) {
	genders := map[string]kyc.Gender{"male": kyc.GenderMale, "female": kyc.GenderFemale}
	require.ElementsMatch(t, surfacetest.Constants(t, iamportDir)["Gender"], slices.Collect(maps.Keys(genders)), "what is a new gender?")
	genders["x"], genders["F"], genders[""] = "x", "F", ""
	for sent, want := range genders {
		t.Run(sent, func(t *testing.T) {
			result := forced(t, iamportkyc.Config{}, map[string]any{"gender": sent})
			assert.Equal(t, want, result.Person.Gender)
			assert.Equal(t, sent == "male" || sent == "female", result.Person.Gender.Known())
		})
	}
}

func TestCarriersDecideNothing(t *testing.T) {
	carriers := surfacetest.Constants(t, iamportDir)["Carrier"]
	require.ElementsMatch(t, []string{"SKT", "KT", "LGT", "SKT_MVNO", "KT_MVNO", "LGT_MVNO"}, carriers, "does a new carrier decide anything?")
	for _, carrier := range append(carriers, "STARLINK", "") {
		result := forced(t, iamportkyc.Config{}, map[string]any{"carrier": carrier})
		assert.Equal(t, kyc.StatusApproved, result.Status)
		assert.Equal(t, iamport.Carrier(carrier), result.Vendor.(*iamport.Certification).Carrier)
		assert.Empty(t, result.Findings, "that the carrier knows the person is not what Iamport says")
	}
}

// That somebody is no foreigner is said of all, and makes nobody a Korean.
func TestForeignerIsNoNationality(t *testing.T) {
	require.Len(t, surfacetest.Constants(t, iamportDir)["Tristate"], 3)
	for _, foreigner := range []any{true, false} {
		for _, v2 := range []any{true, false, nil} {
			result := forced(t, iamportkyc.Config{}, map[string]any{"foreigner": foreigner, "foreigner_v2": v2})
			assert.Equal(t, kyc.StatusApproved, result.Status)
			assert.Empty(t, result.Person.Nationality)
		}
	}
}
