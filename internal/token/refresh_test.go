package token_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/token"
)

func TestWaiterLeavesWithItsContext(t *testing.T) {
	why := errors.New("the visitor has left")
	for name, test := range map[string]struct {
		context func(context.Context) (context.Context, context.CancelFunc)
		is      []error
		after   time.Duration
	}{
		"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 2*time.Second)
		}, []error{context.DeadlineExceeded}, 2 * time.Second},
		"cancellation": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(3*time.Second, func() { cancel(why) })
			return ctx, func() { cancel(nil) }
		}, []error{context.Canceled, why}, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, a := &endpoint{answer: numbered(time.Hour), takes: 20 * time.Second}, &api{}
				c := token.New(token.Config{Fetch: e.fetch})
				ctx, cancel := test.context(t.Context())
				defer cancel()
				start := time.Now()
				err := c.Do(ctx, a.use, refused)
				assert.Equal(t, test.after, time.Since(start))
				for _, is := range test.is {
					require.ErrorIs(t, err, is)
				}
				assert.NotContains(t, err.Error(), why.Error())
				assert.Empty(t, a.seen)

				gets(t, c, a, "token-1") // the refresh that it began goes on
				assert.Equal(t, 20*time.Second, time.Since(start))
				assert.Equal(t, 1, e.count())
			})
		})
	}
}

func TestEndedContextBeginsNothing(t *testing.T) {
	e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
	c := token.New(token.Config{Fetch: e.fetch})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, c.Do(ctx, a.use, refused), context.Canceled)
	assert.Zero(t, e.count())
}

func TestRefreshEndsByItself(t *testing.T) {
	for name, limit := range map[string]time.Duration{"default": 0, "set": 7 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, a := &endpoint{answer: numbered(time.Hour), takes: time.Hour}, &api{}
				c := token.New(token.Config{Fetch: e.fetch, FetchTimeout: limit})
				start := time.Now()
				_, err := got(t, c, a)
				require.ErrorIs(t, err, token.ErrTimeout)
				require.NotErrorIs(t, err, context.DeadlineExceeded, "it was not the caller's")
				if limit == 0 {
					limit = time.Minute
				}
				assert.Equal(t, limit, time.Since(start))
			})
		})
	}
}

func TestFetchThatEndsItsGoroutineHoldsNobody(t *testing.T) {
	c := token.New(token.Config{Fetch: func(context.Context) (string, time.Duration, error) {
		runtime.Goexit()
		return "", 0, nil
	}})
	_, err := got(t, c, &api{})
	require.ErrorContains(t, err, "aborted")
}

func TestFailureIsRememberedForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var log journal
		e, a := &endpoint{answer: fails}, &api{}
		c := token.New(token.Config{Fetch: e.fetch, Logger: log.logger()})
		for range 50 * 180 { // fifty requests a second for three minutes
			_, err := got(t, c, a)
			require.Equal(t, errDown, err)
			elapse(20 * time.Millisecond)
		}
		const s = time.Second
		assert.Equal(t, []time.Duration{0, 1 * s, 3 * s, 7 * s, 15 * s, 31 * s, 61 * s, 91 * s, 121 * s, 151 * s}, e.calls(start))
		lines := log.lines(t)
		assert.Len(t, lines, 10)
		assert.Equal(t, `level=WARN msg="token refresh failed" error="status 503" still_valid=false`, lines[0])

		e.answer = numbered(time.Hour)
		elapse(30 * s)
		gets(t, c, a, "token-11")
		elapse(time.Hour)
		e.answer = fails
		_, err := got(t, c, a)
		require.Equal(t, errDown, err)
		e.answer = numbered(time.Hour)
		elapse(s)
		gets(t, c, a, "token-13") // a success makes the wait short again
	})
}

func TestRefusedCredentialsAreNotTriedAgainInOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: func(int) (string, time.Duration, error) { return "", 0, errRefused }}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		for range 100 {
			_, err := got(t, c, a)
			require.ErrorIs(t, err, errRefused)
		}
		assert.Equal(t, 1, e.count())
		assert.Empty(t, a.seen)
	})
}

func TestCrowdAtADeadEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: fails, takes: 5 * time.Second}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		assert.Equal(t, 1000, crowd(t, 1000, c, a))
		assert.Equal(t, 1000, crowd(t, 1000, c, a))
		assert.Equal(t, 1, e.count())
	})
}

func TestFailedEarlyRefreshKeepsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var log journal
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch, Margin: time.Minute, Logger: log.logger()})
		gets(t, c, a, "token-1")
		e.answer = fails
		elapse(59 * time.Minute)
		for range 60 * 10 {
			gets(t, c, a, "token-1")
			elapse(100 * time.Millisecond)
		}
		const m, s = time.Minute, time.Second
		assert.Equal(t, []time.Duration{0, 59 * m, 59*m + 1*s, 59*m + 3*s, 59*m + 7*s, 59*m + 15*s, 59*m + 31*s}, e.calls(start))
		assert.Contains(t, log.lines(t), `level=WARN msg="token refresh failed" error="status 503" still_valid=true`)

		_, err := got(t, c, a) // expired: tried at once, whatever the early ones came to
		require.Equal(t, errDown, err)
		assert.Equal(t, 8, e.count())
		e.answer = numbered(time.Hour)
		elapse(time.Second)
		gets(t, c, a, "token-9")
	})
}

func TestEarlyRefreshThatIsLateServesWhoWaits(t *testing.T) {
	for name, answer := range map[string]func(int) (string, time.Duration, error){"succeeds": numbered(time.Hour), "fails": fails} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
				c := token.New(token.Config{Fetch: e.fetch, Margin: 10 * time.Second})
				gets(t, c, a, "token-1")
				elapse(time.Hour - 5*time.Second)
				e.takes, e.answer = 20*time.Second, answer
				gets(t, c, a, "token-1")
				elapse(5 * time.Second)
				start := time.Now()
				seen, err := got(t, c, a)
				assert.Equal(t, 15*time.Second, time.Since(start))
				assert.Equal(t, 2, e.count())
				if name == "succeeds" {
					require.NoError(t, err)
					assert.Equal(t, []string{"token-2"}, seen)
					return
				}
				require.Equal(t, errDown, err)
				_, err = got(t, c, a)
				require.Equal(t, errDown, err)
				assert.Equal(t, 2, e.count(), "remembered, because nothing was left")
			})
		})
	}
}
