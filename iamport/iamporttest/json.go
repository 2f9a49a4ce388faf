package iamporttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// encode writes JSON as a JavaScript server does: compact, and with <, > and &
// as they are. It is for what always has a JSON form.
func encode(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// decode reads one JSON text and nothing after it.
func decode(text []byte) (any, error) {
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

// plainFields is fields as JSON has them: nested structs as maps, and nothing
// that the caller could change later.
func plainFields(fields map[string]any) (map[string]any, error) {
	written, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("iamporttest: the fields have no JSON form: %w", err)
	}
	v, err := decode(written)
	if err != nil {
		return nil, fmt.Errorf("iamporttest: the fields have no JSON form: %w", err)
	}
	plain, _ := v.(map[string]any)
	return plain, nil
}
