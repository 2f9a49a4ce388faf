package fuzztest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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

// Get gives a member of an object by its exact name. Of no member, and of what is
// no object, it is nothing, which is the zero Document and also what null is.
func (d Document) Get(name string) Document {
	object, _ := d.Value.(map[string]any)
	return Document{object[name]}
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

// Word gives a member that is a string as it is, and "" for everything else.
func (d Document) Word(name string) string {
	word, _ := d.Get(name).Value.(string)
	return word
}

// Number gives a member that is a whole number, or a text that is one, and 0 for
// everything else.
func (d Document) Number(name string) int64 {
	n, err := strconv.ParseInt(d.Get(name).Text(), 10, 64)
	if err != nil {
		return 0
	}
	return n
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

// Members are the ways to the members of a document's objects, with dots between
// names. A fuzzer that would seldom hit upon a document that makes sense changes
// one that does.
type Members []string

// MembersOf gives them all.
func MembersOf(tb testing.TB, document []byte) Members {
	tb.Helper()
	var members Members
	var walk func(prefix string, value any)
	walk = func(prefix string, value any) {
		object, _ := value.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			members = append(members, prefix+name)
			walk(prefix+name+".", object[name])
		}
	}
	walk("", Read(tb, document).Value)
	return members
}

// Set gives a document with value, which is JSON, as the member of that number,
// counted from 1 and round again. With number 0, where the document has no such
// member's object, and where value is no JSON, it gives the document as it is.
func (m Members) Set(document []byte, number uint16, value string) []byte {
	if at := int(number) % (len(m) + 1); at > 0 && json.Valid([]byte(value)) {
		return set(document, m[at-1], json.RawMessage(value))
	}
	return document
}

func set(document []byte, path string, value json.RawMessage) []byte {
	name, rest, deeper := strings.Cut(path, ".")
	var object map[string]json.RawMessage
	if json.Unmarshal(document, &object) != nil || object == nil {
		return document
	}
	if deeper {
		member, has := object[name]
		if !has {
			return document
		}
		value = set(member, rest, value)
	}
	object[name] = value
	changed, err := json.Marshal(object)
	if err != nil {
		return document
	}
	return changed
}

// Values gives what a vendor may put in the place of another value, some that no
// vendor should, and more; each is JSON.
func Values(more ...string) []string {
	return append([]string{
		`null`, `""`, `"null"`, `0`, `-1`, `"0"`, `true`, `"true"`, `false`, `{}`, `[]`, `[{}]`, `1e400`, `9223372036854775808`, `" "`, `"\u0000"`, `"x"`,
	}, more...)
}

// Seeds calls add for each member with one of the values, and for each value
// with one of the members.
func (m Members) Seeds(values []string, add func(number uint16, value string)) {
	for i := range max(len(m), len(values)) {
		add(uint16(1+i%len(m)), values[i%len(values)])
	}
}

// Invented gives the texts, numbers and booleans of a result, stored as JSON,
// that the document it was made of does not have anywhere: none, if all that was
// done is to read. What stands for nothing (zero values) is no invention, and an
// instant is the same in every way of writing it.
func Invented(tb testing.TB, result any, document []byte) []string {
	tb.Helper()
	stored, err := json.Marshal(result)
	if err != nil {
		tb.Fatalf("cannot be stored: %v", err)
	}
	said := map[string]bool{"": true, "0": true, "false": true}
	Read(tb, document).scalars(func(text string) { said[instant(text)] = true })
	var invented []string
	Read(tb, stored).scalars(func(text string) {
		if !said[instant(text)] {
			invented = append(invented, text)
		}
	})
	return invented
}

// scalars calls f with every text, number and boolean, and with those within a
// text that is itself the JSON of an object or a list.
func (d Document) scalars(f func(text string)) {
	switch value := d.Value.(type) {
	case map[string]any:
		for _, member := range value {
			Document{member}.scalars(f)
		}
		return
	case []any:
		for _, element := range d.List() {
			element.scalars(f)
		}
		return
	case string:
		var inside Document
		if strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[") {
			decoder := json.NewDecoder(strings.NewReader(value))
			decoder.UseNumber()
			if decoder.Decode(&inside.Value) == nil {
				inside.scalars(f)
				return
			}
		}
	}
	f(d.Text())
}

// instant writes a text that is one in UTC.
func instant(text string) string {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	return text
}
