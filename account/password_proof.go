package account

import (
	"context"
	"errors"

	"authgraph/auth"
	"authgraph/auth/password"
)

// PasswordLimits are the limits of a field that takes the caller's password.
type PasswordLimits struct {
	Own   []Limit // counted by the caller's account before the comparison; a success does not count
	Login []Limit // limits of login: a wrong password takes a unit from each, so that guesses add up. They refuse nothing here.
}

// passwordProof is a caller's password that was compared and is right. The caller must call end.
type passwordProof struct {
	ticket     *password.Ticket
	attempt    *attempt
	user       *User
	credential Credential
}

func (p *passwordProof) end() {
	p.attempt.end()
	p.ticket.Leave()
}

// provePassword compares a typed password with the caller's. A wrong one is INVALID_CREDENTIALS and is recorded as a failure
// of action.
func (s *Service) provePassword(
	ctx context.Context, by Caller, typed, action string, limits PasswordLimits,
) (_ *passwordProof, err error) {
	// 1. Take a place in the hashing queue.
	p := &passwordProof{}
	if p.ticket, err = s.admitFor(by.Client, nil, typed); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.end()
		}
	}()

	// 2. Count the attempt.
	p.attempt, err = s.attempt(ctx, p.ticket, limits.Own, subject{account: UserSubject(by.UserID)})
	if err != nil {
		return nil, err
	}

	// 3. Read the account.
	if p.user, err = first(s.store.UsersByID(ctx, []string{by.UserID})); err != nil {
		return nil, sessionError(err)
	}
	if p.credential, err = s.store.CredentialByID(ctx, by.UserID); err != nil {
		return nil, sessionError(err)
	}

	// 4. Compare, with a decoy if the account has no password.
	ok, err := p.ticket.Matches(ctx, p.credential.PasswordHash, typed)
	if err != nil {
		err = overloaded(err)
		p.attempt.giveBackIfShed(ctx, err)
		return nil, err
	}
	if !ok {
		return nil, s.wrongPassword(ctx, by, p.user, action, limits.Login)
	}
	return p, nil
}

// wrongPassword records a failure of action, and takes a unit from each limit of login. It returns the refusal.
func (s *Service) wrongPassword(ctx context.Context, by Caller, u *User, action string, login []Limit) error {
	ctx, done := withoutCancel(ctx) // a client that disconnects early has made an attempt too
	defer done()
	key, err := s.limitKey(ctx)
	if err != nil {
		return err
	}
	target := subject{account: emailSubject(Email{Key: u.EmailKey}), network: by.Client.Path().Subscriber()}
	for _, limit := range login {
		if _, _, err := s.store.Count(ctx, limit.key(key.Key, target), limit.Max, limit.Window); err != nil {
			return err
		}
	}
	return s.refuseOwn(ctx, by, action, ErrInvalidCredentials)
}

// refuseOwn records a refused action of the caller and returns the refusal.
func (s *Service) refuseOwn(ctx context.Context, by Caller, action string, refusal *auth.Error) error {
	details := map[string]any{"code": refusal.Code}
	if refusal.Reason != "" {
		details["reason"] = refusal.Reason
	}
	if err := s.log.Note(ctx, AuditNote{
		Action: action, Outcome: Failed, Actor: by.UserID, Subject: by.UserID, Session: by.SessionID, Client: by.Client,
		Details: details,
	}); err != nil {
		return err
	}
	return refusal
}

// changed maps ErrChanged to INVALID_CREDENTIALS: the proved password is no longer the account's.
func (s *Service) changed(ctx context.Context, by Caller, action string, err error) error {
	if errors.Is(err, ErrChanged) {
		return s.refuseOwn(ctx, by, action, ErrInvalidCredentials)
	}
	return err
}
