package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"authgraph/internal/auditchain"
)

// RetainBatch is how many records one transaction drops at most.
const RetainBatch = 2000

// Retain drops the records of days, by UTC, that ended longer ago than retention: the beginning of the log, in the order
// in which it was sealed. What is left is proven from an anchor on, which is signed in the same transaction. It returns
// how many it has dropped; where that is a whole batch, there may be more. Nothing is dropped that is not what was sealed,
// age included: whoever can write here would otherwise make records old, and have the server sign that they were.
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

// setAnchor has the log begin behind m. An anchor that is further on stays.
func setAnchor(ctx context.Context, tx *sqlx.Tx, keys *auditchain.Keys, m auditchain.Checkpoint) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE audit_chain SET anchor_position = $1, anchor_mac = $2, anchor_signature = $3
		WHERE id = 1 AND anchor_position < $1`, m.Position, m.MAC, keys.SignAnchor(m))
	return err
}

// Restart has the log begin behind its present end, under another key: the one before was given up. What is before is kept,
// for as long as it would have been, but nothing proves it any more.
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
		if state.Anchor.Position == state.Head.Position { // signed with the key that was given up
			_, err := tx.ExecContext(ctx, `UPDATE audit_chain SET anchor_signature = $1 WHERE id = 1`, keys.SignAnchor(state.Head))
			return err
		}
		return setAnchor(ctx, tx, keys, state.Head)
	})
}

// lastBefore returns the last of the records from the beginning of the log on that are all older than limit. Those before
// the anchor are taken at their word: their key was given up, and the anchor was signed over them.
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
