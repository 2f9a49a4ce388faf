package hostile_test

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	syntax  = "syntax error"
	notUTF8 = "not UTF-8"
	empty   = "empty"
	misfits = " does not fit " // and then a type of the library's own
	// deepest is how deep values may stand in each other.
	deepest = 10_000
)

// twins is how a second key is refused that begins at that offset.
func twins(at int) string {
	return fmt.Sprintf("two keys of one object are the same, the second at offset %d", at)
}

// An attack is one document and what must come of it.
type attack struct {
	name string
	doc  string
	outcome
}

// spellings gives other ways to write a key that Go, or somebody, could take for
// it. same tells that it is the key, written with an escape.
func spellings(key string) (others map[string]string, same string) {
	name := strings.Trim(key, `"`)
	others = map[string]string{}
	add := func(what, text string) {
		if text != name {
			others[what] = `"` + text + `"`
		}
	}
	add("in upper case", strings.ToUpper(name))
	add("in lower case", strings.ToLower(name))
	if name == "" {
		return others, key
	}
	first := rune(name[0])
	flipped := unicode.ToUpper(first)
	if flipped == first {
		flipped = unicode.ToLower(first)
	}
	add("with another first letter", string(flipped)+name[1:])
	if unicode.IsLetter(first) {
		add("with an escape of another first letter", fmt.Sprintf(`\u%04x`, flipped)+name[1:])
	}
	add("with a long s", strings.Replace(name, "s", "\u017f", 1))
	add("with an escaped long s", strings.Replace(name, "s", `\u017F`, 1))
	add("with a Kelvin sign", strings.Replace(name, "k", "\u212a", 1))
	add("with an escaped Kelvin sign", strings.Replace(name, "k", `\u212A`, 1))
	return others, fmt.Sprintf(`"\u%04x%s"`, first, name[1:])
}

// onKeys attacks the name of a member, in the usual ways or in all.
func onKeys(doc string, m member, all bool) []attack {
	var out []attack
	add := func(name, text string, want outcome) {
		out = append(out, attack{m.path + " " + name, m.replaced(doc, text), want})
	}
	pair := func(name, first, second string) {
		add(name, first+","+second, outcome{refused: twins(m.start + len(first) + 1)})
	}
	whole, name := m.key+":"+m.value, strings.Trim(m.key, `"`)
	others, same := spellings(m.key)
	pair("twice", whole, whole)
	add("bytes in the key", `"`+"\xff"+m.key[1:]+":"+m.value, outcome{refused: notUTF8})
	if m.fixed && m.typ != nil {
		add("without it", `"":0`, outcome{as: m.without(doc)})
	}
	for how, other := range others {
		if !all && how != "in upper case" {
			continue
		}
		pair("with a twin "+how, whole, other+":"+m.value)
		if m.fixed && m.typ != nil {
			add(how, other+":"+m.value, outcome{as: m.without(doc)})
		}
		if all {
			pair("after a twin "+how, other+":"+m.value, whole)
		}
	}
	if !all {
		return out
	}
	pair("twice, null last", whole, m.key+":null")
	pair("twice, null first", m.key+":null", whole)
	pair("twice, once escaped", whole, same+":"+m.value)
	pair("twice, first escaped", same+":"+m.value, whole)
	add("overlong key", `"`+"\xc0\xb1"+m.key[1:]+":"+m.value, outcome{refused: notUTF8})
	add("NUL in the key", `"`+"\x00"+m.key[1:]+":"+m.value, outcome{refused: syntax})
	clean := outcome{as: doc}
	if m.fixed || m.typ != nil { // of what is kept as a text, the escape is kept too
		add("escaped", same+":"+m.value, clean)
	}
	if m.fixed {
		for _, key := range []string{"__proto__", "constructor", "", "a.b", name + ".status", "$ref", " " + name, name + `\u0000`} {
			add(fmt.Sprintf("beside %q", key), whole+`,"`+key+`":{"status":"approved","code":9001}`, clean)
		}
		add("beside a lone surrogate", whole+`,"\ud800":"\udfff"`, clean)
		pair("beside two lone surrogates", whole+`,"\ud800":1`, `"\udfff":1`)
	}
	return out
}

