package hostile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// A door is a way in for JSON.
type door struct {
	name string
	// clean is a document that is taken, compact.
	clean string
	// shape is what the library reads it into: fields that matter, by their tags.
	shape reflect.Type
	// enter brings a document in, and gives what a program gets.
	enter func(doc []byte) (any, error)
	// refused are the sentinels of what cannot be read.
	refused []error
	// says is what the error says instead of why, if it does not say why.
	says string
	// limit is how many bytes it takes.
	limit int
	// thorough: it stands for others of the same code, and has every attack on
	// what decides and on its length.
	thorough bool
	// decides lists members on which it depends whether a person is let in.
	decides []string
	// inner: the document is only looked at if it begins as an object does, and
	// white space around it is cut off.
	inner bool
	// empty: nothing at all is taken as well.
	empty bool
	// anyKind: a document that is no object is taken as well.
	anyKind bool
	// lost is a document that has the same effect as one that cannot be read, which
	// is no error here.
	lost string
	// asItIs: nobody looks at what a member holds.
	asItIs bool
	// nulls are members whose null is not the same as no member.
	nulls []string
	// unshaped are members whose value decides what the document is.
	unshaped []string
}

const noLimit = 8 << 20

// attacks gives every attack on the door's document. The first member of each
// type is attacked in every way, and at a thorough door what decides; any other
// in the usual ones.
func (d *door) attacks(tb testing.TB) []attack {
	members := membersOf(tb, d.clean, d.shape)
	var out []attack
	seen := map[reflect.Type]bool{}
	for i, m := range members {
		decides := d.thorough && slices.Contains(d.decides, m.path)
		all := !seen[m.typ] || decides
		seen[m.typ] = true
		out = append(out, onKeys(d.clean, m, all)...)
		if m.typ != nil && m.fixed && !m.lax && !d.asItIs && !slices.Contains(d.unshaped, m.path) {
			out = append(out, onValues(d.clean, m, slices.Contains(d.nulls, m.path), all)...)
		}
		if i == 0 || i == len(members)/2 || d.thorough && i == len(members)-1 || decides {
			out = append(out, onGrammar(d.clean, m)...)
			if m.fixed && (i == 0 || i == len(members)/2) {
				out = append(out, onDepth(d.clean, m, m.typ != nil && m.typ.Kind() == reflect.String && strings.HasSuffix(m.typ.String(), ".Text"))...)
			}
		}
	}
	if len(members) > 0 {
		out = append(out, floods(d.clean, members[0], d.most())...)
	}
	step := 1
	if !d.thorough {
		step += len(d.clean) / 500
	}
	out = append(out, cut(d.clean, step)...)
	if !d.inner {
		out = append(out, onWhole(d.clean)...)
	}
	if !d.inner && !d.anyKind {
		out = append(out, onKind(d.clean)...)
	}
	return slices.DeleteFunc(out, func(a attack) bool {
		return len(a.doc) > d.limit || d.empty && a.doc == ""
	})
}

// enough failures of one door tell the story.
const enough = 10

// most is how many bytes a flood adds.
func (d *door) most() int {
	if d.thorough {
		return d.limit
	}
	return 20 << 10
}

// A report is what came of a document.
type report struct {
	value, failed string
	err           error
	nothing       bool // was given beside the error
}

// try brings a document in. A panic fails the test.
func (d *door) try(tb testing.TB, doc string) (r report) {
	defer func() {
		if p := recover(); p != nil {
			tb.Errorf("%s: panic: %v", d.name, p)
		}
	}()
	got, err := d.enter([]byte(doc))
	if err != nil {
		v := reflect.ValueOf(got)
		return report{failed: err.Error(), err: err, nothing: !v.IsValid() || v.IsZero()}
	}
	return report{value: dump(reflect.ValueOf(got)), nothing: true}
}

// assault holds every attack on the door to what must come of it, and tells how
// many there were.
func (d *door) assault(t *testing.T) (cells int64) {
	cleanly := map[string]report{}
	read := func(doc string) report {
		r, known := cleanly[doc]
		if !known {
			r = d.try(t, doc)
			cleanly[doc] = r
		}
		return r
	}
	require.NoError(t, read(d.clean).err, "the clean document")
	secrets := contents(d.clean)
	attacks, failures := d.attacks(t), 0
	for i, a := range attacks {
		if i%every != 0 {
			continue
		}
		cells++
		got := d.try(t, a.doc)
		bad := func(format string, args ...any) {
			if failures++; failures > enough {
				t.FailNow()
			}
			t.Errorf("%s: %s: %s\n%.200s", d.name, a.name, fmt.Sprintf(format, args...), a.doc)
		}
		if !got.nothing {
			bad("something is given beside an error")
		}
		if got.err != nil {
			for _, secret := range append(secrets, "73110", "confided", "proto") {
				if a.refused == "" && !slices.Contains(secrets, secret) {
					continue // a code that is told
				}
				if strings.Contains(got.failed, secret) {
					bad("the error shows %q: %s", secret, got.failed)
				}
			}
		}
		if a.refused == "" {
			want := read(a.as)
			if got.value != want.value || got.failed != want.failed {
				bad("is read as\n%s%s\nand not as\n%s%s", got.value, got.failed, want.value, want.failed)
			}
			continue
		}
		if d.lost != "" {
			if want := read(d.lost); got != want {
				bad("is read as\n%s\nand not as\n%s", got.value, want.value)
			}
			continue
		}
		words := d.says
		if words == "" {
			words = "malformed JSON: " + a.refused
		}
		switch {
		case got.err == nil:
			bad("is taken, as %s", got.value)
		case !strings.HasSuffix(got.failed, words) && !(strings.HasSuffix(words, misfits) && strings.Contains(got.failed, words)):
			bad("the error is %q, and does not say %q", got.failed, words)
		case slices.ContainsFunc(d.refused, func(sentinel error) bool { return !errors.Is(got.err, sentinel) }):
			bad("the error is not one of those wanted: %v", got.err)
		}
	}
	return cells
}

// contents gives the texts of a document that are long enough to be its own.
func contents(doc string) []string {
	var out []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if len(v) > 7 && v != "approved" {
				out = append(out, v)
			}
		case []any:
			for _, element := range v {
				walk(element)
			}
		case map[string]any:
			for _, element := range v {
				walk(element)
			}
		}
	}
	var tree any
	_ = json.Unmarshal([]byte(doc), &tree)
	walk(tree)
	return out
}

func TestHostileJSON(t *testing.T) {
	all := doors(t)
	var cells atomic.Int64
	t.Cleanup(func() { t.Logf("%d doors, %d cells", len(all), cells.Load()) })
	for _, d := range all {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			cells.Add(d.assault(t))
		})
	}
}

func doors(tb testing.TB) []*door {
	return slices.Concat(veriffDoors(tb), iamportDoors(), tomoidvDoors(), kycDoors())
}
