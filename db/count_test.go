package db_test

import (
	"testing"
	"time"

	"authgraph/db"
)

// Counts that go on are kept, as many as may be; of more than that the ones that end next go.
func TestPurgeCounts(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		count := func(key string, window time.Duration) int64 {
			t.Helper()
			if _, ok, err := s.Count(t.Context(), key, 1000, window); err != nil || !ok {
				t.Fatal(ok, err)
			}
			var counted []int64
			err := s.Select(t.Context(), &counted, `SELECT count FROM counts WHERE key = $1`, key)
			if err != nil || len(counted) != 1 {
				t.Fatal(counted, err)
			}
			return counted[0]
		}
		purge := func(limit int64) {
			t.Helper()
			if err := s.PurgeCounts(t.Context(), limit); err != nil {
				t.Fatal(err)
			}
		}
		count("over", time.Microsecond)
		count("soon", time.Minute)
		count("later", time.Hour)
		purge(3)
		var kept []int64
		if err := s.Select(t.Context(), &kept, `SELECT count(*) FROM counts`); err != nil || kept[0] != 2 {
			t.Errorf("%v are kept, %v, want the two that go on", kept, err)
		}
		if soon, later := count("soon", time.Minute), count("later", time.Hour); soon != 2 || later != 2 {
			t.Errorf("got %d and %d, want both kept", soon, later)
		}
		purge(1)
		if soon, later := count("soon", time.Minute), count("later", time.Hour); soon != 1 || later != 3 {
			t.Errorf("got %d and %d, want the one gone that ends next", soon, later)
		}
	})
}
