package db

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
	"authgraph/internal/auditchain"
)

// ErrUnsound says that something other than the signature of its end is wrong with the log: signing that would hide it.
var ErrUnsound = errors.New("db: the audit log is not sound")

// SignGenesis signs the end of a log that nothing was ever sealed in. Programs do so when they start. The sealer goes on signing
// only where the end that it finds is signed, so that nobody has it sign an end of their own by taking a signature away.
func (l *AuditLog) SignGenesis(ctx context.Context) error {
	state, err := chainState(ctx, l.store.read)
	if err != nil || state.HeadSignature != nil || state.Head.Position > 0 {
		return storeError(err)
	}
	keys, err := l.keys(ctx)
	if err != nil {
		return err
	}
	return l.inLockedTx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE audit_chain SET head_signature = $1
			WHERE head_position = 0 AND head_signature IS NULL AND NOT EXISTS (SELECT 1 FROM audit_log)`,
			keys.SignHead(keys.Genesis()))
		return err
	})
}

// Sign signs the end of a log that is sound but for that: one from before ends were signed, or that a program from before
// has gone on with. It is written into the log. The marks are those of Verify. It returns what was verified, and
// ErrUnsound if that keeps it from signing.
func (l *AuditLog) Sign(ctx context.Context, outside ...auditchain.Checkpoint) (AuditReport, error) {
	keys, err := l.keys(ctx)
	if err != nil {
		return AuditReport{}, err
	}
	var report AuditReport
	if err := l.store.snapshot(ctx, func(tx *sqlx.Tx) error {
		state, err := chainState(ctx, tx)
		if err != nil {
			return err
		}
		state.HeadSignature = keys.SignHead(keys.End(state))
		report, err = verify(ctx, tx, keys, state, outside)
		return err
	}); err != nil {
		return report, err
	}
	if !report.Sound() {
		return report, ErrUnsound
	}
	err = l.inLockedTx(ctx, func(tx *sqlx.Tx) error {
		state, err := chainState(ctx, tx)
		if err != nil {
			return err
		}
		// What was sealed meanwhile is verified from where the long reading has ended.
		end := keys.End(state)
		state.HeadSignature = keys.SignHead(end)
		state.Anchor, state.AnchorSignature = report.Last, keys.SignAnchor(report.Last)
		since, err := verify(ctx, tx, keys, state, nil)
		if err != nil {
			return err
		}
		if !since.Sound() {
			report.Report = since.Report
			return ErrUnsound
		}
		if err := signHead(ctx, tx, keys, end); err != nil {
			return err
		}
		return l.store.putEvent(ctx, tx, event{action: account.ActionAuditSign, details: map[string]any{"position": end.Position}})
	})
	return report, err
}

func signHead(ctx context.Context, tx *sqlx.Tx, keys *auditchain.Keys, m auditchain.Checkpoint) error {
	return requireOneRow(tx.ExecContext(ctx, `UPDATE audit_chain SET head_signature = $1 WHERE id = 1`, keys.SignHead(m)))
}

// inLockedTx runs f in a transaction in which nobody seals: whoever does at this moment is waited for.
func (l *AuditLog) inLockedTx(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	return l.store.inTx(ctx, func(tx *sqlx.Tx) error {
		if l.store.dialect == onPostgres {
			if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, auditLock); err != nil {
				return err
			}
		}
		return f(tx)
	})
}
