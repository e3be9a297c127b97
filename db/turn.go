package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// turnTimeout is how long who writes to a SQLite file waits for the others that do.
	turnTimeout = 5 * time.Second
	// turnPause is how long SQLite itself waits, in milliseconds, before it is asked anew. Its own pauses grow to 100 ms,
	// and beside a server that writes without pause a command then seldom finds the moment between two transactions: of
	// changes that waited five seconds each, one in fifty failed.
	turnPause = "10"
)

// turn runs f, which begins by writing, as soon as no other process writes to the SQLite file.
func (s *Store) turn(ctx context.Context, f func() error) error {
	if s.dialect == onPostgres {
		return f()
	}
	for began := time.Now(); ; {
		err := f()
		var lite *sqlite.Error
		if !errors.As(err, &lite) || lite.Code()&0xff != sqlite3.SQLITE_BUSY || ctx.Err() != nil || time.Since(began) > turnTimeout {
			return err
		}
	}
}

// exec runs a statement that is a transaction by itself.
func (s *Store) exec(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	err = s.turn(ctx, func() error {
		result, err = s.write.ExecContext(ctx, query, args...)
		return err
	})
	return result, err
}
