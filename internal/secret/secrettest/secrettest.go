// Package secrettest finds out whether a value shows what it must keep to
// itself: it fills a value with markers, prints it in every way that Go has,
// and searches what came out.
package secrettest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Marker stands for a secret or a piece of personal data. It survives quoting
// and has no other meaning.
const Marker = "MARKER-한글-77310"

// Fill returns a value of v's type in which every exported string, however
// deep, is Marker, and every number and boolean is set. Slices and maps get
// one element and pointers a target. Unexported fields stay as they are in v.
func Fill(v any) any {
	out := reflect.New(reflect.TypeOf(v)).Elem()
	out.Set(reflect.ValueOf(v))
	fill(out, 0)
	return out.Interface()
}

func fill(v reflect.Value, depth int) {
	if depth > 12 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(Marker)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(7)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf(Marker))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(Marker))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, depth+1)
		fill(elem, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, elem)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	}
}

// Find prints v itself, behind a pointer, in a slice, in a map and in an
// exported field, under every verb and through slog, and returns the ways in
// which one of the markers came out: as it is, quoted, in hex, in base64 or as
// a list of bytes. Slog's JSON handler is asked for the value itself only: it
// marshals containers, and marshalling is storage.
func Find(v any, markers ...string) []string {
	if len(markers) == 0 {
		markers = []string{Marker}
	}
	needles := map[string]string{}
	for _, m := range markers {
		for form, s := range forms(m) {
			if needle := strings.ToLower(s); needles[needle] != "plain" {
				needles[needle] = form
			}
		}
	}
	var found []string
	look := func(how, text string) {
		text = strings.ToLower(text)
		for needle, form := range needles {
			if strings.Contains(text, needle) {
				found = append(found, how+" shows a marker "+form)
			}
		}
	}
	for name, x := range containers(v) {
		for _, verb := range verbs {
			look(fmt.Sprintf("%s under %s", name, verb), fmt.Sprintf(verb, x))
		}
		look(name+" in slog text", logged(x, func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) }))
	}
	look("value in slog JSON", logged(v, func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) }))
	slices.Sort(found)
	return found
}

// AssertHidden fails the test for each way in which Find sees a marker in v.
func AssertHidden(tb testing.TB, v any, markers ...string) {
	tb.Helper()
	for _, how := range Find(v, markers...) {
		tb.Errorf("%T: %s", v, how)
	}
}

// Every verb but two: fmt treats %p, and %w outside Errorf, as mistakes before
// it asks the value to format itself, so no type can answer for them. Vet
// refuses both.
var verbs = []string{
	"%v", "%+v", "%#v", "%s", "%+s", "%#s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x",
	"%d", "%o", "%b", "%c", "%U", "%t", "%e", "%f", "%g", "%T", "%z",
}

func containers(v any) map[string]any {
	t := reflect.TypeOf(v)
	pointer := reflect.New(t)
	pointer.Elem().Set(reflect.ValueOf(v))
	slice := reflect.MakeSlice(reflect.SliceOf(t), 0, 1)
	mapping := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), t))
	mapping.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf(v))
	field := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Field", Type: t}})).Elem()
	field.Field(0).Set(reflect.ValueOf(v))
	return map[string]any{
		"value": v, "pointer": pointer.Interface(),
		"slice": reflect.Append(slice, reflect.ValueOf(v)).Interface(),
		"map":   mapping.Interface(), "exported field": field.Interface(),
	}
}

func forms(marker string) map[string]string {
	b := []byte(marker)
	return map[string]string{
		"plain":     marker,
		"quoted":    strings.Trim(strconv.Quote(marker), `"`),
		"ascii":     strings.Trim(strconv.QuoteToASCII(marker), `"`),
		"in hex":    hex.EncodeToString(b),
		"spaced":    fmt.Sprintf("% x", b),
		"as bytes":  strings.Trim(fmt.Sprint(b), "[]"),
		"in base64": strings.TrimRight(base64.StdEncoding.EncodeToString(b), "="),
	}
}

func logged(v any, handler func(*bytes.Buffer) slog.Handler) string {
	var b bytes.Buffer
	slog.New(handler(&b)).Info("m", "v", v)
	return b.String()
}

// ExportedStructs names the exported struct types that the Go files of dir
// declare, tests excepted, so that a test can see that it forgot none.
func ExportedStructs(tb testing.TB, dir string) []string {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no Go files in %s (%v)", dir, err)
	}
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(&fs.PathError{Op: "read", Path: filepath.Base(file), Err: err})
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
		if err != nil {
			tb.Fatal(err)
		}
		for _, decl := range f.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				ts, ok := spec.(*ast.TypeSpec)
				if !ok || !ts.Name.IsExported() {
					continue
				}
				if _, ok := ts.Type.(*ast.StructType); ok {
					names = append(names, ts.Name.Name)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}
