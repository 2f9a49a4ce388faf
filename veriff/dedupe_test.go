package veriff_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func TestWebhookKey(t *testing.T) {
	const at = `"2026-03-02T10:00:00.000Z"`
	key := func(body string) string {
		webhook, err := parse(t, []byte(body))
		require.NoError(t, err)
		return veriff.WebhookKey(webhook)
	}
	decision := string(decisionBody("approved", 9001, "a1", at))
	event := string(fixture(t, "webhooks", "event_submitted.json"))
	for name, same := range map[string][2]string{
		"decision again":          {decision, decision},
		"other digits":            {decision, strings.Replace(decision, "00.000Z", "00Z", 1)},
		"other zone":              {decision, strings.Replace(decision, "T10:00:00.000Z", "T19:00:00.000+0900", 1)},
		"more about the person":   {decision, strings.Replace(decision, `"code"`, `"person":{"firstName":"Mirae"},"code"`, 1)},
		"a code as text":          {decision, strings.Replace(decision, "9001", `"9001"`, 1)},
		"decision without a time": {string(decisionBody("expired", 9104, "a1", "null")), string(decisionBody("expired", 9104, "a1", "null"))},
		"event again":             {event, event},
		"an unknown kind again":   {`{"kind":"aura"}`, `{"kind":"aura"}`},
	} {
		assert.Equal(t, key(same[0]), key(same[1]), name)
	}
	form := regexp.MustCompile(`^[0-9a-f]{64}$`)
	seen := map[string]string{}
	for name, body := range map[string]string{
		"decision":                     decision,
		"another session":              strings.ReplaceAll(decision, sessionID, otherID),
		"another attempt":              string(decisionBody("approved", 9001, "a2", at)),
		"no attempt":                   string(decisionBody("approved", 9001, "", at)),
		"another status":               string(decisionBody("declined", 9001, "a1", at)),
		"another code":                 string(decisionBody("approved", 9102, "a1", at)),
		"another reason":               strings.Replace(decision, "9001", `9001,"reasonCode":106`, 1),
		"a microsecond later":          string(decisionBody("approved", 9001, "a1", `"2026-03-02T10:00:00.000001Z"`)),
		"no time":                      string(decisionBody("expired", 9104, "a1", "null")),
		"no time, another reason text": strings.Replace(string(decisionBody("expired", 9104, "a1", "null")), `"code"`, `"reason":"x","code"`, 1),
		"event":                        event,
		"another event":                strings.Replace(event, "7002", "7001", 1),
		"an event that says more":      strings.Replace(event, "{", `{"news":1,`, 1),
		"an unknown kind":              `{"kind":"aura"}`,
		"another unknown kind":         `{"kind":"aurora"}`,
	} {
		k := key(body)
		assert.Regexp(t, form, k, name)
		assert.Empty(t, seen[k], "%s has the key of another", name)
		seen[k] = name
	}
}

// Decisions that were stored and read back have no bytes received; they must
// not be one for all that.
func TestWebhookKeyOfADecisionReadBack(t *testing.T) {
	one, other := &veriff.Decision{ID: sessionID, Status: veriff.StatusExpired}, &veriff.Decision{ID: otherID, Status: veriff.StatusExpired}
	assert.NotEqual(t, veriff.WebhookKey(one), veriff.WebhookKey(other))
	at := veriff.Time{Time: time.Unix(1772445600, 0)}
	assert.NotEqual(t, veriff.WebhookKey(&veriff.Decision{ID: "ab", AttemptID: "c", DecisionTime: at}),
		veriff.WebhookKey(&veriff.Decision{ID: "a", AttemptID: "bc", DecisionTime: at}), "fields that run together")
	elsewhere := veriff.Time{Time: at.In(time.FixedZone("KST", 9*60*60))}
	assert.Equal(t, veriff.WebhookKey(&veriff.Decision{ID: "a", DecisionTime: at}), veriff.WebhookKey(&veriff.Decision{ID: "a", DecisionTime: elsewhere}))

	webhook, err := parse(t, decisionBody("approved", 9001, "a1", `"2026-03-02T10:00:00.476108Z"`))
	require.NoError(t, err)
	stored, err := json.Marshal(webhook)
	require.NoError(t, err)
	var read veriff.Decision
	require.NoError(t, json.Unmarshal(stored, &read))
	assert.Equal(t, veriff.WebhookKey(webhook), veriff.WebhookKey(&read))
}

// What is not a decision has no bytes any more when it was read back from
// storage, as behind a queue, and is not all one for that.
func TestWebhookKeyOfOthersReadBack(t *testing.T) {
	seen := map[string]string{}
	for name, webhook := range map[string]veriff.Webhook{
		"started":         &veriff.Event{ID: sessionID, Code: 7001, Action: "started"},
		"submitted":       &veriff.Event{ID: sessionID, Code: 7002, Action: "submitted"},
		"another session": &veriff.Event{ID: otherID, Code: 7001, Action: "started"},
		"no match":        &veriff.WatchlistScreening{SessionID: sessionID, MatchStatus: veriff.MatchStatusNoMatch},
		"possible match":  &veriff.WatchlistScreening{SessionID: sessionID, MatchStatus: veriff.MatchStatusPossibleMatch},
		"full auto":       &veriff.FullAutoDecision{SessionID: sessionID, Decision: "approved"},
		"full auto since": &veriff.FullAutoDecision{SessionID: sessionID, Decision: "declined"},
	} {
		k := veriff.WebhookKey(webhook)
		assert.Empty(t, seen[k], "%s has the key of another", name)
		seen[k] = name
		assert.Equal(t, k, veriff.WebhookKey(webhook), name)
	}
}

