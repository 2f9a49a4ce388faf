package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// gaps calls a server that always gives answer, and returns the waits between
// the attempts.
func gaps(t *testing.T, n int, answer func() *http.Response) []time.Duration {
	var at []time.Time
	client := inMemory(t, func(*http.Request) (*http.Response, error) {
		at = append(at, time.Now())
		return answer(), nil
	}, attempts(n))
	failed := do(t.Context(), t, client, again())
	require.Len(t, at, n)
	require.Equal(t, n, failed.Attempts)
	require.WithinDuration(t, at[n-1], time.Now(), 0, "no wait after the last")
	waits := make([]time.Duration, 0, n-1)
	for i := 1; i < n; i++ {
		waits = append(waits, at[i].Sub(at[i-1]))
	}
	return waits
}

func TestBackoffIsFullJitterUnderADoublingCeiling(t *testing.T) {
	const ms = time.Millisecond
	ceilings := []time.Duration{200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 5000 * ms, 5000 * ms, 5000 * ms, 5000 * ms}
	lowest, highest := make([]time.Duration, len(ceilings)), make([]time.Duration, len(ceilings))
	synctest.Test(t, func(t *testing.T) {
		for range 200 {
			waits := gaps(t, 10, func() *http.Response { return respond(503, "") })
			for i, wait := range waits {
				require.LessOrEqual(t, wait, ceilings[i], "wait %d", i+1)
				highest[i] = max(highest[i], wait)
				if lowest[i] == 0 || wait < lowest[i] {
					lowest[i] = wait
				}
			}
		}
	})
	for i, ceiling := range ceilings { // misses once in 2^200 runs
		assert.Greater(t, highest[i], ceiling/2, "wait %d", i+1)
		assert.Less(t, lowest[i], ceiling/2, "wait %d", i+1)
	}
}

func TestRetryAfter(t *testing.T) {
	const jitter = 200 * time.Millisecond
	for name, tc := range map[string]struct {
		value, date string
		said, wait  time.Duration // 0: the jitter alone
	}{
		"seconds":                 {value: "7", said: 7 * time.Second, wait: 7 * time.Second},
		"with spaces":             {value: " 7 ", said: 7 * time.Second, wait: 7 * time.Second},
		"over the cap":            {value: "61", said: 61 * time.Second, wait: time.Minute},
		"a day and a second":      {value: "86401", said: 24 * time.Hour, wait: time.Minute},
		"overflow of a duration":  {value: "9223372037", said: 24 * time.Hour, wait: time.Minute},
		"overflow of an integer":  {value: "99999999999999999999", said: 24 * time.Hour, wait: time.Minute},
		"zero":                    {value: "0"},
		"negative":                {value: "-5"},
		"fraction":                {value: "1.5"},
		"words":                   {value: "soon"},
		"empty":                   {value: ""},
		"date":                    {value: "Sat, 01 Jan 2000 00:00:09 GMT", said: 9 * time.Second, wait: 9 * time.Second},
		"date by server's clock":  {value: "Tue, 01 Jun 2010 00:00:09 GMT", date: "Tue, 01 Jun 2010 00:00:00 GMT", said: 9 * time.Second, wait: 9 * time.Second},
		"date that is over":       {value: "Fri, 31 Dec 1999 23:59:00 GMT"},
		"date far away":           {value: "Fri, 31 Dec 9999 23:59:00 GMT", said: 24 * time.Hour, wait: time.Minute},
		"date beyond durations":   {value: "Fri, 31 Dec 9999 23:59:00 GMT", date: "Mon, 01 Jan 0001 00:00:00 GMT", said: 24 * time.Hour, wait: time.Minute},
		"date over beyond bounds": {value: "Mon, 01 Jan 0001 00:00:00 GMT", date: "Fri, 31 Dec 9999 23:59:00 GMT"},
		"impossible date":         {value: "Sat, 41 Jan 2000 00:00:09 GMT"},
	} {
		for _, status := range []int{429, 503} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					busy := func() *http.Response { return respond(status, "", "Retry-After", tc.value, "Date", tc.date) }
					failed := do(t.Context(), t, inMemory(t, func(*http.Request) (*http.Response, error) { return busy(), nil }), once())
					assert.Equal(t, tc.said, failed.RetryAfter)
					assert.Equal(t, 1, failed.Attempts)
					waits := gaps(t, 2, busy)
					if tc.wait == 0 {
						assert.LessOrEqual(t, waits[0], jitter)
						return
					}
					assert.Equal(t, tc.wait, waits[0])
				})
			})
		}
	}
}

