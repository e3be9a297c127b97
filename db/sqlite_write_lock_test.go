package db_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authgraph/db"
	"authgraph/db/dbtest"
)

// A command that opens the file next to a server gets its turn although the server writes without pause.
func TestSQLite_Turn(t *testing.T) {
	t.Parallel()
	path := dbtest.SQLite(t)
	open := func() *db.Store {
		s := dbtest.OpenSQLite(t, path)
		t.Cleanup(func() { _ = s.Close() })
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	}
	server, command := open(), open()
	var busy sync.WaitGroup
	var done atomic.Bool
	var written atomic.Int64
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
				written.Add(1)
			}
		})
	}
	const maxWrites = 50 // it waits for the transaction in progress; the rest is for a busy machine
	for i := range 15 {
		before := written.Load()
		if _, _, err := command.Count(t.Context(), "command", 1000, time.Hour); err != nil {
			t.Errorf("change %d: %v", i, err)
		}
		if n := written.Load() - before; n > maxWrites {
			t.Errorf("change %d had to wait while the server wrote %d times", i, n)
		}
	}
	done.Store(true)
	busy.Wait()
}
