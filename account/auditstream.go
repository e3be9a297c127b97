package account

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// auditInterval is how often the log is asked for what other instances have sealed. One query serves all who follow.
	auditInterval = 500 * time.Millisecond
	// auditBatch is how many events one query reads.
	auditBatch = 200
)

// AuditStream tells followers what is sealed in the audit log, whichever instance seals it.
type AuditStream struct {
	log   AuditLog
	nudge chan struct{}

	mu        sync.Mutex
	followers map[*auditFollower]struct{}
	position  int64 // up to which all who follow have heard
}

// auditFollower is one who asked for the events of a filter, from a position on.
type auditFollower struct {
	filter AuditFilter
	began  int64
	out    chan *AuditEvent
}

// NewAuditStream returns the stream of log. Events come while Run runs.
func NewAuditStream(log AuditLog) *AuditStream {
	return &AuditStream{log: log, nudge: make(chan struct{}, 1), followers: map[*auditFollower]struct{}{}}
}

// Follow returns the events that are sealed from now on, in order and each once, until ctx ends. The channel is closed then,
// and also if whoever reads it falls too far behind. It takes no notice of the times in the filter.
func (a *AuditStream) Follow(ctx context.Context, filter AuditFilter) (<-chan *AuditEvent, error) {
	end, err := a.log.AuditEnd(ctx)
	if err != nil {
		return nil, err
	}
	f := &auditFollower{filter: filter, began: end, out: make(chan *AuditEvent, eventBuffer)}
	a.mu.Lock()
	if len(a.followers) == 0 {
		a.position = end
	}
	a.position = min(a.position, end)
	a.followers[f] = struct{}{}
	a.mu.Unlock()
	context.AfterFunc(ctx, func() { a.leave(f) })
	return f.out, nil
}

// Followers returns how many follow.
func (a *AuditStream) Followers() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.followers)
}

func (a *AuditStream) leave(f *auditFollower) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.followers[f]; ok {
		delete(a.followers, f)
		close(f.out)
	}
}

// Sealed has the log asked at once: this instance has sealed something.
func (a *AuditStream) Sealed() {
	select {
	case a.nudge <- struct{}{}:
	default:
	}
}

// Run asks until ctx ends. What fails is tried again.
func (a *AuditStream) Run(ctx context.Context) {
	tick := time.NewTicker(auditInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-a.nudge:
		}
		for a.poll(ctx) { // a burst: whoever reads gets the time to
			select {
			case <-ctx.Done():
				return
			case <-time.After(eventPause):
			}
		}
	}
}

// poll hands on one batch, and reports whether there may be more.
func (a *AuditStream) poll(ctx context.Context) bool {
	a.mu.Lock()
	position, followed := a.position, len(a.followers) > 0
	a.mu.Unlock()
	if !followed {
		return false
	}
	events, err := a.log.AuditAfter(ctx, position, auditBatch)
	if err != nil || len(events) == 0 {
		return false // the position stays where it was: nothing is lost
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.position < position {
		return true // somebody has begun to follow further back meanwhile: again from there, and nobody hears twice
	}
	a.position = events[len(events)-1].Position
	for f := range a.followers {
		if !f.take(events) {
			delete(a.followers, f)
			close(f.out)
		}
	}
	return len(events) == auditBatch
}

// take sends what is for f. It reports false if f is too far behind.
func (f *auditFollower) take(events []*AuditEvent) bool {
	for _, e := range events {
		if e.Position <= f.began || !f.filter.passes(e) {
			continue
		}
		select {
		case f.out <- e:
			f.began = e.Position
		default:
			return false
		}
	}
	return true
}

// passes reports whether an event is one of those that a stream was asked for.
func (f AuditFilter) passes(e *AuditEvent) bool {
	same := func(want, got *string) bool { return want == nil || got != nil && *got == *want }
	return same(f.ActorID, e.ActorID) && same(f.SubjectID, e.SubjectID) &&
		(same(f.AccountID, e.ActorID) || same(f.AccountID, e.SubjectID)) &&
		(f.Actions == nil || slices.Contains(f.Actions, e.Action)) && (f.Outcome == nil || *f.Outcome == e.Outcome)
}
