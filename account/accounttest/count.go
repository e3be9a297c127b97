package accounttest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authgraph/account"
)

func counts(t *testing.T, s account.Store, key string, limit int64, window time.Duration) (time.Duration, bool) {
	t.Helper()
	remaining, ok, err := s.Count(t.Context(), key, limit, window)
	if err != nil {
		t.Fatal(err)
	}
	return remaining, ok
}

func count(t *testing.T, s account.Store) {
	for n := range 3 {
		if _, ok := counts(t, s, "a", 3, time.Hour); !ok {
			t.Errorf("count %d of 3 was refused", n+1)
		}
	}
	for range 3 { // a refusal adds nothing
		if remaining, ok := counts(t, s, "a", 3, time.Hour); ok || remaining <= 59*time.Minute || remaining > time.Hour {
			t.Errorf("above the limit: got %t with %v left, want false of an hour", ok, remaining)
		}
	}
	if _, ok := counts(t, s, "b", 3, time.Hour); !ok {
		t.Error("another key was refused")
	}
	for _, key := range []string{"a", "a", "unknown"} {
		if err := s.Uncount(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	for n, want := range []bool{true, true, false} {
		if _, ok := counts(t, s, "a", 3, time.Hour); ok != want {
			t.Errorf("count %d after two were taken back: got %t, want %t", n+1, ok, want)
		}
	}
}

// A window that has passed restarts, whatever was counted in it.
func countAnew(t *testing.T, s account.Store) {
	for range 3 {
		if _, ok := counts(t, s, "a", 1, time.Microsecond); !ok {
			t.Error("got a refusal in a new window")
		}
		for deadline := time.Now().Add(2 * time.Millisecond); time.Now().Before(deadline); {
			continue // SQLite's clock goes in steps of a millisecond
		}
	}
	for n, want := range []bool{true, true, false} {
		if _, ok := counts(t, s, "a", 2, time.Hour); ok != want {
			t.Errorf("count %d in a new window: got %t, want %t", n+1, ok, want)
		}
	}
}

// Simultaneous attempts do not exceed the limit.
func countAtOnce(t *testing.T, s account.Store) {
	const clients, limit = 40, 15
	var passed atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			_, ok, err := s.Count(t.Context(), "a", limit, time.Hour)
			if err != nil {
				t.Error(err)
			}
			if ok {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	if got := passed.Load(); got != limit {
		t.Errorf("got %d counted of %d at once, want %d", got, clients, limit)
	}
}