func TestDeadlineIsNotSleptPast(t *testing.T) {
	for name, wait := range map[string]string{"later than the deadline": "7", "at the deadline": "5"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				start := time.Now()
				client := inMemory(t, func(*http.Request) (*http.Response, error) { return respond(429, "", "Retry-After", wait), nil })
				failed := do(ctx, t, client, again())
				assert.Equal(t, transport.ClassRateLimited, failed.Class)
				assert.Equal(t, 1, failed.Attempts)
				assert.Zero(t, time.Since(start))
				notTheCallers(t, failed)
			})
		})
	}
	t.Run("sooner than the deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			client := inMemory(t, func(*http.Request) (*http.Response, error) { return respond(429, "", "Retry-After", "4"), nil })
			assert.Equal(t, 2, do(ctx, t, client, again()).Attempts)
		})
	})
}

func TestSuccessAfterRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bodies []string
		client := inMemory(t, func(r *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			bodies = append(bodies, string(body)+r.Header.Get("X-Key"))
			r.Header.Set("X-Key", "spoiled")
			switch len(bodies) {
			case 1:
				return respond(502, "<html>"), nil
			case 2:
				return nil, io.ErrClosedPipe
			}
			return respond(200, "done"), nil
		})
		call := once()
		call.Repeatable, call.Header = true, http.Header{"X-Key": {"k"}}
		answer, err := client.Do(t.Context(), call)
		require.NoError(t, err)
		assert.Equal(t, "done", string(answer.Body))
		assert.Equal(t, 3, answer.Attempts)
		assert.Equal(t, []string{`{"n":1}k`, `{"n":1}k`, `{"n":1}k`}, bodies, "each attempt is whole")
	})
}

// stalled is a body that gives a little and then nothing until its request
// ends.
type stalled struct {
	ctx  context.Context
	rest io.Reader
}

func (s *stalled) Read(p []byte) (int, error) {
	if n, err := s.rest.Read(p); err == nil {
		return n, nil
	}
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func (s *stalled) Close() error { return nil }

func stall(status int) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		resp := respond(status, "")
		resp.Body = &stalled{ctx: r.Context(), rest: strings.NewReader(`{"half":`)}
		return resp, nil
	}
}

func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// abort hides why it gave up.
func abort(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, errors.New("aborted")
}

func TestAttemptTimeout(t *testing.T) {
	byHTTPClient := func(rt roundTrip) option {
		return func(c *transport.Config) error {
			return c.SetHTTPClient(&http.Client{Transport: rt, Timeout: 2 * time.Second})
		}
	}
	for name, tc := range map[string]struct {
		rt      roundTrip
		option  option
		timeout time.Duration
		status  int
	}{
		"in the headers":                  {rt: hang, option: perAttempt(4 * time.Second), timeout: 4 * time.Second},
		"told in other words":             {rt: abort, option: perAttempt(4 * time.Second), timeout: 4 * time.Second},
		"in the body":                     {rt: stall(200), option: perAttempt(4 * time.Second), timeout: 4 * time.Second, status: 200},
		"default":                         {rt: hang, option: attempts(3), timeout: 30 * time.Second},
		"http.Client.Timeout":             {rt: hang, option: byHTTPClient(hang), timeout: 2 * time.Second},
		"http.Client.Timeout in the body": {rt: stall(200), option: byHTTPClient(stall(200)), timeout: 2 * time.Second, status: 200},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := inMemory(t, tc.rt, tc.option)
				start := time.Now()
				failed := do(t.Context(), t, client, once())
				assert.Equal(t, tc.timeout, time.Since(start))
				assert.Equal(t, 1, failed.Attempts)
				assert.True(t, failed.Unconfirmed)
				timedOut(t, failed, tc.status)

				start = time.Now()
				failed = do(t.Context(), t, client, again())
				assert.GreaterOrEqual(t, time.Since(start), 3*tc.timeout)
				assert.LessOrEqual(t, time.Since(start), 3*tc.timeout+600*time.Millisecond)
				assert.Equal(t, 3, failed.Attempts)
				assert.False(t, failed.Unconfirmed)
				timedOut(t, failed, tc.status)
			})
		})
	}
}

