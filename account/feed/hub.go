package feed

import (
	"context"
	"time"
)

// hub sends events to its subscriptions. The mutex of its feed guards it.
type hub[S, E any] struct {
	subscriptions map[*subscription[S, E]]struct{}
}

// subscription is one reader of a feed.
type subscription[S, E any] struct {
	state  S // state of the feed for the reader
	events chan E
}

// add adds a subscription whose reader may fall behind by buffer events.
func (h *hub[S, E]) add(state S, buffer int) *subscription[S, E] {
	if h.subscriptions == nil {
		h.subscriptions = map[*subscription[S, E]]struct{}{}
	}
	s := &subscription[S, E]{state, make(chan E, buffer)}
	h.subscriptions[s] = struct{}{}
	return s
}

// send sends an event. It ends the subscription and returns false if the reader has fallen too far behind.
func (h *hub[S, E]) send(s *subscription[S, E], event E) bool {
	select {
	case s.events <- event:
		return true
	default:
		h.end(s)
		return false
	}
}

// end ends a subscription and closes its channel. A second call does nothing.
func (h *hub[S, E]) end(s *subscription[S, E]) {
	if _, ok := h.subscriptions[s]; ok {
		delete(h.subscriptions, s)
		close(s.events)
	}
}

// poller polls at an interval, and at once when it is woken.
type poller struct {
	interval time.Duration
	pause    time.Duration // the minimum time after a poll
	woken    chan struct{}
}

func newPoller(interval, pause time.Duration) poller {
	return poller{interval, pause, make(chan struct{}, 1)}
}

// Wake has the feed poll at once.
func (p poller) Wake() {
	select {
	case p.woken <- struct{}{}:
	default: // it is woken already
	}
}

// run polls until ctx ends.
func (p poller) run(ctx context.Context, poll func(woken bool)) {
	tick := time.NewTicker(p.interval)
	defer tick.Stop()
	for {
		woken := false
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-p.woken:
			woken = true
		}
		poll(woken)
		if !wait(ctx, p.pause) {
			return
		}
	}
}

// wait reports whether ctx lasted for a time.
func wait(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
