package feed

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"authgraph/account"
)

const (
	// sessionInterval is the interval of queries for sessions that other instances started or refreshed, which are not
	// announced. A query serves all accounts with subscriptions.
	sessionInterval = time.Second
	// sessionPause is the minimum time between two queries, however many changes are announced.
	sessionPause = 50 * time.Millisecond
	// eventBuffer is the number of events that a subscription may fall behind before it ends.
	eventBuffer = 256
	// eventMemory is the time for which a follower remembers an ended session and a recent event. It is longer than the
	// overlap of polls, so that no event is sent twice.
	eventMemory = time.Minute
	// accountBatch is the maximum number of accounts in one query.
	accountBatch = 500
)

// Sessions sends subscribers the events of an account's sessions.
type Sessions struct {
	poller
	store account.Store

	mu        sync.Mutex
	followers map[string]*follower // by account; each has subscriptions
}

// NewSessions returns the feed of store. Its events come while Run runs.
func NewSessions(store account.Store) *Sessions {
	return &Sessions{poller: newPoller(sessionInterval, sessionPause), store: store, followers: map[string]*follower{}}
}

// Follow returns the events of an account's sessions from now on, until ctx ends. The channel is closed then, and
// also if its reader falls too far behind.
func (f *Sessions) Follow(ctx context.Context, userID string) (<-chan *account.SessionEvent, error) {
	_, began, err := f.store.SessionsChanged(ctx, nil, time.Time{})
	if err != nil {
		return nil, err
	}
	visible, _, err := f.store.SessionsChanged(ctx, []string{userID}, began)
	if err != nil {
		return nil, err
	}
	start := subscriptionStart{at: began, before: map[eventKey]bool{}}
	for _, s := range visible {
		for _, event := range history(s) {
			if event.At.Equal(began) {
				start.before[keyOf(event)] = true
			}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	own := f.followers[userID]
	if own == nil {
		own = &follower{since: began, sent: map[string]sessionState{}}
		f.followers[userID] = own
	}
	sub := own.add(start, eventBuffer)
	for _, event := range own.recent { // the buffer is as long as recent
		own.deliver(sub, event)
	}
	context.AfterFunc(ctx, func() { f.leave(userID, sub) })
	return sub.events, nil
}

// Subscriptions returns the number of subscriptions.
func (f *Sessions) Subscriptions() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, own := range f.followers {
		n += len(own.subscriptions)
	}
	return n
}

func (f *Sessions) leave(userID string, sub *sessionSubscription) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if own := f.followers[userID]; own != nil {
		own.end(sub)
		f.drop(userID, own)
	}
}

// drop removes a follower without subscriptions.
func (f *Sessions) drop(userID string, own *follower) {
	if len(own.subscriptions) == 0 && f.followers[userID] == own {
		delete(f.followers, userID)
	}
}

// HandleChange starts a poll at once.
func (f *Sessions) HandleChange(account.Change) { f.Wake() }

// Run polls the database until ctx ends. It repeats a failed query.
func (f *Sessions) Run(ctx context.Context) {
	f.run(ctx, func(bool) { f.poll(ctx) })
}

// poll queries the changes of all followed accounts, in batches. A failed batch keeps its time, so that the next poll repeats
// it.
func (f *Sessions) poll(ctx context.Context) {
	f.mu.Lock()
	followed := maps.Clone(f.followers)
	since := map[string]time.Time{}
	for userID, own := range followed {
		since[userID] = own.since
	}
	f.mu.Unlock()
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(followed)), accountBatch) {
		from := since[batch[0]]
		for _, userID := range batch {
			if since[userID].Before(from) {
				from = since[userID]
			}
		}
		changed, now, err := f.store.SessionsChanged(ctx, batch, from)
		if err != nil {
			return
		}
		byUser := map[string][]*account.Session{}
		for _, s := range changed {
			byUser[s.UserID] = append(byUser[s.UserID], s)
		}
		f.mu.Lock()
		for _, userID := range batch {
			followed[userID].publish(byUser[userID], now)
			f.drop(userID, followed[userID])
		}
		f.mu.Unlock()
	}
}