func timedOut(t *testing.T, failed *transport.Error, status int) {
	t.Helper()
	assert.Equal(t, transport.ClassUnavailable, failed.Class)
	assert.True(t, strings.HasSuffix(failed.Error(), "unavailable: timeout"), failed.Error())
	notTheCallers(t, failed)
	var timeout interface{ Timeout() bool }
	require.ErrorAs(t, failed, &timeout)
	assert.True(t, timeout.Timeout())
	if status == 0 {
		assert.Nil(t, failed.Answer)
		return
	}
	require.NotNil(t, failed.Answer)
	assert.Equal(t, status, failed.Answer.StatusCode)
	assert.Empty(t, failed.Answer.Body, "nothing half")
}

func TestErrorBodyThatStallsKeepsItsStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := do(t.Context(), t, inMemory(t, stall(404)), again())
		assert.EqualError(t, failed, "Read: status 404: not found")
		assert.Equal(t, `{"half":`, string(failed.Answer.Body))
		assert.NoError(t, failed.Err)
	})
}

func TestRoundTrippersOwnDeadlineIsNotTheCallers(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"deadline":         {context.DeadlineExceeded, "timeout"},
		"I/O deadline":     {os.ErrDeadlineExceeded, "timeout"},
		"deadline deep in": {&net.OpError{Op: "read", Err: fmt.Errorf("proxy: %w", context.DeadlineExceeded)}, "timeout"},
		"canceled below":   {context.Canceled, "interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			client := inMemory(t, func(*http.Request) (*http.Response, error) { return nil, tc.err })
			failed := do(t.Context(), t, client, once())
			assert.EqualError(t, failed, "Create: unavailable: "+tc.want)
			notTheCallers(t, failed)
		})
	}
}

var errShutdown = errors.New("shutting down")

func TestCancellation(t *testing.T) {
	type ender func(context.Context) (context.Context, func())
	// Each ends the context one second from now.
	enders := map[string]struct {
		end  ender
		is   []error
		word string
	}{
		"canceled": {func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		}, []error{context.Canceled}, "context canceled"},
		"canceled with a cause": {func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(time.Second, func() { cancel(errShutdown) })
			return ctx, func() { cancel(nil) }
		}, []error{context.Canceled, errShutdown}, "context canceled"},
		"deadline": {func(ctx context.Context) (context.Context, func()) {
			return context.WithTimeout(ctx, time.Second)
		}, []error{context.DeadlineExceeded}, "deadline exceeded"},
		"deadline with a cause": {func(ctx context.Context) (context.Context, func()) {
			return context.WithTimeoutCause(ctx, time.Second, errShutdown)
		}, []error{context.DeadlineExceeded, errShutdown}, "deadline exceeded"},
	}
	busy := func(*http.Request) (*http.Response, error) { return respond(429, "busy", "Retry-After", "50"), nil }
	for name, tc := range map[string]struct {
		rt          roundTrip
		call        *transport.Call
		wait        time.Duration // before Do
		attempts    int
		status      int
		unconfirmed bool
		deadline    bool // whether a deadline ends this one too
	}{
		"before":                       {rt: busy, call: once(), wait: 2 * time.Second, deadline: true},
		"in the headers":               {rt: hang, call: once(), attempts: 1, unconfirmed: true, deadline: true},
		"in the headers, repeatable":   {rt: hang, call: again(), attempts: 1, deadline: true},
		"in the body":                  {rt: stall(200), call: once(), attempts: 1, status: 200, unconfirmed: true, deadline: true},
		"in the body of an error":      {rt: stall(503), call: again(), attempts: 1, status: 503, deadline: true},
		"between attempts, repeatable": {rt: busy, call: again(), attempts: 1, status: 429},
	} {
		for how, e := range enders {
			if !tc.deadline && errors.Is(e.is[0], context.DeadlineExceeded) {
				continue // is not slept past, see above
			}
			t.Run(name+" "+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, stop := e.end(t.Context())
					defer stop()
					start := time.Now()
					<-time.After(tc.wait)
					failed := do(ctx, t, inMemory(t, tc.rt), tc.call)
					assert.Equal(t, max(tc.wait, time.Second), time.Since(start))
					assert.Equal(t, transport.ClassCanceled, failed.Class)
					for _, want := range e.is {
						assert.ErrorIs(t, failed, want)
					}
					assert.True(t, strings.HasSuffix(failed.Error(), "canceled: "+e.word), failed.Error())
					assert.Equal(t, tc.attempts, failed.Attempts)
					assert.Equal(t, tc.unconfirmed, failed.Unconfirmed)
					if tc.status == 0 {
						assert.Nil(t, failed.Answer)
						return
					}
					require.NotNil(t, failed.Answer)
					assert.Equal(t, tc.status, failed.Answer.StatusCode)
				})
			})
		}
	}
}

