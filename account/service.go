package account

import (
	"context"
	"time"

	"authgraph/auth"
	"authgraph/auth/password"
)

// Tokens makes access tokens.
type Tokens interface {
	// Issue returns a token that speaks for p, and how long it will.
	Issue(ctx context.Context, p *auth.Principal) (token string, lifetime time.Duration, err error)
}

// Service is the use cases.
type Service struct {
	store           Store
	passwords       *password.Hasher
	tokens          Tokens
	registration    bool
	sessionLifetime time.Duration
}

// Settings are what an operator decides.
type Settings struct {
	Registration    bool          // whether anybody may register
	SessionLifetime time.Duration // how long a session lasts
}

// New returns the use cases over store.
func New(store Store, passwords *password.Hasher, tokens Tokens, s Settings) *Service {
	return &Service{
		store: store, passwords: passwords, tokens: tokens,
		registration: s.Registration, sessionLifetime: s.SessionLifetime,
	}
}

// Registration reports whether anybody may register.
func (s *Service) Registration() bool { return s.registration }

// SignIn is the outcome of a sign-in.
type SignIn struct {
	User        *User
	Session     *Session
	Principal   *auth.Principal
	AccessToken string
	ExpiresIn   time.Duration
}

// signIn makes the tokens of a session that has just begun.
func (s *Service) signIn(ctx context.Context, u *User, session *Session) (*SignIn, error) {
	p := principal(u, session)
	token, lifetime, err := s.tokens.Issue(ctx, p)
	if err != nil {
		return nil, err
	}
	return &SignIn{User: u, Session: session, Principal: p, AccessToken: token, ExpiresIn: lifetime}, nil
}

// principal is who acts through a session.
func principal(u *User, s *Session) *auth.Principal {
	p := &auth.Principal{
		Subject: u.ID, Session: s.ID, Roles: u.Roles, Permissions: make([]string, len(u.Permissions)),
		Methods: make([]string, len(s.Methods)), Assurance: s.Assurance, AuthTime: s.AuthTime,
	}
	for i, permission := range u.Permissions {
		p.Permissions[i] = string(permission)
	}
	for i, method := range s.Methods {
		p.Methods[i] = method.amr()
	}
	return p
}

// newSession is a session that begins with a password.
func (s *Service) newSession(userID string, c Client) NewSession {
	return NewSession{
		ID: newID(sessionPrefix), UserID: userID, Lifetime: s.sessionLifetime,
		Assurance: auth.SingleFactor, Methods: []SignInMethod{MethodPassword}, Client: c.clean(),
	}
}

// UsersByID finds accounts; those that don't exist are missing from the result.
func (s *Service) UsersByID(ctx context.Context, ids ...string) ([]*User, error) {
	return s.store.UsersByID(ctx, ids)
}

// SessionsByID finds sessions, ended ones too; those that don't exist are missing from the result.
func (s *Service) SessionsByID(ctx context.Context, ids ...string) ([]*Session, error) {
	return s.store.SessionsByID(ctx, ids)
}
