package db

import (
	"context"
	"fmt"
	"sync/atomic"

	"authgraph/account"
	"authgraph/internal/auditchain"
)

// AuditLog is the audit log of a store. Records are written by the store, in the transactions of what they record, and
// wait in audit_events until Append has put them into the chain, audit_log.
type AuditLog struct {
	store *Store
	root  func(context.Context) ([]byte, error)

	doubted atomic.Int32 // how often in a row Append has found an end that its key has not signed
}

// NewAuditLog returns the audit log of s. root returns its root key.
func NewAuditLog(s *Store, root func(context.Context) ([]byte, error)) *AuditLog {
	return &AuditLog{store: s, root: root}
}

var _ account.AuditLog = (*AuditLog)(nil)

func (l *AuditLog) keys(ctx context.Context) (*auditchain.Keys, error) {
	root, err := l.root(ctx)
	if err != nil {
		return nil, fmt.Errorf("the key of the audit log: %w", err)
	}
	return auditchain.NewKeys(root)
}

// Note implements account.AuditLog, in one statement.
func (l *AuditLog) Note(ctx context.Context, n account.AuditNote) error {
	e := event{
		action: n.Action, outcome: n.Outcome, actor: n.Actor, impersonator: n.Impersonator, subject: n.Subject,
		session: n.Session, client: n.Client, details: n.Details,
	}
	if n.Address != "" { // whether or not an account has it
		keys, err := l.keys(ctx)
		if err != nil {
			return err
		}
		e.address = keys.Address(n.Address)
	}
	return storeError(l.store.putEvent(ctx, l.store.write, e))
}
