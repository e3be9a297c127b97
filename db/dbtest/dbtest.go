// Package dbtest makes migrated databases for tests, and opens them. Each process migrates one database of each engine, and tests
// get copies of it, because a copy takes a fifth of a migration's time.
package dbtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"authgraph/db"
	"authgraph/internal/pgtest"
)

var postgres = pgtest.NewTemplate(func(url string) error {
	return migrate(db.OpenPostgres(context.Background(), url, 2))
})

// Postgres returns the URL of a new, migrated database, which is dropped when the test ends. Without PostgreSQL the test is
// skipped, as by pgtest.Database.
func Postgres(tb testing.TB) (url string) {
	tb.Helper()
	return postgres.Database(tb)
}

// SQLite returns the path of a new, migrated file in a folder of its own, which is removed when the test ends.
func SQLite(tb testing.TB) (path string) {
	tb.Helper()
	text, err := sqlite()
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	path = filepath.Join(tb.TempDir(), "authgraph.db")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	return path
}

// sqlite returns the content of a migrated file.
var sqlite = sync.OnceValues(func() (text []byte, err error) {
	folder, err := os.MkdirTemp("", "dbtest-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "authgraph.db")
	if err := migrate(db.OpenSQLite(path)); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// OpenPostgres opens a database until the test ends, with up to 8 connections for requests.
func OpenPostgres(tb testing.TB, url string, options ...db.Option) *db.Store {
	tb.Helper()
	store, err := db.OpenPostgres(tb.Context(), url, 8, options...)
	return opened(tb, store, err)
}

// OpenSQLite opens a file until the test ends.
func OpenSQLite(tb testing.TB, path string, options ...db.Option) *db.Store {
	tb.Helper()
	store, err := db.OpenSQLite(path, options...)
	return opened(tb, store, err)
}

func opened(tb testing.TB, store *db.Store, err error) *db.Store {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return store
}

// migrate migrates the database of a store and closes the store.
func migrate(store *db.Store, err error) error {
	if err != nil {
		return err
	}
	_, err = store.Migrate(context.Background())
	return errors.Join(err, store.Close())
}
