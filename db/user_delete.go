package db

import (
	"context"
	"errors"
	"time"

	"authgraph/account"
)

// RequestDeletion implements account.SelfService. Changes of administrators wait, so two
// administrators who leave at once can't both be the last but one.
func (s *Store) RequestDeletion(
	ctx context.Context, by account.Caller, grace time.Duration, mails func(eraseAt time.Time) []account.OutgoingMail,
) (eraseAt time.Time, err error) {
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		if err := tx.lockRights(ctx); err != nil {
			return err
		}
		if err := tx.lockUser(ctx, by.UserID); err != nil {
			return err
		}
		if _, err := s.liveSession(ctx, tx, by); err != nil {
			return err
		}
		users, err := usersByID(ctx, tx, []string{by.UserID})
		if err != nil {
			return err
		}
		if err := tx.notLast(ctx, users[0]); err != nil {
			return err
		}
		var at int64
		if err := tx.GetContext(ctx, &at, s.dialect.sql(
			`UPDATE users SET erase_at = coalesce(erase_at, {now} + CAST($2 AS BIGINT)) WHERE id = $1 RETURNING erase_at`),
			by.UserID, grace.Microseconds()); err != nil {
			return err
		}
		eraseAt = fromMicros(at)
		if err := tx.voidPasswordTokens(ctx, by.UserID); err != nil {
			return err
		}
		if _, err := s.endSessions(ctx, tx, account.SessionEnd{
			UserID: by.UserID, Reason: account.Deleted, Client: by.Client,
		}, `true`); err != nil {
			return err
		}
		tx.changed.Users = append(tx.changed.Users, by.UserID)
		tx.revoke(account.RevokedAccount, by.UserID)
		if err := s.endImpersonations(ctx, tx); err != nil {
			return err
		}
		if err := tx.auditOwn(ctx, by, account.ActionUserRequestDeletion, by.SessionID, nil); err != nil {
			return err
		}
		return tx.addMails(ctx, mails(eraseAt))
	})
	return eraseAt, err
}

// RestoreAccount implements account.SelfService.
func (s *Store) RestoreAccount(
	ctx context.Context, by account.Caller, n account.NewSession, mails []account.OutgoingMail,
) (user *account.User, session *account.Session, err error) {
	var surplus bool
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		if err := tx.lockUser(ctx, by.UserID); err != nil {
			return err
		}
		present, err := s.liveSession(ctx, tx, by)
		if err != nil {
			return err
		}
		var version int64
		err = storeError(tx.GetContext(ctx, &version, `
			UPDATE users SET erase_at = NULL WHERE id = $1 AND erase_at IS NOT NULL AND suspended_at IS NULL
			RETURNING credential_version`, by.UserID))
		if errors.Is(err, account.ErrNotFound) {
			return account.ErrChanged
		}
		if err != nil {
			return err
		}
		if session, err = s.insertSession(ctx, tx, n, version); err != nil {
			return err
		}
		surplus = tx.surplus
		if err := s.endReplaced(ctx, tx, by, present.ID, session.ID); err != nil {
			return err
		}
		// Other sessions with a pending step were started for the deletion, which is cancelled.
		if _, err := s.endSessions(ctx, tx, account.SessionEnd{
			UserID: by.UserID, Reason: account.Revoked, Client: by.Client,
		}, `pending <> '' AND id <> $3`, session.ID); err != nil {
			return err
		}
		tx.changed.Users = append(tx.changed.Users, by.UserID)
		users, err := usersByID(ctx, tx, []string{by.UserID})
		if err != nil {
			return err
		}
		user = users[0]
		if err := tx.auditOwn(ctx, by, account.ActionUserRestore, session.ID, nil); err != nil {
			return err
		}
		return tx.addMails(ctx, mails)
	})
	if err == nil && surplus {
		s.trimHistory(ctx, n.UserID)
	}
	return user, session, err
}

// EraseDue implements account.SelfService. Each account is a transaction of its own. Instances that erase at once skip the
// accounts of each other.
func (s *Store) EraseDue(ctx context.Context, limit int) (erased int, err error) {
	var due []string
	if err := s.read.SelectContext(ctx, &due, s.dialect.sql(
		`SELECT id FROM users WHERE erase_at <= {now} ORDER BY erase_at LIMIT $1`), limit); err != nil {
		return 0, storeError(err)
	}
	var faults []error // an account that can't be erased does not keep the others from it
	for _, id := range due {
		done := false
		err := s.inChangeTx(ctx, func(tx *changeTx) error {
			var found []string
			if err := tx.SelectContext(ctx, &found, s.dialect.sql(`SELECT id FROM users WHERE id = $1 AND erase_at <= {now}`+
				s.dialect.locking("FOR NO KEY UPDATE SKIP LOCKED")), id); err != nil || len(found) == 0 {
				return err
			}
			done = true
			_, err := s.eraseUser(ctx, tx, account.SessionEnd{UserID: id, Reason: account.Deleted}, func() error {
				return tx.audit(ctx, event{action: account.ActionUserErase, subject: id})
			})
			return err
		})
		if ctx.Err() != nil {
			return erased, ctx.Err()
		}
		if err != nil {
			faults = append(faults, err)
		} else if done {
			erased++
			s.noteErasure()
		}
	}
	return erased, errors.Join(faults...)
}

// eraseUser ends the sessions of an account, and deletes the account and its data. record records the erasure.
func (s *Store) eraseUser(
	ctx context.Context, tx *changeTx, e account.SessionEnd, record func() error,
) (at time.Time, err error) {
	if err := tx.lockUser(ctx, e.UserID); err != nil {
		return at, err
	}
	if _, err := s.endSessions(ctx, tx, e, `true`); err != nil {
		return at, err
	}
	err = tx.erase(ctx, e.UserID, func() error {
		var now int64
		if err := tx.GetContext(ctx, &now, s.dialect.sql(`DELETE FROM users WHERE id = $1 RETURNING {now}`), e.UserID); err != nil {
			return err
		}
		at = fromMicros(now)
		tx.changed.Users = append(tx.changed.Users, e.UserID)
		tx.revoke(account.RevokedAccount, e.UserID)
		if err := s.endImpersonations(ctx, tx); err != nil {
			return err
		}
		return record()
	})
	return at, err
}
