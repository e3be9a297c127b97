package ratelimit

import (
	"sync"
	"time"
)

// counter keeps counts in memory, each for a window from the first on.
type counter struct {
	now   func() time.Time
	most  int // counts that are kept
	mu    sync.Mutex
	held  map[string]*windowed
	swept time.Time
}

type windowed struct {
	count int64
	ends  time.Time
}

// maxCounts bounds what the sessions and device cookies of a counter can occupy: some 20 MB.
const maxCounts = 100_000

// sweepPause is the least time between two searches for windows that have passed.
const sweepPause = time.Second

func newCounter(now func() time.Time) *counter {
	return &counter{now: now, most: maxCounts, held: map[string]*windowed{}}
}

// add adds one to a count, and returns the count and the remaining time of its window. While no more counts can be kept, all new
// subjects share one.
func (c *counter) add(of, who string, window time.Duration) (count int64, left time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	key := of + "\x00" + who
	w := c.held[key]
	if w == nil && len(c.held) >= c.most {
		c.sweep(now)
		if len(c.held) >= c.most {
			key = of + "\x00"
			w = c.held[key]
		}
	}
	if w == nil || !now.Before(w.ends) {
		w = &windowed{ends: now.Add(window)}
		c.held[key] = w
	}
	w.count++
	return w.count, w.ends.Sub(now)
}

// get returns a count and how long its window still lasts.
func (c *counter) get(of, who string) (count int64, left time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if w := c.held[of+"\x00"+who]; w != nil && now.Before(w.ends) {
		return w.count, w.ends.Sub(now)
	}
	return 0, 0
}

// take gives one back.
func (c *counter) take(of, who string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.held[of+"\x00"+who]; w != nil && w.count > 0 {
		w.count--
	}
}

func (c *counter) sweep(now time.Time) {
	if now.Sub(c.swept) < sweepPause {
		return
	}
	c.swept = now
	for key, w := range c.held {
		if !now.Before(w.ends) {
			delete(c.held, key)
		}
	}
}
