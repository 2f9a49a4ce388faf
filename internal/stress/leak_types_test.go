package stress_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const repository = "../.."

// A surface is what the packages export that a user can import.
type surface struct {
	types     map[string]string // "struct" or "scalar" by name, as "kychttp.Page"; interfaces and functions hold nothing that prints
	constants map[string]string // one of each type's
	functions []string          // those that can fail, and options, which may
}

// readSurface reads it from the source.
func readSurface(t *testing.T) *surface {
	t.Helper()
	s := &surface{types: map[string]string{}, constants: map[string]string{}}
	require.NoError(t, filepath.WalkDir(repository, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"internal", "examples", "testdata", ".git"}, d.Name()):
			return fs.SkipDir
		case d.IsDir() || path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		dir, err := filepath.Rel(repository, filepath.Dir(file))
		if err != nil || slices.Contains(synthetic, filepath.ToSlash(dir)) {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range parsed.Decls {
			switch decl := decl.(type) {
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					s.add(parsed.Name.Name, spec)
				}
			case *ast.FuncDecl:
				if decl.Recv == nil && decl.Name.IsExported() && mayFail(decl.Type.Results) {
					s.functions = append(s.functions, parsed.Name.Name+"."+decl.Name.Name)
				}
			}
		}
		return nil
	}))
	return s
}

func mayFail(results *ast.FieldList) bool {
	return results != nil && slices.ContainsFunc(results.List, func(f *ast.Field) bool {
		name, ok := f.Type.(*ast.Ident)
		return ok && (name.Name == "error" || strings.HasSuffix(name.Name, "Option"))
	})
}

func (s *surface) add(pkg string, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Name.IsExported() {
			s.types[pkg+"."+spec.Name.Name] = kindOf(spec.Type)
		}
	case *ast.ValueSpec:
		typ, ok := spec.Type.(*ast.Ident)
		if !ok || len(spec.Values) != 1 {
			return
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return
		}
		// The longest is the least likely to be in a text by chance.
		name, value := pkg+"."+typ.Name, strings.Trim(literal.Value, `"`)
		if len(value) > len(s.constants[name]) {
			s.constants[name] = value
		}
	}
}

func kindOf(expr ast.Expr) string {
	switch expr.(type) {
	case *ast.StructType:
		return "struct"
	case *ast.InterfaceType, *ast.FuncType:
		return ""
	}
	return "scalar"
}

// A type that is new needs a decision before anything here is whole.
func TestEveryTypeIsDecided(t *testing.T) {
	decided := map[string]int{}
	for _, pointer := range hidden {
		decided[reflect.TypeOf(pointer).Elem().String()]++
	}
	for _, s := range slices.Concat(partly, whole) {
		decided[reflect.TypeOf(s.pointer).Elem().String()]++
		assert.NotEmpty(t, s.why, "%T", s.pointer)
	}
	for pkg, names := range scalars {
		for _, name := range strings.Fields(names) {
			decided[pkg+"."+name]++
		}
	}
	types := readSurface(t).types
	assert.Greater(t, len(types), 150)
	for name, kind := range types {
		if kind != "" {
			assert.Equal(t, 1, decided[name], "decisions about %s", name)
		}
	}
	for name := range decided {
		assert.NotEmpty(t, types[name], "%s is decided and is not there", name)
	}
}

// filled gives a value of the type to which pointer points, with a mark
// everywhere; where there are constants, one of those instead.
func filled(t *testing.T, pointer any, constants map[string]string) (reflect.Value, []mark) {
	t.Helper()
	v := reflect.New(reflect.TypeOf(pointer).Elem())
	f := &filling{constants: constants}
	f.fill(v.Elem(), "")
	return v.Elem(), f.marks
}

// showing gives the paths of the marks that one of the texts shows, and how.
func showing(marks []mark, texts map[string]string) map[string]string {
	paths, seen := map[string]string{}, map[string]bool{}
	for how, text := range texts {
		if seen[text] {
			continue
		}
		seen[text] = true
		lower := strings.ToLower(text)
		for _, m := range marks {
			if m.inLower(lower) {
				paths[m.path] = how
			}
		}
	}
	return paths
}

func TestNoTypeShowsWhatItHolds(t *testing.T) {
	decisions := map[any]string{}
	for _, pointer := range hidden {
		decisions[pointer] = ""
	}
	for _, s := range slices.Concat(partly, whole) {
		decisions[s.pointer] = s.fields
	}
	known := readSurface(t).constants
	assert.Greater(t, len(known), 40)
	for pointer, fields := range decisions {
		t.Run(reflect.TypeOf(pointer).Elem().String(), func(t *testing.T) {
			t.Parallel()
			may, does := strings.Fields(fields), map[string]string{}
			var before map[string]string
			for _, constants := range []map[string]string{nil, known} {
				v, marks := filled(t, pointer, constants)
				texts := printed(v.Interface())
				maps.DeleteFunc(texts, func(how, text string) bool { return text == before[how] })
				before = texts
				for path, how := range showing(marks, texts) {
					does[path] = how
					assert.Contains(t, may, path, "what the %s shows", how)
				}
			}
			for _, path := range may {
				assert.NotEmpty(t, does[path], "%s may be shown, and never is", path)
			}
		})
	}
}
