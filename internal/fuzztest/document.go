package fuzztest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
)

// A Document is a JSON value made of maps, slices and texts: of every object
// that a decoder would fill, all members. Numbers are json.Number, since one that
// nobody asked for may be larger than any float64.
type Document struct{ Value any }

// Read reads one JSON document and fails for anything else.
func Read(tb testing.TB, data []byte) Document {
	tb.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var d Document
	if err := decoder.Decode(&d.Value); err != nil {
		tb.Fatalf("no JSON: %v", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		tb.Fatalf("more than one JSON document: %v", err)
	}
	return d
}

// Get gives the only member of an object that encoding/json would take for name,
// which is in any case. Of no member, of several and of what is no object it is
// nothing, which is the zero Document and also what null is.
func (d Document) Get(name string) Document {
	object, _ := d.Value.(map[string]any)
	var found []any
	for key, value := range object {
		if strings.EqualFold(key, name) {
			found = append(found, value)
		}
	}
	if len(found) != 1 {
		return Document{}
	}
	return Document{found[0]}
}

// List gives the elements of a list, none of what is no list.
func (d Document) List() []Document {
	list, _ := d.Value.([]any)
	documents := make([]Document, len(list))
	for i, value := range list {
		documents[i] = Document{value}
	}
	return documents
}

// Text gives the contents of a string, a number or boolean as it is written, and
// "" for everything else and for the string "null", which some vendors send.
func (d Document) Text() string {
	switch value := d.Value.(type) {
	case string:
		if value != "null" {
			return value
		}
	case json.Number:
		return value.String()
	case bool:
		if value {
			return "true"
		}
		return "false"
	}
	return ""
}

// With gives a document with a member set to value, which is JSON: path is the
// names that lead there, with dots between them. Where there is no such way, or
// value is no JSON, the document stays as it is. A fuzzer that would seldom hit
// upon a document that makes sense changes one that does.
func With(document []byte, path, value string) []byte {
	name, rest, deeper := strings.Cut(path, ".")
	var object map[string]json.RawMessage
	if json.Unmarshal(document, &object) != nil || object == nil || !json.Valid([]byte(value)) {
		return document
	}
	if member, has := object[name]; deeper && has {
		object[name] = With(member, rest, value)
	} else if deeper {
		return document
	} else {
		object[name] = json.RawMessage(value)
	}
	changed, err := json.Marshal(object)
	if err != nil {
		return document
	}
	return changed
}

// A Change is what With does to a document.
type Change struct{ Path, Value string }

// Changes gives some of the ways to change one member of a document: over all
// members, each of the values that a vendor may put there, of some that no vendor
// should, and of more.
func Changes(tb testing.TB, document []byte, more ...string) []Change {
	tb.Helper()
	values := append([]string{
		`null`, `""`, `"null"`, `0`, `-1`, `"0"`, `true`, `"true"`, `false`, `{}`, `[]`, `[{}]`, `1e400`, `9223372036854775808`, `" "`, `"\u0000"`, `"x"`,
	}, more...)
	var changes []Change
	members := 0
	var walk func(prefix string, value any)
	walk = func(prefix string, value any) {
		object, _ := value.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			for i := members % 5; i < len(values); i += 5 {
				changes = append(changes, Change{prefix + name, values[i]})
			}
			members++
			walk(prefix+name+".", object[name])
		}
	}
	walk("", Read(tb, document).Value)
	return changes
}
