package db

import (
	"context"
	"errors"

	"authgraph/account"
)

// CredentialByID implements account.SelfService.
func (s *Store) CredentialByID(ctx context.Context, userID string) (account.Credential, error) {
	return s.credential(ctx, `id`, userID)
}

// UpdateProfile implements account.SelfService. It announces the change, so that no instance returns the old values.
func (s *Store) UpdateProfile(
	ctx context.Context, by account.Caller, c account.UserChange,
) (user *account.User, err error) {
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		if err := tx.lockUser(ctx, by.UserID); err != nil {
			return err
		}
		if _, err := s.liveSession(ctx, tx, by); err != nil {
			return err
		}
		fields, err := tx.changeProfile(ctx, c)
		if err != nil {
			return err
		}
		users, err := usersByID(ctx, tx, []string{c.ID})
		if err != nil {
			return err
		}
		if user = users[0]; len(fields) == 0 {
			return nil
		}
		return tx.auditOwn(ctx, by, account.ActionUserProfile, by.SessionID, map[string]any{"fields": fields})
	})
	return user, err
}

// ChangePassword implements account.SelfService.
func (s *Store) ChangePassword(
	ctx context.Context, by account.Caller, c account.PasswordChange,
) (user *account.User, session *account.Session, err error) {
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		// The row of the account is first, so that a sign-in with the former password that waits for it fails.
		err := requireOneRow(tx.ExecContext(ctx, `
			UPDATE users SET password_hash = $3, credential_version = credential_version + 1
			WHERE id = $1 AND credential_version = $2 AND suspended_at IS NULL AND erase_at IS NULL`,
			by.UserID, c.Session.CredentialVersion, c.Hash))
		if errors.Is(err, errNoEffect) {
			return account.ErrChanged
		}
		if err != nil {
			return err
		}
		if user, session, err = s.replaceSession(ctx, tx, by, c.Session); err != nil {
			return err
		}
		if _, err := s.endSessions(ctx, tx, account.SessionEnd{
			UserID: by.UserID, Reason: account.PasswordChanged, Client: by.Client,
		}, `id <> $3`, session.ID); err != nil {
			return err
		}
		if err := tx.voidPasswordTokens(ctx, by.UserID); err != nil {
			return err
		}
		tx.changed.Users = append(tx.changed.Users, by.UserID)
		if err := tx.auditOwn(ctx, by, account.ActionPasswordChange, session.ID, nil); err != nil {
			return err
		}
		return tx.addMails(ctx, c.Mails)
	})
	return user, session, err
}
