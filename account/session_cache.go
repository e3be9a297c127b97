package account

import (
	"context"
	"time"
)

// Lease reports whether an instance is notified of every change in time. Its caches are valid only then.
type Lease interface {
	Held() bool
}

// SessionCache caches sessions and accounts, so that a signed-in request makes no query. It is bounded. Without the lease
// it answers every request from the database.
type SessionCache struct {
	store    Store
	lease    Lease
	sessions *readThroughCache[*Session]
	users    *readThroughCache[*User]
}

// NewSessionCache returns a cache of store for at most size sessions, and as many accounts.
func NewSessionCache(store Store, lease Lease, size int) *SessionCache {
	return &SessionCache{
		store: store, lease: lease,
		sessions: newReadThroughCache(size, func(ctx context.Context, id string) (*Session, error) {
			return first(store.SessionsByID(ctx, []string{id}))
		}),
		users: newReadThroughCache(size, func(ctx context.Context, id string) (*User, error) {
			return first(store.UsersByID(ctx, []string{id}))
		}),
	}
}

func first[V any](found []V, err error) (v V, _ error) {
	if err != nil {
		return v, err
	}
	if len(found) == 0 {
		return v, ErrNotFound
	}
	return found[0], nil
}

// Forget drops the sessions and accounts that c names, and their loads in progress.
func (m *SessionCache) Forget(c Change) {
	if c.All {
		m.sessions.forgetAll()
		m.users.forgetAll()
		return
	}
	for _, id := range c.Sessions {
		m.sessions.forget(id)
	}
	if c.Rights {
		m.users.forgetAll()
	}
	for _, id := range c.Users {
		m.users.forget(id)
	}
}

// Session returns a session. The error is ErrNotFound if it does not exist.
func (m *SessionCache) Session(ctx context.Context, id string) (*Session, error) {
	cached, err := m.session(ctx, id)
	return cached.value, err
}

// session returns a session with the time at which it was read.
func (m *SessionCache) session(ctx context.Context, id string) (entry[*Session], error) {
	for {
		cached, err := m.sessions.get(ctx, id, m.lease.Held())
		if err != nil || cached.value.Ended() {
			return cached, err
		}
		// A refresh may have moved its end, because refreshes are not announced. ExpiresAt is by the database's clock,
		// so the remaining lifetime at the time of the read is compared.
		if time.Since(cached.readAt) < cached.value.ExpiresAt.Sub(cached.value.ReadAt) {
			return cached, nil
		}
		m.sessions.forget(id)
	}
}

// User returns an account. The error is ErrNotFound if it does not exist.
func (m *SessionCache) User(ctx context.Context, id string) (*User, error) {
	cached, err := m.users.get(ctx, id, m.lease.Held())
	return cached.value, err
}

// loadMany returns sessions and accounts from the database by id, with one query for each kind.
func (m *SessionCache) loadMany(ctx context.Context, sessions, users []string) (map[string]*Session, map[string]*User, error) {
	foundSessions, err := m.store.SessionsByID(ctx, sessions)
	if err != nil {
		return nil, nil, err
	}
	foundUsers, err := m.store.UsersByID(ctx, users)
	if err != nil {
		return nil, nil, err
	}
	bySession, byUser := map[string]*Session{}, map[string]*User{}
	for _, s := range foundSessions {
		bySession[s.ID] = s
	}
	for _, u := range foundUsers {
		byUser[u.ID] = u
	}
	return bySession, byUser, nil
}
