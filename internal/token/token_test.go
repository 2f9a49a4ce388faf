package token_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/internal/token"
)

func TestOneTokenServesManyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		assert.Zero(t, e.count(), "New does not fetch")
		for range 3 {
			gets(t, c, a, "token-1")
		}
		assert.Equal(t, 1, e.count())
	})
}

func TestErrorsOfTheCallAreItsCallers(t *testing.T) {
	e := &endpoint{answer: numbered(time.Hour)}
	c := token.New(token.Config{Fetch: e.fetch})
	own := errors.New("not found")
	times := 0
	err := c.Do(t.Context(), func(context.Context, string) error { times++; return own }, refused)
	assert.Equal(t, own, err)
	assert.Equal(t, 1, times)
	assert.Equal(t, 1, e.count())
}

func TestTheCallGetsItsCallersContext(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "mine")
	e := &endpoint{answer: numbered(time.Hour)}
	fetch := func(ctx context.Context) (string, time.Duration, error) {
		assert.Nil(t, ctx.Value(key{}), "a refresh is nobody's")
		return e.fetch(ctx)
	}
	err := token.New(token.Config{Fetch: fetch}).Do(ctx, func(ctx context.Context, _ string) error {
		assert.Equal(t, "mine", ctx.Value(key{}))
		return nil
	}, refused)
	require.NoError(t, err)
}

func TestExpiredTokenIsReplacedBeforeUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		gets(t, c, a, "token-1")
		elapse(time.Hour - 1)
		gets(t, c, a, "token-1")
		elapse(1)
		gets(t, c, a, "token-2")
	})
}

func TestRefreshInsideTheMarginHoldsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		e, a := &endpoint{answer: numbered(time.Hour), takes: 10 * time.Second}, &api{}
		c := token.New(token.Config{Fetch: e.fetch, Margin: 30 * time.Second})
		gets(t, c, a, "token-1") // at 10 s
		elapse(time.Hour - 30*time.Second - 1)
		gets(t, c, a, "token-1")
		assert.Equal(t, 1, e.count(), "not yet in the margin")

		elapse(1)
		inMargin := time.Now()
		for range 100 {
			gets(t, c, a, "token-1")
		}
		assert.Equal(t, inMargin, time.Now(), "nobody waits")
		elapse(10*time.Second - 1)
		gets(t, c, a, "token-1")
		elapse(1)
		gets(t, c, a, "token-2")
		assert.Equal(t, []time.Duration{0, time.Hour - 20*time.Second}, e.calls(start))
	})
}

func TestMarginCountsForHalfOfTheLifeAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		e, a := &endpoint{answer: numbered(20 * time.Second)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch, Margin: time.Hour})
		for range 40 {
			_, err := got(t, c, a)
			require.NoError(t, err)
			elapse(time.Second)
		}
		assert.Equal(t, []time.Duration{0, 10 * time.Second, 20 * time.Second, 30 * time.Second}, e.calls(start))
	})
}

func TestVeryShortTokensAreUsedToTheirEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		e, a := &endpoint{answer: numbered(2 * time.Second)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch, Margin: time.Minute})
		for range 50 {
			_, err := got(t, c, a)
			require.NoError(t, err)
			elapse(100 * time.Millisecond)
		}
		assert.Equal(t, []time.Duration{0, 2 * time.Second, 4 * time.Second}, e.calls(start))
	})
}

func TestEndlessTokensEndAfterADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(1<<63 - 1)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		gets(t, c, a, "token-1")
		elapse(24*time.Hour - 1)
		gets(t, c, a, "token-1")
		elapse(1)
		gets(t, c, a, "token-2")
	})
}

func TestUnusableAnswers(t *testing.T) {
	type answer struct {
		value    string
		lifetime time.Duration
	}
	for name, give := range map[string]answer{
		"no token":       {"", time.Hour},
		"no life":        {"t", 0},
		"expired":        {"t", -time.Second},
		"white space":    {"to ken", time.Hour},
		"line break":     {"token\r\nX-Evil: 1", time.Hour},
		"control":        {"token\x7f", time.Hour},
		"not ASCII":      {"토큰", time.Hour},
		"over the limit": {strings.Repeat("t", 16<<10+1), time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			c := token.New(token.Config{Fetch: func(context.Context) (string, time.Duration, error) {
				return give.value, give.lifetime, nil
			}})
			seen, err := got(t, c, &api{})
			require.ErrorIs(t, err, token.ErrUnusable)
			assert.Empty(t, seen)
		})
	}
	longest := strings.Repeat("t", 16<<10)
	c := token.New(token.Config{Fetch: func(context.Context) (string, time.Duration, error) { return longest, 1, nil }})
	gets(t, c, &api{}, longest)
}

