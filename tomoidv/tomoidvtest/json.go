package tomoidvtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// decode reads one JSON text and nothing after it, in which no object has two
// members of one name.
func decode(text []byte) (any, error) {
	if !utf8.Valid(text) || !json.Valid(text) {
		return nil, errors.New("not JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decodeValue(decoder)
}

func decodeValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		object := make(map[string]any)
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeValue(d)
			if err != nil {
				return nil, err
			}
			if _, twice := object[name.(string)]; twice {
				return nil, errors.New("two members of one name")
			}
			object[name.(string)] = v
		}
		_, err := d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return token, nil
}

// text is v if it is a string, else empty.
func text(v any) string {
	t, _ := v.(string)
	return t
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// plainFields is fake.PlainFields for fields in which no object has two members
// of one name.
func plainFields(fields map[string]any) (map[string]any, error) {
	written, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("the fields have no JSON form: %w", err)
	}
	v, err := decode(written)
	if err != nil {
		return nil, fmt.Errorf("the fields have no JSON form: %w", err)
	}
	plain, _ := v.(map[string]any)
	return plain, nil
}
