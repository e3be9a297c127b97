package account

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"authgraph/auth"
)

// Authenticator authenticates access tokens: the token must be valid and its session must not have ended. Permissions are
// read from the account, never from the token, so that a change takes effect at once.
//
// A cached token costs neither a signature check nor a query. The cache holds digests of tokens, not tokens.
type Authenticator struct {
	verifier   auth.Authenticator
	pending    auth.Authenticator // verifies tokens of sessions with a pending step
	keys       auth.Keys
	cache      *SessionCache
	now        func() time.Time
	size       int
	tokenCache atomic.Pointer[otter.Cache[[sha256.Size]byte, *verifiedToken]]
}

// verifiedToken is a token with a valid signature and valid claims.
type verifiedToken struct {
	claims   *auth.Principal
	resolved atomic.Pointer[resolved]
}

// resolved is the principal of a token, built from one version of its session and accounts. It is valid while the cache
// returns the same version.
type resolved struct {
	session     *Session
	user, actor *User
	principal   *auth.Principal
}

// NewAuthenticator returns an authenticator that caches at most size tokens, verified by verifier, or by pending for sessions
// with a pending step, with keys.
func NewAuthenticator(
	verifier, pending auth.Authenticator, keys auth.Keys, cache *SessionCache, size int, now func() time.Time,
) *Authenticator {
	a := &Authenticator{verifier: verifier, pending: pending, keys: keys, cache: cache, size: size, now: now}
	a.Forget(Change{Keys: true})
	return a
}

// Forget drops all tokens if the signing keys have changed, because a key may have been revoked.
func (a *Authenticator) Forget(c Change) {
	if c.Keys || c.All {
		a.tokenCache.Store(otter.Must(&otter.Options[[sha256.Size]byte, *verifiedToken]{MaximumSize: a.size}))
	}
}

// Authenticate implements auth.Authenticator.
func (a *Authenticator) Authenticate(ctx context.Context, token string) (*auth.Principal, error) {
	t, err := a.verify(ctx, token)
	if err != nil {
		return nil, err
	}
	return a.resolve(ctx, t)
}

// Renew returns the present principal of a caller whose token was verified earlier, for streams and sockets.
func (a *Authenticator) Renew(ctx context.Context, p *auth.Principal) (*auth.Principal, error) {
	if err := a.checkToken(ctx, p); err != nil {
		return nil, err
	}
	return a.resolve(ctx, &verifiedToken{claims: p})
}

// checkBatch is the maximum number of callers in one query.
const checkBatch = 500

// Check returns, for each of the callers, the error that Renew would return, or nil. It queries the database in batches.
func (a *Authenticator) Check(ctx context.Context, principals []*auth.Principal) []error {
	errs := make([]error, 0, len(principals))
	for batch := range slices.Chunk(principals, checkBatch) {
		var sessions, users []string
		for _, p := range batch {
			sessions, users = append(sessions, p.Session), append(users, p.Subject)
			if p.Actor != "" {
				users = append(users, p.Actor)
			}
		}
		bySession, byUser, err := a.cache.loadMany(ctx, unique(sessions), unique(users))
		for _, p := range batch {
			switch session, user := bySession[p.Session], byUser[p.Subject]; {
			case err != nil:
				errs = append(errs, auth.ErrUnavailable.Because(err))
			case session == nil || user == nil || p.Actor != "" && !mayImpersonate(byUser[p.Actor]):
				errs = append(errs, auth.ErrSessionEnded)
			default:
				err := checkSession(p, session, user)
				if err == nil {
					err = a.checkToken(ctx, p)
				}
				errs = append(errs, err)
			}
		}
	}
	return errs
}

func unique(ids []string) []string { return slices.Compact(slices.Sorted(slices.Values(ids))) }

// checkSession returns an error unless the session is live and the token was issued for it. A replaced session has
// ErrTokenExpired, because the client, or another tab of it, has tokens of the session that continues it.
func checkSession(claims *auth.Principal, s *Session, u *User) error {
	switch {
	case s.UserID != claims.Subject || u.SuspendedAt != nil || !s.fits(claims):
		return auth.ErrSessionEnded
	case s.Ended() && s.EndReason != nil && *s.EndReason == Replaced:
		return auth.ErrTokenExpired
	case s.Ended(), u.EraseAt != nil && len(s.Pending) == 0:
		return auth.ErrSessionEnded
	}
	return nil
}

