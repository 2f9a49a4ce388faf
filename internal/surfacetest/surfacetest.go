// Package surfacetest lists what a package has: its constants, its errors, the
// fields of an answer. A test that holds a table of decisions to such a list
// fails when something is added, until somebody decides what it means.
package surfacetest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Constants gives the values of the exported constants in dir, by the name of
// their type, read from the source: strings as they are, numbers in decimal.
// Each must have its type and a literal beside it.
func Constants(tb testing.TB, dir string) map[string][]string {
	tb.Helper()
	constants := map[string][]string{}
	for _, spec := range declared(tb, dir, token.CONST) {
		if !slices.ContainsFunc(spec.Names, (*ast.Ident).IsExported) {
			continue
		}
		typ, ok := spec.Type.(*ast.Ident)
		if !ok || len(spec.Values) != len(spec.Names) {
			tb.Fatalf("the constant %s has no type or no value beside it", spec.Names[0].Name)
		}
		for _, value := range spec.Values {
			literal, ok := value.(*ast.BasicLit)
			if !ok {
				tb.Fatalf("the value of the constant %s is no literal", spec.Names[0].Name)
			}
			text := literal.Value
			if literal.Kind == token.STRING {
				var err error
				if text, err = strconv.Unquote(text); err != nil {
					tb.Fatal(err)
				}
			}
			constants[typ.Name] = append(constants[typ.Name], text)
		}
	}
	if len(constants) == 0 {
		tb.Fatalf("no exported constants in %s", dir)
	}
	return constants
}

// Errors gives the names of the exported variables in dir, which in a house
// without package state are its errors.
func Errors(tb testing.TB, dir string) []string {
	tb.Helper()
	var names []string
	for _, spec := range declared(tb, dir, token.VAR) {
		for _, name := range spec.Names {
			if name.IsExported() {
				names = append(names, name.Name)
			}
		}
	}
	if len(names) == 0 {
		tb.Fatalf("no exported variables in %s", dir)
	}
	return names
}

// Types gives the names of the types in dir that have a method: those of a
// closed interface are the ones with its unexported method.
func Types(tb testing.TB, dir, method string) []string {
	tb.Helper()
	var names []string
	for _, decl := range declarations(tb, dir) {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != method {
			continue
		}
		names = append(names, receiver(f))
	}
	if len(names) == 0 {
		tb.Fatalf("no type with a method %s in %s", method, dir)
	}
	return names
}

// Callers gives the functions and methods in dir, as "Type.Method", that call
// anything of one of these names, in whatever package it is.
func Callers(tb testing.TB, dir string, called ...string) []string {
	tb.Helper()
	var names []string
	for _, decl := range declarations(tb, dir) {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		name, calls := f.Name.Name, false
		if f.Recv != nil {
			name = receiver(f) + "." + name
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch callee := call.Fun.(type) {
			case *ast.SelectorExpr:
				calls = calls || slices.Contains(called, callee.Sel.Name)
			case *ast.Ident:
				calls = calls || slices.Contains(called, callee.Name)
			}
			return true
		})
		if calls {
			names = append(names, name)
		}
	}
	return names
}

// receiver is the name of a method's type.
func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	if pointer, ok := typ.(*ast.StarExpr); ok {
		typ = pointer.X
	}
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	return typ.(*ast.Ident).Name
}

// declared gives the declarations of one kind.
func declared(tb testing.TB, dir string, kind token.Token) []*ast.ValueSpec {
	tb.Helper()
	var specs []*ast.ValueSpec
	for _, decl := range declarations(tb, dir) {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == kind {
			for _, spec := range gen.Specs {
				specs = append(specs, spec.(*ast.ValueSpec))
			}
		}
	}
	return specs
}

// declarations are those in the files of dir that are no tests.
func declarations(tb testing.TB, dir string) []ast.Decl {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no Go files in %s (%v)", dir, err)
	}
	var decls []ast.Decl
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			tb.Fatal(err)
		}
		decls = append(decls, parsed.Decls...)
	}
	return decls
}