// onGrammar breaks the grammar at a member.
func onGrammar(doc string, m member) []attack {
	whole := m.key + ":" + m.value
	name := strings.Trim(m.key, `"`)
	var out []attack
	for what, text := range map[string]string{
		"no colon": m.key + m.value, "two colons": m.key + "::" + m.value, "an equals sign": m.key + "=" + m.value, "no value": m.key + ":", "no key": ":" + m.value,
		"key without quotes": name + ":" + m.value, "key in single quotes": "'" + name + "':" + m.value, "a number for a key": "7:" + m.value,
		"null for a key": "null:" + m.value, "two commas": whole + ",,\"x\":1", "a comma first": ",," + whole, "no comma": whole + `"x":1`, "a semicolon": whole + `;"x":1`,
		"a comment": "/**/" + whole, "a line comment": whole + "//\n", "a hash": whole + "#\n", "a spread": "..." + whole,
		"a form feed": "\f" + whole, "a vertical tab": whole + "\v", "NBSP": m.key + ":\u00a0" + m.value, "a line separator": "\u2028" + whole, "next line": whole + "\u0085",
		"zero width space": m.key + "\u200b:" + m.value, "byte order mark": m.key + ":\ufeff" + m.value, "NUL": whole + "\x00",
		"a closing bracket": whole + "]", "a leading zero": m.key + ":01", "a leading minus zero": m.key + ":-01", "hex": m.key + ":0x7", "NaN": m.key + ":NaN", "Infinity": m.key + ":Infinity",
		"-Infinity": m.key + ":-Infinity", "a minus": m.key + ":-", "no fraction": m.key + ":1.", "no whole": m.key + ":.5", "a plus": m.key + ":+1", "no exponent": m.key + ":1e",
		"two points": m.key + ":1.2.3", "underscores": m.key + ":1_000", "True": m.key + ":True", "TRUE": m.key + ":TRUE", "nul": m.key + ":nul", "nulll": m.key + ":nulll",
		"undefined": m.key + ":undefined", "None": m.key + ":None", "single quotes": m.key + ":'approved'", "a backquote": m.key + ":`approved`",
		"a raw newline": m.key + ":\"a\nb\"", "a raw NUL": m.key + ":\"a\x00b\"", "a raw tab": m.key + ":\"a\tb\"", "a wrong escape": m.key + `:"\x41"`, "an octal escape": m.key + `:"\101"`,
		"half an escape": m.key + `:"\u12"`, "an escape with a sign": m.key + `:"\u+123"`, "an open string": m.key + `:"`,
		"an array that ends in a comma": m.key + ":[1,]", "an object that ends in a comma": m.key + `:{"a":1,}`, "an array with a hole": m.key + ":[,]", "a pair in an array": m.key + `:["a":1]`,
		"mixed brackets": m.key + ":[}", "an open array": m.key + ":[", "a tag": m.key + ":<b>", "a function": m.key + ":Date(0)",
	} {
		out = append(out, attack{m.path + " " + what, m.replaced(doc, text), outcome{refused: syntax}})
	}
	for what, bytes := range map[string]string{"a byte": "\xff", "an overlong slash": "\xc0\xaf", "half a rune": "\xed\x99", "a surrogate": "\xed\xa0\x80", "beyond Unicode": "\xf4\x90\x80\x80", "Latin 1": "Andr\xe9"} {
		out = append(out, attack{m.path + " " + what + " that is not UTF-8", m.replaced(doc, m.key+`:"`+bytes+`"`), outcome{refused: notUTF8}})
	}
	spaced := " \n\t\r" + m.key + "\r\n : \t" + m.value + "  "
	if m.fixed {
		out = append(out, attack{m.path + " white space", m.replaced(doc, spaced), outcome{as: doc}})
	}
	return out
}

