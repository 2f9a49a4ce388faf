package veriff

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"
)

// A Deduper keeps what is delivered twice from being handled twice. Pass one
// to [NewWebhookHandler] by [WithDeduper]; [MemoryDeduper] is one for a single
// process.
//
// It saves work, and protects from nothing: a stored key may be gone, and of
// two different decisions either may be handled last. What protects is
// [ConfirmWith] and the application's own state, changed only for what
// [Decision.Supersedes] it.
type Deduper interface {
	// Once calls fn unless a call of it has succeeded under this key already,
	// and returns nil only if one has, now or before.
	//
	//   - An error of fn is returned. Nothing is kept then: the next delivery
	//     calls fn again.
	//   - While another delivery runs fn under this key, here or in another
	//     process, Once waits for it or returns an error that is [ErrBusy].
	//     It must not return nil: that delivery may fail yet.
	//   - A key is kept for longer than the seven days for which Veriff
	//     delivers again. Forgetting one earlier costs work and nothing else.
	//   - fn runs before Once returns and on its goroutine. A store that takes
	//     a lease lets it end by itself, because fn or the process may die.
	//
	// The context that fn gets is the callback's: a store in SQL puts its
	// transaction there, so that the key and the effect are committed together
	// or not at all.
	Once(ctx context.Context, key string, fn func(context.Context) error) error
}

// ErrBusy is what a [Deduper] returns while the same webhook is being handled
// elsewhere. It is answered 503, and Veriff delivers again.
var ErrBusy = errors.New("veriff: the same webhook is being handled elsewhere")

// WebhookKey tells two deliveries of one webhook from two webhooks: 64
// hexadecimal digits, a hash that shows nothing of what it was made from. The
// handler gives it to its [Deduper]; a program without the handler does so by
// itself, after [Client.Confirm].
//
// The key of a decision is made of its session, attempt, status, codes and
// time. So the webhook that brought it and the API that tells it have the same
// key, and another decision about the session has another. Everything else is
// known by the bytes received, and so is, beside the rest, a decision without a
// time: what comes back to where it was, in the same bytes, has the same key. One
// that was read back from storage has no such bytes, and is known by its JSON.
func WebhookKey(webhook Webhook) string {
	sum := sha256.New()
	decision, ok := webhook.(*Decision)
	if ok {
		for _, part := range []string{
			"decision", decision.ID, decision.AttemptID, string(decision.Status), strconv.Itoa(int(decision.Code)),
			strconv.Itoa(int(decision.ReasonCode)), decision.DecisionTime.UTC().Format(time.RFC3339Nano),
		} {
			sum.Write([]byte(strconv.Quote(part))) // no two lists of parts give the same bytes
		}
	}
	if !ok || decision.DecisionTime.IsZero() {
		body := webhook.Meta().body.Bytes()
		if len(body) == 0 {
			body, _ = json.Marshal(webhook) // which none of these types refuses
		}
		sum.Write(body)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

const (
	dedupeLife = 8 * 24 * time.Hour // Veriff delivers again for seven days
	maxDeduped = 1 << 16            // keys, of some 200 bytes each
)

// A MemoryDeduper is a [Deduper] for a single process: other processes, and
// this one after a restart, handle a webhook once more. It remembers a key for
// eight days and at most 65,536 of them, and forgets the oldest first. The zero
// MemoryDeduper is ready to use; it must not be copied.
type MemoryDeduper struct {
	mu      sync.Mutex
	running map[string]struct{} // bounded by the deliveries under way
	done    map[string]struct{}
	order   []doneKey // of done, oldest first
}

type doneKey struct {
	key string
	at  time.Time
}

// Once calls fn unless it has succeeded under key before. It does not wait: a
// key that is being handled is [ErrBusy].
func (m *MemoryDeduper) Once(ctx context.Context, key string, fn func(context.Context) error) error {
	if done, err := m.begin(key); done || err != nil {
		return err
	}
	succeeded := false
	defer func() { m.end(key, succeeded) }() // also when fn panics
	err := fn(ctx)
	succeeded = err == nil
	return err
}

func (m *MemoryDeduper) begin(key string) (done bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget()
	if _, done = m.done[key]; done {
		return true, nil
	}
	if _, busy := m.running[key]; busy {
		return false, ErrBusy
	}
	if m.running == nil {
		m.running, m.done = make(map[string]struct{}), make(map[string]struct{})
	}
	m.running[key] = struct{}{}
	return false, nil
}

func (m *MemoryDeduper) end(key string, succeeded bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.running, key)
	if succeeded {
		m.done[key] = struct{}{}
		m.order = append(m.order, doneKey{key, time.Now()})
		m.forget()
	}
}

// forget drops what is too old, and the oldest of what is too much.
func (m *MemoryDeduper) forget() {
	for len(m.order) > maxDeduped || len(m.order) > 0 && time.Since(m.order[0].at) >= dedupeLife {
		delete(m.done, m.order[0].key)
		m.order[0] = doneKey{} // its array may stay for a while
		m.order = m.order[1:]
	}
}
