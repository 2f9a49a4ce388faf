package transport

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

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
	shape  shape               // of what it is decoded into
}

// manyKeys is from where on comparing each key with each would be felt. Below it
// only hashes are compared; no object that a vendor documents has as many.
const manyKeys = 64

// scan looks through valid JSON for an object with two keys that are the same
// when folded, and gives the offset of the second. Otherwise it gives the keys
// that encoding/json would take for a field of typ although they differ from its
// name. It takes one pass, and allocates nothing for a document of usual size.
func (d *Decoder) scan(data []byte, typ reflect.Type) (twin int, found bool, others []key) {
	scopes := make([]scope, 0, 32)
	keys := make([]key, 0, 2*manyKeys)
	wantKey := false
	next := typ // of the value that comes next
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			wantKey = data[i] == '{'
			s := scope{object: wantKey, first: len(keys), shape: d.shape(next)}
			scopes = append(scopes, s)
			next = s.shape.elem
		case '}', ']':
			if len(scopes) > 0 {
				keys = keys[:scopes[len(scopes)-1].first]
				scopes = scopes[:len(scopes)-1]
			}
			wantKey = false
		case ',':
			if len(scopes) > 0 {
				s := &scopes[len(scopes)-1]
				wantKey, next = s.object, s.shape.elem
			}
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
					return i, true, nil
				}
			} else {
				for _, earlier := range keys[s.first:] {
					if earlier.hash == k.hash && earlier.same(k, data) {
						return i, true, nil
					}
				}
				keys = append(keys, k)
			}
			if s.shape.fields != nil {
				var wrong bool
				if next, wrong = s.shape.lookUp(k, data); wrong {
					others = append(others, k)
				}
			}
			i = k.end
		}
	}
	return 0, false, others
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
	k := key{start: start, end: endOfString(data, start)}
	k.hash = hashOf(k.text(data))
	return k
}

// hashOf is the same for all texts that are the same when folded.
func hashOf(text string) uint32 {
	hash := uint32(hashSeed)
	for _, r := range text {
		hash = (hash ^ uint32(foldRune(r))) * hashPrime
	}
	return hash
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
func (k key) folded(data []byte) string { return fold(k.text(data)) }

// is tells whether the key is name, letter for letter.
func (k key) is(name string, data []byte) bool {
	if k.plain {
		return string(data[k.start:k.end]) == name
	}
	return k.text(data) == name
}

// text is the key itself, "" if it is cut off.
func (k key) text(data []byte) (text string) {
	if k.plain {
		return string(data[k.start:k.end])
	}
	if json.Unmarshal(data[k.start-1:min(k.end+1, len(data))], &text) != nil {
		return ""
	}
	return text
}

func fold(text string) string { return strings.Map(foldRune, text) }

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
