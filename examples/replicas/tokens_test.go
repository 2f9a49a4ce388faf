package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTokens(t *testing.T) {
	w := begin(t)
	store := tokens{w.redis}
	value, err := store.Get(t.Context(), "a")
	require.NoError(t, err, "nothing is no error")
	assert.Empty(t, value)

	require.NoError(t, store.Set(t.Context(), "a", "sealed", time.Hour))
	value, err = store.Get(t.Context(), "a")
	require.NoError(t, err)
	assert.Equal(t, "sealed", value)
	left, err := w.redis.TTL(t.Context(), "token:a").Result()
	require.NoError(t, err)
	assert.Greater(t, left, 59*time.Minute)

	w.server.kill()
	_, err = store.Get(t.Context(), "a")
	require.Error(t, err)
}
