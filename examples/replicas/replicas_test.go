package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

const (
	asReplica = "REPLICAS_AS_REPLICA" // makes the test binary be one
	dieAt     = "REPLICAS_DIE_AT"     // in the deduper, by SIGKILL
)

func TestMain(m *testing.M) {
	if os.Getenv(asReplica) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	a, err := newApplication(os.Getenv)
	if err != nil {
		panic(err)
	}
	a.deduper = mortal{a.deduper, os.Getenv(dieAt)}
	handler, err := a.handler()
	if err == nil {
		err = listen(ctx, os.Stdout, handler)
	}
	if err != nil {
		panic(err)
	}
}

// A mortal deduper is killed with its process at some moment of its work.
type mortal struct {
	veriff.Deduper
	at string
}

func (m mortal) Once(ctx context.Context, key string, fn func(context.Context) error) error {
	err := m.Deduper.Once(ctx, key, func(ctx context.Context) error {
		m.die("before the effect")
		err := fn(ctx)
		m.die("after the effect")
		return err
	})
	m.die("before the answer")
	return err
}

func (m mortal) die(at string) {
	if at == m.at {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// begin is a world whose replicas are this binary.
func begin(t *testing.T) *world {
	t.Helper()
	t.Setenv(asReplica, "1")
	w, err := newWorld(t.Context(), os.Args[0])
	require.NoError(t, err)
	t.Cleanup(w.close)
	return w
}

func (w *world) startFor(t *testing.T, env ...string) *process {
	t.Helper()
	p, err := w.start(t.Context(), env...)
	require.NoError(t, err)
	return p
}

func (w *world) journal(t *testing.T) []string {
	t.Helper()
	journal, err := w.redis.LRange(t.Context(), "journal", 0, -1).Result()
	require.NoError(t, err)
	return journal
}

func TestDemonstration(t *testing.T) {
	t.Setenv(asReplica, "1")
	var out strings.Builder
	require.NoError(t, demonstrate(t.Context(), &out, os.Args[0]), "%s", &out)
	assert.Regexp(t, `(?m)^  [1-3] asked of Iamport and [1-3] of TomoIDV, when 3 cold replicas got 24 requests at once$`, out.String())
	assert.Regexp(t, `(?m)^  0 and 0 more, with a fourth replica and 32 requests$`, out.String())
	assert.Regexp(t, `(?m)^  the journal has 60 entries, 60 of them different; 20 persons are admitted$`, out.String())
}

func TestReplicaIsKilledWhileItHandles(t *testing.T) {
	for _, moment := range []string{"before the effect", "after the effect", "before the answer"} {
		t.Run(moment, func(t *testing.T) {
			w := begin(t)
			require.NoError(t, w.sessions(t.Context(), 1))
			decision := w.veriff.Webhooks()[2]
			require.Equal(t, verifftest.DecisionWebhook, decision.Kind)

			killed := w.startFor(t, "LEASE=1h", dieAt+"="+moment)
			status, err := w.veriff.Deliver(decision)
			require.NoError(t, err)
			require.Equal(t, http.StatusBadGateway, status, "nobody has answered")
			killed.kill()
			w.replicas = nil

			w.startFor(t, "LEASE=1h")
			status, err = w.veriff.Deliver(decision)
			require.NoError(t, err)
			if moment == "before the answer" {
				assert.Equal(t, http.StatusOK, status, "it was done, and that is known")
			} else {
				assert.Equal(t, http.StatusServiceUnavailable, status, "as far as is known somebody is still at it")
				assert.Empty(t, w.journal(t), "nothing was done by half")
				w.endLeases(t)
			}
			rounds, err := w.deliverAgain(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 1, rounds)
			require.NoError(t, w.settle(t.Context(), io.Discard, 1))
		})
	}
}

// endLeases is the time that passes until they end.
func (w *world) endLeases(t *testing.T) {
	t.Helper()
	keys, err := w.redis.Keys(t.Context(), "webhook:*").Result()
	require.NoError(t, err)
	require.NotEmpty(t, keys)
	for _, key := range keys {
		if state, err := w.redis.Get(t.Context(), key).Result(); assert.NoError(t, err) && state != done {
			left, err := w.redis.PTTL(t.Context(), key).Result()
			require.NoError(t, err)
			assert.Positive(t, left, "it ends by itself")
			require.NoError(t, w.redis.Del(t.Context(), key).Err())
		}
	}
}

// Replicas that come and go, killed wherever they happen to be.
func TestReplicasAreKilledAtAnyTime(t *testing.T) {
	w := begin(t)
	for range 3 {
		w.startFor(t)
	}
	const rounds, each = 4, 8
	for round := range rounds {
		require.NoError(t, w.sessions(t.Context(), each))
		w.deliverTwice(func() {
			w.mu.Lock()
			oldest := w.replicas[0]
			w.replicas = w.replicas[1:]
			w.mu.Unlock()
			oldest.kill()
			_, err := w.start(t.Context())
			assert.NoError(t, err)
		})
		_, err := w.deliverAgain(t.Context())
		require.NoError(t, err)
		require.NoError(t, w.settle(t.Context(), io.Discard, (round+1)*each))
	}
}

func TestRedisIsDown(t *testing.T) {
	w := begin(t)
	w.startFor(t)
	require.NoError(t, w.sessions(t.Context(), 1))
	w.server.kill()
	require.NoError(t, w.ask(t.Context()), "the vendors give a token without it")
	for _, webhook := range w.veriff.Webhooks() {
		status, err := w.veriff.Deliver(webhook)
		require.NoError(t, err)
		assert.Equal(t, http.StatusServiceUnavailable, status, "to be delivered again")
	}
	require.NoError(t, os.Remove(w.socket()))
	require.NoError(t, w.startRedis(t.Context()))
	require.NoError(t, w.redis.HSet(t.Context(), "sessions", w.veriff.Sessions()[0].ID, "account-1").Err()) // this one forgets
	_, err := w.deliverAgain(t.Context())
	require.NoError(t, err)
	require.NoError(t, w.settle(t.Context(), io.Discard, 1))
}

func TestRedisLearnsNoToken(t *testing.T) {
	w := begin(t)
	w.startFor(t)
	require.NoError(t, w.ask(t.Context()))
	keys, err := w.redis.Keys(t.Context(), "token:*").Result()
	require.NoError(t, err)
	require.Len(t, keys, 2)
	var sent []http.Header
	for _, r := range w.iamport.Requests() {
		sent = append(sent, r.Header)
	}
	for _, r := range w.tomoidv.Requests() {
		sent = append(sent, r.Header)
	}
	for _, key := range keys {
		value, err := w.redis.Get(t.Context(), key).Result()
		require.NoError(t, err)
		left, err := w.redis.TTL(t.Context(), key).Result()
		require.NoError(t, err)
		assert.Greater(t, left, 10*time.Minute, "as long as the token")
		assert.Less(t, left, 2*time.Hour)
		used := 0
		for _, header := range sent {
			if token, ok := strings.CutPrefix(header.Get("Authorization"), "Bearer "); ok {
				used++
				assert.NotContains(t, key+value, token)
			}
		}
		assert.Equal(t, 8, used)
	}
}

func TestWithoutRedisServer(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := newWorld(t.Context(), os.Args[0])
	require.ErrorContains(t, err, "install the Debian package redis-server")
}

func TestReplicaThatKnowsTooLittle(t *testing.T) {
	require.EqualError(t, serve(t.Context(), io.Discard, func(string) string { return "" }), "REDIS_URL is not one")
	err := serve(t.Context(), io.Discard, func(name string) string {
		return map[string]string{"REDIS_URL": "redis://127.0.0.1:6379"}[name]
	})
	for _, vendor := range []string{"iamport: ", "tomoidv: ", "veriff: "} {
		assert.ErrorContains(t, err, vendor)
	}
}
