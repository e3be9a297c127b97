package db

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
	"authgraph/internal/auditchain"
)

// ErrUnsound reports a fault of the log besides a missing signature of its head. A new signature would hide it.
var ErrUnsound = errors.New("db: the audit log is not sound")

// SignGenesis signs the head of an empty log. Programs call it at their start. Append signs a new head only if the present one
// is signed, so that an attacker who removes the signature does not get a forged head signed.
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

// Sign signs the head of a log without other faults, such as a log that an older program has appended to. The log records
// the signature. The checkpoints outside are checked as in Verify. Sign returns the report of the verification, and
// ErrUnsound if the log has other faults.
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
		// Records that were appended during the long read are verified from its last checkpoint.
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

// inLockedTx runs f in a transaction that holds the lock of the chain. It waits for a running Append.
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
