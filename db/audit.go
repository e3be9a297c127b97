package db

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"
	"go.jetify.com/typeid/v2"

	"authgraph/account"
)

// event is a record of the audit log. It is inserted in the transaction of the recorded change.
type event struct {
	action                                string
	outcome                               account.AuditOutcome // "" for success
	actor, impersonator, subject, session string
	client                                account.Client
	details                               map[string]any // nothing personal
	private                               map[string]any // about the subject: erased with the account
	address                               []byte         // keyed hash of the typed address
}

// auditPrefix is the prefix of the ids of records.
const auditPrefix = "event"

func (c *changeTx) audit(ctx context.Context, e event) error { return c.store.putEvent(ctx, c, e) }

// viaShell marks records of commands, which have no account as actor.
const viaShell = "shell"

// AuditAsCommand marks all further records of this process as records of a command.
func (s *Store) AuditAsCommand() { s.via = viaShell }

// putEvent inserts a record that waits for Append. Concurrent inserts do not block each other.
func (s *Store) putEvent(ctx context.Context, q sqlx.ExecerContext, e event) error {
	details := map[string]any{}
	for name, value := range e.details {
		details[name] = value
	}
	if s.via != "" {
		details["via"] = s.via
	}
	detailsJSON, err := jsonOf(details)
	if err != nil {
		return err
	}
	private, err := jsonOf(e.private)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, s.dialect.sql(`
		INSERT INTO audit_events (id, at, action, outcome, actor_id, impersonator_id, subject_id, session_id,
			ip_address, user_agent, details, private, address)
		VALUES ($1, {now}, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`),
		typeid.MustGenerate(auditPrefix).String(), e.action, cmp.Or(e.outcome, account.Succeeded),
		nullable(e.actor), nullable(e.impersonator), nullable(e.subject), nullable(e.session),
		nullable(e.client.IPAddress), nullable(e.client.UserAgent), detailsJSON, private, e.address)
	return err
}

// jsonOf returns values as JSON; nil if values is empty.
func jsonOf(values map[string]any) (*string, error) {
	if len(values) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	return nullable(string(text)), nil
}
