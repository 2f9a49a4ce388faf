package token_test

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/token"
)

// memory keeps everything for ever.
type memory map[string]string

func (m memory) Get(_ context.Context, key string) (string, error) { return m[key], nil }

func (m memory) Set(_ context.Context, key, value string, _ time.Duration) error {
	m[key] = value
	return nil
}

// hooked is a store whose calls are functions; nil does nothing.
type hooked struct {
	get func(ctx context.Context, key string) (string, error)
	set func(ctx context.Context, key, value string, ttl time.Duration) error
}

func (h hooked) Get(ctx context.Context, key string) (string, error) {
	if h.get == nil {
		return "", nil
	}
	return h.get(ctx, key)
}

func (h hooked) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	if h.set == nil {
		return nil
	}
	return h.set(ctx, key, value, ttl)
}

// expiring forgets what has outlived its TTL, as Redis does.
type expiring struct {
	mu     sync.Mutex
	values map[string]string
	until  map[string]time.Time
}

func (s *expiring) Get(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !time.Now().Before(s.until[key]) {
		return "", nil
	}
	return s.values[key], nil
}

func (s *expiring) Set(_ context.Context, key, value string, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values, s.until = map[string]string{}, map[string]time.Time{}
	}
	s.values[key], s.until[key] = value, time.Now().Add(ttl)
	return nil
}

func share(s token.Store) *token.Shared {
	return token.Share(s, "iamport", "https://api.example", "key:secret", "")
}

func TestReplicasShareAToken(t *testing.T) {
	for name, store := range map[string]token.Store{"with TTL": &expiring{}, "without": memory{}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log journal
				e, a := &endpoint{answer: numbered(30 * time.Minute)}, &api{}
				replicas := make([]*token.Cache, 20)
				for i := range replicas {
					replicas[i] = token.New(token.Config{Fetch: e.fetch, Margin: 30 * time.Second, Shared: share(store), Logger: log.logger()})
				}
				all := func(want string) {
					t.Helper()
					for _, c := range replicas {
						gets(t, c, a, want)
						synctest.Wait()
					}
				}
				all("token-1")
				assert.Equal(t, 1, e.count())

				elapse(29*time.Minute + 40*time.Second) // early: the first one asks, the others find what it got
				all("token-1")
				assert.Equal(t, 2, e.count())
				all("token-2")

				elapse(30 * time.Minute) // expired
				all("token-3")
				assert.Equal(t, 3, e.count())
				assert.Empty(t, log.lines(t))
			})
		})
	}
}

func TestSharedTokenEndsWhenItsOriginalDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory{}
		e, a := &endpoint{answer: numbered(30 * time.Minute)}, &api{}
		config := token.Config{Fetch: e.fetch, Shared: share(store)}
		gets(t, token.New(config), a, "token-1")
		elapse(20 * time.Minute)
		second := token.New(config)
		gets(t, second, a, "token-1")
		elapse(10*time.Minute - 1)
		gets(t, second, a, "token-1")
		elapse(1)
		gets(t, second, a, "token-2")
	})
}

// The longest life that a token is given here is one that others believe.
func TestEndlessTokenIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(1<<63 - 1)}, &api{}
		config := token.Config{Fetch: e.fetch, Shared: share(memory{})}
		gets(t, token.New(config), a, "token-1")
		synctest.Wait()
		gets(t, token.New(config), a, "token-1")
		assert.Equal(t, 1, e.count())
	})
}

func TestStoreIsToldHowLongTheTokenLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ttls []time.Duration
		var keys []string
		store := hooked{set: func(_ context.Context, key, _ string, ttl time.Duration) error {
			keys, ttls = append(keys, key), append(ttls, ttl)
			return nil
		}}
		e := &endpoint{answer: numbered(30 * time.Minute)}
		gets(t, token.New(token.Config{Fetch: e.fetch, Shared: share(store)}), &api{}, "token-1")
		synctest.Wait()
		assert.Equal(t, []time.Duration{30 * time.Minute}, ttls)
		require.Len(t, keys, 1)
		assert.Regexp(t, `^kyckit:iamport:token:[0-9a-f]{64}$`, keys[0])
	})
}

