package surfacetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func written(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.go"), []byte("package a\n"+source), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a_test.go"), []byte("package a\nconst Tested Word = \"t\"\nvar ErrTested error\n"), 0o600))
	return dir
}

func TestConstants(t *testing.T) {
	dir := written(t, "const (\nRed Word = \"red\" // a color\nhidden = 1\nNo Word = \"\"\n)\nconst One, Two Code = 1, 2\nvar ErrA, errB error\nvar ErrC = errB\n")
	assert.Equal(t, map[string][]string{"Word": {"red", ""}, "Code": {"1", "2"}}, Constants(t, dir))
	assert.Equal(t, []string{"ErrA", "ErrC"}, Errors(t, dir))
}

func TestTypes(t *testing.T) {
	dir := written(t, "type A struct{}\nfunc (*A) kind() {}\ntype B int\nfunc (B) kind() {}\nfunc (B) other() {}\nfunc kind() {}\ntype C[T any] struct{}\nfunc (*C[T]) kind() {}\n")
	assert.Equal(t, []string{"A", "B", "C"}, Types(t, dir, "kind"))
}

func TestCallers(t *testing.T) {
	dir := written(t, "func a() { x.Decode() }\ntype B struct{}\nfunc (b *B) c() { if b != nil { go func() { decode(1) }() } }\nfunc d() { _ = x.Decode }\nfunc e() { other(x.Decode(y)) }\nfunc f()\n")
	assert.Equal(t, []string{"a", "B.c", "e"}, Callers(t, dir, "Decode", "decode"))
	assert.Empty(t, Callers(t, dir, "Encode"))
}

// A failing is a test that notes that it failed.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Helper()                      {}
func (f *failing) Fatal(args ...any)            { f.said = fmt.Sprint(args...); runtime.Goexit() }
func (f *failing) Fatalf(text string, a ...any) { f.said = fmt.Sprintf(text, a...); runtime.Goexit() }

// What cannot be listed must not be left out in silence.
func TestWhatCannotBeListed(t *testing.T) {
	for name, source := range map[string]string{
		"no type":      "const Red = \"red\"",
		"no value":     "const (\nA Code = iota\nB\n)",
		"no literal":   "const A Code = 1 + 1",
		"no constants": "var ErrA error",
		"no Go":        "const A Code = ",
	} {
		t.Run(name, func(t *testing.T) {
			dir, noted := written(t, source), &failing{}
			done := make(chan struct{})
			go func() { defer close(done); Constants(noted, dir) }()
			<-done
			assert.NotEmpty(t, noted.said)
		})
	}
}

type named struct {
	A    string `json:"a"`
	List []struct {
		B int `json:"b,omitzero"`
	} `json:"list"`
	Map    map[string]string `json:"map"`
	Words  []string          `json:"words"`
	Self   json.RawMessage   `json:"self"`
	Not    string            `json:"-"`
	hidden string
}

func TestFields(t *testing.T) {
	assert.Equal(t, []string{"a", "list[].b", "map{}", "words[]", "self"}, Fields(named{hidden: ""}))
}

// An answer that says twice what two fields say, and nothing of the others.
func TestEffects(t *testing.T) {
	type answer struct {
		Name string   `json:"name,omitempty"`
		List []string `json:"list,omitempty"`
		Kept bool     `json:"kept"`
	}
	fields := []string{"deep.name", "list[].word", "map{}", "number", "ignored"}
	effects := Effects(t, fields, map[string]any{"deep": map[string]any{"kept": true}}, func(fields map[string]any) (any, error) {
		text, err := json.Marshal(fields)
		require.NoError(t, err)
		var said struct {
			Deep struct {
				Name string
				Kept bool
			}
			List   []struct{ Word any }
			Map    map[string]any
			Number json.Number
		}
		if err := json.Unmarshal(text, &said); err != nil {
			return nil, err
		}
		if len(said.Map) > 0 {
			return nil, errors.New("no maps")
		}
		a := answer{Name: said.Deep.Name, Kept: said.Deep.Kept}
		for _, item := range said.List {
			a.List = append(a.List, fmt.Sprint(item.Word), "twice")
		}
		if said.Number == "7" {
			a.Name, a.List = "seven", []string{"seven"}
		}
		return a, nil
	})
	assert.Equal(t, map[string]string{
		"deep.name": "name", "list[].word": "list", "map{}": "refused", "number": "list name", "ignored": "",
	}, effects)
}

func TestWant(t *testing.T) {
	assert.Equal(t, map[string]string{"a.b": "x y", "c": "z", "d": "", "e[]": ""}, Want("\n a.b   x y\nc z\n\n", "\nd e[]\n"))
}
