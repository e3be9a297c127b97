package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/gofrs/flock"
	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// turnTimeout is how long who writes to a SQLite file waits for the others that do.
	turnTimeout = 5 * time.Second
	// turnPause is how long SQLite itself waits, in milliseconds, before it is asked anew. Its own pauses grow to 100 ms.
	turnPause = "10"
	// nextPause is that between two looks at whether somebody else is next.
	nextPause = time.Millisecond
)

// inTx runs f in one transaction: all of it happens or none.
func (s *Store) inTx(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	tx, done, err := s.begin(ctx)
	if err != nil {
		return fault(err)
	}
	defer done()
	defer func() { _ = tx.Rollback() }() // after an error or a panic; after Commit it does nothing
	if err := f(tx); err != nil {
		return fault(err)
	}
	return fault(tx.Commit())
}

// begin begins a transaction that writes. Of several processes that write to one SQLite file each gets its turn: SQLite has
// no queue, and beside a server that writes without pause a command seldom found the moment between two transactions. Who
// is next holds a lock until its own has begun, and whoever comes then waits behind it. done gives the connection back.
func (s *Store) begin(ctx context.Context) (tx *sqlx.Tx, done func(), err error) {
	if s.dialect == onPostgres {
		tx, err := s.write.BeginTxx(ctx, nil)
		return tx, func() {}, err
	}
	conn, err := s.write.Connx(ctx) // the only one
	if err != nil {
		return nil, nil, err
	}
	// Without the lock nothing is unsafe: SQLite has its own. So who keeps it for too long, stopped perhaps, holds up nobody.
	next, cancel := context.WithTimeout(ctx, turnTimeout)
	held, _ := s.next.TryLockContext(next, nextPause)
	cancel()
	err = persevere(ctx, func() error { tx, err = conn.BeginTxx(ctx, nil); return err })
	if held {
		err = errors.Join(err, s.next.Unlock())
	}
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return tx, func() { _ = conn.Close() }, nil
}

// persevere runs f, which begins by writing, until no other process writes to the SQLite file meanwhile.
func persevere(ctx context.Context, f func() error) error {
	for began := time.Now(); ; {
		err := f()
		var lite *sqlite.Error
		if !errors.As(err, &lite) || lite.Code()&0xff != sqlite3.SQLITE_BUSY || ctx.Err() != nil || time.Since(began) > turnTimeout {
			return err
		}
	}
}

// single runs f, whose one statement is a transaction by itself: on PostgreSQL in one round trip.
func (s *Store) single(ctx context.Context, f func(q sqlx.ExtContext) error) error {
	if s.dialect == onPostgres {
		return fault(f(s.write))
	}
	return s.inTx(ctx, func(tx *sqlx.Tx) error { return f(tx) })
}

// exec runs a statement that is a transaction by itself.
func (s *Store) exec(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	err = s.single(ctx, func(q sqlx.ExtContext) (err error) {
		result, err = q.ExecContext(ctx, query, args...)
		return err
	})
	return result, err
}

// newTurn is the lock of who is next to write to the file at path.
func newTurn(path string) *flock.Flock { return newLock(path, ".turn") }
