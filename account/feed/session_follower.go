package feed

import (
	"slices"
	"time"

	"authgraph/account"
)

// follower follows the sessions of one account for all of its subscriptions.
type follower struct {
	hub[subscriptionStart, *account.SessionEvent]
	since  time.Time               // start of the next poll, by the database's clock
	sent   map[string]sessionState // by session id: live sessions, and recently ended ones
	recent []*account.SessionEvent // for a subscription that started before it was registered
}

type sessionSubscription = subscription[subscriptionStart, *account.SessionEvent]

// subscriptionStart is the start of a subscription.
type subscriptionStart struct {
	at time.Time // by the database's clock
	// before holds the events of that time that were visible already: clocks have ticks of a millisecond.
	before map[eventKey]bool
}

// eventKey identifies an event.
type eventKey struct {
	session string
	kind    account.SessionEventKind
	at      int64 // microseconds
}

func keyOf(e *account.SessionEvent) eventKey { return eventKey{e.Session.ID, e.Kind, e.At.UnixMicro()} }

// sessionState is the part of a session's history that a follower has sent.
type sessionState struct {
	started bool
	used    time.Time
	ended   time.Time // zero while the session is live
}

// history returns the events of s in order. A session that was started, refreshed and ended between two polls has three.
// Several refreshes are one event, the last.
func history(s *account.Session) []*account.SessionEvent {
	started := *s
	started.LastUsedAt, started.EndedAt, started.EndReason = s.CreatedAt, nil, nil
	events := []*account.SessionEvent{{Kind: account.SessionStarted, Session: &started, At: s.CreatedAt}}
	if s.LastUsedAt.After(s.CreatedAt) {
		changed := *s
		changed.EndedAt, changed.EndReason = nil, nil
		events = append(events, &account.SessionEvent{Kind: account.SessionChanged, Session: &changed, At: s.LastUsedAt})
	}
	if s.Ended() {
		events = append(events, &account.SessionEvent{Kind: account.SessionEnded, Session: s, At: *s.EndedAt})
	}
	return events
}

// publish sends the new events of sessions, oldest first, and sets the start of the next poll to now.
func (f *follower) publish(sessions []*account.Session, now time.Time) {
	var unsent []*account.SessionEvent
	for _, s := range sessions {
		unsent = append(unsent, f.newEvents(s)...)
	}
	slices.SortStableFunc(unsent, func(a, b *account.SessionEvent) int { return a.At.Compare(b.At) })
	for sub := range f.subscriptions {
		for _, e := range unsent {
			if !f.deliver(sub, e) {
				break
			}
		}
	}
	f.since, f.recent = now, append(f.recent, unsent...)
	f.forget(now.Add(-eventMemory))
}

// newEvents returns the events of s that have not been sent.
func (f *follower) newEvents(s *account.Session) (unsent []*account.SessionEvent) {
	sent := f.sent[s.ID]
	for _, e := range history(s) {
		switch {
		case e.Kind == account.SessionStarted && !sent.started, e.Kind == account.SessionChanged && e.At.After(sent.used),
			e.Kind == account.SessionEnded && sent.ended.IsZero():
			unsent = append(unsent, e)
		}
	}
	sent = sessionState{started: true, used: s.LastUsedAt, ended: sent.ended}
	if s.Ended() {
		sent.ended = *s.EndedAt
	}
	f.sent[s.ID] = sent
	return unsent
}

// forget drops the state and the events that no poll returns any more.
func (f *follower) forget(before time.Time) {
	for id, sent := range f.sent {
		if !sent.ended.IsZero() && sent.ended.Before(before) {
			delete(f.sent, id)
		}
	}
	f.recent = slices.DeleteFunc(f.recent, func(e *account.SessionEvent) bool { return e.At.Before(before) })
	f.recent = f.recent[max(0, len(f.recent)-eventBuffer):]
}

// deliver sends e to sub, unless e is from before the subscription. It returns false if sub has ended.
func (f *follower) deliver(sub *sessionSubscription, e *account.SessionEvent) bool {
	if e.At.Before(sub.state.at) || sub.state.before[keyOf(e)] {
		return true
	}
	return f.send(sub, e)
}
