package feed

import (
	"context"
	"sync"
	"time"

	"authgraph/account"
)

const (
	// revocationInterval is the interval of queries, and so of heartbeats.
	revocationInterval = time.Second
	// revocationPause is the minimum time between two queries, however many changes are announced.
	revocationPause = 20 * time.Millisecond
	// revocationOverlap is the overlap of two queries, because a row becomes visible some time after it was written. It is
	// longer than the maximum time of a statement or commit.
	revocationOverlap = 15 * time.Second
	// wokenOverlap is the overlap of two queries after a change notification, which arrives with the commit.
	wokenOverlap = 2 * time.Second
	// revocationBuffer is the number of revocations that a subscription may fall behind before it ends. Its client then
	// resumes.
	revocationBuffer = 4096
)

// Revocations sends subscribers the revocations of sessions, accounts and keys.
type Revocations struct {
	poller
	store         account.Store
	tokenLifetime time.Duration // lifetime of an access token

	mu    sync.Mutex
	hub   hub[struct{}, account.Revocation]
	since time.Time // start of the next poll, by the database's clock; zero without a subscription
}

// NewRevocations returns the feed of store, whose access tokens live that long. Its events come while Run runs.
func NewRevocations(store account.Store, tokenLifetime time.Duration) *Revocations {
	return &Revocations{poller: newPoller(revocationInterval, revocationPause), store: store, tokenLifetime: tokenLifetime}
}

// Retention returns the time for which a revocation must be stored.
func (f *Revocations) Retention() time.Duration { return f.tokenLifetime + 2*revocationOverlap }

// Follow returns the revocations since after, or, if that is zero, within the life of an access token. Then it returns the
// revocations from now on, with a heartbeat at least once a second. A revocation that is sent twice has the same id. The
// channel is closed when ctx ends, and when its reader has fallen too far behind. The error is account.ErrFeedTooOld if
// revocations since after are no longer stored.
func (f *Revocations) Follow(ctx context.Context, after time.Time) (<-chan account.Revocation, error) {
	f.mu.Lock() // before the query, so that no revocation is missed
	sub := f.hub.add(struct{}{}, revocationBuffer)
	f.mu.Unlock()
	past, now, err := f.store.Revocations(ctx, after.Add(-revocationOverlap))
	if err == nil && !after.IsZero() && (after.Before(now.Add(-f.tokenLifetime)) || after.After(now.Add(revocationOverlap))) {
		err = account.ErrFeedTooOld
	}
	if err != nil {
		f.leave(sub)
		return nil, err
	}
	for i := range past {
		past[i] = withVisibleTime(past[i], earlier(past[i].At.Add(revocationOverlap), now))
	}
	f.mu.Lock()
	if f.since.IsZero() {
		f.since = now
	}
	f.mu.Unlock()
	context.AfterFunc(ctx, func() { f.leave(sub) })
	out := make(chan account.Revocation)
	go func() {
		defer close(out)
		for _, r := range append(past, account.Revocation{Kind: account.Heartbeat, At: now}) {
			select {
			case out <- r:
			case <-ctx.Done():
				return
			}
		}
		for r := range sub.events {
			select {
			case out <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

// withVisibleTime returns r with the time at which a change of permissions became visible. The change is written some time before its
// commit, and a token that is issued in between has the permissions from before, though its time is later. A token's time is
// when its claims were read.
func withVisibleTime(r account.Revocation, at time.Time) account.Revocation {
	if r.Kind == account.RevokedRights && at.After(r.At) {
		r.At = at
	}
	return r
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Subscriptions returns the number of subscriptions.
func (f *Revocations) Subscriptions() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.hub.subscriptions)
}

func (f *Revocations) leave(sub *subscription[struct{}, account.Revocation]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hub.end(sub)
}

// HandleChange starts a poll at once.
func (f *Revocations) HandleChange(account.Change) { f.Wake() }

// Run polls the database until ctx ends. It repeats a failed query, and sends no heartbeat after it.
func (f *Revocations) Run(ctx context.Context) {
	sent := map[string]time.Time{}
	f.run(ctx, func(woken bool) {
		overlap := revocationOverlap
		if woken {
			overlap = wokenOverlap
		}
		f.poll(ctx, sent, overlap)
	})
}

// poll queries recent revocations and sends the ones whose ids are not in sent.
func (f *Revocations) poll(ctx context.Context, sent map[string]time.Time, overlap time.Duration) {
	f.mu.Lock()
	since := f.since
	if len(f.hub.subscriptions) == 0 {
		f.since = time.Time{}
	}
	f.mu.Unlock()
	if since.IsZero() {
		clear(sent)
		return
	}
	recent, now, err := f.store.Revocations(ctx, since.Add(-overlap))
	if err != nil {
		return
	}
	unsent := recent[:0]
	for _, r := range recent {
		if _, known := sent[r.ID]; !known {
			sent[r.ID], unsent = r.At, append(unsent, withVisibleTime(r, now))
		}
	}
	for id, at := range sent {
		if at.Before(now.Add(-2 * revocationOverlap)) {
			delete(sent, id)
		}
	}
	f.send(append(unsent, account.Revocation{Kind: account.Heartbeat, At: now}), now)
}

func (f *Revocations) send(all []account.Revocation, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.since.IsZero() {
		f.since = now
	}
	for sub := range f.hub.subscriptions {
		for _, r := range all {
			if !f.hub.send(sub, r) {
				break
			}
		}
	}
}
