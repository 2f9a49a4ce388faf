package stress_test

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A vendor is one column of the matrix.
type vendor struct {
	name   string // of its package
	client reflect.Type
	// calls has every method of the client that sends something.
	calls map[string]call
	// offline lists those that do not.
	offline []string
	// open makes a world of its own for each cell.
	open      func(*testing.T) *world
	token     string // the route of its endpoint, "" if there is none
	sentinels map[class]error
	// signs: its answers have a signature; of the older kind if legacy, and
	// taken with one alone if signedOnly.
	signs, legacy, signedOnly bool
}

// optional: it is another column's client with an option about signatures.
func (v *vendor) optional() bool { return v.legacy || v.signedOnly }

// A call is one way to use a method, by which it is named, and the method's
// name is its first word.
type call struct {
	// route is where its fault befalls it, as http.ServeMux writes it.
	route string
	// once: it must not be sent again once it may have arrived.
	once bool
	// op is what the error says, the method's name unless set.
	op string
	// anonymous: it needs no token.
	anonymous bool
	// prepare makes the vendor ready for it, and gives what is done.
	prepare func(*testing.T, *world) func(context.Context, any) error
}

func (c call) safe() bool { return strings.HasPrefix(c.route, http.MethodGet+" ") }

// named gives what the error says of a call of this name.
func (c call) named(name string) string {
	_, method, _ := strings.Cut(name, "/")
	method, _, _ = strings.Cut(method, " ")
	return cmp.Or(c.op, method)
}

// A world is a vendor's fake and its credentials.
type world struct {
	fake    http.Handler
	secrets []string // what no error and no log may show
	// connect makes the client of the package under test.
	connect func(rt http.RoundTripper, base string, logger *slog.Logger) (any, error)
	// warm has the client get its token.
	warm func(context.Context, any) error
	// clean reaches the fake past all faults.
	clean any
	// revoke has the vendor refuse the token that the client has.
	revoke func()
	secret string // that answers are signed with
	state  any    // of the vendor's own file
}

var vendors = map[string]*vendor{
	"iamport": theIamport(), "tomoidv": theTomoIDV(),
	"veriff": theVeriff(false, false), "veriff legacy": theVeriff(true, false),
	"veriff signed only": theVeriff(false, true),
}

// A method that is new needs an entry before anything here is whole.
func TestEveryMethodIsInTheMatrix(t *testing.T) {
	for name, v := range vendors {
		listed := slices.Clone(v.offline)
		for call := range v.calls {
			method, _, _ := strings.Cut(call, " ")
			listed = append(listed, method)
		}
		slices.Sort(listed)
		var methods []string
		for i := range v.client.NumMethod() {
			methods = append(methods, v.client.Method(i).Name)
		}
		assert.Equal(t, methods, slices.Compact(listed), name)
	}
}

func TestFaults(t *testing.T) {
	for column, v := range vendors {
		all := faults()
		if v.optional() {
			maps.DeleteFunc(all, func(_ string, f fault) bool { return !f.signatureMatters() })
		}
		if v.signs {
			maps.Copy(all, signatureFaults(v.legacy))
		}
		for callName, c := range v.calls {
			name := v.name + "/" + callName
			for faultName, f := range all {
				if !slices.Contains(f.no, name) {
					cell(t, column+"/"+callName+"/"+faultName, func(t *testing.T) {
						x := v.begin(t, inMemory, c, c.route, &f)
						require.NoError(t, x.world.warm(t.Context(), x.client))
						x.run()
						v.befell(x, name, c, &f)
					})
				}
				if v.token != "" && !c.anonymous {
					cell(t, column+"/"+callName+"/token/"+faultName, func(t *testing.T) {
						x := v.begin(t, inMemory, c, v.token, &f)
						x.network.touch(t)
						x.run()
						v.befellToken(x, c, &f)
					})
				}
			}
		}
	}
}

// cell runs in a bubble of its own.
func cell(t *testing.T, name string, run func(*testing.T)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		count(t, 1)
		synctest.Test(t, run)
	})
}

// befell judges a call that a fault has struck, and whose client had a token.
func (v *vendor) befell(x *meeting, name string, c call, f *fault) {
	w, ok := f.of[name]
	if !ok {
		w = f.want
	}
	if v.signedOnly && w.unsigned {
		w = want{kind: wrongSignature, doubt: true}
	}
	begun := 1
	switch {
	case w.unsent, w.again && !c.once && !(w.cut && slices.Contains(downloads, name)):
		begun = attempts
	case w.twice && v.token != "" && !c.anonymous:
		begun = 2
	case w.twice:
		w.kind = unauthorized // there is no token to change
	}
	x.check(v, c.named(name), begun, c.once && w.doubt, w)
	if v.signs && w.kind == success {
		assert.Equal(x, w.unsigned, strings.Contains(x.log.String(), "veriff: unsigned answer"), "is warned of")
	}
	seen := begun
	if w.unsent || f.handshake != nil {
		seen = 0
	}
	if c.safe() {
		seen += w.more
	}
	assert.EqualValues(x, seen, x.network.seen.Load(), "requests that arrived")
	x.network.assertQuiet(x.T)
}

// befellToken judges a call that needed a token, whose request a fault has
// struck.
func (v *vendor) befellToken(x *meeting, c call, f *fault) {
	w := f.want
	if f.token != nil {
		w = *f.token
	}
	begun := 1
	if w.unsent || w.again {
		begun = attempts
	}
	x.check(v, "getToken", begun, false, w)
	seen := begun
	if w.unsent || f.handshake != nil {
		seen = 0
	}
	assert.EqualValues(x, seen, x.network.seen.Load(), "requests for a token that arrived")
	x.network.assertQuiet(x.T)
}
