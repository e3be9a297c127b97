// Package db keeps accounts, sessions and signing keys in SQLite or PostgreSQL: one Store, one text of each statement,
// one schema in two dialects. Times are microseconds since the epoch, UTC, by the database's clock.
package db
