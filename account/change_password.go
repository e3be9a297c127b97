package account

import (
	"context"

	"authgraph/mail"
)

// ChangePassword sets another password, ends the account's other sessions and continues the caller's under a new id.
func (s *Service) ChangePassword(
	ctx context.Context, by Caller, current, next string, limits PasswordLimits,
) (*SignIn, error) {
	// 1. Check the form of the new password.
	if fault := checkPassword("newPassword", next); fault != nil {
		return nil, fault
	}

	// 2. Prove the present one.
	proof, err := s.provePassword(ctx, by, current, ActionPasswordChange, limits)
	if err != nil {
		return nil, err
	}
	defer proof.end()

	// 3. Compare the new password with the account's address and name.
	u := proof.user
	if fault := checkPassword("newPassword", next, u.Email, deref(u.DisplayName)); fault != nil {
		proof.attempt.giveBack(ctx)
		return nil, fault
	}

	// 4. Hash it.
	hash, err := proof.ticket.Hash(ctx, next)
	if err != nil {
		err = overloaded(err)
		proof.attempt.giveBackIfShed(ctx, err)
		return nil, err
	}

	// 5. Read the key of refresh tokens: a failure after the change would leave the caller without tokens.
	key, err := s.keys.RefreshKey(ctx)
	if err != nil {
		return nil, err
	}

	// 6. Store it, unless the password was changed since step 2.
	user, session, err := s.store.ChangePassword(ctx, by, PasswordChange{
		Hash: hash, Session: s.replacement(proof.credential.Version),
		Mails: s.outbox.Seal(notice(u, mail.PasswordChanged, by.Client)),
	})
	if err != nil {
		return nil, s.changed(ctx, by, ActionPasswordChange, err)
	}

	// 7. Give the unit back, so that only failures use up the allowance.
	proof.attempt.giveBack(ctx)

	// 8. Issue the tokens and a device token: the former device tokens belong to the former password.
	in, err := s.signInWith(ctx, key, user, session)
	if err != nil {
		return nil, err
	}
	return s.withDeviceToken(ctx, in, Email{Typed: user.Email, Key: user.EmailKey}, proof.credential.Version+1)
}

// Reauthenticate proves the caller's identity by password. The caller's session continues under a new id, with a new AuthTime.
func (s *Service) Reauthenticate(ctx context.Context, by Caller, typed string, limits PasswordLimits) (*SignIn, error) {
	// 1. Prove the password.
	proof, err := s.provePassword(ctx, by, typed, ActionReauthenticate, limits)
	if err != nil {
		return nil, err
	}
	defer proof.end()

	// 2. Read the key of refresh tokens, and replace the session, unless the password was changed since step 1.
	key, err := s.keys.RefreshKey(ctx)
	if err != nil {
		return nil, err
	}
	user, session, err := s.store.ReplaceSession(ctx, by, s.replacement(proof.credential.Version))
	if err != nil {
		return nil, s.changed(ctx, by, ActionReauthenticate, err)
	}

	// 3. Give the unit back, and issue the tokens.
	proof.attempt.giveBack(ctx)
	return s.signInWith(ctx, key, user, session)
}
