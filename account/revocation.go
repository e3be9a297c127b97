package account

import (
	"context"
	"sync"
	"time"

	"authgraph/auth"
)

// Revocation is something that no longer counts, for services that verify access tokens by themselves; the schema's type
// Revocation.
type Revocation struct {
	ID    string // "" for a heartbeat
	Kind  RevocationKind
	Named string    // the id of what no longer counts; "" for a heartbeat
	At    time.Time // tokens that were issued before this do not; for a heartbeat, up to when everything has been told
}

// RevocationKind is what no longer counts; the schema's enum RevocationKind.
type RevocationKind string

// The kinds.
const (
	Heartbeat      RevocationKind = "HEARTBEAT"
	RevokedSession RevocationKind = "SESSION"
	RevokedAccount RevocationKind = "ACCOUNT"
	RevokedRights  RevocationKind = "RIGHTS"
	RevokedKey     RevocationKind = "KEY"
)

// ErrFeedTooOld: what has happened since is no longer known. Who follows drops all cached callers, and begins anew.
var ErrFeedTooOld = &auth.Error{
	Code: auth.Conflict, Field: "after", Message: "This cursor is too old: drop every cached caller and begin anew",
}

const (
	// feedInterval is how often the database is asked, and so how often a heartbeat is sent.
	feedInterval = time.Second
	// feedPause is the least time between two questions, however much is announced.
	feedPause = 20 * time.Millisecond
	// feedOverlap is how far back a question goes: a transaction takes its time from when it wrote a row until it is
	// seen. It is longer than any statement or commit is waited for.
	feedOverlap = 15 * time.Second
	// feedGlance is how far back one goes that an announcement caused, since that comes with the commit.
	feedGlance = 2 * time.Second
	// feedBuffer is how far behind a follower may fall before it is let go, and has to resume.
	feedBuffer = 4096
)

// Feed tells followers what no longer counts, whichever instance it happened on.
type Feed struct {
	store Store
	life  time.Duration // of an access token
	nudge chan struct{}

	mu        sync.Mutex
	followers map[chan Revocation]struct{}
	since     time.Time // up to when everything has been told; zero while nobody follows
}

// NewFeed returns the feed of store, whose access tokens live that long. It tells while Run runs.
func NewFeed(store Store, life time.Duration) *Feed {
	return &Feed{store: store, life: life, nudge: make(chan struct{}, 1), followers: map[chan Revocation]struct{}{}}
}

// Kept is how long ago a revocation may have happened that is still told.
func (f *Feed) Kept() time.Duration { return f.life + 2*feedOverlap }

// Follow returns what has stopped counting since after, or, if that is zero, within the life of an access token, and then
// what does from now on, with a heartbeat at least once a second. What is told twice is told by the same id. The channel
// is closed when ctx ends, and when whoever reads it has fallen too far behind. ErrFeedTooOld.
func (f *Feed) Follow(ctx context.Context, after time.Time) (<-chan Revocation, error) {
	live := make(chan Revocation, feedBuffer)
	f.mu.Lock() // before it is read what has happened, so that nothing falls between
	f.followers[live] = struct{}{}
	f.mu.Unlock()
	happened, now, err := f.store.Revocations(ctx, after.Add(-feedOverlap))
	if err == nil && !after.IsZero() && (after.Before(now.Add(-f.life)) || after.After(now.Add(feedOverlap))) {
		err = ErrFeedTooOld
	}
	if err != nil {
		f.leave(live)
		return nil, err
	}
	for i := range happened {
		happened[i] = happened[i].seen(earlier(happened[i].At.Add(feedOverlap), now))
	}
	f.mu.Lock()
	if f.since.IsZero() {
		f.since = now
	}
	f.mu.Unlock()
	context.AfterFunc(ctx, func() { f.leave(live) })
	out := make(chan Revocation)
	go func() {
		defer close(out)
		for _, r := range append(happened, Revocation{Kind: Heartbeat, At: now}) {
			select {
			case out <- r:
			case <-ctx.Done():
				return
			}
		}
		for r := range live {
			select {
			case out <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

// seen returns r as it is told when it was first seen at that time, at the latest. A change of rights is written a while
// before its commit, and a token that is made meanwhile has the rights from before, though its time is later: so what counts
// is when the change was there to be read. A token's time is that of the reading of what it says.
func (r Revocation) seen(at time.Time) Revocation {
	if r.Kind == RevokedRights && at.After(r.At) {
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

// Followers returns how many follow.
func (f *Feed) Followers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.followers)
}

func (f *Feed) leave(live chan Revocation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, follows := f.followers[live]; follows {
		delete(f.followers, live)
		close(live)
	}
}

// Forget has the database asked at once: something was announced.
func (f *Feed) Forget(Change) {
	select {
	case f.nudge <- struct{}{}:
	default:
	}
}

// Run asks until ctx ends. What fails is tried again, and is not followed by a heartbeat.
func (f *Feed) Run(ctx context.Context) {
	tick := time.NewTicker(feedInterval)
	defer tick.Stop()
	told := map[string]time.Time{}
	for {
		back := feedOverlap
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-f.nudge:
			back = feedGlance
		}
		f.poll(ctx, told, back)
		select {
		case <-ctx.Done():
			return
		case <-time.After(feedPause):
		}
	}
}

// poll asks for what has happened lately, and tells what is not among told.
func (f *Feed) poll(ctx context.Context, told map[string]time.Time, back time.Duration) {
	f.mu.Lock()
	since := f.since
	if len(f.followers) == 0 {
		f.since = time.Time{}
	}
	f.mu.Unlock()
	if since.IsZero() {
		clear(told)
		return
	}
	happened, now, err := f.store.Revocations(ctx, since.Add(-back))
	if err != nil {
		return
	}
	fresh := happened[:0]
	for _, r := range happened {
		if _, known := told[r.ID]; !known {
			told[r.ID], fresh = r.At, append(fresh, r.seen(now))
		}
	}
	for id, at := range told {
		if at.Before(now.Add(-2 * feedOverlap)) {
			delete(told, id)
		}
	}
	f.tell(append(fresh, Revocation{Kind: Heartbeat, At: now}), now)
}

func (f *Feed) tell(all []Revocation, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.since.IsZero() {
		f.since = now
	}
	for live := range f.followers {
		for _, r := range all {
			select {
			case live <- r:
				continue
			default:
			}
			delete(f.followers, live)
			close(live)
			break
		}
	}
}
