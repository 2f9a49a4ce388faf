package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"unicode/utf8"
)

// EncodeJSON writes JSON compactly, and with <, > and & as they are, which
// json.Marshal does not. It is for what always has a JSON form.
func EncodeJSON(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// DecodeJSON reads one JSON text and nothing after it. A number is a
// json.Number, and of two members of one name the last counts.
func DecodeJSON(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON text")
	}
	return v, nil
}

// PlainFields is fields as JSON has them: nested structs as maps, and nothing
// that the caller could change later.
func PlainFields(fields map[string]any) (map[string]any, error) {
	written, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("the fields have no JSON form: %w", err)
	}
	v, err := DecodeJSON(written)
	if err != nil {
		return nil, fmt.Errorf("the fields have no JSON form: %w", err)
	}
	plain, _ := v.(map[string]any)
	return plain, nil
}

// Merge puts the members of from into object, objects into objects. An object
// within object is replaced and not changed.
func Merge(object, from map[string]any) {
	for name, v := range from {
		nested, isObject := v.(map[string]any)
		if into, ok := object[name].(map[string]any); ok && isObject {
			into = maps.Clone(into)
			Merge(into, nested)
			object[name] = into
			continue
		}
		object[name] = v
	}
}
