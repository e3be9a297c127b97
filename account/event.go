package account

import (
	"slices"
	"time"
)

// SessionEvent is something that happened to a session; the schema's type SessionEvent.
type SessionEvent struct {
	Kind    SessionEventKind
	Session *Session // as it was then
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
	// eventBuffer is how far behind a subscription may fall before it is let go.
	eventBuffer = 256
	// eventMemory is how long a follower remembers an ended session and a recent event. It is longer than a poll looks
	// back, so that no event is sent twice.
	eventMemory = time.Minute
	// eventBatch is the maximum number of accounts in one query.
	eventBatch = 500
)

// follower follows the sessions of one account for all of its subscriptions.
type follower struct {
	since         time.Time              // by the database's clock: where the next poll begins
	told          map[string]sessionMark // by session id: live sessions, and recently ended ones
	recent        []*SessionEvent        // for a subscription that began before it was registered
	subscriptions map[*subscription]struct{}
}

// subscription is one reader of an account's events.
type subscription struct {
	began time.Time // by the database's clock
	// before holds what was visible at the time began already: clocks have ticks of a millisecond.
	before map[eventKey]bool
	out    chan *SessionEvent
}

// eventKey identifies an event.
type eventKey struct {
	session string
	kind    SessionEventKind
	at      int64 // microseconds
}

func (e *SessionEvent) key() eventKey { return eventKey{e.Session.ID, e.Kind, e.At.UnixMicro()} }

// sessionMark is the part of a session's history that a follower has sent.
type sessionMark struct {
	started bool
	used    time.Time
	ended   time.Time // zero while the session is live
}

// history returns the events that s shows, in order: a session that began, was refreshed and ended between two polls
// has three. Several refreshes are one event, the last.
func (s *Session) history() []*SessionEvent {
	started := *s
	started.LastUsedAt, started.EndedAt, started.EndReason = s.CreatedAt, nil, nil
	events := []*SessionEvent{{SessionStarted, &started, s.CreatedAt}}
	if s.LastUsedAt.After(s.CreatedAt) {
		changed := *s
		changed.EndedAt, changed.EndReason = nil, nil
		events = append(events, &SessionEvent{SessionChanged, &changed, s.LastUsedAt})
	}
	if s.Ended() {
		events = append(events, &SessionEvent{SessionEnded, s, *s.EndedAt})
	}
	return events
}

// take sends the events of sessions that are new, oldest first, and begins the next poll at now.
func (f *follower) take(sessions []*Session, now time.Time) {
	var fresh []*SessionEvent
	for _, s := range sessions {
		fresh = append(fresh, f.news(s)...)
	}
	slices.SortStableFunc(fresh, func(a, b *SessionEvent) int { return a.At.Compare(b.At) })
	for sub := range f.subscriptions {
		for _, e := range fresh {
			if !sub.send(e) {
				f.leave(sub)
				break
			}
		}
	}
	f.since, f.recent = now, append(f.recent, fresh...)
	f.forget(now.Add(-eventMemory))
}

// news returns the events of s that have not been sent.
func (f *follower) news(s *Session) (fresh []*SessionEvent) {
	mark := f.told[s.ID]
	for _, e := range s.history() {
		switch {
		case e.Kind == SessionStarted && !mark.started, e.Kind == SessionChanged && e.At.After(mark.used),
			e.Kind == SessionEnded && mark.ended.IsZero():
			fresh = append(fresh, e)
		}
	}
	mark = sessionMark{started: true, used: s.LastUsedAt, ended: mark.ended}
	if s.Ended() {
		mark.ended = *s.EndedAt
	}
	f.told[s.ID] = mark
	return fresh
}

// forget drops what no poll returns any more.
func (f *follower) forget(before time.Time) {
	for id, mark := range f.told {
		if !mark.ended.IsZero() && mark.ended.Before(before) {
			delete(f.told, id)
		}
	}
	f.recent = slices.DeleteFunc(f.recent, func(e *SessionEvent) bool { return e.At.Before(before) })
	f.recent = f.recent[max(0, len(f.recent)-eventBuffer):]
}

// send sends e to sub, unless it is from before the subscription. It reports false if sub has fallen too far behind.
func (sub *subscription) send(e *SessionEvent) bool {
	if e.At.Before(sub.began) || sub.before[e.key()] {
		return true
	}
	select {
	case sub.out <- e:
		return true
	default:
		return false
	}
}

// leave ends a subscription.
func (f *follower) leave(sub *subscription) {
	if _, ok := f.subscriptions[sub]; ok {
		delete(f.subscriptions, sub)
		close(sub.out)
	}
}