// onValues puts every value where another should be.
func onValues(doc string, m member, null, all bool) []attack {
	var out []attack
	for _, v := range values() {
		if !all && !v.usual {
			continue
		}
		as, refused := v.reads(m.typ)
		want := outcome{refused: refused}
		switch {
		case refused != "":
		case v.kind == "null" && null:
			want.as = m.replaced(doc, m.key+":null")
		case as == "":
			want.as = m.without(doc)
		default:
			want.as = m.replaced(doc, m.key+":"+as)
		}
		out = append(out, attack{m.path + " is " + v.json, m.replaced(doc, m.key+":"+v.json), want})
	}
	return out
}

// onDepth nests values in a member that the library does not know, and in the
// place of one that it does.
func onDepth(doc string, m member, text bool) []attack {
	var out []attack
	outside := strings.Count(m.path, ".") + strings.Count(m.path, "[]") + 1
	for _, nest := range []struct{ name, open, close string }{{"arrays", "[", "]"}, {"objects", `{"status":`, "}"}} {
		for _, deep := range []int{1_000, deepest - outside, deepest - outside + 1, 100_000} {
			if len(nest.open)*deep > 300_000 {
				continue // it is refused no other way
			}
			value := strings.Repeat(nest.open, deep) + "0" + strings.Repeat(nest.close, deep)
			want := outcome{as: doc}
			if deep+outside > deepest {
				want = outcome{refused: syntax}
			}
			add := func(where, text string, want outcome) {
				out = append(out, attack{fmt.Sprintf("%s %d %s %s", m.path, deep, nest.name, where), m.replaced(doc, text), want})
			}
			add("beside", m.key+":"+m.value+`,"unknown":`+value, want)
			if text && want.refused == "" {
				want.as = m.replaced(doc, m.key+":"+quote(value))
			}
			if text || want.refused != "" {
				add("instead", m.key+":"+value, want)
			}
		}
	}
	return out
}

// onWhole attacks the document as a whole.
func onWhole(doc string) []attack {
	var out []attack
	add := func(name, text, refused string) { out = append(out, attack{name, text, outcome{refused: refused}}) }
	for name, text := range map[string]string{"nothing": "", "a space": " ", "white space": " \r\n\t\n "} {
		add(name, text, empty)
	}
	for name, text := range map[string]string{
		"a word": "x", "itself": doc, "itself on a line": "\n" + doc, "a comma": ",", "a bracket": "]", "a brace": "}", "NUL": "\x00", "a comment": "//", "a form feed": "\f",
		"NBSP": "\u00a0", "next line": "\u0085", "a byte order mark": "\ufeff", "null": " null", "HTML": "<!-- -->", "a number": " 7", "an empty object": "{}",
	} {
		add("followed by "+name, doc+text, syntax)
	}
	for name, text := range map[string]string{
		"a byte order mark": "\ufeff", "a form feed": "\f", "NBSP": "\u00a0", "NUL": "\x00", "a comma": ",", "a bracket": "[", "a brace": "{", "a guard against JSONP": ")]}',\n", "a callback": "f(",
		"a record separator": "\x1e", "a comment": "/**/", "zero width space": "\u200b", "a directive": "#!json\n",
	} {
		add("preceded by "+name, text+doc, syntax)
	}
	if doc[0] == '{' {
		add("a last comma", doc[:len(doc)-1]+",}", syntax)
	}
	add("a byte before it", "\xff"+doc, notUTF8)
	add("a byte after it", doc+"\xff", notUTF8)
	add("UTF-16, big endian, with a mark", utf16(doc, "\xfe\xff", 1), notUTF8)
	add("UTF-16, little endian, with a mark", utf16(doc, "\xff\xfe", 0), notUTF8)
	wide := utf16(doc, "", 0)
	if utf8.ValidString(wide) {
		add("UTF-16, little endian", wide, syntax)
	} else {
		add("UTF-16, little endian", wide, notUTF8)
	}
	out = append(out, attack{"white space around it", " \t\r\n" + doc + "\n\r\t ", outcome{as: doc}})
	return out
}

