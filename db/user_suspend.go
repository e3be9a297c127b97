package db

import (
	"context"
	"time"

	"authgraph/account"
)

// Suspend implements account.Administration. A suspended account keeps the time of its suspension.
func (s *Store) Suspend(
	ctx context.Context, by account.Administrator, userID, reason string,
) (user *account.User, err error) {
	err = s.administer(ctx, by, account.UsersWrite, func(tx *administration) error {
		before, err := tx.target(ctx, userID)
		if err != nil {
			return err
		}
		if err := tx.notLast(ctx, before); err != nil {
			return err
		}
		// The row is first, so that a sign-in that waits for it finds the account suspended. An earlier sign-in has a
		// session, which ends below.
		if _, err := tx.ExecContext(ctx, s.dialect.sql(
			`UPDATE users SET suspended_at = {now} WHERE id = $1 AND suspended_at IS NULL`), userID); err != nil {
			return err
		}
		if _, err := s.endAllSessions(ctx, tx, userID, account.Suspended); err != nil {
			return err
		}
		tx.revoke(account.RevokedAccount, userID)
		if user, err = tx.rightsChanged(ctx, s, userID); err != nil {
			return err
		}
		return tx.recordPrivate(ctx, account.ActionUserSuspend, userID, reasonOf(reason))
	})
	return user, err
}

// Reinstate implements account.Administration.
func (s *Store) Reinstate(
	ctx context.Context, by account.Administrator, userID string,
) (user *account.User, err error) {
	err = s.administer(ctx, by, account.UsersWrite, func(tx *administration) error {
		if _, err := tx.target(ctx, userID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET suspended_at = NULL WHERE id = $1`, userID); err != nil {
			return err
		}
		if user, err = tx.rightsChanged(ctx, s, userID); err != nil {
			return err
		}
		return tx.record(ctx, account.ActionUserReinstate, userID, nil)
	})
	return user, err
}

// EraseUser implements account.Administration. The account's data is deleted with its row. On SQLite the erasure is complete
// when Scrub has truncated the write-ahead log.
func (s *Store) EraseUser(
	ctx context.Context, by account.Administrator, userID string,
) (at time.Time, err error) {
	err = s.administer(ctx, by, account.UsersWrite, func(tx *administration) error {
		before, err := tx.target(ctx, userID)
		if err != nil {
			return err
		}
		if err := tx.notLast(ctx, before); err != nil {
			return err
		}
		at, err = s.eraseUser(ctx, tx.changeTx, tx.endOf(userID, account.Deleted), func() error {
			return tx.record(ctx, account.ActionUserDelete, userID, nil)
		})
		return err
	})
	if err == nil {
		s.noteErasure()
	}
	return at, err
}

// EndUserSession implements account.Administration.
func (s *Store) EndUserSession(
	ctx context.Context, by account.Administrator, sessionID string,
) (session *account.Session, err error) {
	err = s.administer(ctx, by, account.SessionsRevoke, func(tx *administration) error {
		found, err := s.sessionByID(ctx, tx, sessionID, "")
		if err != nil {
			return err
		}
		if found == nil {
			return account.ErrSessionNotFound
		}
		if _, err := tx.target(ctx, found.UserID); err != nil {
			return err
		}
		if _, err := s.endSessions(ctx, tx.changeTx, account.SessionEnd{
			UserID: found.UserID, Reason: account.Revoked, By: by.UserID, Impersonator: by.Impersonator, Client: by.Client,
		}, `id = $3`, sessionID); err != nil {
			return err
		}
		session, err = s.sessionByID(ctx, tx, sessionID, "")
		return err
	})
	return session, err
}

// EndUserSessions implements account.Administration.
func (s *Store) EndUserSessions(
	ctx context.Context, by account.Administrator, userID string,
) (user *account.User, ended []string, err error) {
	err = s.administer(ctx, by, account.SessionsRevoke, func(tx *administration) error {
		if user, err = tx.target(ctx, userID); err != nil {
			return err
		}
		if err := tx.lockUser(ctx, userID); err != nil {
			return err
		}
		ended, err = s.endAllSessions(ctx, tx, userID, account.Revoked)
		return err
	})
	return user, ended, err
}

// endAllSessions ends every session of an account.
func (s *Store) endAllSessions(
	ctx context.Context, tx *administration, userID string, reason account.SessionEndReason,
) ([]string, error) {
	return s.endSessions(ctx, tx.changeTx, tx.endOf(userID, reason), `true`)
}

// endOf returns the end of an account's sessions by the administrator.
func (a *administration) endOf(userID string, reason account.SessionEndReason) account.SessionEnd {
	return account.SessionEnd{
		UserID: userID, Reason: reason, By: a.by.UserID, Impersonator: a.by.Impersonator, Client: a.by.Client,
	}
}
