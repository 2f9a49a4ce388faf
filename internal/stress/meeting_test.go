package stress_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A meeting is one call that meets one fault.
type meeting struct {
	*testing.T
	world   *world
	network *network
	client  any
	do      func(context.Context, any) error
	log     journal
	err     error
	took    time.Duration
}

// begin makes all that the meeting needs, over a line of this kind.
func (v *vendor) begin(t *testing.T, lay func(*testing.T) line, c call, route string, f *fault) *meeting {
	x := &meeting{T: t, world: v.open(t)}
	x.do = c.prepare(t, x.world)
	x.network = newNetwork(t, lay(t), x.world, route, f)
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
	x.network.line.settle(x.T, func() bool { return true })
}

// check compares the error with what is wanted.
func (x *meeting) check(v *vendor, op string, begun int, doubt bool, w want) {
	x.checkKinds(v, w.kind, doubt)
	if x.network.line.exact() {
		pauses := time.Duration(begun - 1)
		least := time.Duration(begun)*w.lasts + pauses*min(w.retryAfter, time.Minute)
		assert.GreaterOrEqual(x, x.took, least, "what goes by")
		assert.LessOrEqual(x, x.took, least+pauses*time.Second, "what goes by")
	}
	x.assertNothingShown()
	if w.kind == success {
		assert.NoError(x, x.err)
		return
	}
	x.checkSaid(op, begun, w.retryAfter)
}

// checkSaid compares the fields of the error.
func (x *meeting) checkSaid(op string, begun int, retryAfter time.Duration) {
	if !assert.Error(x, x.err) {
		return
	}
	said := reflect.Indirect(reflect.ValueOf(x.err))
	assert.Equal(x, op, said.FieldByName("Op").String())
	assert.EqualValues(x, begun, said.FieldByName("Attempts").Int(), "attempts that the error tells")
	assert.Equal(x, retryAfter, said.FieldByName("RetryAfter").Interface(), "Retry-After")
}

// checkKinds wants the error to be of this kind and of no other.
func (x *meeting) checkKinds(v *vendor, kind class, doubt bool) {
	wanted := map[class]bool{kind: true, invalidAnswer: kind == tooLarge || kind == invalidAnswer, unconfirmed: doubt && kind != success}
	sentinels := maps.Clone(v.sentinels)
	sentinels[canceled], sentinels[late] = context.Canceled, context.DeadlineExceeded
	for kind, sentinel := range sentinels {
		assert.Equal(x, wanted[kind], errorIs(x.err, sentinel), "%s: %v", kind, x.err)
	}
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

// journal is what a client has logged. It may still do so when a call is over: a
// token is fetched for more than one.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *journal) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *journal) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
