package hostile_test

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// An outcome is what must come of an attack.
type outcome struct {
	// refused is in which words Decode refuses it.
	refused string
	// as is a clean document that must be read as the same thing.
	as string
}

// A value is what stands where another should, with how it reads.
type value struct {
	json  string
	kind  string // as encoding/json names it
	text  string // a string's contents, and anything else as it is written
	whole string // the int64 that it says, if it is a number that does
	usual bool   // and so tried on every field
}

func values() []value {
	const digits = "7311073110731107311073110731107311073110"
	var out []value
	number := func(text, whole string) {
		out = append(out, value{json: text, kind: "number", text: text, whole: whole})
	}
	quoted := func(json, text string) { out = append(out, value{json: json, kind: "string", text: text}) }
	other := func(kind string, texts ...string) {
		for _, text := range texts {
			out = append(out, value{json: text, kind: kind, text: text})
		}
	}
	number("0", "0")
	number("-0", "0")
	number("73110", "73110")
	number("-73110", "-73110")
	number("9223372036854775807", "9223372036854775807")
	number("9223372036854775808", "")
	number("-9223372036854775809", "")
	for _, text := range []string{"1.0", "1e0", "1E+2", "100e-2", "73110.5", "-0.0", "1e400", "-1e400", "1e9999999", "1e-9999999", digits, "0." + digits} {
		number(text, "")
	}
	quoted(`""`, "")
	quoted(`"null"`, "null")
	quoted(`"true"`, "true")
	quoted(`"False"`, "False")
	quoted(`"73110"`, "73110")
	quoted(`"\u0037"`, "7")
	quoted(`"-0"`, "-0")
	quoted(`"+7"`, "+7")
	quoted(`"007"`, "007")
	quoted(`" 7"`, " 7")
	quoted(`"7\n"`, "7\n")
	quoted(`"1e400"`, "1e400")
	quoted(`"NaN"`, "NaN")
	quoted(`"0x7"`, "0x7")
	quoted(`"７"`, "７")
	quoted(`"`+digits+`"`, digits)
	quoted(`"\ud800"`, "\ufffd")
	quoted(`"\udfff\ud800x"`, "\ufffd\ufffdx")
	quoted(`"\ud83d\ude00"`, "😀")
	quoted(`"\u0000"`, "\x00")
	quoted(`"approved\u0000"`, "approved\x00")
	quoted(`"\/\b\f\n\r\t\"\\"`, "/\b\f\n\r\t\"\\")
	quoted("\"\u2028\u202e\ufeff\"", "\u2028\u202e\ufeff")
	quoted(`"2026-02-30"`, "2026-02-30")
	quoted(`"{\"a\":1}"`, `{"a":1}`)
	other("null", "null")
	other("bool", "true", "false")
	other("array", "[]", "[null]", "[[]]", "[{}]", `["confided"]`, `[7,"confided"]`)
	other("object", "{}", `{"x":"confided"}`, `{"__proto__":{"confided":7}}`, `{"":{}}`)
	for i, v := range out {
		switch v.json {
		case "0", `""`, `"\ud800"`, "null", "[]", "{}":
			out[i].usual = true
		}
	}
	return out
}

// librarys has the library's names of its types of which these tests have copies.
var librarys = strings.NewReplacer(
	"hostile_test.iamportToken", "iamport.tokenAnswer", "hostile_test.tomoRecord", "tomoidv.recordAnswer", "hostile_test.veriffFullAutoPlace", "veriff.fullAutoPlace",
)

// reads tells what of a value a member of that type must be read as: some other
// JSON, "" for as if the member were not there, or the words of a refusal.
func (v value) reads(typ reflect.Type) (as string, refused string) {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if c, ok := custom[typ.String()]; ok {
		return c.reads(v)
	}
	misfit := v.kind + misfits + librarys.Replace(typ.String())
	if v.kind == "null" {
		return "", ""
	}
	switch typ.Kind() {
	case reflect.String:
		if v.kind == "string" {
			return quote(v.text), ""
		}
	case reflect.Bool:
		if v.kind == "bool" {
			return v.json, ""
		}
	case reflect.Int, reflect.Int64:
		if v.whole != "" {
			return v.whole, ""
		}
	case reflect.Struct:
		if v.kind == "object" {
			return "{}", ""
		}
	case reflect.Map:
		if v.json == "{}" {
			return "{}", ""
		}
		if v.kind == "object" {
			return v.members(typ.Elem())
		}
	case reflect.Slice:
		if v.kind == "array" {
			return v.elements(typ.Elem())
		}
	}
	return "", misfit
}

// elements reads an array by its elements, none of which has two.
func (v value) elements(typ reflect.Type) (as, refused string) {
	var out []string
	for _, element := range map[string][]string{
		"[]": {}, "[null]": {"null"}, "[[]]": {"[]"}, "[{}]": {"{}"}, `["confided"]`: {`"confided"`}, `[7,"confided"]`: {"7", `"confided"`},
	}[v.json] {
		as, refused := find(element).reads(typ)
		switch {
		case refused != "":
			return "", refused
		case as == "":
			as = "null"
		}
		out = append(out, as)
	}
	return "[" + strings.Join(out, ",") + "]", ""
}

