package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
)

// Count implements account.Counts. At the limit it writes nothing and reads the end of the window.
func (s *Store) Count(
	ctx context.Context, key string, limit int64, window time.Duration,
) (remaining time.Duration, ok bool, err error) {
	err = s.inOwnTx(ctx, func(q sqlx.ExtContext) error {
		var count int64
		err := sqlx.GetContext(ctx, q, &count, s.dialect.sql(`
		INSERT INTO counts AS c (key, count, expires_at) VALUES ($1, 1, {now} + CAST($2 AS BIGINT))
		ON CONFLICT (key) DO UPDATE SET
			count = CASE WHEN c.expires_at <= {now} THEN 1 ELSE c.count + 1 END,
			expires_at = CASE WHEN c.expires_at <= {now} THEN excluded.expires_at ELSE c.expires_at END
			WHERE c.expires_at <= {now} OR c.count < $3
		RETURNING count`), key, window.Microseconds(), limit)
		if ok = err == nil; !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var micros int64
		err = sqlx.GetContext(ctx, q, &micros, s.dialect.sql(
			`SELECT expires_at - {now} AS time_left FROM counts WHERE key = $1`), key)
		if remaining = time.Duration(micros) * time.Microsecond; errors.Is(err, sql.ErrNoRows) {
			return nil // its window has passed since, and housekeeping has deleted it
		}
		return err
	})
	return remaining, ok && err == nil, err
}

// Uncount implements account.Counts.
func (s *Store) Uncount(ctx context.Context, key string) error {
	_, err := s.exec(ctx, s.dialect.sql(
		`UPDATE counts SET count = count - 1 WHERE key = $1 AND count > 0 AND expires_at > {now}`), key)
	return err
}

// countsBatch is the maximum number of rows that one step deletes, which bounds the time of its locks.
const countsBatch = 1000

// PurgeCounts deletes a batch of counts whose window has passed, and above max rows the counts that expire next.
func (s *Store) PurgeCounts(ctx context.Context, max int64) error {
	_, errOver := s.exec(ctx, s.dialect.sql(`
		DELETE FROM counts WHERE key IN (SELECT key FROM counts WHERE expires_at <= {now} ORDER BY expires_at LIMIT $1)
			AND expires_at <= {now}`), countsBatch)
	_, errMany := s.exec(ctx, `
		DELETE FROM counts WHERE key IN (SELECT key FROM counts ORDER BY expires_at
			LIMIT (SELECT CASE WHEN count(*) > $1 THEN count(*) - $1 ELSE 0 END FROM counts))`, max)
	return errors.Join(errOver, errMany)
}
