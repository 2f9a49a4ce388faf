package stress_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A told is what a call tells those who ask for it.
type told struct {
	err   error
	texts []string // what it answered to others
}

// A spokenCall is a call, by a client or what is built on it, that hears an echo
// at a route.
type spokenCall struct {
	route string
	// anew: after it has been done once, nobody would be asked again.
	anew    bool
	prepare func(*testing.T, *world) func(ctx context.Context, client any, log *slog.Logger) told
}

func (c call) spoken(route string, anew bool) spokenCall {
	return spokenCall{route: route, anew: anew, prepare: func(t *testing.T, w *world) func(context.Context, any, *slog.Logger) told {
		do := c.prepare(t, w)
		return func(ctx context.Context, client any, _ *slog.Logger) told { return told{err: do(ctx, client)} }
	}}
}

// No error, in its whole tree, and no line of a log shows what a hostile vendor
// sends back of what was sent to it.
func TestNoCallShowsWhatWasSaid(t *testing.T) {
	for vendorName, v := range vendors {
		if v.optional() {
			continue
		}
		calls := map[string]spokenCall{}
		for name, c := range v.calls {
			calls[name] = c.spoken(c.route, name == "DownloadMediaFile")
			if v.token != "" && !c.anonymous && !c.once {
				calls[name+", for a token"] = c.spoken(v.token, false)
			}
		}
		maps.Copy(calls, built(vendorName))
		for name, c := range calls {
			cell(t, vendorName+"/"+name, func(t *testing.T) {
				count(t, -1) // each echo is a cell
				var w *world
				var do func(context.Context, any, *slog.Logger) told
				var first *firstAnswer
				begin := func() {
					if w == nil || c.anew {
						w = v.open(t)
						do, first = c.prepare(t, w), &firstAnswer{vendor: w.fake}
					}
				}
				for echoName, echo := range echoes() {
					begin()
					r := &reflection{echo: echo, first: first, heard: map[string]bool{}}
					hear(t, echoName, v, w, c, do, &fault{serve: r.serve}, r.heard)
				}
				said := strings.Join(w.secrets, " ")
				for name, answer := range framed(said[:min(len(said), 200)]) { // a frame's payload here has one byte for its length
					begin()
					hear(t, name, v, w, c, do, &fault{over: overHTTP2, peer: frames(answer)}, map[string]bool{marker: true})
				}
			})
		}
	}
}

// hear does the call once, over the network that the fault makes. heard is what
// was said to the vendor, and may be filled in meanwhile.
func hear(t *testing.T, name string, v *vendor, w *world, c spokenCall, do func(context.Context, any, *slog.Logger) told, f *fault, heard map[string]bool) {
	t.Helper()
	count(t, 1)
	var texts, lines bytes.Buffer
	logger := slog.New(slog.NewMultiHandler(slog.NewTextHandler(&texts, everything), slog.NewJSONHandler(&lines, everything)))
	network := newNetwork(t, inMemory(t), w, c.route, f)
	client, err := w.connect(network, network.url(), logger)
	require.NoError(t, err)
	if c.route != v.token {
		_ = w.warm(t.Context(), client) // which got a token, if what it asks about is gone
	}
	network.arm()
	got := do(t.Context(), client, logger)
	synctest.Wait()
	network.CloseIdleConnections()
	require.NotEmpty(t, heard, "%s: nobody was asked", name)

	shown := map[string]string{"the log": texts.String(), "the JSON log": lines.String(), "the answer": strings.Join(got.texts, "\n")}
	if got.err != nil {
		maps.Copy(shown, tree(got.err))
		assert.Less(t, len(got.err.Error()), 400, name)
		assert.False(t, strings.ContainsFunc(got.err.Error(), func(r rune) bool { return !unicode.IsGraphic(r) }), "%s: %q", name, got.err)
	}
	assertShowsNone(t, name, shown, slices.Concat(w.secrets, slices.Collect(maps.Keys(heard)), []string{elsewhere, numeral, "Bearer "}))
}

// assertShowsNone looks for secrets in texts.
func assertShowsNone(t *testing.T, name string, shown map[string]string, secrets []string) {
	t.Helper()
	all := strings.ToLower(strings.Join(slices.Collect(maps.Values(shown)), "\n"))
	for _, secret := range secrets {
		m := markOf(secret)
		if !m.inLower(all) {
			continue
		}
		for how, text := range shown {
			assert.False(t, m.in(text), "%s: %s shows %q: %s", name, how, secret, text)
		}
	}
}

// markOf remembers what a secret looks like: most come again and again.
func markOf(secret string) mark {
	known, ok := marksOf.Load(secret)
	if !ok {
		known, _ = marksOf.LoadOrStore(secret, mark{secret, looksOfText(secret)})
	}
	return known.(mark)
}

var marksOf sync.Map

// tree prints an error and all that it wraps, as those do who report errors.
func tree(err error) map[string]string {
	shown := map[string]string{
		"testify": fails(func(t assert.TestingT) { assert.ErrorIs(t, err, errors.New("another")) }),
		"slog": slogs(true, func(l *slog.Logger) { l.Info("m", "error", err) }) +
			slogs(false, func(l *slog.Logger) { l.Info("m", "error", fmt.Errorf("failed: %w", err)) }),
	}
	for i, e := range unwrapped(err) {
		verbs := errorVerbs
		if strings.HasPrefix(reflect.TypeOf(e).String(), "*") && ours(reflect.TypeOf(e).Elem()) && i == 0 {
			verbs = printVerbs
		}
		for _, verb := range verbs {
			shown[fmt.Sprintf("%T, %d below, under %s", e, i, verb)] = fmt.Sprintf(verb, e)
		}
	}
	return shown
}

func unwrapped(err error) []error {
	all := []error{err}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		if inner := u.Unwrap(); inner != nil {
			all = append(all, unwrapped(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range u.Unwrap() {
			all = append(all, unwrapped(inner)...)
		}
	}
	return all
}
