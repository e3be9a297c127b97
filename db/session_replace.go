package db

import (
	"context"
	"errors"
	"slices"

	"authgraph/account"
	"authgraph/auth"
)

// ReplaceSession implements account.SelfService.
func (s *Store) ReplaceSession(
	ctx context.Context, by account.Caller, r account.SessionReplacement,
) (user *account.User, session *account.Session, err error) {
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		if err := s.lockCredential(ctx, tx, by.UserID, r.CredentialVersion); err != nil {
			return err
		}
		if user, session, err = s.replaceSession(ctx, tx, by, r); err != nil {
			return err
		}
		return tx.auditOwn(ctx, by, account.ActionReauthenticate, session.ID, nil)
	})
	return user, session, err
}

// lockUser locks the row of an account, if it exists. Transactions lock the account before its sessions, so that they do not
// block each other.
func (c *changeTx) lockUser(ctx context.Context, id string) error {
	if c.dialect == onSQLite {
		return nil // the transaction is the only writer
	}
	_, err := c.ExecContext(ctx, `SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE`, id)
	return err
}

// lockCredential fails with ErrChanged unless the account is active and its credential has the version. It locks the row, so
// that the credential does not change before the commit.
func (s *Store) lockCredential(ctx context.Context, tx *changeTx, userID string, version int64) error {
	var found bool
	err := tx.GetContext(ctx, &found, `SELECT u.credential_version = $2 AND u.suspended_at IS NULL AND u.erase_at IS NULL
		FROM users u WHERE u.id = $1`+s.dialect.locking("FOR NO KEY UPDATE OF u"), userID, version)
	if err = storeError(err); errors.Is(err, account.ErrNotFound) || err == nil && !found {
		return account.ErrChanged
	}
	return err
}

// replaceSession ends the caller's session and inserts the session that continues it. AuthTime becomes now, unless the
// session's assurance also rests on an older proof of a second factor. Impersonations that were started from the session
// continue.
func (s *Store) replaceSession(
	ctx context.Context, tx *changeTx, by account.Caller, r account.SessionReplacement,
) (*account.User, *account.Session, error) {
	present, err := s.liveSession(ctx, tx, by)
	if err != nil {
		return nil, nil, err
	}
	if present.Actor != nil || len(present.Pending) > 0 {
		return nil, nil, auth.ErrForbidden
	}
	if err := requireOneRow(tx.ExecContext(ctx, s.dialect.sql(`
		INSERT INTO sessions (id, user_id, created_at, last_used_at, rotated_at, changed_at, auth_time, expires_at,
			absolute_expires_at, assurance, methods, delivery, user_agent, ip_address)
		SELECT $2, s.user_id, s.created_at, {now}, {now}, {now},
			CASE WHEN s.assurance = $3 THEN {now} ELSE s.auth_time END,
			CASE WHEN {now} + CAST($4 AS BIGINT) < s.absolute_expires_at THEN {now} + CAST($4 AS BIGINT) ELSE s.absolute_expires_at END,
			s.absolute_expires_at, s.assurance, $5, s.delivery, $6, $7
		FROM sessions s WHERE s.id = $1`),
		present.ID, r.ID, auth.SingleFactor, r.Idle.Microseconds(), methodsWith(present.Methods, r.Method),
		nullable(by.Client.UserAgent), nullable(by.Client.IPAddress))); err != nil {
		return nil, nil, err
	}
	if _, err := tx.ExecContext(ctx,
		`UPDATE sessions SET actor_session_id = $2 WHERE actor_session_id = $1 AND ended_at IS NULL`, present.ID, r.ID); err != nil {
		return nil, nil, err
	}
	if err := s.endReplaced(ctx, tx, by, present.ID, r.ID); err != nil {
		return nil, nil, err
	}
	if _, err := s.deleteHistory(ctx, tx, by.UserID); err != nil {
		return nil, nil, err
	}
	return sessionWithUser(ctx, tx, s.dialect.sql(sessionByIDWithUser), r.ID)
}

// endReplaced ends a session that another one continues.
func (s *Store) endReplaced(ctx context.Context, tx *changeTx, by account.Caller, former, next string) error {
	if _, err := s.endSessions(ctx, tx, account.SessionEnd{
		UserID: by.UserID, Reason: account.Replaced, Client: by.Client,
	}, `id = $3`, former); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE sessions SET replaced_by = $2 WHERE id = $1`, former, next)
	return err
}

// liveSession returns the caller's session and locks it. An ended session is auth.ErrSessionEnded, a replaced one
// auth.ErrTokenExpired.
func (s *Store) liveSession(ctx context.Context, tx *changeTx, by account.Caller) (*account.Session, error) {
	found, err := s.sessionByID(ctx, tx, by.SessionID, "FOR UPDATE")
	switch {
	case err != nil:
		return nil, err
	case found == nil || found.UserID != by.UserID:
		return nil, auth.ErrSessionEnded
	case found.Ended() && *found.EndReason == account.Replaced:
		return nil, auth.ErrTokenExpired
	case found.Ended():
		return nil, auth.ErrSessionEnded
	}
	return found, nil
}

// methodsWith returns the column of methods with one more.
func methodsWith(methods []account.SignInMethod, more account.SignInMethod) string {
	others := slices.DeleteFunc(slices.Clone(methods), func(m account.SignInMethod) bool { return m == more })
	return joined(append(others, more))
}

// auditOwn records an action of a caller on the own account.
func (c *changeTx) auditOwn(ctx context.Context, by account.Caller, action, session string, details map[string]any) error {
	return c.audit(ctx, event{
		action: action, actor: by.UserID, subject: by.UserID, session: session, client: by.Client, details: details,
	})
}
