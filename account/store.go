package account

import "context"

// Store keeps accounts and sessions. accounttest.Run is its contract in executable form.
//
// Each method is one transaction or one statement: it happens whole or not at all. An error is one of this
// package's Store errors, auth.ErrUnavailable where the database is out of reach, the context's own, or a fault.
type Store interface {
	// AddUser makes an account. ErrEmailTaken: one with the same key exists. ErrUnknownRole.
	AddUser(ctx context.Context, u NewUser) (*User, error)
	// AddUserWithSession makes an account and its first session together.
	AddUserWithSession(ctx context.Context, u NewUser, s NewSession) (*User, *Session, error)
	// CredentialByEmailKey finds what a password is compared with. ErrNotFound.
	CredentialByEmailKey(ctx context.Context, key string) (Credential, error)
	// AddSession begins a session, provided that the account is not suspended and that its credential is still of
	// the version that the password was compared with; otherwise ErrChanged.
	AddSession(ctx context.Context, s NewSession, credentialVersion int64) (*User, *Session, error)
	// ReplacePasswordHash puts a stronger hash of the same password in place of old. It does nothing if the hash is
	// no longer old.
	ReplacePasswordHash(ctx context.Context, userID, old, hash string) error

	// UsersByID finds accounts; those that don't exist are missing from the result. It makes one query.
	UsersByID(ctx context.Context, ids []string) ([]*User, error)
	// SessionsByID finds sessions, ended ones too, in the same way.
	SessionsByID(ctx context.Context, ids []string) ([]*Session, error)
	// Users calls f with each account, oldest first, until f returns an error.
	Users(ctx context.Context, f func(*User) error) error
	// Standing finds a session and its account as they are now. ErrNotFound.
	Standing(ctx context.Context, sessionID string) (Standing, error)

	// Ping reports whether the database answers.
	Ping(ctx context.Context) error
}
