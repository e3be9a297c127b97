package account

import (
	"time"

	"authgraph/auth"
)

// Session is one sign-in of an account on one device.
type Session struct {
	ID         string
	UserID     string
	CreatedAt  time.Time
	LastUsedAt time.Time
	ExpiresAt  time.Time
	EndedAt    *time.Time
	EndReason  *SessionEndReason
	AuthTime   time.Time // the oldest of the proofs that Assurance rests on
	Assurance  auth.Assurance
	Methods    []SignInMethod
	UserAgent  *string
	IPAddress  *string
}

// OwnerID implements auth.Owned.
func (s *Session) OwnerID() string { return s.UserID }

// IsNode implements the schema's Node.
func (*Session) IsNode() {}

// GetID implements the schema's Node.
func (s *Session) GetID() string { return s.ID }

// SignInMethod is a way to prove who one is; the schema's enum SignInMethod.
type SignInMethod string

// MethodPassword is the account's password.
const MethodPassword SignInMethod = "PASSWORD"

// amr returns the method by the name that RFC 8176 gives it.
func (m SignInMethod) amr() string {
	if m == MethodPassword {
		return "pwd"
	}
	return string(m)
}

// SessionEndReason is why a session ended; the schema's enum SessionEndReason.
type SessionEndReason string

// NewSession is a session to begin. Its times come from the database's clock.
type NewSession struct {
	ID        string
	UserID    string
	Lifetime  time.Duration
	Assurance auth.Assurance
	Methods   []SignInMethod
	Client    Client
}

// Standing is what decides whether a session's tokens still count, and for what.
type Standing struct {
	Session Session
	User    User
	Expired bool // by the database's clock
}
