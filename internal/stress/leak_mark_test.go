package stress_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

const ourModule = "github.com/kyckit/kyckit-go/"

// A filling fills a value so that whatever of it comes out tells where it was.
type filling struct {
	// constants are what is filled in for the types that have some.
	constants map[string]string

	marks []mark
	count int64          // of all marks ever, which tells them apart
	open  []reflect.Type // those that are being filled
}

// A mark is what was put in one place, and what it looks like when it is printed.
type mark struct {
	path  string
	looks []string
}

// fill fills what v points to, unexported fields too. A value of another module
// stays empty, unless it is a time.
func (f *filling) fill(v reflect.Value, path string) {
	if !v.CanSet() { // unexported
		v = reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
	}
	t := v.Type()
	if text, ok := f.constants[t.String()]; ok {
		set(v, text)
		if len(text) > 3 { // or it is in every text
			f.marks = append(f.marks, mark{path, []string{strings.ToLower(text)}})
		}
		return
	}
	f.count++
	number := f.count
	switch t.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("Mark%05dQ한글", number))
	case reflect.Bool:
		v.SetBool(true) // which tells nothing
		return
	case reflect.Int, reflect.Int64:
		v.SetInt(7_700_000_000_000 + number*1_000_003)
		if t == reflect.TypeFor[time.Duration]() { // which may be rounded to seconds
			v.SetInt(int64(time.Duration(10_000+number)*time.Minute + 7*time.Second))
		}
	case reflect.Uint64:
		v.SetUint(uint64(7_700_000_000_000 + number*1_000_003))
	case reflect.Float64:
		v.SetFloat(770000.25 + float64(number))
	case reflect.Slice:
		if t == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes(fmt.Appendf(nil, `"Mark%05dQ"`, number))
		} else if t.Elem().Kind() == reflect.Uint8 {
			v.SetBytes(fmt.Appendf(nil, "Mark%05dQ", number))
		} else {
			v.Set(reflect.MakeSlice(t, 1, 1))
			f.fill(v.Index(0), path+"[]")
			return
		}
	case reflect.Map:
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		f.fill(key, path+"{key}")
		f.fill(value, path+"{}")
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(key, value)
		return
	case reflect.Pointer:
		if ours(t.Elem()) && !slices.Contains(f.open, t.Elem()) {
			v.Set(reflect.New(t.Elem()))
			f.fill(v.Elem(), path)
		}
		return
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2100, 1, 1, 3, 4, 5, 0, time.UTC).AddDate(0, 0, int(number))))
			break
		}
		if !ours(t) {
			return
		}
		f.open = append(f.open, t)
		for i := range t.NumField() {
			f.fill(v.Field(i), strings.TrimPrefix(path+"."+t.Field(i).Name, "."))
		}
		f.open = f.open[:len(f.open)-1]
		return
	case reflect.Func: // what opens a box
		if t != reflect.TypeFor[func() []byte]() {
			return
		}
		content := fmt.Appendf(nil, "Mark%05dQ", number)
		v.Set(reflect.ValueOf(func() []byte { return content }))
		v = reflect.ValueOf(content)
	case reflect.Interface:
		switch {
		case t.NumMethod() == 0:
			v.Set(reflect.ValueOf(fmt.Sprintf("Mark%05dQ", number)))
		case t == reflect.TypeFor[error]():
			v.Set(reflect.ValueOf(fmt.Errorf("Mark%05dQ", number)))
		default:
			return
		}
		v = v.Elem()
	case reflect.Chan, reflect.UnsafePointer:
		return
	default:
		panic("nothing to fill in for " + path + " of " + t.String())
	}
	f.saw(path, v)
}

// ours tells whether a type is of this module, or a builtin one.
func ours(t reflect.Type) bool { return t.PkgPath() == "" || strings.HasPrefix(t.PkgPath(), ourModule) }

func set(v reflect.Value, text string) {
	if v.Kind() == reflect.String {
		v.SetString(text)
		return
	}
	var number int64
	if _, err := fmt.Sscan(text, &number); err != nil {
		panic(err)
	}
	v.SetInt(number)
}

// saw takes note of what was put in a place.
func (f *filling) saw(path string, v reflect.Value) {
	f.marks = append(f.marks, mark{path, looks(v)})
}

// looks gives all that a value can look like, in lower case.
func looks(v reflect.Value) []string {
	switch x := v.Interface().(type) {
	case error:
		return looksOfText(x.Error())
	case []byte:
		return looksOfText(string(x))
	case json.RawMessage:
		return looksOfText(strings.Trim(string(x), `"`))
	case time.Time:
		return []string{x.Format(time.DateOnly), fmt.Sprint(x.Unix()), fmt.Sprintf("%x", x.Unix()), fmt.Sprint(x.Unix() + 62135596800)}
	}
	if v.Kind() == reflect.String {
		return looksOfText(v.String())
	}
	var all []string
	plain := v.Interface()
	switch {
	case v.CanInt():
		plain = v.Int()
		all = append(all, strings.ToLower(time.Duration(v.Int()).String()))
	case v.CanUint():
		plain = v.Uint()
	case v.CanFloat():
		plain = v.Float()
	}
	for _, verb := range []string{"%v", "%d", "%x", "%o", "%b", "%e", "%g", "%f"} {
		if text := fmt.Sprintf(verb, plain); !strings.HasPrefix(text, "%!") {
			all = append(all, text)
		}
	}
	return all
}

// looksOfText are those of a secret's text: as it is, in part, quoted, escaped
// and encoded in the ways that are at hand.
func looksOfText(text string) []string {
	ascii := strings.TrimRightFunc(text, func(r rune) bool { return r > '~' })
	if len(ascii) < 6 { // a name in another script
		ascii = text
	}
	all := []string{
		ascii, strings.Trim(fmt.Sprintf("%+q", ascii), `"`), url.QueryEscape(ascii), url.PathEscape(ascii),
		url.QueryEscape(url.QueryEscape(ascii)), strings.ReplaceAll(ascii, "/", `\/`),
		fmt.Sprintf("%x", ascii), fmt.Sprintf("% x", ascii), fmt.Sprintf("%# x", ascii),
	}
	for _, verb := range []string{"%d", "%o", "%b", "%U", "%c", "%#v"} {
		all = append(all, strings.Trim(fmt.Sprintf(verb, []byte(ascii)), "[]"))
	}
	for skip := range 3 { // base64 has it in one of three ways, whatever stands before
		if len(ascii) > skip+6 {
			whole := (len(ascii) - skip) / 3 * 3
			all = append(all, base64.StdEncoding.EncodeToString([]byte(ascii[skip:skip+whole])), base64.URLEncoding.EncodeToString([]byte(ascii[skip:skip+whole])))
		}
	}
	if len(ascii) >= 24 { // cut in two
		all = append(all, ascii[:len(ascii)/2], ascii[len(ascii)/2:])
	}
	for i := range all {
		all[i] = strings.ToLower(all[i])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// in tells whether a text shows the mark.
func (m mark) in(text string) bool { return m.inLower(strings.ToLower(text)) }

func (m mark) inLower(text string) bool {
	return slices.ContainsFunc(m.looks, func(look string) bool { return strings.Contains(text, look) })
}
