package db

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
)

// Exec runs a statement in the database, without the server.
func (s *Store) Exec(ctx context.Context, query string, args ...any) error {
	_, err := s.exec(ctx, query, args...)
	return err
}

// SetEffort makes a search of a handful of accounts take the paths that it takes among a million.
func (s *Store) SetEffort(few, many, accounts, changes int) {
	s.searchLimits = searchLimits{few, many, accounts, changes, 8, 0}
}

// SetRest sets the minimum time between two builds of the search index.
func (s *Store) SetRest(rest time.Duration) { s.searchLimits.buildPause = rest }

// Select reads as they could.
func (s *Store) Select(ctx context.Context, into any, query string, args ...any) error {
	return s.read.SelectContext(ctx, into, query, args...)
}

// PageQuery returns the statement that finds the records of a page.
func (l *AuditLog) PageQuery(ctx context.Context, q account.AuditQuery) (string, []any) {
	w, err := l.auditCondition(ctx, q.Filter)
	if err != nil {
		panic(err)
	}
	query, _ := w.pageQuery(q)
	return query, w.args
}

// OnSQLite reports which engine s is on.
func (s *Store) OnSQLite() bool { return s.dialect == onSQLite }

// Fault is storeError.
func Fault(err error) error { return storeError(err) }

// SQLiteRefuses is sqliteRefuses.
func SQLiteRefuses(code int) bool { return sqliteRefuses(code) }

// ExecRaw runs a statement on the connection that writes, outside of a transaction.
func (s *Store) ExecRaw(ctx context.Context, query string) error {
	_, err := s.write.ExecContext(ctx, query)
	return err
}

// UserPageQuery returns the statement that reads a page of accounts without words.
func (s *Store) UserPageQuery(ctx context.Context, q account.UserQuery) (string, []any, error) {
	l, err := s.newUserList(ctx, q)
	if err != nil {
		return "", nil, err
	}
	query, args := l.pageQuery()
	return query, args, nil
}

// PanicInTx panics in a transaction that has run a statement.
func (s *Store) PanicInTx(ctx context.Context, statement string) {
	_ = s.inTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
		panic("in a transaction")
	})
}

// DropMails is dropMails in a transaction of its own.
func (s *Store) DropMails(ctx context.Context, tokenHashes ...[]byte) error {
	return s.inChangeTx(ctx, func(tx *changeTx) error { return tx.dropMails(ctx, tokenHashes...) })
}

// FailWithMails queues mails in a transaction that fails.
func (s *Store) FailWithMails(ctx context.Context, mails []account.OutgoingMail, cause error) error {
	return s.inChangeTx(ctx, func(tx *changeTx) error { return errors.Join(tx.addMails(ctx, mails), cause) })
}