func succeed(context.Context) error { return nil }

func TestMemoryDeduperRunsWhatSucceedsOnce(t *testing.T) {
	var deduper veriff.MemoryDeduper
	ctx := context.WithValue(t.Context(), keyOfTest{}, "kept")
	broken := errors.New("no database")
	calls := 0
	run := func(key string, result error) error {
		return deduper.Once(ctx, key, func(ctx context.Context) error {
			assert.Equal(t, "kept", ctx.Value(keyOfTest{}))
			calls++
			return result
		})
	}
	require.ErrorIs(t, run("a", broken), broken)
	require.ErrorIs(t, run("a", veriff.ErrBusy), veriff.ErrBusy)
	require.NoError(t, run("a", nil))
	require.Equal(t, 3, calls, "a failure is forgotten")
	require.NoError(t, run("a", broken))
	require.Equal(t, 3, calls, "a success is not")
	require.NoError(t, run("b", nil))
	require.Equal(t, 4, calls)
}

func TestMemoryDeduperIsBusyWhileItRuns(t *testing.T) {
	var deduper veriff.MemoryDeduper
	never := func(context.Context) error { t.Error("this ran at the same time"); return nil }
	require.NoError(t, deduper.Once(t.Context(), "a", func(ctx context.Context) error {
		assert.ErrorIs(t, deduper.Once(ctx, "a", never), veriff.ErrBusy)
		return deduper.Once(ctx, "b", succeed)
	}))
	require.NoError(t, deduper.Once(t.Context(), "a", never), "done by now")
}

func TestMemoryDeduperReleasesWhatDies(t *testing.T) {
	var deduper veriff.MemoryDeduper
	for name, die := range map[string]func(){"panic": func() { panic("x") }, "nil": func() { panic(nil) }, "exit": runtime.Goexit} {
		var wg sync.WaitGroup
		wg.Go(func() {
			defer func() { _ = recover() }()
			_ = deduper.Once(t.Context(), name, func(context.Context) error { die(); return nil })
		})
		wg.Wait()
		ran := false
		require.NoError(t, deduper.Once(t.Context(), name, func(context.Context) error { ran = true; return nil }), name)
		assert.True(t, ran, name)
	}
}

func TestMemoryDeduperRemembersForEightDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var deduper veriff.MemoryDeduper
		calls := 0
		run := func() {
			t.Helper()
			require.NoError(t, deduper.Once(t.Context(), "a", func(context.Context) error {
				calls++
				<-time.After(time.Hour) // kept from its end on
				return nil
			}))
		}
		run()
		<-time.After(8*24*time.Hour - time.Nanosecond)
		run()
		assert.Equal(t, 1, calls)
		<-time.After(time.Nanosecond)
		run()
		assert.Equal(t, 2, calls)
		<-time.After(24 * time.Hour)
		run()
		assert.Equal(t, 2, calls)
	})
}

// Full, it forgets the oldest of what is done, and never what is under way.
func TestMemoryDeduperIsBounded(t *testing.T) {
	const most = 1 << 16
	var deduper veriff.MemoryDeduper
	ran := func(key string) (ran bool) {
		if err := deduper.Once(t.Context(), key, func(context.Context) error { ran = true; return nil }); err != nil {
			t.Fatal(err) // require would take its time over so many
		}
		return ran
	}
	require.NoError(t, deduper.Once(t.Context(), "under way", func(ctx context.Context) error {
		for i := range most {
			ran(strconv.Itoa(i))
		}
		assert.ErrorIs(t, deduper.Once(ctx, "under way", succeed), veriff.ErrBusy)
		assert.False(t, ran("0"), "as many as it takes")
		assert.True(t, ran("one more"))
		assert.False(t, ran("1"))
		assert.True(t, ran("0"), "the oldest was forgotten")
		assert.True(t, ran("1"), "and the next")
		return nil
	}))
	assert.False(t, ran("under way"))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 4 * most {
		ran("again" + strconv.Itoa(i))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	assert.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(16<<20), "forgotten keys are given back")
	assert.False(t, ran("again"+strconv.Itoa(4*most-1)))
}

func TestMemoryDeduperOnManyGoroutines(t *testing.T) {
	var deduper veriff.MemoryDeduper
	var running, done [8]atomic.Int32
	var wg sync.WaitGroup
	for i := range 400 {
		wg.Go(func() {
			at := i % len(done)
			err := deduper.Once(t.Context(), fmt.Sprint(at), func(context.Context) error {
				assert.EqualValues(t, 1, running[at].Add(1), "two at once")
				runtime.Gosched()
				running[at].Add(-1)
				if i < 100 {
					return errors.New("not yet")
				}
				done[at].Add(1)
				return nil
			})
			if err == nil {
				assert.Positive(t, done[at].Load(), "nil before anything was done")
			}
		})
	}
	wg.Wait()
	for at := range done {
		_ = deduper.Once(t.Context(), fmt.Sprint(at), func(context.Context) error { done[at].Add(1); return nil })
		assert.EqualValues(t, 1, done[at].Load())
	}
}
