package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"
)

// ErrMalformed is every document that [Decode] refuses.
var ErrMalformed = errors.New("malformed JSON")

// malformed says in what way, in words of this package only.
type malformed string

func (m malformed) Error() string { return ErrMalformed.Error() + ": " + string(m) }
func (m malformed) Unwrap() error { return ErrMalformed }

// A Decoder is [Decode] for who decodes often: it remembers the names of the
// fields of types. The zero Decoder is ready to use, by any number of
// goroutines, and must not be copied.
type Decoder struct {
	shapes sync.Map // *shape by reflect.Type
}

// Decode unmarshals data, which must be one JSON value in UTF-8, into a fresh
// value and sets what v points to only if all of it was good. It refuses an
// object anywhere in data that has two keys which encoding/json could take for
// the same field: the last one would win, and could turn a decline into an
// approval. A field that a tag names is taken by exactly that name, where
// encoding/json takes another case for it as well; any other key is a stranger's,
// and ignored. What is refused, and in which words, does not depend on which
// encoding/json there is. Errors never show any of data.
func Decode(data []byte, v any) error { return new(Decoder).Decode(data, v) }

// Decode is [Decode].
func (d *Decoder) Decode(data []byte, v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return errors.New("decode target is not a pointer")
	}
	if len(bytes.TrimLeft(data, " \t\r\n")) == 0 {
		return malformed("empty")
	}
	if !utf8.Valid(data) {
		return malformed("not UTF-8")
	}
	typ := target.Type().Elem()
	fresh := reflect.New(typ)
	err := json.Unmarshal(data, fresh.Interface())
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return malformed("syntax error")
	}
	at, twins, others := d.scan(data, typ)
	switch {
	case twins:
		return malformed(fmt.Sprintf("two keys of one object are the same, the second at offset %d", at))
	case len(others) > 0:
		fresh = reflect.New(typ)
		err = json.Unmarshal(hide(data, others), fresh.Interface())
	}
	if err != nil {
		return describe(err)
	}
	target.Elem().Set(fresh.Elem())
	return nil
}

// CheckJSON refuses what [Decode] does, whatever it was decoded into.
func CheckJSON(data []byte) error { return Decode(data, new(json.RawMessage)) }

// hide returns a copy of data in which no field is called as the keys are.
func hide(data []byte, keys []key) []byte {
	data = bytes.Clone(data)
	for _, k := range keys {
		for i := k.start; i < k.end; i++ {
			data[i] = '!'
		}
	}
	return data
}

// describe says what encoding/json found, without its texts, which quote the
// input, and without its offsets, of which each implementation has its own. A
// type error's Value and Field may be made of the input too.
func describe(err error) error {
	if inner, ok := errors.AsType[malformed](err); ok { // from a type that decodes itself
		return inner
	}
	mismatch, _ := errors.AsType[*json.UnmarshalTypeError](err)
	if mismatch == nil || mismatch.Type == nil {
		return malformed("a value does not fit its type")
	}
	kind, _, _ := strings.Cut(mismatch.Value, " ")
	switch kind {
	case "array", "bool", "number", "object", "string":
	default:
		kind = "value"
	}
	typ := mismatch.Type.String()
	if mismatch.Type.Kind() == reflect.Struct && mismatch.Type.Name() == "" {
		typ = "an object" // and not all that is declared of it
	}
	return malformed(kind + " does not fit " + typ)
}
