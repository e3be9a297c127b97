// Package db stores accounts, sessions and signing keys in SQLite or PostgreSQL. It has one Store, one text of each statement,
// and one schema in two dialects. Times are microseconds since the epoch, UTC, by the database's clock.
package db
