package stress_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func wait() { synctest.Wait() }

// A vendor is one column of the matrix.
type vendor struct {
	client reflect.Type
	// calls has every method of the client that sends something.
	calls map[string]call
	// offline lists those that do not.
	offline []string
	// open makes a world of its own for each cell.
	open      func(*testing.T) *world
	token     string // the route of its endpoint, "" if there is none
	sentinels map[class]error
}

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
	state any // of the vendor's own file
}

var vendors = map[string]*vendor{"iamport": theIamport(), "tomoidv": theTomoIDV(), "veriff": theVeriff()}

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
	for vendorName, v := range vendors {
		for callName, c := range v.calls {
			name := vendorName + "/" + callName
			for faultName, f := range faults() {
				if !slices.Contains(f.no, name) {
					w, ok := f.of[name]
					if !ok {
						w = f.want
					}
					cell(t, name+"/"+faultName, func(t *testing.T) { v.befall(t, name, c, &f, w) })
				}
				if v.token != "" && !c.anonymous {
					w := f.want
					if f.token != nil {
						w = *f.token
					}
					cell(t, name+"/token/"+faultName, func(t *testing.T) { v.befallToken(t, c, &f, w) })
				}
			}
		}
	}
}

// cell runs in a bubble of its own.
func cell(t *testing.T, name string, run func(*testing.T)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, run)
	})
}

// befall has a fault strike the call itself, whose client has a token.
func (v *vendor) befall(t *testing.T, name string, c call, f *fault, w want) {
	x := v.begin(t, c, c.route, f)
	require.NoError(t, x.world.warm(t.Context(), x.client))
	x.run()
	op := c.op
	if op == "" {
		_, method, _ := strings.Cut(name, "/")
		op, _, _ = strings.Cut(method, " ")
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
	x.check(v, op, begun, c.once && w.doubt, w)
	seen := begun
	if w.unsent || f.handshake != nil {
		seen = 0
	}
	if c.safe() {
		seen += w.more
	}
	assert.EqualValues(t, seen, x.network.seen.Load(), "requests that arrived")
	x.network.assertQuiet(t)
}

// befallToken has a fault strike the request for the token that the call needs.
func (v *vendor) befallToken(t *testing.T, c call, f *fault, w want) {
	x := v.begin(t, c, v.token, f)
	x.network.touch(t)
	x.run()
	begun := 1
	if w.unsent || w.again {
		begun = attempts
	}
	x.check(v, "getToken", begun, false, w)
	seen := begun
	if w.unsent || f.handshake != nil {
		seen = 0
	}
	assert.EqualValues(t, seen, x.network.seen.Load(), "requests for a token that arrived")
	x.network.assertQuiet(t)
}

// A meeting is one call that meets one fault.
type meeting struct {
	*testing.T
	world   *world
	network *network
	client  any
	do      func(context.Context, any) error
	log     bytes.Buffer
	err     error
	took    time.Duration
}

func (v *vendor) begin(t *testing.T, c call, route string, f *fault) *meeting {
	x := &meeting{T: t, world: v.open(t)}
	x.do = c.prepare(t, x.world)
	x.network = newNetwork(t, x.world.fake, route, f)
	logger := slog.New(slog.NewTextHandler(&x.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	x.client, err = x.world.connect(x.network, x.network.url(), logger)
	require.NoError(t, err)
	return x
}

func (x *meeting) run() {
	x.network.arm()
	began := time.Now()
	x.err = x.do(x.Context(), x.client)
	x.took = time.Since(began)
	wait()
}

// check compares the error with what is wanted.
func (x *meeting) check(v *vendor, op string, begun int, doubt bool, w want) {
	wanted := map[class]bool{w.kind: true, invalidAnswer: w.kind == tooLarge || w.kind == invalidAnswer, unconfirmed: doubt && w.kind != success}
	for kind, sentinel := range v.sentinels {
		assert.Equal(x, wanted[kind], errorIs(x.err, sentinel), "%s: %v", kind, x.err)
	}
	pauses := time.Duration(begun - 1)
	least := time.Duration(begun)*w.lasts + pauses*min(w.retryAfter, time.Minute)
	assert.GreaterOrEqual(x, x.took, least, "what goes by")
	assert.LessOrEqual(x, x.took, least+pauses*time.Second, "what goes by")
	x.assertNothingShown()
	if w.kind == success {
		assert.NoError(x, x.err)
		return
	}
	if !assert.Error(x, x.err) {
		return
	}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		assert.NotErrorIs(x, x.err, end, "the caller is still there")
	}
	said := reflect.Indirect(reflect.ValueOf(x.err))
	assert.Equal(x, op, said.FieldByName("Op").String())
	assert.EqualValues(x, begun, said.FieldByName("Attempts").Int(), "attempts that the error tells")
	assert.Equal(x, w.retryAfter, said.FieldByName("RetryAfter").Interface(), "Retry-After")
}

// assertNothingShown looks for secrets in what a program would log.
func (x *meeting) assertNothingShown() {
	texts := map[string]string{"log": x.log.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts[verb] = fmt.Sprintf(verb, x.err)
	}
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("failed", "error", x.err)
	texts["slog"] = b.String()
	for how, text := range texts {
		for _, secret := range append(x.world.secrets, marker, host, "127.0.0.1", elsewhere, "Bearer") {
			assert.False(x, strings.Contains(text, secret), "%s shows %q: %s", how, secret, text)
		}
	}
}
