package ratelimit

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestCounter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := newCounter(func() time.Time { return now })
	for want := range int64(3) {
		if n, remaining := c.add("a", "x", time.Minute); n != want+1 || remaining != time.Minute {
			t.Errorf("got %d and %v, want %d and a minute", n, remaining, want+1)
		}
	}
	if n, _ := c.add("b", "x", time.Minute); n != 1 {
		t.Errorf("got %d of another rule, want 1", n)
	}
	if n, _ := c.add("a", "y", time.Minute); n != 1 {
		t.Errorf("got %d of another address, want 1", n)
	}
	c.subtract("a", "x")
	now = now.Add(59 * time.Second)
	if n, remaining := c.add("a", "x", time.Minute); n != 3 || remaining != time.Second {
		t.Errorf("got %d and %v, want 3 and a second: the window counts from the first", n, remaining)
	}
	now = now.Add(time.Second)
	if n, _ := c.add("a", "x", time.Minute); n != 1 {
		t.Errorf("got %d after the window, want 1", n)
	}
}

func TestCounter_Concurrent(t *testing.T) {
	c := newCounter(time.Now)
	var passed sync.Map
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			n, _ := c.add("a", "x", time.Hour)
			passed.Store(n, true)
		})
	}
	all.Wait()
	for n := range int64(100) {
		if _, ok := passed.Load(n + 1); !ok {
			t.Errorf("nobody was told %d", n+1)
		}
	}
}

// The number of counts is bounded, and addresses above the bound share one count. Expired windows make room.
func TestCounter_Bounded(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := newCounter(func() time.Time { return now })
	c.max = 10
	for i := range 10 {
		c.add("a", fmt.Sprint(i), time.Minute)
	}
	for i := range 5 {
		if n, _ := c.add("a", fmt.Sprint("new", i), time.Minute); n != int64(i+1) {
			t.Errorf("got %d for newcomer %d, want all of them together", n, i)
		}
	}
	if n, _ := c.add("a", "3", time.Minute); n != 2 {
		t.Errorf("got %d for who was there before, want their own 2", n)
	}
	if len(c.windows) > 11 {
		t.Errorf("%d are kept", len(c.windows))
	}
	now = now.Add(2 * time.Minute)
	if n, _ := c.add("a", "later", time.Minute); n != 1 || len(c.windows) != 1 {
		t.Errorf("got %d with %d kept, want room again", n, len(c.windows))
	}
}
