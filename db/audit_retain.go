package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"authgraph/internal/auditchain"
)

// RetainBatch is the maximum number of records that one transaction drops.
const RetainBatch = 2000

// Retain drops the oldest records, of days (UTC) that ended longer ago than retention. It signs an anchor in the same
// transaction, from which the remaining records are verified. It returns the number of dropped records; a whole batch means
// that more may follow. Retain verifies the dropped records and their times first. Otherwise a writer of the database could
// make records old, and the server would sign their removal.
func (l *AuditLog) Retain(ctx context.Context, retention time.Duration) (dropped int64, err error) {
	keys, err := l.keys(ctx)
	if err != nil {
		return 0, err
	}
	err = l.store.inTx(ctx, func(tx *sqlx.Tx) error {
		if mine, err := l.tryLock(ctx, tx); err != nil || !mine {
			return err
		}
		var now int64
		if err := tx.GetContext(ctx, &now, l.store.dialect.sql(`SELECT {now}`)); err != nil {
			return err
		}
		anchor, err := lastBefore(ctx, tx, keys, fromMicros(now).Add(-retention).Truncate(24*time.Hour))
		if err != nil || anchor.Position == 0 {
			return err
		}
		if err := setAnchor(ctx, tx, keys, anchor); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `DELETE FROM audit_log WHERE position <= $1`, anchor.Position)
		if err != nil {
			return err
		}
		dropped, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, err
	}
	return dropped, nil
}

// setAnchor moves the anchor of the log to m, unless the anchor is already after m.
func setAnchor(ctx context.Context, tx *sqlx.Tx, keys *auditchain.Keys, m auditchain.Checkpoint) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE audit_chain SET anchor_position = $1, anchor_mac = $2, anchor_signature = $3
		WHERE id = 1 AND anchor_position < $1`, m.Position, m.MAC, keys.SignAnchor(m))
	return err
}

// Restart moves the anchor to the head, under a new key, after the former key was revoked. The records before the anchor stay
// for their retention, but can't be verified any more.
func (l *AuditLog) Restart(ctx context.Context) error {
	keys, err := l.keys(ctx)
	if err != nil {
		return err
	}
	return l.inLockedTx(ctx, func(tx *sqlx.Tx) error {
		state, err := chainState(ctx, tx)
		if err != nil {
			return err
		}
		if err := signHead(ctx, tx, keys, keys.End(state)); err != nil || state.Head.Position == 0 {
			return err
		}
		if state.Anchor.Position == state.Head.Position { // signed with the revoked key
			_, err := tx.ExecContext(ctx, `UPDATE audit_chain SET anchor_signature = $1 WHERE id = 1`, keys.SignAnchor(state.Head))
			return err
		}
		return setAnchor(ctx, tx, keys, state.Head)
	})
}

// lastBefore returns the last record of the log's start whose records are all older than limit. It does not verify the
// records before the anchor, because their key was revoked and the anchor was signed after them.
func lastBefore(ctx context.Context, tx *sqlx.Tx, keys *auditchain.Keys, limit time.Time) (last auditchain.Checkpoint, err error) {
	state, err := chainState(ctx, tx)
	if err != nil {
		return last, err
	}
	if !keys.AnchorSigned(state) {
		return last, errors.New("the anchor of the audit log is not signed by this server")
	}
	end := keys.Start(state)
	var rows []recordRow
	if err := tx.SelectContext(ctx, &rows,
		`SELECT `+recordColumns+` FROM audit_log ORDER BY position LIMIT $1`, RetainBatch); err != nil {
		return last, err
	}
	for i := range rows {
		r := rows[i].record()
		if r.At >= limit.UnixMicro() {
			break
		}
		if last = (auditchain.Checkpoint{Position: r.Position, MAC: r.MAC}); r.Position <= state.Anchor.Position {
			continue
		}
		if !keys.Follows(end, r) {
			return auditchain.Checkpoint{}, fmt.Errorf("record %d is not what was sealed, or does not follow the one before it", r.Position)
		}
		end = last
	}
	return last, nil
}
