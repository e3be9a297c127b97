package db

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"authgraph/internal/auditchain"
)

const (
	// auditLock is the advisory lock of appending, retention and erasure on PostgreSQL: the letters of "audit".
	auditLock int64 = 0x6175646974
	// AppendBatch is the maximum number of records that one transaction appends.
	AppendBatch = 500
	// maxUnsignedHeads is how often Append skips a log whose head its key has not signed. The key may have been replaced
	// before this instance was notified. Records appended with the old key could never be verified. A server appends a few
	// times per second, and is notified of keys within one second.
	maxUnsignedHeads = 8
)

// waitingEvent is a row of audit_events.
type waitingEvent struct {
	ID           string  `db:"id"`
	At           int64   `db:"at"`
	Action       string  `db:"action"`
	Outcome      string  `db:"outcome"`
	Actor        *string `db:"actor_id"`
	Impersonator *string `db:"impersonator_id"`
	Subject      *string `db:"subject_id"`
	Session      *string `db:"session_id"`
	IPAddress    *string `db:"ip_address"`
	UserAgent    *string `db:"user_agent"`
	Details      *string `db:"details"`
	Private      *string `db:"private"`
	Address      []byte  `db:"address"`
}

// Append moves records that wait into the chain, oldest first, up to AppendBatch. It is a single transaction, so a record is always
// in one of the two tables. Append returns the number of records, and 0 while another instance appends.
func (l *AuditLog) Append(ctx context.Context) (appended int, err error) {
	var waiting bool
	if err := l.store.read.GetContext(ctx, &waiting, `SELECT EXISTS (SELECT 1 FROM audit_events)`); err != nil || !waiting {
		return 0, storeError(err)
	}
	keys, err := l.keys(ctx)
	if err != nil {
		return 0, err
	}
	err = l.store.inTx(ctx, func(tx *sqlx.Tx) error {
		if locked, err := l.tryLock(ctx, tx); err != nil || !locked {
			return err
		}
		state, err := chainState(ctx, tx)
		if err != nil || l.mustWait(keys.HeadSigned(state)) {
			return err
		}
		appended, err = appendNext(ctx, tx, keys, state)
		return err
	})
	if err != nil {
		return 0, err
	}
	return appended, nil
}

// tryLock takes the lock of the chain until tx ends, and reports whether this instance holds it. SQLite has one writer.
func (l *AuditLog) tryLock(ctx context.Context, tx *sqlx.Tx) (locked bool, err error) {
	if l.store.dialect != onPostgres {
		return true, nil
	}
	err = tx.GetContext(ctx, &locked, `SELECT pg_try_advisory_xact_lock($1)`, auditLock)
	return locked, err
}

// mustWait reports whether Append must not append now, because the head is not signed.
func (l *AuditLog) mustWait(signed bool) bool {
	if signed {
		l.unsignedHeads.Store(0)
		return false
	}
	return l.unsignedHeads.Add(1) <= maxUnsignedHeads
}

// appendNext appends the next waiting records to the chain.
func appendNext(ctx context.Context, tx *sqlx.Tx, keys *auditchain.Keys, state auditchain.State) (int, error) {
	var rows []waitingEvent
	err := tx.SelectContext(ctx, &rows, `
		DELETE FROM audit_events WHERE id IN (SELECT id FROM audit_events ORDER BY id LIMIT $1)
		RETURNING id, at, action, outcome, actor_id, impersonator_id, subject_id, session_id,
			ip_address, user_agent, details, private, address`, AppendBatch)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	slices.SortFunc(rows, func(a, b waitingEvent) int { return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.ID, b.ID)) })
	known, err := accountsOf(ctx, tx, rows)
	if err != nil {
		return 0, err
	}
	end := keys.End(state)
	records := make([]*auditchain.Record, len(rows))
	for i := range rows {
		if records[i], err = rows[i].record(keys, known); err != nil {
			return 0, err
		}
		end = keys.Link(end, records[i])
	}
	if err := insertRecords(ctx, tx, records); err != nil {
		return 0, err
	}
	var signature []byte
	if keys.HeadSigned(state) { // a head that another program set stays unsigned, so that Verify reports it
		signature = keys.SignHead(end)
	}
	return len(rows), requireOneRow(tx.ExecContext(ctx,
		`UPDATE audit_chain SET head_position = $1, head_mac = $2, head_signature = $3 WHERE id = 1`, end.Position, end.MAC, signature))
}