// The vendor's rules: a token lives for 30 minutes, whoever asks again gets the
// same one, and in its last minute its life is prolonged by five.
type prolonged struct {
	mu  sync.Mutex
	n   int
	end time.Time
}

func (p *prolonged) answer(int) (string, time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch left := time.Until(p.end); {
	case left <= 0:
		p.n++
		p.end = time.Now().Add(30 * time.Minute)
	case left < time.Minute:
		p.end = p.end.Add(5 * time.Minute)
	}
	return fmt.Sprintf("token-%d", p.n), time.Until(p.end), nil
}

func (p *prolonged) refuses(token string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return token != fmt.Sprintf("token-%d", p.n) || !time.Now().Before(p.end)
}

func TestSameTokenDoesNotCauseACallPerRequest(t *testing.T) {
	for _, test := range []struct {
		margin time.Duration
		calls  int
	}{
		{0, 4},                 // each token to its end
		{30 * time.Second, 20}, // prolonged every five minutes
		{59 * time.Second, 20},
		{60 * time.Second, 39}, // asked once too early each time
		{90 * time.Second, 39},
		{10 * time.Minute, 60},
		{time.Hour, 60},
	} {
		t.Run(test.margin.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &prolonged{}
				e, a := &endpoint{answer: p.answer}, &api{}
				a.revoke(p.refuses)
				c := token.New(token.Config{Fetch: e.fetch, Margin: test.margin})
				for range 2 * 3600 {
					seen, err := got(t, c, a)
					require.NoError(t, err)
					require.Len(t, seen, 1, "no request is refused")
					elapse(time.Second)
				}
				assert.Equal(t, test.calls, e.count())
			})
		})
	}
}

func TestCrowdCausesOneFetch(t *testing.T) {
	const many = 10_000
	for name, prepare := range map[string]func(*testing.T, *token.Cache, *api) (fetched int){
		"cold": func(*testing.T, *token.Cache, *api) int { return 0 },
		"expired": func(t *testing.T, c *token.Cache, a *api) int {
			gets(t, c, a, "token-1")
			elapse(time.Hour)
			return 1
		},
		"refused": func(t *testing.T, c *token.Cache, a *api) int {
			gets(t, c, a, "token-1")
			a.revoke(just("token-1"))
			return 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, a := &endpoint{answer: numbered(time.Hour), takes: time.Second}, &api{}
				c := token.New(token.Config{Fetch: e.fetch, Margin: 30 * time.Second})
				before := prepare(t, c, a)
				assert.Zero(t, crowd(t, many, c, a))
				assert.Equal(t, 1, e.count()-before)
				assert.Equal(t, 1, e.most)
			})
		})
	}
}

func TestNothingShowsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{answer: func(int) (string, time.Duration, error) { return "MARKER-77310", time.Hour, nil }}
		store := memory{}
		shared := token.Share(store, "iamport", "https://api.example", "MARKER-99", "MARKER-55")
		c := token.New(token.Config{Fetch: e.fetch, Shared: shared})
		gets(t, c, &api{}, "MARKER-77310")
		synctest.Wait()
		require.Len(t, store, 1)
		for key, value := range store {
			secrettest.AssertHidden(t, c, "MARKER-77310", "MARKER-99", "MARKER-55", value, key)
			secrettest.AssertHidden(t, shared, "MARKER-77310", "MARKER-99", "MARKER-55", value, key)
			assert.NotContains(t, key+value, "MARKER")
		}
		type client struct{ cache *token.Cache }
		secrettest.AssertHidden(t, client{c}, "MARKER-77310", "MARKER-99")
		secrettest.AssertHidden(t, token.Config{Shared: shared, Logger: slog.New(slog.DiscardHandler)}, "MARKER-99")
	})
}
