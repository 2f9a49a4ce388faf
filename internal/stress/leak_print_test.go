package stress_test

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"log"
	"log/slog"
	"reflect"
	"strings"
	"text/template"

	"github.com/stretchr/testify/assert"
)

// Every verb but two: fmt treats %p, and %w outside Errorf, as mistakes before
// it asks the value to format itself, so no type can answer for them.
var printVerbs = []string{
	"%v", "%+v", "%#v", "%s", "%+s", "%#s", "%10.3s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x",
	"%d", "%o", "%O", "%b", "%c", "%U", "%t", "%e", "%f", "%g", "%T", "%y", "%!",
}

// errorVerbs are those that ask an error for its text. Any other makes fmt look
// into what wraps an error, and past the methods of what is in its unexported
// field: no type can answer for that, and vet refuses it. The first three are so
// with slog.Value.
var errorVerbs = []string{"%v", "%+v", "%s", "%q", "%x", "%X"}

// printed prints v in every way that Go has, by itself and in whatever holds it,
// and gives what came out and how.
func printed(v any) map[string]string {
	texts := map[string]string{}
	for name, x := range holding(v) {
		for _, verb := range printVerbs {
			texts[name+" under "+verb] = fmt.Sprintf(verb, x)
		}
		texts[name+" printed"] = fmt.Sprint(x, x) + fmt.Sprintln(x) + string(fmt.Append(nil, x))
		for _, wrong := range []string{"%s but for one too many", "%[1]*[2]d", "%.[1]*[2]d", "%[7]v"} {
			texts[name+" under "+wrong] = fmt.Sprintf(wrong, 1, x, x) + fmt.Sprintf(wrong, x, 1)
		}
		texts[name+" logged"] = logs(func(l *log.Logger) { l.Print(x); l.Println(x); l.Printf("%+v", x) })
		texts[name+" in slog text"] = slogs(false, func(l *slog.Logger) {
			l.With("with", x).WithGroup("g").Info("m", "k", x, slog.Group("group", "k", x))
		})
		texts[name+" in an error"] = fmt.Errorf("failed: %v", x).Error()
		texts[name+" in a template"] = templated(x)
	}
	for _, verb := range errorVerbs[:3] {
		texts["slog's own under "+verb] = fmt.Sprintf(verb+verb+verb, slog.AnyValue(v), slog.Any("k", v), []slog.Attr{slog.Any("k", v)})
	}
	pointer := reflect.New(reflect.TypeOf(v))
	pointer.Elem().Set(reflect.ValueOf(v))
	for name, x := range map[string]any{"value": v, "pointer": pointer.Interface()} {
		texts[name+" by testify"] = asserted(x)
		texts[name+" in slog JSON"] = slogs(true, func(l *slog.Logger) {
			l.With("with", x).WithGroup("g").Info("m", "k", x, slog.Group("group", "k", x))
		})
		err, ok := x.(error)
		if !ok {
			continue
		}
		for how, outer := range map[string]error{
			"wrapped": fmt.Errorf("failed: %w", err), "joined": errors.Join(err, err), "wrapped twice": fmt.Errorf("a: %w, b: %w", err, fmt.Errorf("c: %w", err)),
		} {
			for _, verb := range errorVerbs {
				texts[name+" "+how+" under "+verb] = fmt.Sprintf(verb, outer)
			}
			texts[name+" "+how+" in slog"] = slogs(true, func(l *slog.Logger) { l.Info("m", "error", outer) }) +
				slogs(false, func(l *slog.Logger) { l.Info("m", "error", outer) })
			texts[name+" "+how+" by testify"] = asserted(outer)
		}
		texts[name+" as a failure of testify"] = fails(func(t assert.TestingT) {
			assert.NoError(t, err)
			assert.ErrorContains(t, err, "another")
			assert.EqualError(t, err, "another")
		})
	}
	return texts
}

// holding gives v and what can hold it.
func holding(v any) map[string]any {
	t, value := reflect.TypeOf(v), reflect.ValueOf(v)
	pointer := reflect.New(t)
	pointer.Elem().Set(value)
	slice := reflect.MakeSlice(reflect.SliceOf(t), 1, 1)
	slice.Index(0).Set(value)
	array := reflect.New(reflect.ArrayOf(1, t)).Elem()
	array.Index(0).Set(value)
	mapped := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), t))
	mapped.SetMapIndex(reflect.ValueOf("k"), value)
	fields := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Value", Type: t}, {Name: "Pointer", Type: pointer.Type()}, {Name: "Any", Type: reflect.TypeFor[any]()},
	})).Elem()
	fields.Field(0).Set(value)
	fields.Field(1).Set(pointer)
	fields.Field(2).Set(value)
	all := map[string]any{
		"value": v, "pointer": pointer.Interface(), "slice": slice.Interface(), "array": array.Interface(), "map": mapped.Interface(),
		"struct": fields.Interface(), "pointer to a struct": fields.Addr().Interface(),
		"any": []any{v, pointer.Interface(), map[string]any{"k": []any{v}}}, "reflect.Value": value,
	}
	if t.Comparable() {
		keyed := reflect.MakeMap(reflect.MapOf(t, reflect.TypeFor[int]()))
		keyed.SetMapIndex(value, reflect.ValueOf(1))
		all["map key"] = keyed.Interface()
	}
	return all
}

func logs(do func(*log.Logger)) string {
	var b bytes.Buffer
	do(log.New(&b, "", 0))
	return b.String()
}

// everything is logged but the time, which is no secret though it may be that of
// something secret.
var everything = &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}}

func slogs(asJSON bool, do func(*slog.Logger)) string {
	var b bytes.Buffer
	var handler slog.Handler = slog.NewTextHandler(&b, everything)
	if asJSON {
		handler = slog.NewJSONHandler(&b, everything)
	}
	do(slog.New(handler))
	return b.String()
}

var (
	textTemplate = template.Must(template.New("").Parse(`{{.}} {{print .}} {{printf "%q" .}} {{html .}} {{js .}} {{urlquery .}}`))
	// Not in a script: there it is marshalled, which is storage.
	htmlTemplate = htmltemplate.Must(htmltemplate.New("").Parse(`<a href="/?{{.}}" title="{{.}}" class={{.}}>{{.}}</a><!-- {{.}} -->`))
)

func templated(v any) string {
	var b bytes.Buffer
	if err := textTemplate.Execute(&b, v); err != nil {
		b.WriteString(err.Error())
	}
	if err := htmlTemplate.Execute(&b, v); err != nil {
		b.WriteString(err.Error())
	}
	return b.String()
}

// asserted is how testify prints v when a test fails. What its Diff shows has no
// type a say in: it sees past all methods.
func asserted(v any) string {
	return fails(func(t assert.TestingT) {
		assert.Nil(t, v)
		assert.Empty(t, v)
		assert.Zero(t, v)
		assert.Equal(t, 1, v)
		assert.EqualValues(t, 1, v)
		assert.Contains(t, v, 1)
		assert.Len(t, v, 7)
		assert.IsType(t, 1, v)
		assert.Implements(t, (*interface{ nothing() })(nil), v)
		assert.True(t, false, v)
		assert.Failf(t, "failed", "with %+v", v)
	})
}

func fails(do func(assert.TestingT)) string {
	var f failures
	do(&f)
	return f.String()
}

type failures struct{ strings.Builder }

func (f *failures) Errorf(format string, args ...any) { fmt.Fprintf(f, format, args...) }
