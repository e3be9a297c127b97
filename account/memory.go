package account

import (
	"context"
	"time"
)

// Lease says whether an instance hears of every change in time. While it does, what it remembers may be believed.
type Lease interface {
	Held() bool
}

// Memory is what an instance remembers of sessions and accounts, so that a signed-in request makes no query. It is
// bounded, drops what it is told has changed, and believes nothing while it does not hold the lease: then every
// request is answered from the database.
type Memory struct {
	store    Store
	lease    Lease
	sessions *remembered[*Session]
	users    *remembered[*User]
}

// NewMemory returns a memory of store for at most size sessions, and as many accounts.
func NewMemory(store Store, lease Lease, size int) *Memory {
	return &Memory{
		store: store, lease: lease,
		sessions: newRemembered(size, func(ctx context.Context, id string) (*Session, error) {
			return first(store.SessionsByID(ctx, []string{id}))
		}),
		users: newRemembered(size, func(ctx context.Context, id string) (*User, error) {
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

// Forget drops what c says has changed. A load that is under way is dropped too.
func (m *Memory) Forget(c Change) {
	if c.All {
		m.sessions.empty()
		m.users.empty()
		return
	}
	for _, id := range c.Sessions {
		m.sessions.forget(id)
	}
	if c.Rights {
		m.users.empty()
	}
	for _, id := range c.Users {
		m.users.forget(id)
	}
}

// Session returns a session as it is. ErrNotFound.
func (m *Memory) Session(ctx context.Context, id string) (*Session, error) {
	held, err := m.session(ctx, id)
	return held.value, err
}

// session returns a session with the time at which it was read.
func (m *Memory) session(ctx context.Context, id string) (reading[*Session], error) {
	for {
		held, err := m.sessions.get(ctx, id, m.lease.Held())
		if err != nil || held.value.Ended() {
			return held, err
		}
		// Its end may have moved since: refreshes are not announced. The time is the database's, so what counts is
		// how much of it was left when the session was read.
		if time.Since(held.read) < held.value.ExpiresAt.Sub(held.value.ReadAt) {
			return held, nil
		}
		m.sessions.forget(id)
	}
}

// User returns an account as it is. ErrNotFound.
func (m *Memory) User(ctx context.Context, id string) (*User, error) {
	held, err := m.users.get(ctx, id, m.lease.Held())
	return held.value, err
}

// readMany returns sessions and accounts as they are in the database, by their ids. It makes one query for each kind.
func (m *Memory) readMany(ctx context.Context, sessions, users []string) (map[string]*Session, map[string]*User, error) {
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