// onKind puts another kind of value in the place of the document.
func onKind(doc string) []attack {
	var out []attack
	for kind, text := range map[string]string{"array": "[" + doc + "]", "string": quote(doc), "number": "7", "bool": "true", "object": "{}"} {
		if kind == map[byte]string{'"': "string", '{': "object"}[doc[0]] {
			continue
		}
		out = append(out, attack{"of another kind, " + kind, text, outcome{refused: kind + misfits}})
	}
	return out
}

// utf16 writes ASCII in two bytes, and the rest as it is.
func utf16(doc, mark string, order int) string {
	var b strings.Builder
	b.WriteString(mark)
	for _, r := range doc {
		pair := [2]byte{byte(r), byte(r >> 8)}
		b.WriteByte(pair[order])
		b.WriteByte(pair[1-order])
	}
	return b.String()
}

// cut ends the document after each step bytes.
func cut(doc string, step int) []attack {
	var out []attack
	for i := 1; i < len(doc); i += step {
		text, refused := doc[:i], syntax
		if !utf8.ValidString(text) {
			refused = notUTF8
		}
		out = append(out, attack{fmt.Sprintf("cut off after %d bytes", i), text, outcome{refused: refused}})
	}
	return out
}

// collidingKeys have one hash by which the scan for twins tells keys apart.
var collidingKeys = [2]string{"x53578", "x1160192"}

// floods are documents that are long in one way, by at most that many bytes.
func floods(doc string, m member, most int) []attack {
	var out []attack
	whole := m.key + ":" + m.value
	add := func(name, text string, want outcome) {
		if text = m.replaced(doc, text); len(text) < most+len(doc) {
			out = append(out, attack{m.path + " " + name, text, want})
		}
	}
	clean := outcome{as: doc}
	for _, n := range []int{63, 64, 65, 1_000, 100_000} {
		if n*4 > most {
			break
		}
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"k%d":0,`, i)
		}
		many := b.String()
		add(fmt.Sprintf("among %d keys", n), many+whole, clean)
		add(fmt.Sprintf("among %d keys and a twin of the first", n), many+whole+`,"K0":1`, outcome{refused: twins(m.start + len(many+whole) + 1)})
		add(fmt.Sprintf("among %d keys and its own twin", n), whole+","+many+m.key+":null", outcome{refused: twins(m.start + len(whole+","+many))})
	}
	long := strings.Repeat("k", 1<<20)
	for _, n := range []int{1 << 10, 1 << 15, 1 << 20} {
		if n > most {
			break
		}
		add(fmt.Sprintf("beside a key of %d bytes", n), whole+`,"`+long[:n]+`":0`, clean)
		add(fmt.Sprintf("beside two keys of %d bytes that differ at the end", n), whole+`,"`+long[:n/3]+`a":0,"`+long[:n/3]+`b":0`, clean)
		add(fmt.Sprintf("beside two keys of %d bytes that are the same", n), whole+`,"`+long[:n/3]+`a":0,"`+long[:n/3]+`A":0`, outcome{refused: twins(m.start + len(whole) + 1 + n/3 + 6)})
		add(fmt.Sprintf("beside a string of %d bytes", n), whole+`,"unused":"`+long[:n]+`"`, clean)
		add(fmt.Sprintf("beside %d escaped quotes", n/2), whole+`,"unused":"`+strings.Repeat(`\"`, n/2)+`"`, clean)
		add(fmt.Sprintf("beside a number of %d digits", n), whole+`,"unused":`+strings.Repeat("7", n), clean)
		add(fmt.Sprintf("beside %d spaces", n), whole+strings.Repeat(" ", n), clean)
	}
	add("beside keys of one hash", whole+`,"`+collidingKeys[0]+`":0,"`+collidingKeys[1]+`":0`, clean)
	return out
}
