package ratelimit

import (
	"sync"
	"time"
)

// counter keeps counts in memory, each for a window from the first on.
type counter struct {
	now     func() time.Time
	max     int // maximum number of counts
	mu      sync.Mutex
	windows map[string]*countWindow
	swept   time.Time
}

type countWindow struct {
	count int64
	ends  time.Time
}

// maxCounts bounds what the sessions and device cookies of a counter can occupy: some 20 MB.
const maxCounts = 100_000

// sweepPause is the minimum time between two searches for windows that have passed.
const sweepPause = time.Second

func newCounter(now func() time.Time) *counter {
	return &counter{now: now, max: maxCounts, windows: map[string]*countWindow{}}
}

// add adds one to a count, and returns the count and the remaining time of its window. While no more counts can be kept, all new
// subjects share one.
func (c *counter) add(rule, subject string, window time.Duration) (count int64, remaining time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	key := rule + "\x00" + subject
	w := c.windows[key]
	if w == nil && len(c.windows) >= c.max {
		c.sweep(now)
		if len(c.windows) >= c.max {
			key = rule + "\x00"
			w = c.windows[key]
		}
	}
	if w == nil || !now.Before(w.ends) {
		w = &countWindow{ends: now.Add(window)}
		c.windows[key] = w
	}
	w.count++
	return w.count, w.ends.Sub(now)
}

// get returns a count and the remaining time of its window.
func (c *counter) get(rule, subject string) (count int64, remaining time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if w := c.windows[rule+"\x00"+subject]; w != nil && now.Before(w.ends) {
		return w.count, w.ends.Sub(now)
	}
	return 0, 0
}

// subtract takes one from a count.
func (c *counter) subtract(rule, subject string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.windows[rule+"\x00"+subject]; w != nil && w.count > 0 {
		w.count--
	}
}

func (c *counter) sweep(now time.Time) {
	if now.Sub(c.swept) < sweepPause {
		return
	}
	c.swept = now
	for key, w := range c.windows {
		if !now.Before(w.ends) {
			delete(c.windows, key)
		}
	}
}
