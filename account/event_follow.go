package account

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Events sends subscriptions the events of sessions, whichever instance they happen on. One follower per account
// serves all of the account's subscriptions.
type Events struct {
	store Store
	nudge chan struct{}

	mu        sync.Mutex
	followers map[string]*follower // by account
}

// NewEvents returns the events of store. They come while Run runs.
func NewEvents(store Store) *Events {
	return &Events{store: store, nudge: make(chan struct{}, 1), followers: map[string]*follower{}}
}

// Follow returns the events of an account's sessions from now on, until ctx ends. The channel is closed then, and
// also if its reader falls too far behind.
func (e *Events) Follow(ctx context.Context, userID string) (<-chan *SessionEvent, error) {
	_, began, err := e.store.SessionsChanged(ctx, nil, time.Time{})
	if err != nil {
		return nil, err
	}
	visible, _, err := e.store.SessionsChanged(ctx, []string{userID}, began)
	if err != nil {
		return nil, err
	}
	sub := &subscription{began: began, before: map[eventKey]bool{}, out: make(chan *SessionEvent, eventBuffer)}
	for _, s := range visible {
		for _, event := range s.history() {
			if event.At.Equal(began) {
				sub.before[event.key()] = true
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	f := e.followers[userID]
	if f == nil {
		f = &follower{since: began, told: map[string]sessionMark{}, subscriptions: map[*subscription]struct{}{}}
		e.followers[userID] = f
	}
	f.subscriptions[sub] = struct{}{}
	for _, event := range f.recent {
		sub.send(event) // the buffer is as long as recent
	}
	context.AfterFunc(ctx, func() { e.leave(userID, sub) })
	return sub.out, nil
}

// Followers returns the number of subscriptions.
func (e *Events) Followers() (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.followers {
		n += len(f.subscriptions)
	}
	return n
}

func (e *Events) leave(userID string, sub *subscription) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if f := e.followers[userID]; f != nil {
		f.leave(sub)
		e.drop(userID, f)
	}
}

// drop removes a follower without subscriptions.
func (e *Events) drop(userID string, f *follower) {
	if len(f.subscriptions) == 0 && e.followers[userID] == f {
		delete(e.followers, userID)
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

// poll asks for the changes of all followed accounts, in batches. A batch that fails keeps its time, so that the next
// poll asks for the same changes.
func (e *Events) poll(ctx context.Context) {
	e.mu.Lock()
	followed := maps.Clone(e.followers)
	since := map[string]time.Time{}
	for userID, f := range followed {
		since[userID] = f.since
	}
	e.mu.Unlock()
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(followed)), eventBatch) {
		from := since[batch[0]]
		for _, userID := range batch {
			if since[userID].Before(from) {
				from = since[userID]
			}
		}
		changed, now, err := e.store.SessionsChanged(ctx, batch, from)
		if err != nil {
			return
		}
		byUser := map[string][]*Session{}
		for _, s := range changed {
			byUser[s.UserID] = append(byUser[s.UserID], s)
		}
		e.mu.Lock()
		for _, userID := range batch {
			followed[userID].take(byUser[userID], now)
			e.drop(userID, followed[userID])
		}
		e.mu.Unlock()
	}
}
