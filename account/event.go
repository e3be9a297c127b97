package account

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// SessionEvent is something that happened to a session; the schema's type SessionEvent.
type SessionEvent struct {
	Kind    SessionEventKind
	Session *Session
	At      time.Time
}

// SessionEventKind is what happened; the schema's enum SessionEventKind.
type SessionEventKind string

// The kinds.
const (
	SessionStarted SessionEventKind = "STARTED"
	SessionChanged SessionEventKind = "CHANGED"
	SessionEnded   SessionEventKind = "ENDED"
)

const (
	// eventInterval is how often the database is asked for what others have begun or refreshed, which is not
	// announced. One query serves all who follow.
	eventInterval = time.Second
	// eventPause is the least time between two queries, however many changes are announced.
	eventPause = 50 * time.Millisecond
	// eventBuffer is how far behind a follower may fall before it is let go.
	eventBuffer = 256
)

// Events tells followers what happens to sessions, whichever instance it happens on.
type Events struct {
	store Store
	nudge chan struct{}

	mu        sync.Mutex
	followers map[*follower]struct{}
	since     time.Time
}

// follower is one who asked for the events of an account.
type follower struct {
	userID string
	began  time.Time // by the database's clock
	seen   map[string]sessionMark
	out    chan *SessionEvent
}

// sessionMark is what a follower knows of a session.
type sessionMark struct {
	used  time.Time
	ended bool
}

// NewEvents returns the events of store. They come while Run runs.
func NewEvents(store Store) *Events {
	return &Events{store: store, nudge: make(chan struct{}, 1), followers: map[*follower]struct{}{}}
}

// Follow returns the events of an account's sessions from now on, until ctx ends. The channel is closed then, and
// also if whoever reads it falls too far behind.
func (e *Events) Follow(ctx context.Context, userID string) (<-chan *SessionEvent, error) {
	known, now, err := e.store.SessionsChanged(ctx, []string{userID}, time.Time{})
	if err != nil {
		return nil, err
	}
	f := &follower{
		userID: userID, began: now, seen: map[string]sessionMark{}, out: make(chan *SessionEvent, eventBuffer),
	}
	for _, s := range known {
		f.seen[s.ID] = sessionMark{s.LastUsedAt, s.Ended()}
	}
	e.mu.Lock()
	if len(e.followers) == 0 || e.since.After(now) {
		e.since = now
	}
	e.followers[f] = struct{}{}
	e.mu.Unlock()
	context.AfterFunc(ctx, func() { e.leave(f) })
	return f.out, nil
}

// Followers returns how many follow.
func (e *Events) Followers() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.followers)
}

func (e *Events) leave(f *follower) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.followers[f]; ok {
		delete(e.followers, f)
		close(f.out)
	}
}

// Forget has the database asked at once: something was announced.
func (e *Events) Forget(Change) {
	select {
	case e.nudge <- struct{}{}:
	default:
	}
}

// Run asks until ctx ends. What fails is tried again.
func (e *Events) Run(ctx context.Context) {
	tick := time.NewTicker(eventInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-e.nudge:
		}
		e.poll(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(eventPause):
		}
	}
}

func (e *Events) poll(ctx context.Context) {
	e.mu.Lock()
	accounts := map[string]bool{}
	for f := range e.followers {
		accounts[f.userID] = true
	}
	since := e.since
	e.mu.Unlock()
	if len(accounts) == 0 {
		return
	}
	changed, now, err := e.store.SessionsChanged(ctx, slices.Sorted(maps.Keys(accounts)), since)
	if err != nil {
		return // since stays where it was: nothing is lost
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.since = now
	for f := range e.followers {
		if !f.take(changed) {
			delete(e.followers, f)
			close(f.out)
		}
	}
}

// take sends what is new to f. It reports false if f is too far behind.
func (f *follower) take(changed []*Session) bool {
	for _, s := range changed {
		if s.UserID != f.userID {
			continue
		}
		kind, at := f.news(s)
		if kind == "" {
			continue
		}
		f.seen[s.ID] = sessionMark{s.LastUsedAt, s.Ended()}
		select {
		case f.out <- &SessionEvent{Kind: kind, Session: s, At: at}:
		default:
			return false
		}
	}
	return true
}

// news says what happened to s since f last heard of it; "" for nothing.
func (f *follower) news(s *Session) (SessionEventKind, time.Time) {
	mark, known := f.seen[s.ID]
	switch {
	case s.Ended():
		if known && mark.ended || s.EndedAt.Before(f.began) {
			return "", time.Time{}
		}
		return SessionEnded, *s.EndedAt
	case !known && !s.CreatedAt.Before(f.began):
		return SessionStarted, s.CreatedAt
	case known && s.LastUsedAt.After(mark.used), !known && s.LastUsedAt.After(f.began):
		return SessionChanged, s.LastUsedAt
	}
	return "", time.Time{}
}
