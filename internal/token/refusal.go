package token

import "time"

// coolDown is how long no refusal causes a refresh after a token that replaced
// a refused one was refused as well.
const coolDown = 30 * time.Second

// drop drops a token that the vendor refused, and tells whether to go on with
// another one.
func (c *Cache) drop(h *held) bool {
	c.mu.Lock()
	now := time.Now()
	current := c.current.Load()
	goOn, again := false, false
	switch {
	case !current.valid(now), current.generation != h.generation:
		goOn = true
	case now.Before(c.coolUntil):
	case current.onTrial():
		again = c.cool(current, now)
	default:
		c.current.Store(nil)
		c.refused, c.unsettled = h, true
		goOn = true
	}
	c.mu.Unlock()
	c.logAgain(again)
	return goOn
}

// Doubt drops the token with that text after an answer that may, but need not,
// mean that the vendor did not accept it; the next call gets another one. The
// reason may as well be the call, and callers who go wrong again and again must
// not cost a token each: one doubt in a while is heard.
func (c *Cache) Doubt(value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	current := c.current.Load()
	if !current.valid(now) || current.value() != value || now.Before(c.doubtAfter) {
		return
	}
	c.doubtAfter = now.Add(coolDown)
	c.current.Store(nil)
	c.refused, c.unsettled = current, true
}

// refusedAgain takes note that the vendor refused a token that was got because
// it had refused one.
func (c *Cache) refusedAgain(h *held) {
	c.mu.Lock()
	current := c.current.Load()
	again := current != nil && current.generation == h.generation && c.cool(current, time.Now())
	c.mu.Unlock()
	c.logAgain(again)
}

// cool begins the cool-down, unless it has begun. It needs the lock.
func (c *Cache) cool(h *held, now time.Time) (begins bool) {
	if now.Before(c.coolUntil) {
		return false
	}
	c.coolUntil = now.Add(coolDown)
	h.endTrial()
	return true
}

func (c *Cache) logAgain(again bool) {
	if again {
		c.logger.Warn("token refused again")
	}
}
