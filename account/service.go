package account

import (
	"context"
	"time"

	"authgraph/auth"
	"authgraph/auth/password"
)

// Tokens makes access tokens.
type Tokens interface {
	// Issue returns a token that speaks for p, and how long it will: never longer than most.
	Issue(ctx context.Context, p *auth.Principal, most time.Duration) (token string, lifetime time.Duration, err error)
}

// Service is the use cases.
type Service struct {
	store      Store
	log        AuditLog
	passwords  *password.Hasher
	tokens     Tokens
	refreshKey RefreshKeys
	settings   Settings
	underWay   *underWay
}

// Settings are what an operator decides.
type Settings struct {
	Registration    bool          // whether anybody may register
	SessionIdle     time.Duration // how long a session lasts without being used
	SessionAbsolute time.Duration // how long it lasts in any case
	SessionCap      int           // how many an account may have at once
	RefreshGrace    time.Duration // how long a refresh token is still answered after it was rotated
	AccessTokenTTL  time.Duration // how long an access token lives
	Count           func(RefreshOutcome)
	Now             func() time.Time // the server's clock, which auth_time is by; nil: the machine's
	LimitKey        LimitKeys        // of limits and device cookies
}

// New returns the use cases over store. What changes nothing is written to log.
func New(store Store, log AuditLog, passwords *password.Hasher, tokens Tokens, refreshKey RefreshKeys, s Settings) *Service {
	if s.Count == nil {
		s.Count = func(RefreshOutcome) {}
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return &Service{store: store, log: log, passwords: passwords, tokens: tokens, refreshKey: refreshKey, settings: s, underWay: newUnderWay()}
}

// Registration reports whether anybody may register.
func (s *Service) Registration() bool { return s.settings.Registration }

// SignIn is the outcome of a sign-in.
type SignIn struct {
	User         *User
	Session      *Session
	Principal    *auth.Principal
	AccessToken  string
	ExpiresIn    time.Duration
	RefreshToken string // "" where there is none: another acts as the account
	Mark         string // for the device, if it is one that keeps cookies; "" where no password was given
}

// signIn makes the tokens of a session that has just begun, or goes on.
func (s *Service) signIn(ctx context.Context, u *User, session *Session) (*SignIn, error) {
	key, err := s.refreshKey(ctx)
	if err != nil {
		return nil, err
	}
	return s.signInWith(ctx, key, u, session)
}

// signInWith is signIn with the given key of refresh tokens.
func (s *Service) signInWith(ctx context.Context, key RefreshKey, u *User, session *Session) (*SignIn, error) {
	p := principal(u, session, nil, s.settings.Now())
	token, lifetime, err := s.tokens.Issue(ctx, p, session.ExpiresAt.Sub(session.ReadAt))
	if err != nil {
		return nil, err
	}
	return &SignIn{
		User: u, Session: session, Principal: p, AccessToken: token, ExpiresIn: lifetime,
		RefreshToken: key.Mint(session.ID, session.KeyVersion, session.Counter),
	}, nil
}

// principal is who acts through a session: the account's own person, for whom actor is nil, or another, who may only what
// both may. The server's clock showed now when s was read.
func principal(u *User, s *Session, actor *User, now time.Time) *auth.Principal {
	roles, permissions := u.Roles, u.Permissions
	p := &auth.Principal{
		Subject: u.ID, Session: s.ID, Methods: make([]string, len(s.Methods)), Assurance: s.Assurance,
		AuthTime: s.provedAt(now), ReadAt: s.ReadAt,
	}
	if actor != nil {
		p.Actor, roles, permissions = actor.ID, shared(roles, actor.Roles), shared(permissions, actor.Permissions)
	}
	p.Roles, p.Permissions = roles, make([]string, len(permissions))
	for i, permission := range permissions {
		p.Permissions[i] = string(permission)
	}
	for i, method := range s.Methods {
		p.Methods[i] = method.amr()
	}
	return p
}

// Fresh returns who an account would be that has just signed in with one factor: for what asks of it without a session.
func Fresh(u *User, now time.Time) *auth.Principal {
	return principal(u, &Session{Assurance: auth.SingleFactor, AuthTime: now, ReadAt: now}, nil, now)
}

// Find returns an account by its id or its address. ErrNotFound.
func (s *Service) Find(ctx context.Context, idOrAddress string) (*User, error) {
	id := idOrAddress
	if !IsUserID(id) {
		email, refused := parseEmail("", idOrAddress)
		if refused != nil {
			return nil, ErrNotFound
		}
		credential, err := s.store.CredentialByEmailKey(ctx, email.Key)
		if err != nil {
			return nil, err
		}
		id = credential.UserID
	}
	return first(s.store.UsersByID(ctx, []string{id}))
}

// newSession is a session that begins with a password.
func (s *Service) newSession(userID string, d Delivery, c Client) NewSession {
	return NewSession{
		ID: newID(sessionPrefix), UserID: userID, Idle: s.settings.SessionIdle, Absolute: s.settings.SessionAbsolute,
		Assurance: auth.SingleFactor, Methods: []SignInMethod{MethodPassword}, Delivery: d, Client: c.Clean(),
		Cap: s.settings.SessionCap,
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

// Sessions returns for each of the accounts a page of its sessions that go on, newest first.
func (s *Service) Sessions(ctx context.Context, userIDs []string, p Page) (map[string]SessionPage, error) {
	return s.store.Sessions(ctx, userIDs, p)
}
