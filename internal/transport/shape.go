package transport

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// A shape is what is to be known of a type to tell which keys are the names of
// its fields. That of a type that has none, or decodes itself, is empty.
type shape struct {
	elem   reflect.Type // of an array, slice or map
	fields []field
}

// A field is a struct's. One that no tag names is taken in any case, because
// that is how a program writes types of its own.
type field struct {
	name   string
	hash   uint32 // of its folded form
	tagged bool
	typ    reflect.Type
}

func (d *Decoder) shape(typ reflect.Type) shape {
	if typ == nil {
		return shape{}
	}
	if known, ok := d.shapes.Load(typ); ok {
		return known.(shape)
	}
	s := newShape(typ)
	d.shapes.Store(typ, s)
	return s
}

func newShape(typ reflect.Type) shape {
	for {
		if reflect.PointerTo(typ).Implements(reflect.TypeFor[json.Unmarshaler]()) {
			return shape{}
		}
		if typ.Kind() != reflect.Pointer {
			break
		}
		typ = typ.Elem()
	}
	switch typ.Kind() {
	case reflect.Array, reflect.Slice, reflect.Map:
		return shape{elem: typ.Elem()}
	case reflect.Struct:
		return shape{fields: fieldsOf(typ)}
	}
	return shape{}
}

// fieldsOf gives the fields of a struct, its own before those of what it embeds,
// which they hide. It may embed itself.
func fieldsOf(typ reflect.Type) []field {
	fields := make([]field, 0, typ.NumField())
	structs := []reflect.Type{typ}
	for n := 0; n < len(structs); n++ {
		for i := range structs[n].NumField() {
			f := structs[n].Field(i)
			tag := f.Tag.Get("json")
			name, _, _ := strings.Cut(tag, ",")
			inner := indirect(f.Type)
			embedded := f.Anonymous && inner.Kind() == reflect.Struct
			switch {
			case tag == "-" || !f.IsExported() && !embedded:
			case !embedded || name != "":
				name, tagged := cmp.Or(name, f.Name), name != ""
				fields = append(fields, field{name: name, hash: hashOf(name), tagged: tagged, typ: f.Type})
			case !slices.Contains(structs, inner):
				structs = append(structs, inner)
			}
		}
	}
	return fields
}

func indirect(typ reflect.Type) reflect.Type {
	if typ.Kind() == reflect.Pointer {
		return typ.Elem()
	}
	return typ
}

// lookUp gives the type of the field that encoding/json decodes the value of k
// into, nil if there is none. wrong tells that this field has another name.
func (s shape) lookUp(k key, data []byte) (typ reflect.Type, wrong bool) {
	var like *field
	for i := range s.fields {
		f := &s.fields[i]
		switch {
		case f.hash != k.hash:
		case k.is(f.name, data):
			return f.typ, false
		case like == nil && fold(f.name) == k.folded(data):
			like = f
		}
	}
	if like == nil {
		return nil, false
	}
	return like.typ, like.tagged
}
