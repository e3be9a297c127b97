package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"authgraph/account"
)

// EndSessions implements account.Store.
func (s *Store) EndSessions(ctx context.Context, e account.SessionEnd) (ended []string, err error) {
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		if e.Scope == account.LogoutAll || e.Scope == account.LogoutOthers {
			if err := tx.lockUser(ctx, e.UserID); err != nil {
				return err
			}
		}
		switch e.Scope {
		case account.LogoutAll:
			ended, err = s.endSessions(ctx, tx, e, `true`)
		case account.LogoutOthers:
			ended, err = s.endSessions(ctx, tx, e, `id <> $3`, e.Session)
		default:
			ended, err = s.endSessions(ctx, tx, e, `id = $3`, e.Session)
		}
		return err
	})
	return ended, err
}

// endSessions ends the account's live sessions that meet a condition, whose arguments start at $3. If two calls run at
// once, one ends a session and the other finds it ended.
func (s *Store) endSessions(
	ctx context.Context, tx *changeTx, e account.SessionEnd, condition string, args ...any,
) ([]string, error) {
	ended := []string{}
	err := tx.SelectContext(ctx, &ended, s.dialect.sql(`
		UPDATE sessions SET ended_at = {now}, changed_at = {now}, end_reason = $2
		WHERE user_id = $1 AND ended_at IS NULL AND expires_at > {now} AND `+condition+` RETURNING id`),
		append([]any{e.UserID, e.Reason}, args...)...)
	if err != nil {
		return nil, err
	}
	slices.Sort(ended)
	for _, id := range ended {
		if err := tx.audit(ctx, event{
			action: account.ActionEnd, actor: cmp.Or(e.By, e.UserID), impersonator: e.Impersonator, subject: e.UserID, session: id, client: e.Client,
			details: map[string]any{"reason": e.Reason},
		}); err != nil {
			return nil, err
		}
	}
	tx.changed.Sessions = append(tx.changed.Sessions, ended...)
	if e.Reason == account.Replaced {
		tx.changed.Replaced = append(tx.changed.Replaced, ended...)
	}
	tx.revoke(account.RevokedSession, ended...)
	return ended, s.endImpersonationsFrom(ctx, tx, ended, e.Client)
}

// endImpersonationsFrom ends the impersonations that were started from ended sessions.
func (s *Store) endImpersonationsFrom(ctx context.Context, tx *changeTx, ended []string, by account.Client) error {
	if len(ended) == 0 {
		return nil
	}
	marks := make([]string, len(ended))
	args := make([]any, len(ended))
	for i, id := range ended {
		marks[i], args[i] = fmt.Sprintf("$%d", i+2), id
	}
	return s.endImpersonationsWhere(ctx, tx, account.SessionEnd{Reason: account.Revoked, Client: by},
		`actor_session_id IN (`+strings.Join(marks, ", ")+`)`, args...)
}
