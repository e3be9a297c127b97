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

// Authenticator decides whether an access token counts on this server: a good token whose session has not ended.
// What the caller may do is read from the account, never from the token, so that a change takes effect at once.
//
// A token that it has seen costs neither a signature check nor a query. It does not keep tokens, only their digests.
type Authenticator struct {
	tokens auth.Authenticator
	keys   auth.Keys
	memory *Memory
	now    func() time.Time
	size   int
	seen   atomic.Pointer[otter.Cache[[sha256.Size]byte, *seenToken]]
}

// seenToken is a token whose signature and claims were found good.
type seenToken struct {
	said    *auth.Principal
	current atomic.Pointer[standing]
}

// standing is who a token speaks for, made of what session and account were at the time. It is believed only while
// they are still the same.
type standing struct {
	session     *Session
	user, actor *User
	who         *auth.Principal
}

// NewAuthenticator returns an authenticator that remembers at most size tokens, which tokens verified with keys.
func NewAuthenticator(
	tokens auth.Authenticator, keys auth.Keys, memory *Memory, size int, now func() time.Time,
) *Authenticator {
	a := &Authenticator{tokens: tokens, keys: keys, memory: memory, size: size, now: now}
	a.Forget(Change{Keys: true})
	return a
}

// Forget drops every token if the signing keys have changed, since one may have been revoked.
func (a *Authenticator) Forget(c Change) {
	if c.Keys || c.All {
		a.seen.Store(otter.Must(&otter.Options[[sha256.Size]byte, *seenToken]{MaximumSize: a.size}))
	}
}

// Authenticate implements auth.Authenticator.
func (a *Authenticator) Authenticate(ctx context.Context, token string) (*auth.Principal, error) {
	t, err := a.verified(ctx, token)
	if err != nil {
		return nil, err
	}
	return a.stand(ctx, t)
}

// Renew returns who a caller is now whose token was found good before: for what outlasts a request.
func (a *Authenticator) Renew(ctx context.Context, who *auth.Principal) (*auth.Principal, error) {
	if err := a.good(ctx, who); err != nil {
		return nil, err
	}
	return a.stand(ctx, &seenToken{said: who})
}

// checkBatch is how many callers one query asks about.
const checkBatch = 500

// Check says of many callers why they are none any more, as Renew does; nil for those who are. It asks the database, in
// batches.
func (a *Authenticator) Check(ctx context.Context, who []*auth.Principal) []error {
	errs := make([]error, 0, len(who))
	for batch := range slices.Chunk(who, checkBatch) {
		var sessions, users []string
		for _, p := range batch {
			sessions, users = append(sessions, p.Session), append(users, p.Subject)
			if p.Actor != "" {
				users = append(users, p.Actor)
			}
		}
		bySession, byUser, err := a.memory.readMany(ctx, unique(sessions), unique(users))
		for _, p := range batch {
			switch session, user := bySession[p.Session], byUser[p.Subject]; {
			case err != nil:
				errs = append(errs, auth.ErrUnavailable.Because(err))
			case session == nil || user == nil || !goesOn(p, session, user), p.Actor != "" && !mayAct(byUser[p.Actor]):
				errs = append(errs, auth.ErrSessionEnded)
			default:
				errs = append(errs, a.good(ctx, p))
			}
		}
	}
	return errs
}

func unique(ids []string) []string { return slices.Compact(slices.Sorted(slices.Values(ids))) }

// goesOn reports whether a session still speaks for who its token said.
func goesOn(said *auth.Principal, s *Session, u *User) bool {
	return !s.Ended() && s.UserID == said.Subject && u.SuspendedAt == nil
}

// good says whether a token that was found good before still is: that it has not run out, and its key not been revoked.
func (a *Authenticator) good(ctx context.Context, who *auth.Principal) error {
	if !a.now().Before(who.ExpiresAt) {
		return auth.ErrTokenExpired
	}
	_, err := a.keys.Key(ctx, who.KeyID)
	switch {
	case errors.Is(err, auth.ErrUnknownKey):
		return auth.ErrTokenInvalid.Because(err)
	case err != nil:
		return auth.ErrUnavailable.Because(err)
	}
	return nil
}

// stand finds out who t speaks for now.
func (a *Authenticator) stand(ctx context.Context, t *seenToken) (*auth.Principal, error) {
	read, err := a.memory.session(ctx, t.said.Session)
	if err != nil {
		return nil, unlessGone(err)
	}
	session := read.value
	user, err := a.memory.User(ctx, t.said.Subject)
	if err != nil {
		return nil, unlessGone(err)
	}
	if !goesOn(t.said, session, user) {
		return nil, auth.ErrSessionEnded
	}
	actor, err := a.actor(ctx, session)
	if err != nil {
		return nil, err
	}
	if held := t.current.Load(); held != nil && held.session == session && held.user == user && held.actor == actor {
		return held.who, nil
	}
	who := principal(user, session, actor, a.now().Add(-time.Since(read.read)))
	who.TokenID, who.KeyID, who.ClientID = t.said.TokenID, t.said.KeyID, t.said.ClientID
	who.IssuedAt, who.ExpiresAt, who.ReadAt = t.said.IssuedAt, t.said.ExpiresAt, t.said.ReadAt
	t.current.Store(&standing{session, user, actor, who})
	return who, nil
}

// actor returns who acts through a session that is not their own account's; nil for the account's own person.
func (a *Authenticator) actor(ctx context.Context, s *Session) (*User, error) {
	if s.Actor == nil {
		return nil, nil
	}
	actor, err := a.memory.User(ctx, s.Actor.UserID)
	if err != nil {
		return nil, unlessGone(err)
	}
	if !mayAct(actor) {
		return nil, auth.ErrSessionEnded
	}
	return actor, nil
}

// mayAct reports whether u may go on acting as others.
func mayAct(u *User) bool {
	return u != nil && u.SuspendedAt == nil && slices.Contains(u.Permissions, Impersonate)
}

// verified returns what a token says once it is known to be good. Its expiry is checked each time. Without the lease
// a key may have been revoked unheard, so the token is verified again.
func (a *Authenticator) verified(ctx context.Context, token string) (*seenToken, error) {
	digest := sha256.Sum256([]byte(token))
	cache := a.seen.Load()
	if t, ok := cache.GetIfPresent(digest); ok && a.memory.lease.Held() {
		if !a.now().Before(t.said.ExpiresAt) {
			cache.Invalidate(digest)
			return nil, auth.ErrTokenExpired
		}
		return t, nil
	}
	said, err := a.tokens.Authenticate(ctx, token)
	if err != nil {
		return nil, err
	}
	t := &seenToken{said: said}
	cache.Set(digest, t)
	return t, nil
}

// unlessGone says that the session has ended if it, or its account, is not to be found. Everything else means that
// it could not be checked: an outage signs nobody out.
func unlessGone(err error) error {
	if errors.Is(err, ErrNotFound) {
		return auth.ErrSessionEnded
	}
	return auth.ErrUnavailable.Because(err)
}
