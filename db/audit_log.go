package db

import (
	"context"
	"fmt"
	"sync/atomic"

	"authgraph/account"
	"authgraph/internal/auditchain"
)

// AuditLog is the audit log of a store. The store inserts records in the transactions of the recorded changes. They wait in
// the table audit_events until Append moves them to the chain, the table audit_log.
type AuditLog struct {
	store *Store
	root  func(context.Context) ([]byte, error)

	unsignedHeads atomic.Int32 // number of consecutive calls of Append that found a head without a valid signature
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
	if n.Address != "" { // the same work with and without an account
		keys, err := l.keys(ctx)
		if err != nil {
			return err
		}
		e.address = keys.Address(n.Address)
	}
	return storeError(l.store.putEvent(ctx, l.store.write, e))
}
