package db

import (
	"context"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

// changeTx is a transaction whose changes are announced: to other instances as part of the commit, and to the subscribers
// of this instance before inChangeTx returns.
type changeTx struct {
	*sqlx.Tx
	store   *Store
	dialect dialect
	changed account.Change
	revoked []account.Revocation
	mailed  bool // mails were queued
	surplus bool // ended sessions above account.MaxEndedSessions are left (boundSessions)
}

// inChangeTx runs f in one transaction and announces its changes.
func (s *Store) inChangeTx(ctx context.Context, f func(tx *changeTx) error) error {
	var changed account.Change
	var mailed bool
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		c := &changeTx{Tx: tx, store: s, dialect: s.dialect}
		if err := f(c); err != nil {
			return err
		}
		changed, mailed = c.changed, c.mailed
		if err := c.insertRevocations(ctx); err != nil {
			return err
		}
		return s.announce(ctx, tx, changed)
	})
	// A commit whose response was lost may have happened, so caches drop the change after an error too.
	s.notifySubscribers(changed)
	if mailed {
		for _, f := range s.mailSubscribers {
			f()
		}
	}
	return err
}

// Subscribe registers f, which is called with each change of any instance. A change of this instance is notified before the
// call that made it returns. f must not block. Call Subscribe before the store is used.
func (s *Store) Subscribe(f func(account.Change)) { s.subscribers = append(s.subscribers, f) }

func (s *Store) notifySubscribers(c account.Change) {
	if len(c.Sessions) == 0 && len(c.Users) == 0 && !c.Rights && !c.Keys && !c.All {
		return
	}
	for _, f := range s.subscribers {
		f(c)
	}
}
