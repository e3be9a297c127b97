package feed

import (
	"context"
	"sync"
	"time"

	"authgraph/account"
)

const (
	// auditInterval is the interval of the queries for events of other instances. A query serves all subscriptions.
	auditInterval = 500 * time.Millisecond
	// auditPause is the pause between two queries of a burst, so that readers keep up.
	auditPause = 50 * time.Millisecond
	// auditBatch is the maximum number of events per query.
	auditBatch = 200
)

// Audit sends subscribers the events that are appended to the audit log.
type Audit struct {
	poller
	log account.AuditLog

	mu       sync.Mutex
	hub      hub[*auditState, *account.AuditEvent]
	position int64 // position of the last event that every subscription has
}

// auditState is the state of a subscription.
type auditState struct {
	filter   account.AuditFilter
	position int64 // position of the last event before its beginning, or that it has
}

// NewAudit returns the feed of log. Its events come while Run runs.
func NewAudit(log account.AuditLog) *Audit {
	return &Audit{poller: newPoller(auditInterval, 0), log: log}
}

// Follow returns the events that are appended from now on, in order and once each. The channel is closed when ctx ends, or when
// its reader falls too far behind. Follow ignores the times in the filter.
func (a *Audit) Follow(ctx context.Context, filter account.AuditFilter) (<-chan *account.AuditEvent, error) {
	end, err := a.log.AuditEnd(ctx)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.hub.subscriptions) == 0 {
		a.position = end
	}
	a.position = min(a.position, end)
	sub := a.hub.add(&auditState{filter, end}, eventBuffer)
	context.AfterFunc(ctx, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.hub.end(sub)
	})
	return sub.events, nil
}

// Subscriptions returns the number of subscriptions.
func (a *Audit) Subscriptions() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.hub.subscriptions)
}

// Run polls the log until ctx ends. It repeats a failed query.
func (a *Audit) Run(ctx context.Context) {
	a.run(ctx, func(bool) {
		for more := a.poll(ctx); more && wait(ctx, auditPause); {
			more = a.poll(ctx)
		}
	})
}

// poll sends one batch, and reports whether there may be more.
func (a *Audit) poll(ctx context.Context) bool {
	a.mu.Lock()
	position, followed := a.position, len(a.hub.subscriptions) > 0
	a.mu.Unlock()
	if !followed {
		return false
	}
	events, err := a.log.AuditAfter(ctx, position, auditBatch)
	if err != nil || len(events) == 0 {
		return false // the position stays, so nothing is lost
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.position < position {
		return true // a new subscription has an earlier position: the next poll starts there
	}
	a.position = events[len(events)-1].Position
	for sub := range a.hub.subscriptions {
		for _, e := range events {
			if e.Position <= sub.state.position || !sub.state.filter.Matches(e) {
				continue
			}
			if !a.hub.send(sub, e) {
				break
			}
			sub.state.position = e.Position
		}
	}
	return len(events) == auditBatch
}
