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
	// writeLockTimeout is the maximum wait for other writers of a SQLite file.
	writeLockTimeout = 5 * time.Second
	// busyTimeout is SQLite's own wait, in milliseconds. retryBusy repeats it, because SQLite's pauses grow to 100 ms.
	busyTimeout = "10"
	// writeLockInterval is the pause between two attempts to take the write lock.
	writeLockInterval = time.Millisecond
)

// inTx runs f in one transaction: all of it happens or none.
func (s *Store) inTx(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	tx, done, err := s.beginWrite(ctx)
	if err != nil {
		return storeError(err)
	}
	defer done()
	defer func() { _ = tx.Rollback() }() // after an error or a panic; after Commit it does nothing
	if err := f(tx); err != nil {
		return storeError(err)
	}
	return storeError(tx.Commit())
}

// beginWrite starts a transaction that writes. On SQLite the processes that write to one file take turns, because SQLite has
// no queue: next to a server that writes without pause a command rarely hits the gap between two transactions. The next
// writer holds a lock until its transaction has started. done returns the connection to the pool.
func (s *Store) beginWrite(ctx context.Context) (tx *sqlx.Tx, done func(), err error) {
	if s.dialect == onPostgres {
		tx, err := s.write.BeginTxx(ctx, nil)
		return tx, func() {}, err
	}
	conn, err := s.write.Connx(ctx) // the only one
	if err != nil {
		return nil, nil, err
	}
	// The lock is for fairness only, because SQLite has its own. After the timeout the writer continues without it, so a
	// stopped process blocks no other.
	next, cancel := context.WithTimeout(ctx, writeLockTimeout)
	held, _ := s.writeLock.TryLockContext(next, writeLockInterval)
	cancel()
	err = retryBusy(ctx, func() error { tx, err = conn.BeginTxx(ctx, nil); return err })
	if held {
		err = errors.Join(err, s.writeLock.Unlock())
	}
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return tx, func() { _ = conn.Close() }, nil
}

// retryBusy runs f, which starts with a write, and repeats it while SQLite returns SQLITE_BUSY.
func retryBusy(ctx context.Context, f func() error) error {
	for began := time.Now(); ; {
		err := f()
		var lite *sqlite.Error
		if !errors.As(err, &lite) || lite.Code()&0xff != sqlite3.SQLITE_BUSY || ctx.Err() != nil || time.Since(began) > writeLockTimeout {
			return err
		}
	}
}

// inOwnTx runs f, a single statement, as its own transaction: on PostgreSQL in one round trip.
func (s *Store) inOwnTx(ctx context.Context, f func(q sqlx.ExtContext) error) error {
	if s.dialect == onPostgres {
		return storeError(f(s.write))
	}
	return s.inTx(ctx, func(tx *sqlx.Tx) error { return f(tx) })
}

// exec runs a statement as its own transaction.
func (s *Store) exec(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	err = s.inOwnTx(ctx, func(q sqlx.ExtContext) (err error) {
		result, err = q.ExecContext(ctx, query, args...)
		return err
	})
	return result, err
}

// newWriteLock returns the lock of the next writer of the file at path.
func newWriteLock(path string) *flock.Flock { return newLock(path, ".turn") }
