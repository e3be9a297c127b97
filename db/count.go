package db

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
)

// Count implements account.Counts.
func (s *Store) Count(ctx context.Context, key string, window time.Duration) (count int64, left time.Duration, err error) {
	var row struct {
		Count int64 `db:"count"`
		Left  int64 `db:"time_left"`
	}
	err = s.single(ctx, func(q sqlx.ExtContext) error {
		return sqlx.GetContext(ctx, q, &row, s.dialect.sql(`
		INSERT INTO counts AS c (key, count, expires_at) VALUES ($1, 1, {now} + CAST($2 AS BIGINT))
		ON CONFLICT (key) DO UPDATE SET
			count = CASE WHEN c.expires_at <= {now} THEN 1 ELSE c.count + 1 END,
			expires_at = CASE WHEN c.expires_at <= {now} THEN excluded.expires_at ELSE c.expires_at END
		RETURNING count, expires_at - {now} AS time_left`), key, window.Microseconds())
	})
	return row.Count, time.Duration(row.Left) * time.Microsecond, err
}

// Uncount implements account.Counts.
func (s *Store) Uncount(ctx context.Context, key string) error {
	_, err := s.exec(ctx, s.dialect.sql(
		`UPDATE counts SET count = count - 1 WHERE key = $1 AND count > 0 AND expires_at > {now}`), key)
	return err
}

// countsBatch bounds what one step of the housekeeping deletes, and so how long it holds up others.
const countsBatch = 1000

// PurgeCounts deletes some of those whose window has passed, and, where more than most are kept, those that end next.
func (s *Store) PurgeCounts(ctx context.Context, most int64) error {
	_, errOver := s.exec(ctx, s.dialect.sql(`
		DELETE FROM counts WHERE key IN (SELECT key FROM counts WHERE expires_at <= {now} ORDER BY expires_at LIMIT $1)
			AND expires_at <= {now}`), countsBatch)
	_, errMany := s.exec(ctx, `
		DELETE FROM counts WHERE key IN (SELECT key FROM counts ORDER BY expires_at
			LIMIT (SELECT CASE WHEN count(*) > $1 THEN count(*) - $1 ELSE 0 END FROM counts))`, most)
	return errors.Join(errOver, errMany)
}
