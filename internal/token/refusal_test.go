package token_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/token"
)

func same(int) (string, time.Duration, error) { return "token-x", time.Hour, nil }

func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		gets(t, c, a, "token-1")
		a.revoke(just("token-1"))
		gets(t, c, a, "token-1", "token-2")
		a.revoke(just("token-1", "token-2")) // again, a moment later
		gets(t, c, a, "token-2", "token-3")
		assert.Equal(t, 3, e.count())
	})
}

// A call with the replacement may fail for reasons of its own. The next one
// shows that the token is good.
func TestReplacementIsAcceptedByAnyCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		own := errors.New("not found")
		err := c.Do(t.Context(), func(_ context.Context, token string) error {
			if token == "token-1" {
				return errRefused
			}
			return own
		}, refused)
		require.Equal(t, own, err)
		gets(t, c, a, "token-2")
		a.revoke(just("token-2"))
		gets(t, c, a, "token-2", "token-3")
	})
}

func TestSameTextAfterARefusalMayBeAccepted(t *testing.T) {
	e, a := &endpoint{answer: same}, &api{}
	c := token.New(token.Config{Fetch: e.fetch})
	first := true
	a.revoke(func(string) bool { defer func() { first = false }(); return first })
	gets(t, c, a, "token-x", "token-x")
	gets(t, c, a, "token-x")
	assert.Equal(t, 2, e.count())
}

func TestRefusedAgainIsOneRetryAndACoolDown(t *testing.T) {
	for name, answer := range map[string]func(int) (string, time.Duration, error){
		"same text": same, "other texts": numbered(time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var log journal
				e, a := &endpoint{answer: answer}, &api{}
				a.revoke(anything)
				c := token.New(token.Config{Fetch: e.fetch, Logger: log.logger()})
				for second := range 100 {
					for request := range 10 {
						seen, err := got(t, c, a)
						require.Equal(t, errRefused, err)
						want := 1
						if second%30 == 0 && request == 0 {
							want = 2
						}
						require.Len(t, seen, want, "second %d", second)
					}
					elapse(time.Second)
				}
				const s = time.Second
				assert.Equal(t, []time.Duration{0, 0, 30 * s, 60 * s, 90 * s}, e.calls(start))
				lines := log.lines(t)
				assert.Len(t, lines, 4)
				assert.Equal(t, `level=WARN msg="token refused again"`, lines[0])

				a.revoke(nil)
				_, err := got(t, c, a)
				require.NoError(t, err, "the token is still there")
				assert.Len(t, e.calls(start), 5)
			})
		})
	}
}

// One kind of call is refused whatever the token, a tier that the account does
// not have for example, while others succeed with it.
func TestCallThatIsAlwaysRefusedDoesNotTroubleOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, good, bad := &endpoint{answer: same}, &api{}, &api{}
		bad.revoke(anything)
		c := token.New(token.Config{Fetch: e.fetch})
		for range 30 {
			gets(t, c, good, "token-x")
			_, err := got(t, c, bad)
			require.Equal(t, errRefused, err)
			elapse(100 * time.Millisecond)
		}
		assert.Equal(t, 2, e.count())
	})
}

func TestCrowdOfRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: same, takes: time.Second}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		gets(t, c, a, "token-x")
		a.revoke(anything)
		assert.Equal(t, 1000, crowd(t, 1000, c, a))
		assert.Equal(t, 2, e.count())
		assert.Equal(t, 1000, crowd(t, 1000, c, a))
		assert.Equal(t, 2, e.count())
	})
}

// A new call may be refused with the token that replaced a refused one before
// the call that replaced it is.
func TestReplacementIsOnTrialForEveryone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		a.revoke(anything)
		c := token.New(token.Config{Fetch: e.fetch})
		slow := func(ctx context.Context, token string) error {
			if token == "token-2" {
				<-time.After(time.Second)
			}
			return a.use(ctx, token)
		}
		done := make(chan error)
		go func() { done <- c.Do(t.Context(), slow, refused) }()
		synctest.Wait()
		_, err := got(t, c, a)
		require.Equal(t, errRefused, err)
		require.Equal(t, errRefused, <-done)
		assert.Equal(t, 2, e.count())
	})
}

// While a replacement is on its way it may be doubted, and replaced itself. That
// it is refused then says nothing of the token that is held now.
func TestRefusalOfAReplacementThatIsNotHeldAnyMore(t *testing.T) {
	for name, refetch := range map[string]bool{"dropped": false, "replaced": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
				c := token.New(token.Config{Fetch: e.fetch})
				err := c.Do(t.Context(), func(_ context.Context, value string) error {
					if value == "token-2" {
						c.Doubt(value)
						if refetch {
							gets(t, c, a, "token-3")
						}
					}
					return errRefused
				}, refused)
				require.Equal(t, errRefused, err)
				gets(t, c, a, "token-3")
				a.revoke(just("token-3"))
				gets(t, c, a, "token-3", "token-4") // no cool-down has begun
			})
		})
	}
}

func TestLateRefusalOfAnOldTokenDropsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: same}, &api{} // one text, so that only the generation tells
		c := token.New(token.Config{Fetch: e.fetch})
		first := true
		slow := func(_ context.Context, _ string) error {
			if !first {
				return nil
			}
			first = false
			<-time.After(time.Minute)
			return errRefused
		}
		done := make(chan error)
		go func() { done <- c.Do(t.Context(), slow, refused) }()
		synctest.Wait()
		refuseOnce := true
		a.revoke(func(string) bool { defer func() { refuseOnce = false }(); return refuseOnce })
		gets(t, c, a, "token-x", "token-x")
		require.NoError(t, <-done)
		assert.Equal(t, 2, e.count())
	})
}

func TestTokenThatExpiresOnItsWayIsReplacedInACoolDownToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(10 * time.Second)}, &api{}
		a.revoke(anything)
		c := token.New(token.Config{Fetch: e.fetch})
		_, err := got(t, c, a)
		require.Equal(t, errRefused, err)
		a.revoke(just("token-1", "token-2"))
		elapse(9 * time.Second)
		var seen []string
		err = c.Do(t.Context(), func(ctx context.Context, token string) error {
			seen = append(seen, token)
			<-time.After(2 * time.Second)
			return a.use(ctx, token)
		}, refused)
		require.NoError(t, err)
		assert.Equal(t, []string{"token-2", "token-3"}, seen)
	})
}

func TestNoReplacementToBeHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		gets(t, c, a, "token-1")
		a.revoke(just("token-1"))
		e.answer = fails
		seen, err := got(t, c, a)
		require.Equal(t, errDown, err)
		assert.Equal(t, []string{"token-1"}, seen)
		seen, err = got(t, c, a)
		require.Equal(t, errDown, err)
		assert.Empty(t, seen, "a refused token is not used again")
		assert.Equal(t, 2, e.count())
	})
}