// checkToken returns an error if a verified token has expired or its key was revoked.
func (a *Authenticator) checkToken(ctx context.Context, p *auth.Principal) error {
	if !a.now().Before(p.ExpiresAt) {
		return auth.ErrTokenExpired
	}
	_, err := a.keys.Key(ctx, p.KeyID)
	switch {
	case errors.Is(err, auth.ErrUnknownKey):
		return auth.ErrTokenInvalid.Because(err)
	case err != nil:
		return auth.ErrUnavailable.Because(err)
	}
	return nil
}

// resolve returns the present principal of t.
func (a *Authenticator) resolve(ctx context.Context, t *verifiedToken) (*auth.Principal, error) {
	cached, err := a.cache.session(ctx, t.claims.Session)
	if err != nil {
		return nil, sessionError(err)
	}
	session := cached.value
	user, err := a.cache.User(ctx, t.claims.Subject)
	if err != nil {
		return nil, sessionError(err)
	}
	if err := checkSession(t.claims, session, user); err != nil {
		return nil, err
	}
	actor, err := a.actor(ctx, session)
	if err != nil {
		return nil, err
	}
	if last := t.resolved.Load(); last != nil && last.session == session && last.user == user && last.actor == actor {
		return last.principal, nil
	}
	p := principal(user, session, actor, a.now().Add(-time.Since(cached.readAt)))
	p.TokenID, p.KeyID, p.ClientID = t.claims.TokenID, t.claims.KeyID, t.claims.ClientID
	p.IssuedAt, p.ExpiresAt, p.ReadAt = t.claims.IssuedAt, t.claims.ExpiresAt, t.claims.ReadAt
	t.resolved.Store(&resolved{session, user, actor, p})
	return p, nil
}

// actor returns the impersonator of a session; nil if it has none.
func (a *Authenticator) actor(ctx context.Context, s *Session) (*User, error) {
	if s.Actor == nil {
		return nil, nil
	}
	actor, err := a.cache.User(ctx, s.Actor.UserID)
	if err != nil {
		return nil, sessionError(err)
	}
	if !mayImpersonate(actor) {
		return nil, auth.ErrSessionEnded
	}
	return actor, nil
}

// mayImpersonate reports whether u still holds the permission to impersonate.
func mayImpersonate(u *User) bool {
	return u != nil && u.SuspendedAt == nil && slices.Contains(u.Permissions, Impersonate)
}

// verify returns the claims of a valid token. It checks the expiry each time. Without the lease it verifies the token
// again, because the instance may not know of a revoked key.
func (a *Authenticator) verify(ctx context.Context, token string) (*verifiedToken, error) {
	digest := sha256.Sum256([]byte(token))
	cache := a.tokenCache.Load()
	if t, ok := cache.GetIfPresent(digest); ok && a.cache.lease.Held() {
		if !a.now().Before(t.claims.ExpiresAt) {
			cache.Invalidate(digest)
			return nil, auth.ErrTokenExpired
		}
		return t, nil
	}
	claims, err := a.verifier.Authenticate(ctx, token)
	if errors.Is(err, auth.ErrTokenInvalid) {
		// A token of a session with a pending step has a type of its own. Other tokens fail with the error of the first check.
		if pending, pendingErr := a.pending.Authenticate(ctx, token); pendingErr == nil || errors.Is(pendingErr, auth.ErrTokenExpired) {
			claims, err = pending, pendingErr
		}
	}
	if err != nil {
		return nil, err
	}
	t := &verifiedToken{claims: claims}
	cache.Set(digest, t)
	return t, nil
}

// sessionError returns auth.ErrSessionEnded if the session or its account does not exist. Any other error is
// auth.ErrUnavailable, because an outage does not end a session.
func sessionError(err error) error {
	if errors.Is(err, ErrNotFound) {
		return auth.ErrSessionEnded
	}
	return auth.ErrUnavailable.Because(err)
}
