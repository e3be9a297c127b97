package db

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"authgraph/audit"
)

// RetainBatch is how many records one transaction drops at most.
const RetainBatch = 2000

// Retain drops the records of days, by UTC, that ended longer ago than retention: the beginning of the log, in the order
// in which it was sealed. What is left is proven from an anchor on, which is signed in the same transaction. It returns
// how many it has dropped; where that is a whole batch, there may be more.
func (l *AuditLog) Retain(ctx context.Context, retention time.Duration) (dropped int64, err error) {
	keys, err := l.keys(ctx)
	if err != nil {
		return 0, err
	}
	err = l.store.inTx(ctx, func(tx *sqlx.Tx) error {
		if mine, err := l.turn(ctx, tx); err != nil || !mine {
			return err
		}
		var now int64
		if err := tx.GetContext(ctx, &now, l.store.dialect.sql(`SELECT {now}`)); err != nil {
			return err
		}
		anchor, err := lastBefore(ctx, tx, fromMicros(now).Add(-retention).Truncate(24*time.Hour))
		if err != nil || anchor.Position == 0 {
			return err
		}
		if err := anchorAt(ctx, tx, keys, anchor); err != nil {
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

// anchorAt has the log begin behind m. An anchor that is further on stays.
func anchorAt(ctx context.Context, tx *sqlx.Tx, keys *audit.Keys, m audit.Mark) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE audit_chain SET anchor_position = $1, anchor_mac = $2, anchor_signature = $3
		WHERE id = 1 AND anchor_position < $1`, m.Position, m.MAC, keys.SignAnchor(m))
	return err
}

// BeginAnew has the log begin behind its present end, under another key: the one before was given up. What is before is kept,
// for as long as it would have been, but nothing proves it any more.
func (l *AuditLog) BeginAnew(ctx context.Context) error {
	keys, err := l.keys(ctx)
	if err != nil {
		return err
	}
	return l.store.inTx(ctx, func(tx *sqlx.Tx) error {
		if l.store.dialect == onPostgres { // whoever seals at this moment is waited for
			if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, auditLock); err != nil {
				return err
			}
		}
		kept, err := keptOf(ctx, tx)
		if err != nil || kept.Head.Position == 0 {
			return err
		}
		if kept.Anchor.Position == kept.Head.Position { // signed with the key that was given up
			_, err := tx.ExecContext(ctx, `UPDATE audit_chain SET anchor_signature = $1 WHERE id = 1`, keys.SignAnchor(kept.Head))
			return err
		}
		return anchorAt(ctx, tx, keys, kept.Head)
	})
}

// lastBefore returns the last of the records from the beginning of the log on that are all older than limit.
func lastBefore(ctx context.Context, tx *sqlx.Tx, limit time.Time) (audit.Mark, error) {
	var rows []struct {
		Position int64  `db:"position"`
		At       int64  `db:"at"`
		MAC      []byte `db:"mac"`
	}
	if err := tx.SelectContext(ctx, &rows,
		`SELECT position, at, mac FROM audit_log ORDER BY position LIMIT $1`, RetainBatch); err != nil {
		return audit.Mark{}, err
	}
	var last audit.Mark
	for _, r := range rows {
		if r.At >= limit.UnixMicro() {
			break
		}
		last = audit.Mark{Position: r.Position, MAC: r.MAC}
	}
	return last, nil
}
