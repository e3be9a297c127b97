package harness

import (
	"testing"

	"authgraph/db"
	"authgraph/db/dbtest"
)

// EachDatabase runs a test on a server with SQLite and on a server with PostgreSQL.
func EachDatabase(t *testing.T, test func(t *testing.T, w *Server)) {
	t.Run("SQLite", func(t *testing.T) { test(t, StartSQLite(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, StartPostgres(t)) })
}

// EachDatabaseWith is EachDatabase with settings.
func EachDatabaseWith(t *testing.T, environ []string, test func(t *testing.T, w *Server)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, StartSQLite(t, environ...)) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, StartPostgres(t, environ...)) })
}

// OpenSQLite opens a new, migrated SQLite file.
func OpenSQLite(t *testing.T) *db.Store {
	t.Helper()
	return dbtest.OpenSQLite(t, dbtest.SQLite(t))
}
