package db

import (
	"context"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

// change is a transaction that others must hear of: what it says has been changed is announced as part of the
// commit, and this instance has heard before the commit is answered.
type change struct {
	*sqlx.Tx
	store   *Store
	dialect dialect
	changed account.Change
	revoked []account.Revocation
	surplus bool // ended sessions above account.MaxEndedSessions are left (boundSessions)
}

// change runs f in one transaction.
func (s *Store) change(ctx context.Context, f func(tx *change) error) error {
	var changed account.Change
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		c := &change{Tx: tx, store: s, dialect: s.dialect}
		if err := f(c); err != nil {
			return err
		}
		changed = c.changed
		if err := c.keepRevoked(ctx); err != nil {
			return err
		}
		return s.announce(ctx, tx, changed)
	})
	// A commit whose answer was lost may have happened: what was to change is not believed either way.
	s.tell(changed)
	return err
}

// Subscribe has f called with each change, here and elsewhere, as it becomes known. A change of this instance's own
// is known before the call that made it returns. f must not block. It is to be called before the store is used.
func (s *Store) Subscribe(f func(account.Change)) { s.subscribers = append(s.subscribers, f) }

func (s *Store) tell(c account.Change) {
	if len(c.Sessions) == 0 && len(c.Users) == 0 && !c.Rights && !c.Keys && !c.All {
		return
	}
	for _, f := range s.subscribers {
		f(c)
	}
}
