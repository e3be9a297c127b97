package account

import (
	"context"
	"errors"
	"time"

	"authgraph/auth"
	"authgraph/mail"
)

// ErrNotDeleted is returned for the restoration of an account whose deletion was not requested.
var ErrNotDeleted = &auth.Error{Code: auth.Conflict, Message: "The deletion of this account was not requested"}

// RequestDeletion ends all sessions of the caller's account, which is erased at the returned time unless it is restored.
func (s *Service) RequestDeletion(ctx context.Context, by Caller) (time.Time, error) {
	user, err := first(s.store.UsersByID(ctx, []string{by.UserID}))
	if err != nil {
		return time.Time{}, sessionError(err)
	}
	return s.store.RequestDeletion(ctx, by, s.settings.DeletionGrace, func(eraseAt time.Time) []OutgoingMail {
		m := notice(user, mail.AccountDeletion, by.Client)
		m.Data.EffectsAt = eraseAt
		return s.outbox.Seal(m)
	})
}

// RestoreAccount cancels the deletion of the caller's account. The caller's session has the step pending, and ends; pending and
// delivery are of this session.
func (s *Service) RestoreAccount(ctx context.Context, by Caller, present *Session) (*SignIn, error) {
	remaining, ok := present.stepDone(StepRestoreAccount)
	if !ok {
		return nil, ErrNotDeleted
	}
	next := s.newSession(by.UserID, present.Delivery, by.Client, remaining)
	next.Methods, next.Assurance, next.AuthTime = present.Methods, present.Assurance, present.AuthTime
	key, err := s.keys.RefreshKey(ctx)
	if err != nil {
		return nil, err
	}
	owner, err := first(s.store.UsersByID(ctx, []string{by.UserID}))
	if err != nil {
		return nil, sessionError(err)
	}
	user, session, err := s.store.RestoreAccount(ctx, by, next, s.outbox.Seal(notice(owner, mail.AccountRestored, by.Client)))
	if errors.Is(err, ErrChanged) {
		return nil, ErrNotDeleted
	}
	if err != nil {
		return nil, err
	}
	return s.signInWith(ctx, key, user, session)
}
