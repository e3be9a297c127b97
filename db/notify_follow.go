package db

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"authgraph/account"
)

// leaseTime is the maximum age of the last sign that all changes were received. Until then caches are valid. Together with
// the maximum age of a shared load it stays below one second, within which the end of a session takes effect everywhere.
const leaseTime = 700 * time.Millisecond

// lease holds the time until which this instance receives every change.
type lease struct {
	began time.Time    // start of the monotonic clock
	until atomic.Int64 // nanoseconds after began
}

// extend prolongs the lease: all changes that were committed before sent were received.
func (l *lease) extend(sent time.Time) {
	until := sent.Add(leaseTime).Sub(l.began).Nanoseconds()
	for {
		old := l.until.Load()
		if until <= old || l.until.CompareAndSwap(old, until) {
			return
		}
	}
}

// Held implements account.Lease.
func (s *Store) Held() bool { return time.Since(s.lease.began).Nanoseconds() < s.lease.until.Load() }

// followTimeout bounds the wait for the first sign.
const followTimeout = 10 * time.Second

// Follow receives the changes of other instances and notifies the subscribers, until ctx ends or the store is closed. It
// returns after the first sign. On PostgreSQL it listens for notifications; on SQLite it checks whether another process has
// written to the file.
func (s *Store) Follow(ctx context.Context, failed func(error)) error {
	ctx, s.unfollow = context.WithCancel(ctx)
	first := make(chan struct{})
	s.following.Go(func() {
		if s.dialect == onPostgres {
			s.listen(ctx, first, failed)
		} else {
			s.watch(ctx, first, failed)
		}
	})
	select {
	case <-first:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(followTimeout):
		err := s.heartbeatError(ctx)
		s.unfollow()
		if err != nil {
			return err
		}
		return errors.New("no notification came back through the database connection: a pooler in transaction mode, " +
			"such as PgBouncer with pool_mode = transaction, can't carry LISTEN; DATABASE_URL must lead to PostgreSQL " +
			"itself, or to a pooler in session mode")
	}
}

// heartbeatError returns why no heartbeat was received, if the database is unreachable or read only, or rejects the
// heartbeat. nil means that heartbeats are written.
func (s *Store) heartbeatError(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	if err := s.Writable(ctx); err != nil {
		return err
	}
	if err := s.beatFailure.Load(); err != nil {
		return fmt.Errorf("the heartbeat of this instance can't be written: %w", *err)
	}
	return nil
}

// watchInterval is the interval at which a SQLite file is checked for commits of other processes.
const watchInterval = 100 * time.Millisecond

// watch queries on the connection that writes, because its own commits do not change the number.
func (s *Store) watch(ctx context.Context, first chan<- struct{}, failed func(error)) {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	var seen dataVersion
	for signalled := false; ; {
		start := time.Now()
		now, err := s.dataVersion(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			failed(fmt.Errorf("looking for changes: %w", err))
		case err == nil:
			if now != seen {
				s.notifySubscribers(account.Change{All: true})
				seen = now
			}
			s.lease.extend(start)
			if !signalled {
				close(first)
				signalled = true
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// dataVersion is SQLite's count of other connections' commits, as seen by one connection.
type dataVersion struct {
	connection any
	count      int64
}

func (s *Store) dataVersion(ctx context.Context) (v dataVersion, err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.Raw(func(driver any) error { v.connection = driver; return nil }); err != nil {
		return v, err
	}
	err = conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&v.count)
	return v, err
}
