package db_test

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authgraph/db"
)

// A command that opens the file beside a server gets its turn although the server writes without pause.
func TestSQLite_Turn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "authgraph.db")
	open := func() *db.Store {
		s, err := db.OpenSQLite(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	}
	server, command := open(), open()
	var busy sync.WaitGroup
	var done atomic.Bool
	for range 4 {
		busy.Go(func() {
			for !done.Load() { // some milliseconds each
				if err := server.Exec(t.Context(), `
					INSERT INTO counts (key, count, expires_at)
					WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT 'server', max(i), 1 FROM n WHERE true
					ON CONFLICT (key) DO UPDATE SET count = counts.count + 1`); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 20 {
		if _, _, err := command.Count(t.Context(), "command", time.Hour); err != nil {
			t.Errorf("change %d: %v", i, err)
		}
	}
	done.Store(true)
	busy.Wait()
}
