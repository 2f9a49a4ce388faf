package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/oauth2"

	"github.com/kyckit/kyckit-go/internal/token"
)

const accessToken = "synthetic-access-token"

var (
	errExpired = errors.New("the token has expired")
	errAgain   = errors.New("the token was not cached")
)

// once lets one call pass.
func once() func() error {
	var calls atomic.Int64
	return func() error {
		if calls.Add(1) > 1 {
			return errAgain
		}
		return nil
	}
}

func tokenRead(goroutines int) line {
	return line{
		number: "3", what: "cached token read, " + atOnce(goroutines), reach: 1.1, goroutines: goroutines,
		open: func() ([]side, func(), error) { return tokenSides(), func() {}, nil },
	}
}

func tokenSides() []side {
	ctx := context.Background()
	ours, theirs, others := once(), once(), once()
	cache := token.New(token.Config{Margin: time.Minute, Fetch: func(context.Context) (string, time.Duration, error) {
		return accessToken, time.Hour, ours()
	}})
	never := func(error) bool { return false }

	type held struct {
		value string
		end   time.Time
	}
	var current atomic.Pointer[held]
	current.Store(&held{accessToken, time.Now().Add(time.Hour)})

	reused := oauth2.ReuseTokenSource(nil, tokenSource(func() (*oauth2.Token, error) {
		return &oauth2.Token{AccessToken: accessToken, Expiry: time.Now().Add(time.Hour)}, theirs()
	}))
	credentials := aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return awsCredentials(accessToken, time.Hour), others()
	}))
	return []side{
		{name: "ours", worker: func() worker {
			var last string
			use := func(_ context.Context, token string) error { last = token; return nil }
			return worker{
				run: func() error { return cache.Do(ctx, use, never) },
				got: func() any { return last },
			}
		}},
		{name: "floor", worker: keeping(func() (string, error) {
			h := current.Load()
			if !time.Now().Before(h.end) {
				return "", errExpired
			}
			return h.value, nil
		})},
		{name: "x/oauth2", worker: keeping(func() (string, error) {
			t, err := reused.Token()
			if err != nil {
				return "", err
			}
			return t.AccessToken, nil
		})},
		{name: "aws-sdk-go-v2", worker: keeping(func() (string, error) {
			c, err := credentials.Retrieve(ctx)
			return c.SessionToken, err
		})},
	}
}

type tokenSource func() (*oauth2.Token, error)

func (f tokenSource) Token() (*oauth2.Token, error) { return f() }

// awsCredentials carry a token. Without keys they would not be cached.
func awsCredentials(token string, lifetime time.Duration) aws.Credentials {
	return aws.Credentials{
		AccessKeyID: "synthetic", SecretAccessKey: "synthetic", SessionToken: token,
		CanExpire: true, Expires: time.Now().Add(lifetime),
	}
}
