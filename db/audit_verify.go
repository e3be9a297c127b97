package db

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"

	"authgraph/internal/auditchain"
)

// AuditReport is the result of a verification.
type AuditReport struct {
	auditchain.Report
	State   auditchain.State
	Waiting int64 // records that wait for Append, not verified
	Before  int64 // records before the anchor, not verified because their key was revoked
}

// recordRow is a row of audit_log.
type recordRow struct {
	Position     int64   `db:"position"`
	ID           string  `db:"id"`
	At           int64   `db:"at"`
	Action       string  `db:"action"`
	Outcome      string  `db:"outcome"`
	Actor        *string `db:"actor_ref"`
	Impersonator *string `db:"impersonator_ref"`
	Subject      *string `db:"subject_ref"`
	Session      *string `db:"session_id"`
	Details      *string `db:"details"`
	Personal     []byte  `db:"personal"`
	Private      []byte  `db:"private"`
	Address      []byte  `db:"address"`
	MAC          []byte  `db:"mac"`
}

func (r *recordRow) record() *auditchain.Record {
	return &auditchain.Record{
		Position: r.Position, ID: r.ID, At: r.At, Action: r.Action, Outcome: r.Outcome, Actor: deref(r.Actor),
		Impersonator: deref(r.Impersonator), Subject: deref(r.Subject), Session: deref(r.Session),
		Details: deref(r.Details), Personal: r.Personal, Private: r.Private, Address: r.Address, MAC: r.MAC,
	}
}

// verifyPage is the number of records per query.
const verifyPage = 2000

// Verify verifies the whole log in one snapshot, while records are appended. The log must contain the checkpoints outside,
// which were stored outside the database.
func (l *AuditLog) Verify(ctx context.Context, outside ...auditchain.Checkpoint) (AuditReport, error) {
	keys, err := l.keys(ctx)
	if err != nil {
		return AuditReport{}, err
	}
	var report AuditReport
	err = l.store.snapshot(ctx, func(tx *sqlx.Tx) error {
		state, err := chainState(ctx, tx)
		if err != nil {
			return err
		}
		report, err = verify(ctx, tx, keys, state, outside)
		return err
	})
	return report, err
}

// snapshot runs f, which only reads, in one snapshot of the database.
func (s *Store) snapshot(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	tx, err := s.read.BeginTxx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.dialect.snapshot})
	if err != nil {
		return storeError(err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	return storeError(f(tx))
}

// verify verifies the records between anchor and head of state.
func verify(
	ctx context.Context, tx *sqlx.Tx, keys *auditchain.Keys, state auditchain.State, outside []auditchain.Checkpoint,
) (report AuditReport, err error) {
	report.State = state
	if err := tx.GetContext(ctx, &report.Waiting, `SELECT count(*) FROM audit_events`); err != nil {
		return report, err
	}
	first := report.State.Anchor.Position
	if err := tx.GetContext(ctx, &report.Before, `SELECT count(*) FROM audit_log WHERE position <= $1`, first); err != nil {
		return report, err
	}
	v := keys.NewVerifier(report.State, outside...)
	for after := first; ; {
		var rows []recordRow
		if err := tx.SelectContext(ctx, &rows, `
			SELECT `+recordColumns+` FROM audit_log WHERE position > $1 ORDER BY position LIMIT $2`,
			after, verifyPage); err != nil {
			return report, err
		}
		for i := range rows {
			v.Add(rows[i].record())
		}
		if len(rows) < verifyPage {
			break
		}
		after = rows[len(rows)-1].Position
	}
	report.Report = v.Report()
	return report, nil
}
