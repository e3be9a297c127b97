package account

import (
	"context"
	"time"

	"authgraph/auth"
)

// Caller is a signed-in caller who changes the own account.
type Caller struct {
	UserID    string
	SessionID string
	Client    Client
}

// CallerOf returns the caller of a request.
func CallerOf(p *auth.Principal, c Client) Caller {
	return Caller{UserID: p.Subject, SessionID: p.Session, Client: c.Clean()}
}

// SelfService is the part of a Store by which callers change their own accounts. Each method fails with
// auth.ErrSessionEnded if the caller's session has ended, or auth.ErrTokenExpired if another session continues it.
type SelfService interface {
	// CredentialByID returns the credential of an account. It fails with ErrNotFound.
	CredentialByID(ctx context.Context, userID string) (Credential, error)
	// UpdateProfile changes the caller's profile.
	UpdateProfile(ctx context.Context, by Caller, c UserChange) (*User, error)
	// ChangePassword sets the password's hash, replaces the caller's session and ends the account's other sessions. It fails
	// with ErrChanged if the credential has another version, or the account is suspended.
	ChangePassword(ctx context.Context, by Caller, c PasswordChange) (*User, *Session, error)
	// ReplaceSession continues the caller's session under another id, after a proof of the caller's identity. It fails with
	// ErrChanged as ChangePassword does.
	ReplaceSession(ctx context.Context, by Caller, r SessionReplacement) (*User, *Session, error)
	// RequestDeletion ends the account's sessions. The account is erased after the grace period, unless it is restored. A
	// second request keeps the time. Error: ErrLastAdministrator. mails returns the notices, which name the time of the erasure.
	RequestDeletion(ctx context.Context, by Caller, grace time.Duration, mails func(eraseAt time.Time) []OutgoingMail) (eraseAt time.Time, err error)
	// RestoreAccount cancels the deletion, and replaces the caller's session by s. It fails with ErrChanged if no deletion was
	// requested, or the account is suspended.
	RestoreAccount(ctx context.Context, by Caller, s NewSession, mails []OutgoingMail) (*User, *Session, error)
	// EraseDue erases at most limit accounts whose grace period has passed, and returns their number.
	EraseDue(ctx context.Context, limit int) (int, error)
}

// PasswordChange is a new password of the caller.
type PasswordChange struct {
	Hash    string
	Session SessionReplacement
	Mails   []OutgoingMail // notices
}

// SessionReplacement is a session that continues another one under a new id. It keeps the start, the maximum lifetime and the
// delivery.
type SessionReplacement struct {
	ID                string
	Idle              time.Duration // lifetime without use
	CredentialVersion int64         // version of the credential that was proved
	Method            SignInMethod  // method of the proof
}

// replacement returns the successor of the caller's session, after a proof by password.
func (s *Service) replacement(version int64) SessionReplacement {
	return SessionReplacement{
		ID: newID(sessionPrefix), Idle: s.settings.SessionIdle, CredentialVersion: version, Method: MethodPassword,
	}
}
