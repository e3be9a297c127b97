package db

import (
	"database/sql"
	"strings"
)

// dialect holds the SQL that differs between the two databases.
type dialect struct {
	name   string
	now    string // microseconds since the epoch
	asOf   string // the same, not later than what the statement sees: by then all of it was true
	binary string // after a text: compared by its bytes
	// snapshot has a transaction see one moment throughout. SQLite's always does.
	snapshot sql.IsolationLevel
}

var (
	onSQLite = dialect{
		name: "sqlite", now: "CAST(unixepoch('subsec') * 1000000 AS INTEGER)", asOf: "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
	}
	onPostgres = dialect{
		name: "postgres", now: "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
		asOf: "CAST(extract(epoch FROM statement_timestamp()) * 1000000 AS BIGINT)", binary: ` COLLATE "C"`,
		snapshot: sql.LevelRepeatableRead,
	}
)

// sql puts the dialect's clock in place of {now} and {asOf}.
func (d dialect) sql(query string) string {
	return strings.ReplaceAll(strings.ReplaceAll(query, "{now}", d.now), "{asOf}", d.asOf)
}

// locking returns the clause that locks rows; SQLite has one writer, and so none.
func (d dialect) locking(clause string) string {
	if clause == "" || d == onSQLite {
		return ""
	}
	return " " + clause
}

// among returns the condition that a column has a value of query. PostgreSQL finds the rows by their index only if it
// sees an array: it joins with a subquery, and may read the whole table for that.
func (d dialect) among(query string) string {
	if d == onPostgres {
		return "= ANY (ARRAY(" + query + "))"
	}
	return "IN (" + query + ")"
}
