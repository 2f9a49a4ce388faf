package fake

import (
	"sync"
	"time"
)

// A Clock tells the time of the machine until it is moved. The zero Clock is
// ready, and any number of goroutines can use it.
type Clock struct {
	mu      sync.Mutex
	stopped bool
	at      time.Time     // the time, once stopped
	ahead   time.Duration // of the machine, while running
}

// Now is the time on the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return c.at
	}
	return time.Now().Add(c.ahead)
}

// Advance moves the clock by d. A running clock runs on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		c.at = c.at.Add(d)
		return
	}
	c.ahead += d
}

// Set stops the clock at t; from then on only Advance and Set move it.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped, c.at = true, t
}
