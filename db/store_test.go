package db_test

import (
	"runtime"
	"sync"
	"testing"

	"authgraph/account"
	"authgraph/account/accounttest"
	"authgraph/db"
	"authgraph/db/dbtest"
)

// backends are the two databases that every test of a Store runs on.
func backends(t *testing.T, test func(t *testing.T, open func(t *testing.T) *db.Store)) {
	t.Run("SQLite", func(t *testing.T) { test(t, openSQLite) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, openPostgres) })
}

func openSQLite(t *testing.T) *db.Store {
	t.Helper()
	return dbtest.OpenSQLite(t, dbtest.SQLite(t))
}

func openPostgres(t *testing.T) *db.Store {
	t.Helper()
	return dbtest.OpenPostgres(t, dbtest.Postgres(t))
}

func mustMigrate(t *testing.T, s *db.Store) {
	t.Helper()
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		accounttest.Run(t, func(t *testing.T) account.Store { return open(t) })
	})
}

func TestMigrate_Again(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		want, err := s.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if version, err := s.Migrate(t.Context()); err != nil || version != want.Program {
					t.Errorf("got version %d, %v, want %d", version, err, want.Program)
				}
			})
		}
		wait.Wait()
	})
}

func TestExclusive(t *testing.T) {
	t.Parallel()
	path := dbtest.SQLite(t)
	first := dbtest.OpenSQLite(t, path)
	second := dbtest.OpenSQLite(t, path)
	if held, err := first.Exclusive(t.Context()); err != nil || !held {
		t.Fatalf("the first got %v, %v", held, err)
	}
	// A lock that nothing refers to would be closed here.
	runtime.GC()
	runtime.GC()
	if held, err := second.Exclusive(t.Context()); err != nil || held {
		t.Errorf("the second got %v, %v, want false", held, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if held, err := second.Exclusive(t.Context()); err != nil || !held {
		t.Errorf("after the first has closed: got %v, %v, want true", held, err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestExclusive_PostgreSQL(t *testing.T) {
	t.Parallel()
	s := openPostgres(t)
	for range 2 {
		if held, err := s.Exclusive(t.Context()); err != nil || !held {
			t.Errorf("got %v, %v, want true: any number may serve", held, err)
		}
	}
}
