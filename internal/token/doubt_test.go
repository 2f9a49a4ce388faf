package token_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/token"
)

func TestDoubtedTokenIsReplacedBeforeTheNextCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
		c := token.New(token.Config{Fetch: e.fetch})
		gets(t, c, a, "token-1")
		c.Doubt("token-1")
		assert.Equal(t, 1, e.count(), "nothing is fetched for it")
		gets(t, c, a, "token-2")
		for range 100 {
			c.Doubt("token-2")
			gets(t, c, a, "token-2")
		}
		elapse(31 * time.Second)
		c.Doubt("token-1")
		gets(t, c, a, "token-2") // a late doubt about another one
		c.Doubt("token-2")
		gets(t, c, a, "token-3")
		assert.Equal(t, 3, e.count())
	})
}

func TestDoubtWithoutAToken(t *testing.T) {
	e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
	c := token.New(token.Config{Fetch: e.fetch})
	c.Doubt("")
	c.Doubt("token-1")
	gets(t, c, a, "token-1")
	c.Doubt("token-1") // what came before did not count
	gets(t, c, a, "token-2")
}

// The store holds the doubted token, and would give it back.
func TestDoubtedTokenIsNotTakenFromTheStore(t *testing.T) {
	e, a := &endpoint{answer: numbered(time.Hour)}, &api{}
	s := memory{}
	c := token.New(token.Config{Fetch: e.fetch, Shared: share(s)})
	gets(t, c, a, "token-1")
	require.NotZero(t, e.count())
	c.Doubt("token-1")
	gets(t, c, a, "token-2")
}
