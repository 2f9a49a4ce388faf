package kyc_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

// A constant that Known forgets would be treated as news from a later version.
func TestKnownKnowsEveryConstant(t *testing.T) {
	known := map[string]func(string) bool{
		"Status":       func(s string) bool { return kyc.Status(s).Known() },
		"Erasure":      func(s string) bool { return kyc.Erasure(s).Known() },
		"Gender":       func(s string) bool { return kyc.Gender(s).Known() },
		"DocumentType": func(s string) bool { return kyc.DocumentType(s).Known() },
		"KeyKind":      func(s string) bool { return kyc.KeyKind(s).Known() },
		"FindingKind":  func(s string) bool { return kyc.FindingKind(s).Known() },
		"Outcome":      func(s string) bool { return kyc.Outcome(s).Known() },
		"Signature":    func(s string) bool { return kyc.Signature(s).Known() },
		"Environment":  func(s string) bool { return kyc.Environment(s).Known() },
	}
	want := map[string]int{
		"Status": 9, "Erasure": 3, "Gender": 3, "DocumentType": 6, "KeyKind": 3,
		"FindingKind": 7, "Outcome": 3, "Signature": 2, "Environment": 2,
	}
	got := constants(t)
	require.Len(t, got, len(want), "types with constants")
	for typ, values := range got {
		require.Contains(t, known, typ)
		assert.Len(t, values, want[typ], typ)
		for _, value := range values {
			assert.Equal(t, value != "", known[typ](value), "%s %q", typ, value)
			assert.False(t, known[typ](strings.ToUpper(value)+"x"), "%s %q", typ, value)
		}
		assert.False(t, known[typ](""), typ)
	}
}

// constants collects the values of the package's typed string constants.
func constants(t *testing.T) map[string][]string {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	values := map[string][]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range f.Decls {
			if group, ok := decl.(*ast.GenDecl); ok && group.Tok == token.CONST {
				for _, spec := range group.Specs {
					collect(t, values, spec.(*ast.ValueSpec))
				}
			}
		}
	}
	return values
}

func collect(t *testing.T, values map[string][]string, spec *ast.ValueSpec) {
	if typ, ok := spec.Type.(*ast.Ident); ok {
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		values[typ.Name] = append(values[typ.Name], value)
	}
}