func TestStoreKeyTellsEverythingApart(t *testing.T) {
	keys := map[string][]string{}
	for _, of := range [][]string{
		{"iamport", "https://a.example", "key", ""},
		{"tomoidv", "https://a.example", "key", ""},
		{"iamport", "https://b.example", "key", ""},
		{"iamport", "https://a.example", "yek", ""},
		{"iamport", "https://a.example", "key", "A01"},
		{"iamport", "https://a.examplek", "ey", ""},
		{"iamport", "https://a.example", "ke", "y"},
	} {
		get := hooked{get: func(_ context.Context, key string) (string, error) {
			keys[key] = append(keys[key], strings.Join(of, " "))
			return "", nil
		}}
		e := &endpoint{answer: numbered(time.Hour)}
		shared := token.Share(get, of[0], of[1], of[2], of[3])
		gets(t, token.New(token.Config{Fetch: e.fetch, Shared: shared}), &api{}, "token-1")
	}
	assert.Len(t, keys, 7, "%v", slices.Collect(maps.Values(keys)))
}

func TestNoStoreIsNoPlace(t *testing.T) {
	assert.Nil(t, token.Share(nil, "iamport", "https://api.example", "key", ""))
}

// A store fails in every way, and each time the vendor is asked and the caller
// served.
func TestStoreFalls(t *testing.T) {
	elsewhere := memory{}
	forged := func(t *testing.T, credential, value string, lifetime time.Duration) string {
		clear(elsewhere)
		e := &endpoint{answer: func(int) (string, time.Duration, error) { return value, lifetime, nil }}
		shared := token.Share(elsewhere, "iamport", "https://api.example", credential, "")
		require.NoError(t, token.New(token.Config{Fetch: e.fetch, Shared: shared}).Do(t.Context(), (&api{}).use, refused))
		synctest.Wait()
		require.Len(t, elsewhere, 1)
		for _, sealed := range elsewhere {
			return sealed
		}
		return ""
	}
	stuck := func(context.Context) { <-time.After(time.Minute) }
	refuses := errors.New("redis://user:hunter2@redis.example: token-9")
	for name, test := range map[string]struct {
		store func(*testing.T) hooked
		took  time.Duration
		logs  []string
	}{
		"empty": {func(t *testing.T) hooked { return hooked{} }, 0, nil},
		"get fails": {func(t *testing.T) hooked {
			return hooked{get: func(context.Context, string) (string, error) { return "token-9", refuses }}
		}, 0, []string{`op=get error=error`}},
		"get heeds the deadline": {func(t *testing.T) hooked {
			return hooked{get: func(ctx context.Context, _ string) (string, error) { <-ctx.Done(); return "", ctx.Err() }}
		}, time.Second, []string{`op=get error=timeout`}},
		"get gives up": {func(*testing.T) hooked {
			return hooked{get: func(context.Context, string) (string, error) { return "", context.DeadlineExceeded }}
		}, 0, []string{`op=get error=timeout`}},
		"get ends its goroutine": {func(*testing.T) hooked {
			return hooked{get: func(context.Context, string) (string, error) { runtime.Goexit(); return "", nil }}
		}, 0, []string{`op=get error=aborted`}},
		"get panics": {func(*testing.T) hooked {
			return hooked{get: func(context.Context, string) (string, error) { panic("hunter2") }}
		}, 0, []string{`op=get error=aborted`}},
		"get panics with nil": {func(*testing.T) hooked {
			return hooked{get: func(context.Context, string) (string, error) { panic(nil) }}
		}, 0, []string{`op=get error=aborted`}},
		"set panics": {func(*testing.T) hooked {
			return hooked{set: func(context.Context, string, string, time.Duration) error { panic(refuses) }}
		}, 0, []string{`op=set error=aborted`}},
		"both panic": {func(*testing.T) hooked {
			return hooked{
				get: func(ctx context.Context, _ string) (string, error) { return "", memory(nil).Set(ctx, "", "", 0) },
				set: memory(nil).Set,
			}
		}, 0, []string{`op=get error=aborted`, `op=set error=aborted`}},
		"panics too late": {func(*testing.T) hooked {
			return hooked{get: func(ctx context.Context, _ string) (string, error) { stuck(ctx); panic("hunter2") }}
		}, time.Second, []string{`op=get error=timeout`, `op=set error=timeout`}},
		"get heeds nothing": {func(t *testing.T) hooked {
			return hooked{get: func(ctx context.Context, _ string) (string, error) { stuck(ctx); return "token-9", nil }}
		}, time.Second, []string{`op=get error=timeout`, `op=set error=timeout`}},
		"set fails": {func(t *testing.T) hooked {
			return hooked{set: func(context.Context, string, string, time.Duration) error { return refuses }}
		}, 0, []string{`op=set error=error`}},
		"set is slow": {func(t *testing.T) hooked {
			return hooked{set: func(ctx context.Context, _, _ string, _ time.Duration) error { stuck(ctx); return nil }}
		}, 0, []string{`op=set error=timeout`}},
		"garbage":     {func(t *testing.T) hooked { return gives("{\"token\":\"token-9\"}") }, 0, []string{`op=get error="foreign value"`}},
		"a token":     {func(t *testing.T) hooked { return gives("token-9") }, 0, []string{`op=get error="foreign value"`}},
		"huge":        {func(t *testing.T) hooked { return gives(strings.Repeat("A", 1<<20)) }, 0, []string{`op=get error="foreign value"`}},
		"another key": {func(t *testing.T) hooked { return gives(forged(t, "other:secret", "token-9", time.Hour)) }, 0, []string{`op=get error="foreign value"`}},
		"tampered": {func(t *testing.T) hooked {
			sealed := []byte(forged(t, "key:secret", "token-9", time.Hour))
			sealed[len(sealed)/2] ^= 1
			return gives(string(sealed))
		}, 0, []string{`op=get error="foreign value"`}},
		"expired": {func(t *testing.T) hooked {
			sealed := forged(t, "key:secret", "token-9", time.Hour)
			elapse(time.Hour)
			return gives(sealed)
		}, 0, nil},
		"about to expire": {func(t *testing.T) hooked {
			sealed := forged(t, "key:secret", "token-9", time.Hour)
			elapse(time.Hour - 30*time.Second)
			return gives(sealed)
		}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log journal
				store := test.store(t)
				e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
				c := token.New(token.Config{Fetch: e.fetch, Margin: 30 * time.Second, Shared: share(store), Logger: log.logger()})
				start := time.Now()
				gets(t, c, a, "token-1")
				assert.Equal(t, test.took, time.Since(start))
				gets(t, c, a, "token-1")
				assert.Equal(t, 1, e.count())
				elapse(2 * time.Minute)
				var want []string
				for _, line := range test.logs {
					want = append(want, `level=WARN msg="token store failed" `+line)
				}
				lines := log.lines(t)
				assert.Equal(t, want, lines)
				assert.NotContains(t, strings.Join(lines, ""), "hunter2")
			})
		})
	}
}

