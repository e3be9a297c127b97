package db

import (
	"context"

	"authgraph/account"
	"authgraph/auth"
)

// AddImpersonation implements account.Administration.
func (s *Store) AddImpersonation(
	ctx context.Context, by account.Administrator, n account.NewSession,
) (made account.Impersonation, err error) {
	err = s.administer(ctx, by, account.Impersonate, func(tx *administration) error {
		if by.Impersonator != "" {
			return auth.ErrForbidden // the audit log names one impersonator only
		}
		if made.User, err = tx.target(ctx, n.UserID); err != nil {
			return err
		}
		if n.UserID == by.UserID || made.User.SuspendedAt != nil || made.User.EraseAt != nil {
			return account.ErrNotToBeActedAs
		}
		own, err := s.sessionByID(ctx, tx, by.SessionID, "FOR UPDATE") // locked, because its end ends the impersonation
		if err != nil {
			return err
		}
		if own == nil || own.Ended() || own.UserID != by.UserID {
			return auth.ErrSessionEnded
		}
		n.Actor = &account.Actor{UserID: by.UserID, SessionID: own.ID}
		n.Assurance = own.Assurance
		n.Absolute = min(n.Absolute, own.ExpiresAt.Sub(own.ReadAt))
		var version int64
		if err := tx.GetContext(ctx, &version, `SELECT credential_version FROM users WHERE id = $1`, n.UserID); err != nil {
			return err
		}
		if made.Session, err = s.insertSession(ctx, tx.changeTx, n, version); err != nil {
			return err
		}
		users, err := usersByID(ctx, tx, []string{by.UserID})
		if err != nil {
			return err
		}
		made.Actor = users[0]
		return nil
	})
	return made, err
}

// endImpersonations ends the sessions of impersonators who have lost the permission.
func (s *Store) endImpersonations(ctx context.Context, tx *changeTx) error {
	return s.endImpersonationsWhere(ctx, tx, account.SessionEnd{Reason: account.Revoked}, `NOT EXISTS (
		SELECT 1 FROM users u JOIN user_roles ur ON ur.user_id = u.id JOIN role_permissions rp ON rp.role_id = ur.role_id
		WHERE u.id = sessions.actor_id AND u.suspended_at IS NULL AND u.erase_at IS NULL AND rp.permission = $2)`, account.Impersonate)
}

// endImpersonationsWhere ends the sessions of impersonators that meet a condition, whose arguments start at $2.
func (s *Store) endImpersonationsWhere(
	ctx context.Context, tx *changeTx, e account.SessionEnd, condition string, args ...any,
) error {
	var ended []struct {
		ID     string `db:"id"`
		UserID string `db:"user_id"`
		Actor  string `db:"actor_id"`
	}
	err := tx.SelectContext(ctx, &ended, s.dialect.sql(`
		UPDATE sessions SET ended_at = {now}, changed_at = {now}, end_reason = $1
		WHERE actor_id IS NOT NULL AND ended_at IS NULL AND expires_at > {now} AND `+condition+`
		RETURNING id, user_id, actor_id`), append([]any{e.Reason}, args...)...)
	if err != nil {
		return err
	}
	for _, session := range ended {
		tx.changed.Sessions = append(tx.changed.Sessions, session.ID)
		tx.revoke(account.RevokedSession, session.ID)
		if err := tx.audit(ctx, event{
			action: account.ActionEnd, actor: session.UserID, impersonator: session.Actor, subject: session.UserID,
			session: session.ID, client: e.Client, details: map[string]any{"reason": e.Reason},
		}); err != nil {
			return err
		}
	}
	return nil
}
