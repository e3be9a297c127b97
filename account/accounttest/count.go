package accounttest

import (
	"sync"
	"testing"
	"time"

	"authgraph/account"
)

func mustCount(t *testing.T, s account.Store, key string, window time.Duration) (int64, time.Duration) {
	t.Helper()
	n, left, err := s.Count(t.Context(), key, window)
	if err != nil {
		t.Fatal(err)
	}
	return n, left
}

func count(t *testing.T, s account.Store) {
	for want := range int64(3) {
		if n, left := mustCount(t, s, "a", time.Hour); n != want+1 || left <= 59*time.Minute || left > time.Hour {
			t.Errorf("got %d with %v left, want %d of an hour", n, left, want+1)
		}
	}
	if n, _ := mustCount(t, s, "b", time.Hour); n != 1 {
		t.Errorf("got %d for another key, want 1", n)
	}
	if err := s.Uncount(t.Context(), "a"); err != nil {
		t.Error(err)
	}
	if err := s.Uncount(t.Context(), "nobody's"); err != nil {
		t.Error(err)
	}
	if n, _ := mustCount(t, s, "a", time.Hour); n != 3 {
		t.Errorf("got %d after one was taken back, want 3", n)
	}
}

// A window that has passed begins anew, whatever was counted in it.
func countAnew(t *testing.T, s account.Store) {
	for range 3 {
		if n, left := mustCount(t, s, "a", time.Microsecond); n != 1 || left > time.Microsecond {
			t.Errorf("got %d with %v left, want 1", n, left)
		}
		for deadline := time.Now().Add(2 * time.Millisecond); time.Now().Before(deadline); {
			continue // SQLite's clock goes in steps of a millisecond
		}
	}
}

// Of many at once each is told another number, so that no more pass than may.
func countAtOnce(t *testing.T, s account.Store) {
	const clients = 40
	var mu sync.Mutex
	told := map[int64]bool{}
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			n, _, err := s.Count(t.Context(), "a", time.Hour)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || n < 1 || n > clients || told[n] {
				t.Errorf("got %d, %v", n, err)
			}
			told[n] = true
		})
	}
	all.Wait()
}
