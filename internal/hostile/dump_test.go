package hostile_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// dump writes a value field by field, as no type's own methods do.
func dump(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Invalid:
		return "nothing"
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return dump(v.Elem())
	case reflect.Struct:
		if text, ok := v.Interface().(interface{ UnixNano() int64 }); ok {
			return fmt.Sprint(text.UnixNano())
		}
		var b strings.Builder
		b.WriteString(v.Type().String() + "{")
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				b.WriteString(f.Name + ":" + dump(v.Field(i)) + " ")
			}
		}
		return b.String() + "}"
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return "none"
		}
		var b strings.Builder
		for i := range v.Len() {
			b.WriteString(dump(v.Index(i)) + ",")
		}
		return "[" + b.String() + "]"
	case reflect.Map:
		var out []string
		for entry := v.MapRange(); entry.Next(); {
			out = append(out, dump(entry.Key())+":"+dump(entry.Value()))
		}
		slices.Sort(out)
		return fmt.Sprintf("map%v%q", v.IsNil(), out)
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	}
	return fmt.Sprintf("%#v", v)
}
