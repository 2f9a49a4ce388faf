package kyc_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/kyc"
)

func TestNothingPersonalIsPrinted(t *testing.T) {
	hidden := map[string]any{
		"StartRequest": kyc.StartRequest{}, "Hints": kyc.Hints{}, "Check": kyc.Check{}, "Notice": kyc.Notice{},
		"Result": kyc.Result{}, "Person": kyc.Person{}, "Address": kyc.Address{}, "Contact": kyc.Contact{},
		"Document": kyc.Document{}, "Key": kyc.Key{}, "Finding": kyc.Finding{},
	}
	shown := []string{
		"Error",    // prints what its cause prints; see TestErrorText
		"Evidence", // times, a hash and two words
	}
	names := slices.Sorted(maps.Keys(hidden))
	assert.Equal(t, secrettest.ExportedStructs(t, "."), slices.Sorted(slices.Values(append(names, shown...))))

	for name, v := range hidden {
		t.Run(name, func(t *testing.T) {
			filled := secrettest.Fill(v)
			secrettest.AssertHidden(t, filled)
			assert.Equal(t, "kyc."+name+"[redacted]", fmt.Sprintf("%+v", filled))
			assert.Equal(t, "kyc."+name+"[redacted]", filled.(slog.LogValuer).LogValue().String())
		})
	}
}

func TestVendorsValueIsNotPrinted(t *testing.T) {
	type decision struct{ name string }
	secrettest.AssertHidden(t, kyc.Result{Vendor: &decision{secrettest.Marker}})
	secrettest.AssertHidden(t, kyc.Result{Vendor: decision{secrettest.Marker}})
}

func TestResultPrintsItsStatus(t *testing.T) {
	assert.Equal(t, "kyc.Result approved[redacted]", fmt.Sprint(wholeResult()))
	assert.Equal(t, "kyc.Result[redacted]", fmt.Sprint(kyc.Result{Status: "Mirae Hong"}), "only words of our own")

	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "result", wholeResult())
	assert.Contains(t, b.String(), `"result":"kyc.Result approved[redacted]"`)
}

func TestNilPointersPrint(t *testing.T) {
	assert.Equal(t, "<nil>", fmt.Sprint((*kyc.Result)(nil)))
	assert.Equal(t, "<nil>", fmt.Sprint((*kyc.Check)(nil)))
	assert.Equal(t, "<nil>", fmt.Sprintf("%+v", (*kyc.Error)(nil)))
	slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)).Info("m", "check", (*kyc.Check)(nil), "error", (*kyc.Error)(nil))
}
