package account

import (
	"context"
	"time"
)

// Reader is the part of a Store that resolvers read directly, because no rule of this package applies to the reads. db.Store
// implements it.
type Reader interface {
	// UsersByID returns accounts in one query, without those that do not exist.
	UsersByID(ctx context.Context, ids []string) ([]*User, error)
	// SessionsByID returns live and ended sessions in one query, without those that do not exist.
	SessionsByID(ctx context.Context, ids []string) ([]*Session, error)
	// Sessions returns a page of live sessions for each of the accounts, newest first. It makes one query, and another one
	// if p is Counted.
	Sessions(ctx context.Context, userIDs []string, p Page) (map[string]SessionPage, error)
	// UserPage returns a page of accounts.
	UserPage(ctx context.Context, q UserQuery) (UserPage, error)
	// CountUsers returns the number of accounts that match a filter, up to max.
	CountUsers(ctx context.Context, f UserFilter, max int) (int, error)
	// Roles returns all roles, sorted by name.
	Roles(ctx context.Context) ([]*Role, error)
}

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
	// the version that the password was compared with; otherwise ErrChanged. Of the account's ended sessions the
	// newest MaxEndedSessions are kept.
	AddSession(ctx context.Context, s NewSession, credentialVersion int64) (*User, *Session, error)
	// ReplacePasswordHash puts a stronger hash of the same password in place of old. It does nothing if the hash is
	// no longer old.
	ReplacePasswordHash(ctx context.Context, userID, old, hash string) error

	// Users calls f with each account, oldest first, until f returns an error.
	Users(ctx context.Context, f func(*User) error) error

	// Rotate moves the session's counter from the token's to the next, in one conditional statement. ErrNotRotated:
	// the counter is another, or the session has ended or run out, or the account is suspended.
	Rotate(ctx context.Context, r Rotation) (*User, *Session, error)
	// FinishRefresh decides, on the locked session, what a token means that Rotate refused. RefreshReused: the session has
	// ended, now or before, and that is committed. RefreshRepeated, RefreshLate: user and session are returned.
	FinishRefresh(ctx context.Context, r Rotation) (RefreshOutcome, *User, *Session, error)
	// EndSessions ends sessions that go on, and returns their ids. When it returns, this instance no longer believes
	// them; the others hear of it as part of the commit.
	EndSessions(ctx context.Context, e SessionEnd) ([]string, error)
	// SessionsChanged returns the sessions of accounts that began, changed or ended at since or later, in the order
	// in which they did, and the time of the database's clock from which to ask next.
	SessionsChanged(ctx context.Context, userIDs []string, since time.Time) ([]*Session, time.Time, error)
	// PurgeSessions deletes, among the next sessions by id after the given one, those that ended or ran out longer
	// than retention ago. It returns where to go on; "" at the end.
	PurgeSessions(ctx context.Context, after string, retention time.Duration) (next string, deleted int64, err error)

	// Revocations returns what has stopped counting at since or later, oldest first, and the time of the database's
	// clock. Sessions that run out by themselves are not among it: no token outlives them.
	Revocations(ctx context.Context, since time.Time) ([]Revocation, time.Time, error)

	Reader
	Administration
	Counts

	// Ping reports whether the database answers.
	Ping(ctx context.Context) error
}
