package fuzztest

import (
	"bytes"
	"encoding/json"
	"io"
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
