package account

import (
	"strings"
	"time"

	"authgraph/auth"
)

// Session is one sign-in of an account on one device.
type Session struct {
	ID         string
	UserID     string
	CreatedAt  time.Time
	LastUsedAt time.Time
	ExpiresAt  time.Time // unless it is used before, and never later than AbsoluteExpiresAt
	EndedAt    *time.Time
	EndReason  *SessionEndReason
	AuthTime   time.Time // the oldest of the proofs that Assurance rests on
	Assurance  auth.Assurance
	Methods    []SignInMethod
	UserAgent  *string // of who last obtained a token
	IPAddress  *string
	Actor      *Actor // nil unless another acts as the account

	AbsoluteExpiresAt time.Time
	Delivery          Delivery
	KeyVersion        int64     // of the key that its refresh tokens are made with
	Counter           int64     // of the refresh token that counts
	RotatedAt         time.Time // when Counter came to be
	// LateFrom is the token that a late refresh rotated again; nil after an ordinary rotation.
	LateFrom *int64
	// ForeignAnswers is the number of answers in a row to a repeated token from a foreign client (Foreign).
	ForeignAnswers int64
	ReadAt         time.Time // by the database's clock, which all the times above are of: not after anything that was read
}

// Actor is who acts through a session that is not their own account's.
type Actor struct {
	UserID    string
	SessionID string // that they began it from
}

// provedAt returns AuthTime by the server's clock, which showed now when s was read: rules with a maxAge compare it with
// that clock, and the database's may differ. The difference is rounded to a second, so that the tokens of a session
// agree on it.
func (s *Session) provedAt(now time.Time) time.Time {
	return s.AuthTime.Add(now.Sub(s.ReadAt).Round(time.Second))
}

// OwnerID implements auth.Owned.
func (s *Session) OwnerID() string { return s.UserID }

// IsNode implements the schema's Node.
func (*Session) IsNode() {}

// GetID implements the schema's Node.
func (s *Session) GetID() string { return s.ID }

// Ended reports whether s had ended, or run out, when it was read.
func (s *Session) Ended() bool { return s.EndedAt != nil }

// SignInMethod is a way to prove who one is; the schema's enum SignInMethod.
type SignInMethod string

// The methods that come up so far.
const (
	MethodPassword      SignInMethod = "PASSWORD"
	MethodImpersonation SignInMethod = "IMPERSONATION"
)

// amr returns the method by the name that RFC 8176 gives it, or else by ours in lower case.
func (m SignInMethod) amr() string {
	if m == MethodPassword {
		return "pwd"
	}
	return strings.ToLower(string(m))
}

// SessionEndReason is why a session ended; the schema's enum SessionEndReason.
type SessionEndReason string

// The reasons that come up so far.
const (
	SignedOut   SessionEndReason = "SIGNED_OUT"
	Revoked     SessionEndReason = "REVOKED"
	Expired     SessionEndReason = "EXPIRED"
	TokenReused SessionEndReason = "TOKEN_REUSED"
	Suspended   SessionEndReason = "ACCOUNT_SUSPENDED"
	Deleted     SessionEndReason = "ACCOUNT_DELETED"
)

// Delivery is where a session's refresh tokens go; the schema's enum TokenDelivery. A session keeps it.
type Delivery string

// The two ways.
const (
	DeliverBody   Delivery = "BODY"
	DeliverCookie Delivery = "COOKIE"
)

// NewSession is a session to begin. Its times come from the database's clock.
type NewSession struct {
	ID        string
	UserID    string
	Idle      time.Duration // how long it lasts without being used
	Absolute  time.Duration // how long it lasts in any case
	Assurance auth.Assurance
	Methods   []SignInMethod
	Delivery  Delivery
	Client    Client
	Actor     *Actor // nil unless another acts as the account
	Why       string // they do, for the audit log
	// Cap is how many sessions the account may have. Beyond it the longest unused one ends.
	Cap int
}

// MaxEndedSessions is the number of ended sessions that an account keeps. A refresh token of an older session is
// RefreshInvalid rather than RefreshReused.
const MaxEndedSessions = 1000

// SessionEnd says which of an account's sessions shall end, and why.
type SessionEnd struct {
	UserID  string
	Scope   LogoutScope
	Session string // the one that scope is about: with LogoutCurrent it ends, with LogoutOthers it goes on
	Reason  SessionEndReason
	By      string // the account that ends it; "" for UserID
	Client  Client // of who ends it
	// Impersonator is who acts as that account; "" for its own person.
	Impersonator string
}
