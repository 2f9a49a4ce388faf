package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/oauth2"

	"github.com/kyckit/kyckit-go/internal/token"
)

const (
	crowd = 10_000
	// aWhile lets everybody arrive before the token does.
	aWhile = 200 * time.Millisecond
)

// A stampede is a crowd that wants a token at once.
type stampede struct {
	what string
	run  func(newCache func(*endpoint) cache) (outcome, error)
	// noOAuth2 says why x/oauth2 takes no part, "" if it does.
	noOAuth2 string
}

// An outcome is what a stampede came to.
type outcome struct {
	calls int64         // of the endpoint, for the crowd
	left  time.Duration // how long a canceled waiter stayed, the longest of some; negative for not at all
}

// A cache calls use with its token, and once more with another one if use
// returns errRefused.
type cache func(ctx context.Context, use func(token string) error) error

var errRefused = errors.New("token refused")

// An endpoint gives tokens that are numbered, and counts them.
type endpoint struct {
	calls    atomic.Int64
	lifetime func(call int64) time.Duration
	answer   chan struct{} // closed to let it answer
}

func newEndpoint(lifetime func(call int64) time.Duration) *endpoint {
	return &endpoint{lifetime: lifetime, answer: make(chan struct{})}
}

func long(int64) time.Duration { return time.Hour }

func (e *endpoint) fetch(ctx context.Context) (string, time.Duration, error) {
	call := e.calls.Add(1)
	select {
	case <-e.answer:
	case <-ctx.Done():
		return "", 0, ctx.Err()
	}
	return fmt.Sprint("token-", call), e.lifetime(call), nil
}

func ourCache(e *endpoint) cache {
	c := token.New(token.Config{Fetch: e.fetch})
	return func(ctx context.Context, use func(string) error) error {
		return c.Do(ctx, func(_ context.Context, token string) error { return use(token) },
			func(err error) bool { return errors.Is(err, errRefused) })
	}
}

func oauth2Cache(e *endpoint) cache {
	source := oauth2.ReuseTokenSourceWithExpiry(nil, tokenSource(func() (*oauth2.Token, error) {
		value, lifetime, err := e.fetch(context.Background())
		return &oauth2.Token{AccessToken: value, Expiry: time.Now().Add(lifetime)}, err
	}), time.Nanosecond)
	return func(_ context.Context, use func(string) error) error {
		t, err := source.Token()
		if err != nil {
			return err
		}
		return use(t.AccessToken)
	}
}

func awsCache(e *endpoint) cache {
	c := aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		value, lifetime, err := e.fetch(ctx)
		return awsCredentials(value, lifetime), err
	}))
	once := func(ctx context.Context, use func(string) error) error {
		got, err := c.Retrieve(ctx)
		if err != nil {
			return err
		}
		return use(got.SessionToken)
	}
	return func(ctx context.Context, use func(string) error) error {
		err := once(ctx, use)
		if errors.Is(err, errRefused) {
			c.Invalidate()
			return once(ctx, use)
		}
		return err
	}
}

func accept(string) error { return nil }

func stampedes() []stampede {
	return []stampede{
		{what: "cold token", run: func(newCache func(*endpoint) cache) (outcome, error) {
			e := newEndpoint(long)
			return e.storm(newCache(e), accept)
		}},
		{what: "expired token", run: func(newCache func(*endpoint) cache) (outcome, error) {
			e := newEndpoint(func(call int64) time.Duration {
				if call == 1 {
					return aWhile
				}
				return time.Hour
			})
			c, err := e.filled(newCache)
			if err != nil {
				return outcome{}, err
			}
			<-time.After(2 * aWhile)
			return e.storm(c, accept)
		}},
		{
			what:     "refused token",
			noOAuth2: "cannot drop one",
			run: func(newCache func(*endpoint) cache) (outcome, error) {
				e := newEndpoint(long)
				c, err := e.filled(newCache)
				if err != nil {
					return outcome{}, err
				}
				return e.storm(c, func(token string) error {
					if token == "token-1" {
						return errRefused
					}
					return nil
				})
			},
		},
		{what: "hung refresh", run: hang},
	}
}

// filled makes a cache that has token-1.
func (e *endpoint) filled(newCache func(*endpoint) cache) (cache, error) {
	c := newCache(e)
	close(e.answer)
	err := c(context.Background(), accept)
	e.answer = make(chan struct{})
	return c, err
}

// storm has the crowd come while the endpoint takes its time.
func (e *endpoint) storm(c cache, use func(string) error) (outcome, error) {
	before := e.calls.Load()
	wait := start(crowd, func() error { return c(context.Background(), use) })
	<-time.After(aWhile)
	close(e.answer)
	err := wait()
	return outcome{calls: e.calls.Load() - before}, err
}

// hang has the crowd wait for an endpoint that does not answer, and some cancel.
func hang(newCache func(*endpoint) cache) (outcome, error) {
	e := newEndpoint(long)
	c := newCache(e)
	wait := start(crowd, func() error { return c(context.Background(), accept) })
	<-time.After(2 * aWhile)
	var out outcome
	for range 20 {
		ctx, cancel := context.WithCancel(context.Background())
		left := make(chan struct{})
		go func() {
			defer close(left)
			_ = c(ctx, accept)
		}()
		<-time.After(10 * time.Millisecond)
		began := time.Now()
		cancel()
		select {
		case <-left:
			out.left = max(out.left, time.Since(began))
		case <-time.After(time.Second):
			out.left = -1
		}
		if out.left < 0 {
			break
		}
	}
	close(e.answer)
	err := wait()
	out.calls = e.calls.Load()
	return out, err
}

// start has n goroutines do f at once, and gives what waits for them.
func start(n int, f func() error) (wait func() error) {
	var all sync.WaitGroup
	var failed atomic.Pointer[error]
	begin := make(chan struct{})
	for range n {
		all.Go(func() {
			<-begin
			if err := f(); err != nil {
				failed.Store(&err)
			}
		})
	}
	close(begin)
	return func() error {
		all.Wait()
		if err := failed.Load(); err != nil {
			return *err
		}
		return nil
	}
}

func (o outcome) String() string {
	text := fmt.Sprint(o.calls)
	switch {
	case o.left > 0:
		text += ", left in " + short(o.left)
	case o.left < 0:
		text += ", never left"
	}
	return text
}

func printStampedes(w io.Writer) error {
	for _, s := range stampedes() {
		ours, err := s.run(ourCache)
		if err != nil {
			return fmt.Errorf("ours: %w", err)
		}
		other := "cannot drop one"
		if s.noOAuth2 == "" {
			got, err := s.run(oauth2Cache)
			if err != nil {
				return fmt.Errorf("x/oauth2: %w", err)
			}
			other = got.String()
		}
		third, err := s.run(awsCache)
		if err != nil {
			return fmt.Errorf("aws-sdk-go-v2: %w", err)
		}
		fmt.Fprintf(w, "| 4 | %d goroutines, %s: calls | %s | 1 | aws-sdk-go-v2 %s; x/oauth2 %s | %d | 1 | |\n",
			crowd, s.what, ours, third, other, ours.calls)
	}
	return nil
}
