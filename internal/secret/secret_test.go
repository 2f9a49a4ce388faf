package secret_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
)

func TestBoxKeepsItsBytes(t *testing.T) {
	box := secret.FromString("abc")
	assert.Equal(t, []byte("abc"), box.Bytes())
	assert.False(t, box.Empty())

	held := []byte("abc")
	assert.Same(t, &held[0], &secret.New(held).Bytes()[0], "New must not copy")
}

func TestZeroBoxIsEmpty(t *testing.T) {
	for name, box := range map[string]secret.Box{
		"zero": {}, "nil": secret.New(nil), "no bytes": secret.New([]byte{}), "no text": secret.FromString(""),
	} {
		assert.True(t, box.Empty(), name)
		assert.Nil(t, box.Bytes(), name)
		assert.Equal(t, "[redacted]", fmt.Sprint(box), name)
	}
}

func TestBoxIsNeverShown(t *testing.T) {
	box := secret.FromString(secrettest.Marker)
	secrettest.AssertHidden(t, box)

	type holder struct {
		Exported   secret.Box
		unexported secret.Box
		pointer    *secret.Box
	}
	h := holder{Exported: box, unexported: box, pointer: &box}
	assert.False(t, h.unexported.Empty() || h.pointer.Empty())
	secrettest.AssertHidden(t, h)

	out, err := json.Marshal(h)
	require.NoError(t, err)
	assert.JSONEq(t, `{"Exported":{}}`, string(out), "a box does not go to storage either")
}

type person struct{ Name string }

func (person) Format(f fmt.State, _ rune) { secret.Print(f, "person") }
func (person) LogValue() slog.Value       { return secret.LogValue("person") }

func TestRedactedTypePrintsItsName(t *testing.T) {
	p := person{Name: secrettest.Marker}
	assert.Equal(t, "person[redacted]", fmt.Sprintf("%+v", p))
	assert.Equal(t, "person[redacted]", fmt.Sprintf("%d", &p))
	assert.Equal(t, "person[redacted]", p.LogValue().String())
	secrettest.AssertHidden(t, p)
}

// The finder must see what it is there to see, or every test that uses it
// proves nothing.
func TestFindSeesLeaks(t *testing.T) {
	type inner struct{ s string }
	for name, v := range map[string]any{
		"string":             secrettest.Marker,
		"bytes":              []byte(secrettest.Marker),
		"exported field":     struct{ S string }{secrettest.Marker},
		"unexported field":   struct{ s string }{secrettest.Marker},
		"unexported pointer": struct{ p *inner }{&inner{secrettest.Marker}},
		"error":              fmt.Errorf("failed for %s", secrettest.Marker),
		"named bytes":        json.RawMessage(secrettest.Marker),
		"stringer":           slog.StringValue(secrettest.Marker),
	} {
		assert.NotEmpty(t, secrettest.Find(v), name)
	}
}

func TestFillReachesEverything(t *testing.T) {
	type deep struct {
		S string
		P *string
		L []struct{ S string }
		M map[string]string
		A any
		B []byte
		N int64
		F *float64
		T *bool
	}
	d := secrettest.Fill(deep{}).(deep)
	assert.Equal(t, secrettest.Marker, d.S)
	assert.Equal(t, secrettest.Marker, *d.P)
	assert.Equal(t, secrettest.Marker, d.L[0].S)
	assert.Equal(t, map[string]string{secrettest.Marker: secrettest.Marker}, d.M)
	assert.Equal(t, secrettest.Marker, d.A)
	assert.Equal(t, []byte(secrettest.Marker), d.B)
	assert.NotZero(t, d.N)
	assert.NotZero(t, *d.F)
	assert.True(t, *d.T)
}

func TestExportedStructs(t *testing.T) {
	assert.Equal(t, []string{"Box"}, secrettest.ExportedStructs(t, "."))
}
