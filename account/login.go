package account

import (
	"context"
	"errors"
)

// Login signs in with address and password. A wrong password and an unknown account are answered alike, in words
// and in time.
func (s *Service) Login(
	ctx context.Context, email, given string, delivery Delivery, client Client,
) (*SignIn, error) {
	// What is no address is nobody's: to say so tells nothing of any account.
	address, fault := parseEmail("input.email", email)
	if fault != nil {
		return nil, fault
	}

	// 1. Find the account. Not finding it changes nothing in what follows.
	credential, err := s.store.CredentialByEmailKey(ctx, address.Key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}

	// 2. Compare, always: with a decoy where there is no account or no password.
	ok, err := s.passwords.Matches(ctx, credential.PasswordHash, given)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrInvalidCredentials
	}

	// 3. May they sign in? Told only after the right password.
	if credential.SuspendedAt != nil {
		return nil, ErrSuspended
	}

	// 4. A hash of an older, lower cost is replaced while the password is at hand.
	if err := s.strengthen(ctx, credential, given); err != nil {
		return nil, err
	}

	// 5. The session. It does not begin if the account was suspended or its password changed meanwhile.
	user, session, err := s.store.AddSession(ctx, s.newSession(credential.UserID, delivery, client), credential.Version)
	if errors.Is(err, ErrChanged) {
		return nil, ErrInvalidCredentials
	}
	if err != nil {
		return nil, err
	}

	// 6. Its tokens.
	return s.signIn(ctx, user, session)
}

func (s *Service) strengthen(ctx context.Context, c Credential, given string) error {
	if !s.passwords.Weaker(c.PasswordHash) {
		return nil
	}
	hash, err := s.passwords.Hash(ctx, given)
	if err != nil {
		return err
	}
	return s.store.ReplacePasswordHash(ctx, c.UserID, c.PasswordHash, hash)
}