// lateContext is a context whose deadline the network sees before its own
// timer fires.
type lateContext struct {
	context.Context
	deadline time.Time
}

func (c lateContext) Deadline() (time.Time, bool) { return c.deadline, true }

func TestDeadlineThatTheNetworkSeesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := inMemory(t, func(*http.Request) (*http.Response, error) {
			<-time.After(time.Second)
			return nil, os.ErrDeadlineExceeded
		})
		for _, call := range []*transport.Call{once(), again()} {
			ctx := lateContext{t.Context(), time.Now().Add(time.Second)}
			failed := do(ctx, t, client, call)
			assert.Equal(t, transport.ClassCanceled, failed.Class)
			assert.ErrorIs(t, failed, context.DeadlineExceeded)
			assert.Equal(t, 1, failed.Attempts)
			assert.Equal(t, !call.Repeatable, failed.Unconfirmed)
		}
	})
}

func TestAnswerThatCameBeforeTheContextEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	client := inMemory(t, func(*http.Request) (*http.Response, error) {
		cancel()
		return respond(200, "made"), nil
	})
	answer, err := client.Do(ctx, once())
	require.NoError(t, err, "what was done is not reported as undone")
	assert.Equal(t, "made", string(answer.Body))
}

func TestMaxDuration(t *testing.T) {
	for name, tc := range map[string]struct {
		options []option
		n       int
		want    time.Duration
	}{
		"default":      {nil, 3, 3*30*time.Second + 2*time.Minute + time.Second},
		"one attempt":  {[]option{attempts(1), perAttempt(4 * time.Second)}, 1, 5 * time.Second},
		"ten attempts": {[]option{attempts(10), perAttempt(4 * time.Second)}, 10, 9*time.Minute + 41*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := inMemory(t, func(r *http.Request) (*http.Response, error) {
					deadline, _ := r.Context().Deadline()
					<-time.After(time.Until(deadline) - 1)
					return respond(429, "", "Retry-After", "3600"), nil
				}, tc.options...)
				require.Equal(t, tc.want, client.MaxDuration())
				ctx, cancel := context.WithTimeout(t.Context(), client.MaxDuration())
				defer cancel()
				start := time.Now()
				failed := do(ctx, t, client, again())
				assert.Equal(t, tc.n, failed.Attempts)
				assert.NoError(t, ctx.Err())
				assert.Equal(t, tc.want-time.Second-time.Duration(tc.n), time.Since(start), "the slowest call")
			})
		})
	}
	var c transport.Config
	require.NoError(t, c.SetBaseURL("https://api.example"))
	require.NoError(t, c.SetAttemptTimeout(math.MaxInt64))
	client, err := transport.New(c)
	require.NoError(t, err)
	assert.Equal(t, time.Duration(math.MaxInt64), client.MaxDuration())
}
