package db

import (
	"context"
	"encoding/json"

	"go.jetify.com/typeid/v2"

	"authgraph/account"
)

// event is a record of the audit log. It is written in the transaction of what it records.
type event struct {
	action                                string
	actor, impersonator, subject, session string
	client                                account.Client
	details                               map[string]any
}

// auditPrefix begins the identifiers of records.
const auditPrefix = "event"

func (c *change) audit(ctx context.Context, e event) error {
	details, err := json.Marshal(e.details)
	if err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, c.dialect.sql(`
		INSERT INTO audit_events (id, at, action, outcome, actor_id, subject_id, session_id, ip_address, user_agent, details)
		VALUES ($1, {now}, $2, 'SUCCESS', $3, $4, $5, $6, $7, $8)`),
		typeid.MustGenerate(auditPrefix).String(), e.action, nullable(e.actor), nullable(e.subject), nullable(e.session),
		nullable(e.client.IPAddress), nullable(e.client.UserAgent), string(details))
	return err
}
