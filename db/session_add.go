package db

import (
	"context"
	"errors"
	"slices"
	"strings"

	"authgraph/account"
)

// AddSession implements account.Store.
func (s *Store) AddSession(
	ctx context.Context, n account.NewSession, credentialVersion int64,
) (user *account.User, session *account.Session, err error) {
	var surplus bool
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		if session, err = s.insertSession(ctx, tx, n, credentialVersion); err != nil {
			return err
		}
		surplus = tx.surplus
		users, err := usersByID(ctx, tx, []string{n.UserID})
		if err != nil {
			return err
		}
		user = users[0]
		return nil
	})
	if err == nil && surplus {
		s.trimHistory(ctx, n.UserID)
	}
	return user, session, err
}

// insertSession inserts a session and checks its conditions in one statement. On PostgreSQL it locks the account's row
// against a concurrent suspension. The lock also makes a concurrent second sign-in count the first one's session. SQLite has
// one writer.
func (s *Store) insertSession(
	ctx context.Context, tx *changeTx, n account.NewSession, credentialVersion int64,
) (*account.Session, error) {
	var actor account.Actor
	if n.Actor != nil {
		actor = *n.Actor
	}
	var authTime *int64
	if !n.AuthTime.IsZero() {
		at := n.AuthTime.UnixMicro()
		authTime = &at
	}
	err := requireOneRow(tx.ExecContext(ctx, s.dialect.sql(`
		INSERT INTO sessions (id, user_id, created_at, last_used_at, rotated_at, changed_at, auth_time,
			expires_at, absolute_expires_at, assurance, methods, delivery, user_agent, ip_address,
			actor_id, actor_session_id, pending)
		SELECT $1, allowed.id, now, now, now, now, coalesce(CAST($15 AS BIGINT), now),
			now + CAST($4 AS BIGINT), now + CAST($5 AS BIGINT), $6, $7, $8, $9, $10, $11, $12, $13
		FROM (SELECT u.id, {now} AS now FROM users u
			WHERE u.id = $2 AND u.credential_version = $3 AND u.suspended_at IS NULL
				AND (u.erase_at IS NOT NULL) = $14`+
		s.dialect.locking("FOR NO KEY UPDATE OF u")+`) AS allowed`),
		n.ID, n.UserID, credentialVersion, min(n.Idle, n.Absolute).Microseconds(), n.Absolute.Microseconds(),
		n.Assurance, joined(n.Methods), n.Delivery, nullable(n.Client.UserAgent), nullable(n.Client.IPAddress),
		nullable(actor.UserID), nullable(actor.SessionID), joined(n.Pending), slices.Contains(n.Pending, account.StepRestoreAccount), authTime))
	if errors.Is(err, errNoEffect) {
		return nil, account.ErrChanged
	}
	if err != nil {
		return nil, err
	}
	if err := s.boundSessions(ctx, tx, n); err != nil {
		return nil, err
	}
	if err := tx.audit(ctx, startOf(n)); err != nil {
		return nil, err
	}
	return s.sessionByID(ctx, tx, n.ID, "")
}

func startOf(n account.NewSession) event {
	e := event{
		action: account.ActionStart, actor: n.UserID, subject: n.UserID, session: n.ID, client: n.Client,
		details: map[string]any{"methods": n.Methods, "delivery": n.Delivery},
	}
	if len(n.Pending) > 0 {
		e.details["pending"] = n.Pending
	}
	if n.Actor != nil {
		e.actor, e.details = n.Actor.UserID, map[string]any{"methods": n.Methods}
		e.private = reasonOf(n.Why)
	}
	return e
}

// endSurplus ends the longest unused sessions of an account above its cap. The cap excludes sessions of impersonators.
// Sessions with a pending step have a cap of their own.
func (s *Store) endSurplus(ctx context.Context, tx *changeTx, n account.NewSession) error {
	if n.Actor != nil {
		return nil
	}
	_, err := s.endSessions(ctx, tx, account.SessionEnd{UserID: n.UserID, Reason: account.Revoked, Client: n.Client},
		`id IN (SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL AND expires_at > {now} AND id <> $3
			AND actor_id IS NULL AND (pending = '') = $5 ORDER BY last_used_at DESC, id DESC LIMIT 1000000 OFFSET $4)`, n.ID, n.Cap-1, len(n.Pending) == 0)
	return err
}

// joined returns the column of a list of names.
func joined[T ~string](names []T) string {
	text := make([]string, len(names))
	for i, name := range names {
		text[i] = string(name)
	}
	return strings.Join(text, " ")
}

func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
