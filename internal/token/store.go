package token

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
)

// A Store holds tokens for several processes. It is made of builtin types, so
// that one implementation serves every vendor's package without importing it.
type Store interface {
	// Get returns what was last set under key, "" if there is nothing.
	Get(ctx context.Context, key string) (value string, err error)
	// Set keeps value under key for ttl.
	Set(ctx context.Context, key, value string, ttl time.Duration) error
}

// storeTimeout bounds each call of a store.
const storeTimeout = time.Second

var (
	errStoreSlow    = errors.New("timeout")
	errStoreAborted = errors.New("aborted")
	errForeign      = errors.New("foreign value")
	errClocks       = errors.New("clocks differ")
)

// Shared is the place in a store where processes with the same credential find
// one another's token. Of the store nothing is believed but what one of them
// has written, see [Share].
type Shared struct {
	store Store
	key   string
	seal  secret.Box
	turn  chan struct{}
}

// Share finds the place: credential is all that the vendor knows the caller
// by, its secret part included, and tier is "" where there are none. The key
// in the store is a hash of all four. The values are encrypted and
// authenticated under a key that is another hash of them, because whoever
// could put a token of another account into the store could make the vendor
// answer with that account's persons. Share returns nil for a nil store.
func Share(store Store, pkg, baseURL, credential, tier string) *Shared {
	if store == nil {
		return nil
	}
	return &Shared{
		store: store,
		key:   storeKey(pkg, baseURL, credential, tier),
		seal:  sealingKey(pkg, baseURL, credential, tier),
		turn:  make(chan struct{}, 1),
	}
}

// get returns the token in the store, the zero grant if there is none.
func (s *Shared) get() (grant, error) {
	var value string
	err := s.call(func(ctx context.Context) (err error) {
		value, err = s.store.Get(ctx, s.key)
		return err
	})
	if err != nil || value == "" {
		return grant{}, err
	}
	return open(s.seal.Bytes(), value, time.Now())
}

func (s *Shared) set(g grant) error {
	value, err := seal(s.seal.Bytes(), g, time.Now())
	if err != nil {
		return err
	}
	return s.call(func(ctx context.Context) error {
		return s.store.Set(ctx, s.key, value, g.lifetime)
	})
}

// call leaves a store alone that does not return in time. One that never
// returns keeps one goroutine and is not called again. One that panics has
// failed: on a goroutine of its own it would end the program.
func (s *Shared) call(f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return errStoreSlow
	}
	err := errStoreAborted
	done := detached(func() {
		defer func() { <-s.turn }()
		defer func() { _ = recover() }() // err stays as it is
		err = f(ctx)
	})
	select {
	case <-done:
		return err
	case <-ctx.Done():
		return errStoreSlow
	}
}

// storeWord is all that is said of a store's failure.
func storeWord(err error) string {
	switch err {
	case errStoreSlow, errStoreAborted, errForeign, errClocks:
		return err.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errStoreSlow.Error()
	}
	return "error"
}

// Format keeps the store's contents out of every verb.
func (s *Shared) Format(f fmt.State, _ rune) { secret.Print(f, "Shared") }

// LogValue keeps them out of logs.
func (s *Shared) LogValue() slog.Value { return secret.LogValue("Shared") }
