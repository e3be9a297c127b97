package db_test

import (
	"testing"
	"time"

	"authgraph/db"
)

func TestPurgeInstances(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s, now := open(t), time.Now().UnixMicro()
		for id, age := range map[string]time.Duration{"stopped": 25 * time.Hour, "running": time.Hour} {
			err := s.Exec(t.Context(), `INSERT INTO instances (id, seen_at) VALUES ($1, $2)`, id, now-age.Microseconds())
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := s.PurgeInstances(t.Context(), 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		var remaining []string
		if err := s.Select(t.Context(), &remaining, `SELECT id FROM instances`); err != nil {
			t.Fatal(err)
		}
		if len(remaining) != 1 || remaining[0] != "running" {
			t.Errorf("got %q left, want only the running instance", remaining)
		}
	})
}
