package surfacetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Fields gives the path of every JSON field below the struct v, such as
// "person.addresses[].city". What decodes itself is one field, as is a map, as
// "licence{}".
func Fields(v any) []string { return fields("", reflect.TypeOf(v)) }

func fields(path string, typ reflect.Type) []string {
	switch {
	case reflect.PointerTo(typ).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return []string{path}
	case typ.Kind() == reflect.Map:
		return []string{path + "{}"}
	case typ.Kind() == reflect.Slice:
		return fields(path+"[]", typ.Elem())
	case typ.Kind() != reflect.Struct:
		return []string{path}
	}
	var paths []string
	for i := range typ.NumField() {
		field := typ.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" {
			continue
		}
		paths = append(paths, fields(strings.TrimPrefix(path+"."+name, "."), field.Type)...)
	}
	return paths
}

// Effects tells what each field does when it is set beside those of base, to
// values of several kinds in turn: the parts of ask's answer that change, as
// "person.full_name status", "" where nothing does, or "refused" where ask
// takes none of the values.
func Effects(tb testing.TB, paths []string, base map[string]any, ask func(fields map[string]any) (any, error)) map[string]string {
	tb.Helper()
	before, err := ask(base)
	if err != nil {
		tb.Fatal(err)
	}
	effects := map[string]string{}
	for _, path := range paths {
		var changed []string
		taken := false
		for _, value := range []any{"Marker", 7, true, false, "2126-01-02", "2126-01-02T03:04:05Z"} {
			after, err := ask(merge(base, nest(path, value)))
			if err == nil {
				taken = true
				changed = append(changed, differences(tb, before, after)...)
			}
		}
		slices.Sort(changed)
		effects[path] = strings.Join(slices.Compact(changed), " ")
		if !taken {
			effects[path] = "refused"
		}
	}
	return effects
}

// nest is the JSON object in which path alone is set.
func nest(path string, value any) map[string]any {
	name, rest, deep := strings.Cut(path, ".")
	if deep {
		value = nest(rest, value)
	}
	if list, ok := strings.CutSuffix(name, "[]"); ok {
		name, value = list, []any{value}
	}
	if object, ok := strings.CutSuffix(name, "{}"); ok {
		name, value = object, map[string]any{"key": value}
	}
	return map[string]any{name: value}
}

// merge puts b into a copy of a, objects into objects.
func merge(a, b map[string]any) map[string]any {
	merged := maps.Clone(a)
	if merged == nil {
		merged = map[string]any{}
	}
	for name, value := range b {
		inner, ok := value.(map[string]any)
		if outer, both := merged[name].(map[string]any); ok && both {
			value = merge(outer, inner)
		}
		merged[name] = value
	}
	return merged
}

// differences gives the paths at which the JSON of two values differs, as far
// as the first list on them.
func differences(tb testing.TB, before, after any) []string {
	tb.Helper()
	a, b := leaves(tb, before), leaves(tb, after)
	var changed []string
	for _, path := range slices.Concat(slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b))) {
		if a[path] != b[path] {
			path, _, _ = strings.Cut(path, "[")
			changed = append(changed, path)
		}
	}
	return changed
}

func leaves(tb testing.TB, v any) map[string]string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		tb.Fatal(err)
	}
	all := map[string]string{}
	flatten(all, "", tree)
	return all
}

func flatten(all map[string]string, path string, tree any) {
	switch tree := tree.(type) {
	case map[string]any:
		for name, value := range tree {
			flatten(all, strings.TrimPrefix(path+"."+name, "."), value)
		}
	case []any:
		for i, value := range tree {
			flatten(all, fmt.Sprintf("%s[%d]", path, i), value)
		}
	default:
		all[path] = fmt.Sprint(tree)
	}
}

// Want reads the effects that somebody decided on: told has a path and what it
// changes in each line, untold the paths that change nothing.
func Want(told, untold string) map[string]string {
	want := map[string]string{}
	for line := range strings.Lines(told) {
		if path, where, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			want[path] = strings.TrimSpace(where)
		}
	}
	for _, path := range strings.Fields(untold) {
		want[path] = ""
	}
	return want
}
