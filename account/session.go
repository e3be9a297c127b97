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
	ExpiresAt  time.Time // moves with each refresh, up to AbsoluteExpiresAt
	EndedAt    *time.Time
	EndReason  *SessionEndReason
	AuthTime   time.Time // time of the oldest factor of Assurance
	Assurance  auth.Assurance
	Methods    []SignInMethod
	UserAgent  *string // the client that last obtained a token
	IPAddress  *string
	Actor      *Actor        // nil unless impersonated
	Pending    []PendingStep // in their order; nil for a complete session
	ReplacedBy *string       // id of the session that continues it; nil for none

	AbsoluteExpiresAt time.Time
	Delivery          Delivery
	KeyVersion        int64     // version of the key of its refresh tokens
	Counter           int64     // counter of the present refresh token
	RotatedAt         time.Time // time at which Counter was set
	// LateFrom is the token that a late refresh rotated again; nil after an ordinary rotation.
	LateFrom *int64
	// ForeignAnswers is the number of consecutive answers to a repeated token from a foreign client (Foreign).
	ForeignAnswers int64
	ReadAt         time.Time // lower bound of the read's time, by the database's clock, as all times above
}

// Actor is the impersonator of a session.
type Actor struct {
	UserID    string
	SessionID string // session that the impersonation was started from
}

// provedAt returns AuthTime by the server's clock; now is the server's time at which s was read. Rules with a maxAge compare
// AuthTime with the server's clock, and the database's clock may differ. The difference is rounded to a second, so that
// all tokens of a session have the same AuthTime.
func (s *Session) provedAt(now time.Time) time.Time {
	return s.AuthTime.Add(now.Sub(s.ReadAt).Round(time.Second))
}

// OwnerID implements auth.Owned.
func (s *Session) OwnerID() string { return s.UserID }

// IsNode implements the schema's Node.
func (*Session) IsNode() {}

// GetID implements the schema's Node.
func (s *Session) GetID() string { return s.ID }

// Ended reports whether s had ended or expired when it was read.
func (s *Session) Ended() bool { return s.EndedAt != nil }

// SignInMethod is a method of authentication; the schema's enum SignInMethod.
type SignInMethod string

// The methods.
const (
	MethodPassword      SignInMethod = "PASSWORD"
	MethodEmailLink     SignInMethod = "EMAIL_LINK"
	MethodImpersonation SignInMethod = "IMPERSONATION"
)

// amr returns the method's name in RFC 8176, or its own name in lower case.
func (m SignInMethod) amr() string {
	if m == MethodPassword {
		return "pwd"
	}
	return strings.ToLower(string(m))
}

// SessionEndReason is the reason of a session's end; the schema's enum SessionEndReason.
type SessionEndReason string

// The reasons.
const (
	SignedOut   SessionEndReason = "SIGNED_OUT"
	Revoked     SessionEndReason = "REVOKED"
	Expired     SessionEndReason = "EXPIRED"
	TokenReused SessionEndReason = "TOKEN_REUSED"
	Suspended   SessionEndReason = "ACCOUNT_SUSPENDED"
	Deleted     SessionEndReason = "ACCOUNT_DELETED"
	// PasswordChanged is the reason of sessions other than the one that changed the password.
	PasswordChanged SessionEndReason = "PASSWORD_CHANGED"
	// Replaced is the reason of a session that another one continues.
	Replaced SessionEndReason = "REPLACED"
)

// Delivery is the transport of a session's refresh tokens; the schema's enum TokenDelivery. It never changes.
type Delivery string

// The transports.
const (
	DeliverBody   Delivery = "BODY"
	DeliverCookie Delivery = "COOKIE"
)

// NewSession is the input of a new session. Its times come from the database's clock.
type NewSession struct {
	ID        string
	UserID    string
	Idle      time.Duration // lifetime without use
	Absolute  time.Duration // maximum lifetime
	Assurance auth.Assurance
	Methods   []SignInMethod
	Delivery  Delivery
	Client    Client
	Actor     *Actor        // nil unless impersonated
	Why       string        // reason of the impersonation, for the audit log
	Pending   []PendingStep // nil for a complete session
	AuthTime  time.Time     // by the database's clock; zero for now
	// Cap is the maximum number of live sessions of the account. Above it the session with the oldest use ends.
	Cap int
}

// MaxEndedSessions is the number of ended sessions that an account keeps. A refresh token of an older session is
// RefreshInvalid rather than RefreshReused.
const MaxEndedSessions = 1000

// SessionEnd selects the sessions of an account to end, with the reason.
type SessionEnd struct {
	UserID  string
	Scope   LogoutScope
	Session string // the current session: LogoutCurrent ends it, LogoutOthers does not
	Reason  SessionEndReason
	By      string // the account that ends it; "" for UserID
	Client  Client // the caller's client
	// Impersonator is the account that acts as By; "" for none.
	Impersonator string
}
