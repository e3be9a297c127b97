package account

import (
	"context"
	"time"

	"authgraph/auth"
	"authgraph/auth/password"
	"authgraph/auth/token"
)

// Tokens issues access tokens.
type Tokens interface {
	// Issue returns a token of p and its lifetime, which is at most maxLifetime.
	Issue(ctx context.Context, p *auth.Principal, maxLifetime time.Duration) (token string, lifetime time.Duration, err error)
}

// Keys returns the present keys of refresh tokens, limits and device tokens. token.Keyring implements it.
type Keys interface {
	RefreshKey(ctx context.Context) (*token.RefreshKey, error)
	LimitKeys(ctx context.Context) (key, former []byte, err error)
}

// Service implements the use cases.
type Service struct {
	store     Store
	log       AuditLog
	passwords *password.Hasher
	tokens    Tokens
	keys      Keys
	settings  Settings
	refreshed func(RefreshOutcome) // see SetMetrics
	outbox    *Outbox              // nil if the server sends no mail
	slots     *attemptSlots
}

// Settings are the operator's settings.
type Settings struct {
	Registration    bool             // whether anonymous clients may register
	SessionIdle     time.Duration    // lifetime of a session without use
	SessionAbsolute time.Duration    // maximum lifetime of a session
	SessionCap      int              // maximum live sessions per account
	RefreshGrace    time.Duration    // time for which a rotated refresh token is still answered
	AccessTokenTTL  time.Duration    // lifetime of an access token
	DeletionGrace   time.Duration    // time after which an account is erased whose deletion was requested
	Now             func() time.Time // clock of the server, used for auth_time; nil for time.Now
}

// New returns the use cases of store. Failed attempts are recorded in log.
func New(store Store, log AuditLog, passwords *password.Hasher, tokens Tokens, keys Keys, s Settings) *Service {
	if s.Now == nil {
		s.Now = time.Now
	}
	return &Service{
		store: store, log: log, passwords: passwords, tokens: tokens, keys: keys, settings: s,
		slots: newAttemptSlots(), refreshed: func(RefreshOutcome) {},
	}
}

// SetMetrics sets a function that is called with the outcome of each refresh. Call it before the first request.
func (s *Service) SetMetrics(refreshed func(RefreshOutcome)) { s.refreshed = refreshed }

// Registration reports whether anonymous clients may register.
func (s *Service) Registration() bool { return s.settings.Registration }

// SignIn is the outcome of a sign-in.
type SignIn struct {
	User         *User
	Session      *Session
	Principal    *auth.Principal
	AccessToken  string
	ExpiresIn    time.Duration
	RefreshToken string // "" for an impersonator's session, and while a step is pending
	DeviceToken  string // new value of the device cookie; "" without a password
}

// signIn issues the tokens of a new or refreshed session.
func (s *Service) signIn(ctx context.Context, u *User, session *Session) (*SignIn, error) {
	key, err := s.keys.RefreshKey(ctx)
	if err != nil {
		return nil, err
	}
	return s.signInWith(ctx, key, u, session)
}

// signInWith is signIn with the given key of refresh tokens.
func (s *Service) signInWith(ctx context.Context, key *token.RefreshKey, u *User, session *Session) (*SignIn, error) {
	p := principal(u, session, nil, s.settings.Now())
	accessToken, lifetime, err := s.tokens.Issue(ctx, p, session.ExpiresAt.Sub(session.ReadAt))
	if err != nil {
		return nil, err
	}
	in := &SignIn{User: u, Session: session, Principal: p, AccessToken: accessToken, ExpiresIn: lifetime}
	if len(session.Pending) == 0 {
		in.RefreshToken = key.Mint(session.ID, session.KeyVersion, session.Counter)
	}
	return in, nil
}

// principal returns the principal of a session. actor is nil, or an impersonator: then the principal has the roles and
// permissions that both accounts hold. now is the server's time at which s was read.
func principal(u *User, s *Session, actor *User, now time.Time) *auth.Principal {
	roles, permissions := u.Roles, u.Permissions
	p := &auth.Principal{
		Subject: u.ID, Session: s.ID, Methods: make([]string, len(s.Methods)), Assurance: s.Assurance,
		AuthTime: s.provedAt(now), ReadAt: s.ReadAt,
	}
	if actor != nil {
		p.Actor, roles, permissions = actor.ID, shared(roles, actor.Roles), shared(permissions, actor.Permissions)
	}
	if p.Pending = stepNames(s.Pending); p.Pending != nil {
		roles, permissions = nil, nil
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

// PrincipalAfterLogin returns the principal that u would have after a login at now with one factor.
func PrincipalAfterLogin(u *User, now time.Time) *auth.Principal {
	return principal(u, &Session{Assurance: auth.SingleFactor, AuthTime: now, ReadAt: now}, nil, now)
}

// UserByIDOrEmail returns an account by its id or its address. The error is ErrNotFound if it does not exist.
func (s *Service) UserByIDOrEmail(ctx context.Context, idOrAddress string) (*User, error) {
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

// newSession returns a session that starts with a password. With pending steps it is short.
func (s *Service) newSession(userID string, d Delivery, c Client, pending []PendingStep) NewSession {
	n := NewSession{
		ID: newID(sessionPrefix), UserID: userID, Idle: s.settings.SessionIdle, Absolute: s.settings.SessionAbsolute,
		Assurance: auth.SingleFactor, Methods: []SignInMethod{MethodPassword}, Delivery: d, Client: c.Clean(),
		Cap: s.settings.SessionCap, Pending: pending,
	}
	if len(pending) > 0 {
		n.Idle, n.Absolute, n.Cap = pendingTime, pendingTime, MaxPendingSessions
	}
	return n
}
