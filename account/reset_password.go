package account

import (
	"context"
	"errors"

	"authgraph/auth"
	"authgraph/mail"
)

// decoyUserID is looked up for an address without an account, so that the number of statements is the same.
const decoyUserID = "user_00000000000000000000000000"

// MailRequest is a request for a mail with a one-time token.
type MailRequest struct {
	Email  string
	Locale *string // language of the mail, if the account has none
}

// RequestPasswordReset mails a link and a code that reset the password of an account. The result binds the code to the
// request. It is the same for every address: an address without an account gets no mail.
func (s *Service) RequestPasswordReset(ctx context.Context, in MailRequest, client Client) (requestID string, err error) {
	if s.outbox == nil {
		return "", ErrMailOff
	}
	// 1. Check the form of the input.
	var wrong faults
	address, fault := parseEmail("email", in.Email)
	wrong.add(fault)
	locale, fault := checkLocale("locale", in.Locale)
	wrong.add(fault)
	if err := wrong.err(); err != nil {
		return "", err
	}

	// 2. Read the account. The steps that follow are the same if it does not exist.
	user, credential, err := s.userByEmail(ctx, address)
	if err != nil {
		return "", err
	}

	// 3. Store the token, and queue its mail. A decoy has no recipient, so its mail is dropped by the worker.
	t, err := s.issueToken(ctx, PurposeResetPassword, address, credential, client.Browser, resetLifetime)
	if err != nil {
		return "", err
	}
	m := tokenMail(user, mail.ResetPassword, client, t)
	if m.Locale == "" {
		m.Locale = deref(locale)
	}
	// The request is recorded first, so that no mail is sent without a record.
	if err := s.log.Note(ctx, AuditNote{
		Action: ActionPasswordResetRequest, Outcome: Succeeded, Subject: user.ID, Address: address.Key, Client: client.Clean(),
	}); err != nil {
		return "", err
	}
	return t.requestID, s.store.AddOneTimeToken(ctx, t.row, s.outbox.Seal(m))
}

// userByEmail returns the account of an address and its credential. Without one it returns an account and a credential without
// ids, by the same statements.
func (s *Service) userByEmail(ctx context.Context, address Email) (*User, Credential, error) {
	credential, err := s.store.CredentialByEmailKey(ctx, address.Key)
	id := credential.UserID
	if errors.Is(err, ErrNotFound) {
		id, err = decoyUserID, nil
	}
	if err != nil {
		return nil, credential, err
	}
	user, err := first(s.store.UsersByID(ctx, []string{id}))
	if errors.Is(err, ErrNotFound) {
		return &User{}, Credential{}, nil
	}
	return user, credential, err
}

// ResetPassword sets the password of an account by a one-time token, ends its sessions and signs in. The attempt takes a unit
// from each of limits.
func (s *Service) ResetPassword(
	ctx context.Context, p Presented, next string, delivery Delivery, client Client, limits []Limit,
) (*SignIn, error) {
	if s.outbox == nil {
		return nil, ErrMailOff
	}
	// 1. Check the form of the input.
	if _, err := p.byCode(); err != nil {
		return nil, err
	}
	if fault := checkPassword("newPassword", next); fault != nil {
		return nil, fault
	}

	// 2. Take a place in the hashing queue.
	ticket, err := s.admit(client)
	if err != nil {
		return nil, err
	}
	defer ticket.Leave()

	// 3. Count the attempt.
	attempt, err := s.attempt(ctx, ticket, limits, subject{account: p.Subject()})
	if err != nil {
		return nil, err
	}
	defer attempt.end()

	// 4. Find the token.
	t, err := s.presentedToken(ctx, PurposeResetPassword, p, client)
	if err != nil {
		return nil, s.refuseReset(ctx, client, t.UserID, err)
	}
	user, err := first(s.store.UsersByID(ctx, []string{t.UserID}))
	if errors.Is(err, ErrNotFound) {
		return nil, ErrOneTimeTokenInvalid
	}
	if err != nil {
		return nil, err
	}
	credential, err := s.store.CredentialByID(ctx, user.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, ErrOneTimeTokenInvalid
	}
	if err != nil {
		return nil, err
	}
	bound, err := s.boundTo(ctx, t, user)
	if err != nil {
		return nil, err
	}
	if !bound || t.Version != credential.Version {
		return nil, s.refuseReset(ctx, client, user.ID, ErrOneTimeTokenInvalid)
	}

	// 5. Compare the new password with the account's address and name. The token stays valid.
	if fault := checkPassword("newPassword", next, user.Email, deref(user.DisplayName)); fault != nil {
		attempt.giveBack(ctx)
		return nil, fault
	}

	// 6. Hash it.
	hash, err := ticket.Hash(ctx, next)
	if err != nil {
		err = overloaded(err)
		attempt.giveBackIfShed(ctx, err)
		return nil, err
	}

	// 7. Use the token and store the password, in one transaction.
	key, err := s.keys.RefreshKey(ctx)
	if err != nil {
		return nil, err
	}
	session := s.newSession(user.ID, delivery, client, pendingSteps(credential))
	session.Methods = []SignInMethod{MethodEmailLink}
	user, started, err := s.store.ResetPassword(ctx, PasswordReset{
		Token: t.Hash, UserID: user.ID, CredentialVersion: credential.Version, Hash: hash, Session: session,
		Mails: s.outbox.Seal(notice(user, mail.PasswordChanged, client)),
	})
	if errors.Is(err, ErrChanged) {
		return nil, s.refuseReset(ctx, client, t.UserID, ErrOneTimeTokenInvalid)
	}
	if err != nil {
		return nil, err
	}
	attempt.giveBack(ctx)
	if started == nil {
		return nil, ErrSuspended
	}

	// 8. Issue the tokens and a device token.
	in, err := s.signInWith(ctx, key, user, started)
	if err != nil || len(started.Pending) > 0 {
		return in, err
	}
	return s.withDeviceToken(ctx, in, Email{Typed: user.Email, Key: user.EmailKey}, credential.Version+1)
}

// refuseReset records an invalid token and returns the refusal. userID is the account of the request, if it is known.
func (s *Service) refuseReset(ctx context.Context, client Client, userID string, refusal error) error {
	var e *auth.Error
	if !errors.As(refusal, &e) || e.Reason != auth.OneTimeTokenInvalid {
		return refusal
	}
	if err := s.log.Note(ctx, AuditNote{
		Action: ActionPasswordReset, Outcome: Failed, Subject: userID, Client: client.Clean(), Details: map[string]any{"reason": e.Reason},
	}); err != nil {
		return err
	}
	return refusal
}
