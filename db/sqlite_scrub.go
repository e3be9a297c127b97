package db

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// scrubPause is the pause between two attempts to truncate the write-ahead log while a reader has an older snapshot.
const scrubPause = time.Second

// Scrub completes erasures on SQLite, until ctx ends: it truncates the write-ahead log, which holds pages from before,
// at the start and after each erasure. The database file itself is overwritten by the erasure (secure_delete). On
// PostgreSQL it returns at once.
func (s *Store) Scrub(ctx context.Context, failed func(error)) {
	if s.dialect != onSQLite {
		return
	}
	for ctx.Err() == nil {
		done, err := s.truncateLog(ctx)
		if err != nil && ctx.Err() == nil {
			failed(fmt.Errorf("truncating the write-ahead log: %w", err))
		}
		if done {
			select {
			case <-ctx.Done():
			case <-s.erased:
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(scrubPause):
		}
	}
}

// truncateLog moves the write-ahead log into the file and truncates it. It reports false while a reader prevents that.
func (s *Store) truncateLog(ctx context.Context) (bool, error) {
	var result struct{ Busy, Log, Checkpointed int }
	err := s.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&result.Busy, &result.Log, &result.Checkpointed)
	if err != nil && isUnavailable(err) {
		return false, nil
	}
	return err == nil && result.Busy == 0, err
}

// vacuumPatience is the maximum wait of Vacuum for readers of an older snapshot.
const vacuumPatience = time.Minute

// Vacuum rewrites a SQLite file without the data that was deleted before secure_delete was set. It needs free space of the
// file's size.
func (s *Store) Vacuum(ctx context.Context) error {
	if s.dialect != onSQLite {
		return errors.New("vacuum is for SQLite; on PostgreSQL use autovacuum or VACUUM FULL")
	}
	if err := retryBusy(ctx, func() error { _, err := s.write.ExecContext(ctx, `VACUUM`); return err }); err != nil {
		return err
	}
	for began := time.Now(); time.Since(began) < vacuumPatience; {
		if done, err := s.truncateLog(ctx); err != nil || done {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(scrubPause):
		}
	}
	return errors.New("the write-ahead log could not be truncated, because another process reads the database: run it again")
}

// noteErasure wakes Scrub to truncate the log.
func (s *Store) noteErasure() {
	select {
	case s.erased <- struct{}{}:
	default: // it is awake already
	}
}
