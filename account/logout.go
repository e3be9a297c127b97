package account

import (
	"context"

	"authgraph/auth"
)

// LogoutScope selects the sessions that a logout ends; the schema's enum LogoutScope.
type LogoutScope string

// The scopes.
const (
	LogoutCurrent LogoutScope = "CURRENT"
	LogoutOthers  LogoutScope = "OTHERS"
	LogoutAll     LogoutScope = "ALL"
)

// Logout ends sessions and returns their ids. The account is the caller's, or else the first valid refresh token's.
// Without both it ends no session. An older token of a session ends that session with any scope, because two parties hold
// the session.
func (s *Service) Logout(
	ctx context.Context, caller *auth.Principal, scope LogoutScope, client Client, refreshTokens ...string,
) ([]string, error) {
	if caller != nil && caller.Actor != "" && scope != LogoutCurrent {
		return nil, auth.ErrForbidden // an impersonator does not own the other sessions
	}
	if caller != nil && len(caller.Pending) > 0 && scope != LogoutCurrent {
		return nil, auth.ErrStepPending
	}
	if caller != nil {
		return s.end(ctx, caller, caller.Session, scope, client)
	}
	for _, token := range refreshTokens {
		key, err := s.keys.RefreshKey(ctx)
		if err != nil {
			return nil, err
		}
		t, ok := parse(key, token)
		if !ok {
			continue
		}
		found, err := s.store.SessionsByID(ctx, []string{t.Session})
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			continue
		}
		if t.KeyVersion == found[0].KeyVersion {
			next, err := s.continued(ctx, found[0])
			if err != nil {
				return nil, err
			}
			if next != found[0] {
				return s.end(ctx, &auth.Principal{Subject: next.UserID}, next.ID, scope, client)
			}
		}
		switch found[0].EvaluateRefresh(Rotation{Token: t, Grace: s.settings.RefreshGrace, Client: client.Clean()}, false) {
		case RefreshRotated, RefreshRepeated, RefreshLate:
			return s.end(ctx, &auth.Principal{Subject: found[0].UserID}, t.Session, scope, client)
		case RefreshReused:
			return s.store.EndSessions(ctx, SessionEnd{
				UserID: found[0].UserID, Scope: LogoutCurrent, Session: t.Session, Reason: TokenReused, Client: client.Clean(),
			})
		}
	}
	return []string{}, nil
}

// maxReplacements is the maximum number of replacements that continued follows.
const maxReplacements = 100

// continued returns the session that continues a replaced one, over several replacements; session itself if it was not
// replaced.
func (s *Service) continued(ctx context.Context, session *Session) (*Session, error) {
	for range maxReplacements {
		if session.ReplacedBy == nil {
			break
		}
		found, err := s.store.SessionsByID(ctx, []string{*session.ReplacedBy})
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			break
		}
		session = found[0]
	}
	return session, nil
}

func (s *Service) end(
	ctx context.Context, caller *auth.Principal, current string, scope LogoutScope, client Client,
) ([]string, error) {
	reason := SignedOut
	if scope == LogoutOthers {
		reason = Revoked
	}
	return s.store.EndSessions(ctx, SessionEnd{
		UserID: caller.Subject, Scope: scope, Session: current, Reason: reason, Impersonator: caller.Actor, Client: client.Clean(),
	})
}

// RevokeSession ends one of the caller's own sessions. An ended session stays unchanged. It fails with ErrSessionNotFound if
// the session does not exist or belongs to another account.
func (s *Service) RevokeSession(ctx context.Context, caller *auth.Principal, id string, client Client) (*Session, error) {
	if !IsSessionID(id) {
		return nil, ErrSessionNotFound // it may contain bytes that a database rejects
	}
	reason := Revoked
	if id == caller.Session {
		reason = SignedOut
	}
	if _, err := s.store.EndSessions(ctx, SessionEnd{
		UserID: caller.Subject, Scope: LogoutCurrent, Session: id, Reason: reason, Impersonator: caller.Actor, Client: client.Clean(),
	}); err != nil {
		return nil, err
	}
	found, err := s.store.SessionsByID(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || found[0].UserID != caller.Subject {
		return nil, ErrSessionNotFound
	}
	return found[0], nil
}
