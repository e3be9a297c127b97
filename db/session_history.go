package db

import (
	"context"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

// historyBatch is the maximum number of rows that one statement marks as ended or deletes, so that other writers of the
// file do not wait long.
const historyBatch = 1000

// boundSessions keeps the sessions of an account within their bounds: live sessions within the cap, ended sessions
// within account.MaxEndedSessions. Expired and ended rows that another request has locked are skipped.
func (s *Store) boundSessions(ctx context.Context, tx *changeTx, n account.NewSession) error {
	// 1. Expired sessions become ended sessions, as of their expiry.
	if _, err := tx.ExecContext(ctx, s.dialect.sql(`
		UPDATE sessions SET ended_at = expires_at, end_reason = $2 WHERE ended_at IS NULL AND id `+s.dialect.among(`
			SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL AND expires_at <= {now}
			LIMIT $3`+s.dialect.locking("FOR UPDATE SKIP LOCKED"))),
		n.UserID, account.Expired, historyBatch); err != nil {
		return err
	}
	// 2. The longest unused sessions above the cap end.
	if err := s.endSurplus(ctx, tx, n); err != nil {
		return err
	}
	// 3. Ended sessions above their bound are deleted.
	deleted, err := s.deleteHistory(ctx, tx, n.UserID)
	tx.surplus = deleted == historyBatch
	return err
}

// deleteHistory deletes a batch of an account's ended sessions above account.MaxEndedSessions.
func (s *Store) deleteHistory(ctx context.Context, tx sqlx.ExecerContext, userID string) (int64, error) {
	result, err := tx.ExecContext(ctx, `
		DELETE FROM sessions WHERE id `+s.dialect.among(`
			SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NOT NULL
			ORDER BY ended_at DESC, id DESC LIMIT $2 OFFSET $3`+s.dialect.locking("FOR UPDATE SKIP LOCKED")),
		userID, historyBatch, account.MaxEndedSessions)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// trimHistory deletes a long history from an older program, in one transaction per batch. It returns no error, because the
// sign-in has succeeded, and the next one continues.
func (s *Store) trimHistory(ctx context.Context, userID string) {
	for deleted := int64(historyBatch); deleted == historyBatch; {
		err := s.inOwnTx(ctx, func(q sqlx.ExtContext) (err error) {
			deleted, err = s.deleteHistory(ctx, q, userID)
			return err
		})
		if err != nil {
			return
		}
	}
}