// record returns the record of the row, without personal values of accounts that have been erased.
func (w *waitingEvent) record(keys *auditchain.Keys, known map[string]auditAccount) (*auditchain.Record, error) {
	actor, impersonator, subject := known[deref(w.Actor)], known[deref(w.Impersonator)], known[deref(w.Subject)]
	r := &auditchain.Record{
		ID: w.ID, At: w.At, Action: w.Action, Outcome: w.Outcome, Session: deref(w.Session), Details: deref(w.Details),
		Actor: actor.Ref, Impersonator: impersonator.Ref, Subject: subject.Ref,
	}
	if w.Subject == nil {
		r.Address = w.Address
	}
	if w.IPAddress != nil || w.UserAgent != nil {
		plain, err := json.Marshal(personal{deref(w.IPAddress), deref(w.UserAgent)})
		if err != nil {
			return nil, err
		}
		owner := auditchain.Nobody
		for _, party := range []struct {
			id   *string
			salt []byte
		}{{w.Impersonator, impersonator.Salt}, {w.Actor, actor.Salt}, {w.Subject, subject.Salt}} {
			if party.id != nil {
				owner = party.salt
				break
			}
		}
		if len(owner) > 0 {
			r.Personal = keys.Seal(owner, auditchain.Personal, w.ID, plain)
		}
	}
	if w.Private != nil && len(subject.Salt) > 0 {
		r.Private = keys.Seal(subject.Salt, auditchain.Private, w.ID, []byte(*w.Private))
	}
	return r, nil
}

// personal holds the personal values of an actor's device.
type personal struct {
	IPAddress string `json:"ip,omitempty"`
	UserAgent string `json:"agent,omitempty"`
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// recordColumns are the columns of a record, in the order of recordValues.
const recordColumns = `position, id, at, action, outcome, actor_ref, impersonator_ref, subject_ref, session_id, details,
	personal, private, address, mac`

func recordValues(r *auditchain.Record) []any {
	return []any{
		r.Position, r.ID, r.At, r.Action, r.Outcome, nullable(r.Actor), nullable(r.Impersonator), nullable(r.Subject),
		nullable(r.Session), nullable(r.Details), r.Personal, r.Private, r.Address, r.MAC,
	}
}

// insertRecords inserts records, 100 per statement.
func insertRecords(ctx context.Context, tx *sqlx.Tx, records []*auditchain.Record) error {
	for chunk := range slices.Chunk(records, 100) {
		w := &whereClause{}
		var rows []string
		for _, r := range chunk {
			var marks []string
			for _, value := range recordValues(r) {
				marks = append(marks, w.arg(value))
			}
			rows = append(rows, `(`+strings.Join(marks, ", ")+`)`)
		}
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO audit_log (`+recordColumns+`) VALUES `+strings.Join(rows, ", "), w.args...); err != nil {
			return err
		}
	}
	return nil
}

// chainState returns the stored state of the chain.
func chainState(ctx context.Context, q sqlx.QueryerContext) (auditchain.State, error) {
	var row struct {
		HeadPosition    int64  `db:"head_position"`
		HeadMAC         []byte `db:"head_mac"`
		HeadSignature   []byte `db:"head_signature"`
		AnchorPosition  int64  `db:"anchor_position"`
		AnchorMAC       []byte `db:"anchor_mac"`
		AnchorSignature []byte `db:"anchor_signature"`
	}
	err := sqlx.GetContext(ctx, q, &row, `
		SELECT head_position, head_mac, head_signature, anchor_position, anchor_mac, anchor_signature
		FROM audit_chain WHERE id = 1`)
	return auditchain.State{
		Head: auditchain.Checkpoint{Position: row.HeadPosition, MAC: row.HeadMAC}, HeadSignature: row.HeadSignature,
		Anchor: auditchain.Checkpoint{Position: row.AnchorPosition, MAC: row.AnchorMAC}, AnchorSignature: row.AnchorSignature,
	}, err
}

// Backlog returns the number of waiting records, and the age of the oldest by the database's clock.
func (l *AuditLog) Backlog(ctx context.Context) (waiting int64, lag time.Duration, err error) {
	var micros int64
	err = l.store.read.QueryRowxContext(ctx, l.store.dialect.sql(
		`SELECT count(*), COALESCE({now} - min(at), 0) FROM audit_events`)).Scan(&waiting, &micros)
	return waiting, time.Duration(micros) * time.Microsecond, storeError(err)
}