// members reads an object that has one member.
func (v value) members(typ reflect.Type) (as, refused string) {
	member := map[string][2]string{`{"x":"confided"}`: {"x", `"confided"`}, `{"__proto__":{"confided":7}}`: {"__proto__", "{}"}, `{"":{}}`: {"", "{}"}}[v.json]
	as, refused = find(member[1]).reads(typ)
	return `{"` + member[0] + `":` + as + `}`, refused
}

func find(json string) value {
	for _, v := range append(values(), value{json: "7", kind: "number", text: "7", whole: "7"}, value{json: `"confided"`, kind: "string", text: "confided"}) {
		if v.json == json {
			return v
		}
	}
	panic("no value " + json)
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}

// A kind is how a type that decodes itself does so.
type kind struct {
	reads func(value) (as, refused string)
	// inside: it has fields that the members of an object are read into.
	inside bool
	// lax: one that does not fit makes the whole empty.
	lax bool
}

const unfit = "a value does not fit its type"

// custom has every type of the vendors' that decodes itself.
var custom = map[string]kind{
	"hostile_test.laxCode":       {reads: lax(wholeNumber, "0")},
	"hostile_test.laxText":       {reads: laxString},
	"hostile_test.iamportNumber": {reads: iamportCode},
	"hostile_test.claimText":     {reads: scalar},
	"hostile_test.unread":        {reads: func(value) (as, refused string) { return "null", "" }},
	"iamport.Tristate":           {reads: scalar},
	"iamport.UnixTime":           {reads: wholeNumber},
	"tomoidv.Number":             {reads: scalar},
	"tomoidv.Text":               {reads: anything},
	"tomoidv.Timestamp":          {reads: scalar},
	"tomoidv.Tristate":           {reads: scalar},
	"veriff.Citizenship":         {inside: true, reads: scalarOr("citizenship", "veriff.object")},
	"veriff.DecisionCode":        {reads: wholeNumber},
	"veriff.ErrorCode":           {reads: wholeNumber},
	"veriff.EventCode":           {reads: wholeNumber},
	"veriff.Listing":             {inside: true, reads: object("an object")},
	"veriff.MediaTimestamp":      {inside: true, lax: true, reads: mediaTimestamp},
	"veriff.Number":              {reads: scalar},
	"veriff.PEPMatch":            {inside: true, reads: scalarOr("name", "veriff.object")},
	"veriff.ReasonCode":          {reads: wholeNumber},
	"veriff.Text":                {reads: anything},
	"veriff.Time":                {reads: instant},
	"veriff.Tristate":            {reads: scalar},
}

// scalar takes a number, a boolean or a string, and keeps it as its text.
func scalar(v value) (as, refused string) {
	switch {
	case v.kind == "array", v.kind == "object":
		return "", unfit
	case v.kind == "null", v.text == "null":
		return quote(""), ""
	}
	return quote(v.text), ""
}

// anything takes what scalar does, and the rest as it is written.
func anything(v value) (as, refused string) {
	if v.kind == "null" || v.text == "null" {
		return quote(""), ""
	}
	return quote(v.text), ""
}

func wholeNumber(v value) (as, refused string) {
	if v.kind == "null" || v.kind == "string" && (v.text == "" || v.text == "null") {
		return "0", ""
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	if (v.kind == "number" || v.kind == "string") && err == nil && strconv.FormatInt(n, 10) == v.text {
		return v.text, ""
	}
	return "", unfit
}

func instant(v value) (as, refused string) {
	if v.kind == "null" || v.kind == "string" && (v.text == "" || v.text == "null") {
		return "null", ""
	}
	return "", unfit
}

func object(name string) func(value) (as, refused string) {
	return func(v value) (as, refused string) {
		switch v.kind {
		case "null", "object":
			return "{}", ""
		}
		return "", v.kind + " does not fit " + name
	}
}

// scalarOr takes a scalar for one of the object's members.
func scalarOr(member, name string) func(value) (as, refused string) {
	return func(v value) (as, refused string) {
		if as, refused = scalar(v); refused == "" {
			return `{"` + member + `":` + as + `}`, ""
		}
		return object(name)(v)
	}
}

func mediaTimestamp(value) (as, refused string) { return "{}", "" }

// lax takes for otherwise what is refused elsewhere.
func lax(reads func(value) (as, refused string), otherwise string) func(value) (as, refused string) {
	return func(v value) (string, string) {
		as, refused := reads(v)
		if refused != "" {
			as = otherwise
		}
		return as, ""
	}
}

func laxString(v value) (as, refused string) {
	if v.kind == "string" {
		return quote(v.text), ""
	}
	return quote(""), ""
}

// iamportCode is the code of Iamport's envelope: only a number is one.
func iamportCode(v value) (as, refused string) {
	if v.kind == "null" {
		return "", ""
	}
	if as, refused = wholeNumber(v); refused == "" && v.text != as {
		return "", unfit
	}
	return as, refused
}
