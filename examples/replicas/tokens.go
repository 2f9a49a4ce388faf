package main

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// tokens are a TokenStore of package iamport and of package tomoidv. Both can
// have the same one: their keys are hashes, and differ. The values are
// encrypted under the credentials, so Redis learns no token.
//
// A process without a token asks here first and then the vendor. So replicas
// that start all at once ask the vendor once each at most, and those that come
// later not at all, until the token is due for renewal. Where Redis fails, each
// process asks the vendor itself.
type tokens struct{ redis *redis.Client }

func (t tokens) Get(ctx context.Context, key string) (string, error) {
	value, err := t.redis.Get(ctx, "token:"+key).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil // there is nothing, which is no error
	}
	return value, err
}

func (t tokens) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	return t.redis.Set(ctx, "token:"+key, value, ttl).Err()
}