// An interface that holds a nil pointer is not nil.
func TestNilPointerAsAStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		var store *expiring
		e, a := &endpoint{answer: numbered(time.Minute)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch, Shared: share(store), Logger: log.logger()})
		gets(t, c, a, "token-1")
		elapse(2 * time.Minute)
		gets(t, c, a, "token-2")
		synctest.Wait()
		assert.Len(t, log.lines(t), 4, "both calls of both refreshes")
	})
}

func gives(value string) hooked {
	return hooked{get: func(context.Context, string) (string, error) { return value, nil }}
}

// A store that never returns costs a second for each refresh and one
// goroutine in all.
func TestStoreThatHangsIsCalledOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		calls := 0
		store := hooked{get: func(context.Context, string) (string, error) { calls++; <-release; return "", nil }}
		e, a := &endpoint{answer: numbered(time.Minute)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch, Shared: share(store)})
		for range 10 {
			_, err := got(t, c, a)
			require.NoError(t, err)
			elapse(2 * time.Minute)
		}
		assert.Equal(t, 10, e.count())
		assert.Equal(t, 1, calls)
		close(release)
		gets(t, c, a, "token-11")
		assert.Equal(t, 2, calls, "asked again once it has come back")
	})
}

func TestRefusedTokenInTheStoreIsNotBelievedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory{}
		readOnly := hooked{get: store.Get}
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		gets(t, token.New(token.Config{Fetch: e.fetch, Shared: share(store)}), a, "token-1")
		synctest.Wait()

		e.answer = numbered(10 * time.Minute)
		a.revoke(just("token-1"))
		c := token.New(token.Config{Fetch: e.fetch, Shared: share(readOnly)})
		gets(t, c, a, "token-1", "token-2") // found in the store, refused, asked for
		elapse(10 * time.Minute)
		gets(t, c, a, "token-3") // still in the store, but not believed

		a.revoke(just("token-1", "token-3")) // another refusal is settled by the vendor alone
		gets(t, c, a, "token-3", "token-4")
		assert.Equal(t, 4, e.count())
	})
}

func TestStoreIsBelievedAgainAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		config := token.Config{Fetch: e.fetch, Shared: share(memory{})}
		first, second := token.New(config), token.New(config)
		gets(t, first, a, "token-1")
		a.revoke(just("token-1"))
		gets(t, first, a, "token-1", "token-2")
		elapse(time.Hour)
		gets(t, second, a, "token-3")
		synctest.Wait()
		gets(t, first, a, "token-3")
	})
}

func TestRefusedTokenIsNotBelievedWhileTheVendorIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch, Shared: share(memory{})})
		gets(t, c, a, "token-1")
		a.revoke(just("token-1"))
		e.answer = fails
		for range 5 {
			_, err := got(t, c, a)
			require.Equal(t, errDown, err)
			elapse(time.Minute)
		}
		e.answer = numbered(time.Hour)
		gets(t, c, a, "token-7")
	})
}

// What a refresh finds in the store may be refused while it is on its way.
func TestRefusalOvertakesTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory{}
		e, a := &endpoint{answer: func(int) (string, time.Duration, error) { return "token-x", time.Hour, nil }}, &api{}
		gets(t, token.New(token.Config{Fetch: e.fetch, Shared: share(store)}), a, "token-x")
		synctest.Wait()
		sealed := slices.Collect(maps.Values(store))[0]

		e.answer = func(n int) (string, time.Duration, error) { return "token-x", 20 * time.Second, nil }
		slow := hooked{}
		c := token.New(token.Config{Fetch: e.fetch, Margin: 10 * time.Second, Shared: share(&slow)})
		gets(t, c, a, "token-x")
		elapse(15 * time.Second)
		slow.get = func(context.Context, string) (string, error) {
			<-time.After(500 * time.Millisecond)
			return sealed, nil
		}
		e.answer = func(int) (string, time.Duration, error) { return "token-y", time.Hour, nil }
		a.revoke(just("token-x"))
		gets(t, c, a, "token-x", "token-y") // the first use began an early refresh
		assert.Equal(t, 3, e.count())
	})
}

func TestSameTextAfterARefusalIsNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sets := 0
		store := hooked{set: func(context.Context, string, string, time.Duration) error { sets++; return nil }}
		e, a := &endpoint{answer: same}, &api{}
		a.revoke(anything)
		c := token.New(token.Config{Fetch: e.fetch, Shared: share(store)})
		_, err := got(t, c, a)
		require.Equal(t, errRefused, err)
		synctest.Wait()
		assert.Equal(t, 1, sets)
	})
}
