package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrMalformed is every document that [Decode] refuses.
var ErrMalformed = errors.New("malformed JSON")

// malformed says in what way, in words of this package only.
type malformed string

func (m malformed) Error() string { return ErrMalformed.Error() + ": " + string(m) }
func (m malformed) Unwrap() error { return ErrMalformed }

// Decode unmarshals data, which must be one JSON value in UTF-8, into a fresh
// value and sets what v points to only if all of it was good. It refuses an
// object anywhere in data that has two keys which encoding/json could take for
// the same field: the last one would win, and could turn a decline into an
// approval. Errors never show any of data.
func Decode(data []byte, v any) error {
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
	fresh := reflect.New(target.Type().Elem())
	if err := json.Unmarshal(data, fresh.Interface()); err != nil {
		return describe(err)
	}
	if at, twins := findTwins(data); twins {
		return malformed(fmt.Sprintf("two keys of one object are the same, the second at offset %d", at))
	}
	target.Elem().Set(fresh.Elem())
	return nil
}

// CheckJSON refuses what [Decode] does, whatever it was decoded into.
func CheckJSON(data []byte) error { return Decode(data, new(json.RawMessage)) }

// describe says what encoding/json found, without its texts: they quote the
// input, and a type error's Value and Field may be made of it.
func describe(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return malformed(fmt.Sprintf("syntax error at offset %d", syntax.Offset))
	}
	mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok || mismatch == nil || mismatch.Type == nil {
		return malformed("a value does not fit its type")
	}
	kind, _, _ := strings.Cut(mismatch.Value, " ")
	switch kind {
	case "array", "bool", "number", "object", "string":
	default:
		kind = "value"
	}
	return malformed(fmt.Sprintf("%s at offset %d does not fit %s", kind, mismatch.Offset, mismatch.Type))
}

// key is one key of an object that the scan is in.
type key struct {
	hash       uint32 // of its folded form
	start, end int    // of its text between the quotes
	plain      bool   // ASCII without escapes: the text is the key
}

// scope is an array or object that the scan is in.
type scope struct {
	object bool
	first  int                 // of its keys
	seen   map[string]struct{} // its folded keys, once there are many
}

// manyKeys is from where on comparing each key with each would be felt. Below it
// only hashes are compared; no object that a vendor documents has as many.
const manyKeys = 64

// findTwins looks through valid JSON for an object with two keys that are the
// same when folded, and gives the offset of the second. It takes one pass, and
// allocates nothing for a document of usual size.
func findTwins(data []byte) (offset int, found bool) {
	scopes := make([]scope, 0, 32)
	keys := make([]key, 0, 2*manyKeys)
	wantKey := false
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{':
			scopes = append(scopes, scope{object: true, first: len(keys)})
			wantKey = true
		case '[':
			scopes = append(scopes, scope{first: len(keys)})
			wantKey = false
		case '}', ']':
			if len(scopes) > 0 {
				keys = keys[:scopes[len(scopes)-1].first]
				scopes = scopes[:len(scopes)-1]
			}
			wantKey = false
		case ',':
			wantKey = len(scopes) > 0 && scopes[len(scopes)-1].object
		case '"':
			if !wantKey {
				i = endOfString(data, i+1)
				continue
			}
			wantKey = false
			k := readKey(data, i+1)
			s := &scopes[len(scopes)-1]
			if s.seen == nil && len(keys)-s.first == manyKeys {
				s.seen = make(map[string]struct{}, 2*manyKeys)
				for _, earlier := range keys[s.first:] {
					s.seen[earlier.folded(data)] = struct{}{}
				}
				keys = keys[:s.first]
			}
			if s.seen != nil {
				before := len(s.seen)
				if s.seen[k.folded(data)] = struct{}{}; len(s.seen) == before {
					return i, true
				}
			} else {
				for _, earlier := range keys[s.first:] {
					if earlier.hash == k.hash && earlier.same(k, data) {
						return i, true
					}
				}
				keys = append(keys, k)
			}
			i = k.end
		}
	}
	return 0, false
}

// endOfString gives the offset of the quote that closes the string whose text
// begins at start.
func endOfString(data []byte, start int) int {
	for i := start; i < len(data); i++ {
		switch data[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return len(data)
}

const hashSeed, hashPrime = 2166136261, 16777619 // FNV-1a

func readKey(data []byte, start int) key {
	hash := uint32(hashSeed)
	for i := start; i < len(data); i++ {
		c := data[i]
		if c == '"' {
			return key{hash: hash, start: start, end: i, plain: true}
		}
		if c == '\\' || c >= utf8.RuneSelf {
			break
		}
		hash = (hash ^ uint32(upper(c))) * hashPrime
	}
	k := key{hash: hashSeed, start: start, end: endOfString(data, start)}
	for _, c := range []byte(k.folded(data)) {
		k.hash = (k.hash ^ uint32(c)) * hashPrime
	}
	return k
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// same compares keys of the same hash.
func (k key) same(other key, data []byte) bool {
	if k.plain && other.plain {
		return bytes.EqualFold(data[k.start:k.end], data[other.start:other.end])
	}
	return k.folded(data) == other.folded(data)
}

// folded is the same for all keys that encoding/json takes for the same.
func (k key) folded(data []byte) string {
	var text string
	if k.plain {
		text = string(data[k.start:k.end])
	} else if err := json.Unmarshal(data[k.start-1:min(k.end+1, len(data))], &text); err != nil {
		return ""
	}
	return strings.Map(foldRune, text)
}

// foldRune gives the smallest of the runes that differ from r in case only,
// which for an ASCII letter, U+017F and U+212A is the capital.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(upper(byte(r)))
	}
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			return next
		}
		r = next
	}
}
