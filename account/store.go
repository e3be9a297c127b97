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

// Store stores accounts and sessions. accounttest.Run is its contract as tests.
//
// Each method is one transaction or one statement, so it takes effect completely or not at all. An error is one of this
// package's Store errors, auth.ErrUnavailable if the database is out of reach, the error of the context, or unexpected.
type Store interface {
	// AddUser adds an account. It fails with ErrEmailTaken if an account has the same email key, or with ErrUnknownRole.
	AddUser(ctx context.Context, u NewUser) (*User, error)
	// AddUserWithSession adds an account and its first session.
	AddUserWithSession(ctx context.Context, u NewUser, s NewSession) (*User, *Session, error)
	// CredentialByEmailKey returns the credential of an account. It fails with ErrNotFound.
	CredentialByEmailKey(ctx context.Context, key string) (Credential, error)
	// AddSession starts a session. It fails with ErrChanged if the account is suspended or its credential has another
	// version than credentialVersion. The account keeps its newest MaxEndedSessions ended sessions.
	AddSession(ctx context.Context, s NewSession, credentialVersion int64) (*User, *Session, error)
	// ReplacePasswordHash replaces old by a stronger hash of the same password. It does nothing if old is not the
	// present hash.
	ReplacePasswordHash(ctx context.Context, userID, old, hash string) error

	// Users calls f with each account, oldest first, until f returns an error.
	Users(ctx context.Context, f func(*User) error) error

	// Rotate increments the session's counter if it is the token's, in one conditional statement. It fails with
	// ErrNotRotated if the counter differs, the session has ended or expired, or the account is suspended.
	Rotate(ctx context.Context, r Rotation) (*User, *Session, error)
	// FinishRefresh evaluates a token that Rotate refused, on the locked session. With RefreshReused the end of the session
	// is committed. With RefreshRepeated and RefreshLate user and session are returned.
	FinishRefresh(ctx context.Context, r Rotation) (RefreshOutcome, *User, *Session, error)
	// EndSessions ends live sessions and returns their ids. The caches of this instance have dropped them when it returns;
	// the commit notifies other instances.
	EndSessions(ctx context.Context, e SessionEnd) ([]string, error)
	// SessionsChanged returns the sessions of accounts that started, changed or ended at since or later, in this order,
	// and the database's time for the next call.
	SessionsChanged(ctx context.Context, userIDs []string, since time.Time) ([]*Session, time.Time, error)
	// PurgeSessions deletes, from a batch of sessions after an id, the sessions that ended or expired longer than
	// retention ago. next is the id for the next call; "" at the end.
	PurgeSessions(ctx context.Context, after string, retention time.Duration) (next string, deleted int64, err error)

	// Revocations returns the revocations at since or later, oldest first, and the database's time. Expired sessions are
	// not included, because no token outlives them.
	Revocations(ctx context.Context, since time.Time) ([]Revocation, time.Time, error)

	Reader
	SelfService
	OneTimeTokens
	Administration
	Counts
	MailQueue

	// Ping returns an error unless the database responds.
	Ping(ctx context.Context) error
}
