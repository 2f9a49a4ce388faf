package hostile_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A member is one of an object in a clean document, as it stands in its text.
type member struct {
	path       string // "verification.riskLabels[].label"
	key, value string // as JSON
	start, end int    // of both in the document
	// typ is what the library reads the value into, nil where no field has the key.
	typ reflect.Type
	// fixed: the object around it is read field by field. Otherwise its text is
	// kept or dropped as it is.
	fixed bool
	lax   bool // what does not fit is no refusal
	last  bool // of its object
}

// replaced gives the document with text in place of the member.
func (m member) replaced(doc, text string) string { return doc[:m.start] + text + doc[m.end:] }

// without gives the document without the member.
func (m member) without(doc string) string {
	switch {
	case !m.last:
		return doc[:m.start] + doc[m.end+1:]
	case doc[m.start-1] == ',':
		return doc[:m.start-1] + doc[m.end:]
	}
	return m.replaced(doc, "")
}

// A reader goes through a compact, valid document and lists its members. The
// first element stands for all of an array.
type reader struct {
	doc     string
	at      int
	members []member
}

func membersOf(tb testing.TB, doc string, typ reflect.Type) []member {
	tb.Helper()
	require.True(tb, json.Valid([]byte(doc)), doc)
	r := &reader{doc: doc}
	r.value("", typ, false)
	require.Len(tb, doc, r.at)
	return r.members
}

func (r *reader) value(path string, typ reflect.Type, again bool) {
	switch r.doc[r.at] {
	case '{':
		r.object(path, typ, again)
	case '[':
		var elem reflect.Type
		if typ = inside(typ); typ != nil && typ.Kind() == reflect.Slice {
			elem = typ.Elem()
		}
		for r.at++; r.doc[r.at] != ']'; again = true {
			r.value(path+"[]", elem, again)
			r.skip(",")
		}
		r.at++
	case '"':
		r.text()
	default:
		r.at += strings.IndexAny(r.doc[r.at:]+",", ",]}")
	}
}

func (r *reader) object(path string, typ reflect.Type, again bool) {
	typ = inside(typ)
	lax := typ != nil && custom[typ.String()].lax
	for r.at++; r.doc[r.at] != '}'; {
		m := member{start: r.at, lax: lax}
		m.key = r.text()
		name := strings.Trim(m.key, `"`)
		m.path = strings.TrimPrefix(path+"."+name, ".")
		if typ != nil && typ.Kind() == reflect.Struct {
			m.fixed, m.typ = true, fieldOf(typ, name)
		} else if typ != nil && typ.Kind() == reflect.Map {
			m.typ = typ.Elem()
		}
		r.at++ // the colon
		value := r.at
		index := len(r.members)
		r.members = append(r.members, m)
		r.value(m.path, m.typ, again)
		m.value, m.end = r.doc[value:r.at], r.at
		m.last = !r.skip(",")
		r.members[index] = m
		if again {
			r.members = slices.Delete(r.members, index, len(r.members))
		}
	}
	r.at++
}

func (r *reader) text() string {
	start := r.at
	for r.at++; r.doc[r.at] != '"'; r.at++ {
		if r.doc[r.at] == '\\' {
			r.at++
		}
	}
	r.at++
	return r.doc[start:r.at]
}

func (r *reader) skip(text string) bool {
	skipped := strings.HasPrefix(r.doc[r.at:], text)
	if skipped {
		r.at += len(text)
	}
	return skipped
}

// inside is the type whose fields the members of a value are read into, nil for
// one that reads its value as a whole.
func inside(typ reflect.Type) reflect.Type {
	for typ != nil && typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ != nil {
		if c, ok := custom[typ.String()]; ok && !c.inside {
			return nil
		}
	}
	return typ
}

// fieldOf finds a field by the name in its tag, in embedded structs too.
func fieldOf(typ reflect.Type, name string) reflect.Type {
	for _, f := range reflect.VisibleFields(typ) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && tag == name {
			return f.Type
		}
	}
	return nil
}
