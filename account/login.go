package account

import (
	"context"
	"errors"

	"authgraph/auth"
	"authgraph/auth/password"
)

// Login signs in with address and password. A wrong password and an unknown account get the same error after the same
// time. The attempt takes a unit from each of the limits.
func (s *Service) Login(
	ctx context.Context, email, plaintext string, delivery Delivery, client Client, limits []Limit,
) (*SignIn, error) {
	// An invalid address belongs to no account, so an early error reveals nothing.
	address, fault := parseEmail("email", email)
	if fault != nil {
		return nil, fault
	}

	// 1. Check the MAC of the device cookie: its holder has places in the queue and an allowance of its own.
	device, err := s.deviceTokenOf(ctx, address, client)
	if err != nil {
		return nil, err
	}

	// 2. Take a place in the hashing queue, before the lookup of the account.
	ticket, err := s.admitFor(client, device, plaintext)
	if err != nil {
		return nil, err
	}
	defer ticket.Leave()

	// 3. Count the attempt, for a device or for an address that may belong to no account.
	attempt, err := s.attempt(ctx, ticket, limits, subjectOf(address, client, device))
	if err != nil {
		return nil, err
	}
	defer func() { attempt.end() }()

	// 4. Find the account. The steps that follow are the same if it does not exist. A cookie of another account or of an
	// earlier password is invalid: its holder counts like other callers and gives up the reserved place.
	credential, err := s.store.CredentialByEmailKey(ctx, address.Key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if device != nil && !device.validFor(credential) {
		if err := ticket.Forfeit(); err != nil {
			return nil, overloaded(err)
		}
		attempt.end()
		if attempt, err = s.attempt(ctx, ticket, limits, subjectOf(address, client, nil)); err != nil {
			return nil, err
		}
	}

	// 5. Compare, always: with a decoy where there is no account or no password.
	ok, err := ticket.Matches(ctx, credential.PasswordHash, plaintext)
	if err != nil {
		err = overloaded(err)
		attempt.giveBackIfShed(ctx, err)
		return nil, err
	}
	if !ok {
		return nil, s.recordRefusal(ctx, credential, address, client, ErrInvalidCredentials)
	}

	// 6. Refuse a suspended account. The error is returned only after the right password.
	if credential.SuspendedAt != nil {
		return nil, s.recordRefusal(ctx, credential, address, client, ErrSuspended)
	}

	// 7. Replace a hash of a lower cost, or of a password that was not normalized, while the password is at hand.
	if err := s.rehash(ctx, ticket, credential, plaintext); err != nil {
		return nil, err
	}

	// 8. Start the session, unless the account was suspended, deleted or restored, or its password changed, since step 4.
	next := s.newSession(credential.UserID, delivery, client, pendingSteps(credential))
	user, session, err := s.store.AddSession(ctx, next, credential.Version)
	if errors.Is(err, ErrChanged) {
		return nil, s.recordRefusal(ctx, credential, address, client, ErrInvalidCredentials)
	}
	if err != nil {
		return nil, err
	}

	// 9. Give the unit back, so that only failures use up the allowance.
	attempt.giveBack(ctx)

	// 10. Issue the tokens, and a device token unless a step is pending.
	in, err := s.signIn(ctx, user, session)
	if err != nil || len(session.Pending) > 0 {
		return in, err
	}
	return s.withDeviceToken(ctx, in, address, credential.Version)
}

// subjectOf returns the subject of limits of a sign-in: the device if d is not nil, otherwise the address and the client's
// network.
func subjectOf(address Email, client Client, d *deviceToken) subject {
	target := subject{account: emailSubject(address), network: client.Path().Subscriber()}
	if d != nil {
		target.device = d.subject()
	}
	return target
}

// admit returns a place for a client in the hashing queue, or OVERLOADED.
func (s *Service) admit(c Client) (*password.Ticket, error) {
	ticket, err := s.passwords.Admit(c.Path(), nil)
	return ticket, overloaded(err)
}

// admitFor is admit for a comparison with a typed password, which may take two places. d may be nil.
func (s *Service) admitFor(c Client, d *deviceToken, typed string) (*password.Ticket, error) {
	ticket, err := s.passwords.AdmitFor(c.Path(), d.queueDevice(), typed)
	return ticket, overloaded(err)
}

// overloaded maps a password.Overload to OVERLOADED and returns other errors as they are.
func overloaded(err error) error {
	var o *password.Overload
	if errors.As(err, &o) {
		return &auth.Error{
			Code: auth.Overloaded, RetryAfter: o.RetryAfter, Err: err, Message: "Too many sign-ins at the moment; try again shortly",
		}
	}
	return err
}

// recordRefusal records a refused sign-in and returns the refusal. It makes one statement whether or not the account exists. If the
// statement fails, its error is returned instead, because the database is out of reach for every address.
func (s *Service) recordRefusal(ctx context.Context, c Credential, address Email, client Client, refusal *auth.Error) error {
	ctx, done := withoutCancel(ctx) // a client that disconnects early has made an attempt too
	defer done()
	if err := s.log.Note(ctx, AuditNote{
		Action: ActionStart, Outcome: Failed, Subject: c.UserID, Address: address.Key, Client: client.Clean(),
		Details: map[string]any{"code": refusal.Code},
	}); err != nil {
		return err
	}
	return refusal
}

// rehash replaces an outdated hash. If the queue is full, the next login does it.
func (s *Service) rehash(ctx context.Context, ticket *password.Ticket, c Credential, plaintext string) error {
	if !ticket.Outdated(c.PasswordHash) {
		return nil
	}
	hash, err := ticket.Hash(ctx, plaintext)
	var o *password.Overload
	if errors.As(err, &o) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.store.ReplacePasswordHash(ctx, c.UserID, c.PasswordHash, hash)
}
