package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

// Store keeps what accounts are made of. It is safe for concurrent use.
type Store struct {
	read, write     *sqlx.DB
	preparedRead    *prepared // read, for what is asked over and over
	preparedWrite   *prepared // write, likewise
	dialect         dialect
	searchLimits    searchLimits
	subscribers     []func(account.Change)
	mailSubscribers []func()
	lease           lease
	unfollow        context.CancelFunc
	following       sync.WaitGroup

	via string // the program that records of the audit log name; "" for a server

	serving   *flock.Flock  // SQLite: held by the process that serves the file
	erased    chan struct{} // SQLite: signals an erasure to Scrub
	writeLock *flock.Flock  // SQLite: held by the next writer; used with the only connection that writes

	dsn      string   // PostgreSQL: for the connection that listens
	beats    *sqlx.DB // and the one that writes heartbeats
	instance string   // whose heartbeats they are

	beatFailure atomic.Pointer[error] // why the last heartbeat could not be written
}

// Ping implements account.Store.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return storeError(s.read.GetContext(ctx, &one, `SELECT 1`))
}

// ClockAhead returns how far the database's clock is ahead of another, to within half of what asking takes.
func (s *Store) ClockAhead(ctx context.Context, now func() time.Time) (time.Duration, error) {
	var micros int64
	before := now()
	if err := s.read.GetContext(ctx, &micros, s.dialect.sql(`SELECT {now}`)); err != nil {
		return 0, storeError(err)
	}
	return fromMicros(micros).Sub(before.Add(now().Sub(before) / 2)), nil
}

// Close closes all connections.
func (s *Store) Close() error {
	if s.unfollow != nil {
		s.unfollow()
		s.following.Wait()
	}
	if s.dialect == onPostgres {
		if err := errors.Join(s.beats.Close(), s.write.Close()); !isUnavailable(err) {
			return err
		}
		return nil // a connection that was lost needs no closing
	}
	err := errors.Join(s.read.Close(), s.write.Close())
	if s.serving != nil {
		err = errors.Join(err, s.serving.Unlock())
	}
	return err
}

// Pools returns the pools of connections by name, for their statistics.
func (s *Store) Pools() map[string]*sql.DB {
	if s.dialect == onPostgres {
		return map[string]*sql.DB{"postgres": s.write.DB}
	}
	return map[string]*sql.DB{"sqlite_read": s.read.DB, "sqlite_write": s.write.DB}
}
