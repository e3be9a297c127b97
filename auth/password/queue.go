package password

import (
	"fmt"
	"sync"
	"time"

	"authgraph/internal/network"
)

const (
	// DefaultPatience is the time from the admission within which a password is hashed or its caller turned away.
	DefaultPatience = 2 * time.Second
	// maxQueue bounds the queue where hashes are cheap.
	maxQueue = 1024
	// reserve is the part of the places that only callers with a device cookie get: a quarter. They get a quarter of
	// the turns as well, so the reserve is served in time and the other places are too.
	reserve = 4
	// maxPerDevice bounds the places of the reserve that one device cookie takes.
	maxPerDevice = 2
	// maxPerAccount bounds the places of the reserve that all device cookies of one account take.
	maxPerAccount = 4
)

// Overload reports that the queue can't serve a caller in time. It reveals nothing about an account, because it is
// decided before the account is looked up.
type Overload struct {
	RetryAfter time.Duration // when the present queue will have been served; at least a second
}

// Error implements error.
func (o *Overload) Error() string {
	return fmt.Sprintf("password: too many are waiting, come back after %v", o.RetryAfter)
}

// The reasons for turning a caller away, for the metrics.
const (
	ShedFull    = "full"    // the queue was full, at the admission
	ShedYielded = "yielded" // the place went to a network that held fewer
	ShedLate    = "late"    // the estimate was wrong: the time ran out while waiting
)

// Sheds returns every reason.
func Sheds() []string { return []string{ShedFull, ShedYielded, ShedLate} }

// Device identifies the holder of a valid device cookie.
type Device struct {
	ID      string // id of the cookie
	Account string // the account that the cookie names
}

// queue is the tickets of all callers who wait for a hash, in two classes.
type queue struct {
	mu      sync.Mutex
	unknown *class         // callers without a device cookie
	known   *class         // callers with one, in the reserve
	owners  map[string]int // places of the reserve, by device and by account
	since   int            // turns without a device cookie since the last turn of the reserve
	busy    int            // workers that run
	cost    time.Duration
}

func (q *queue) init() {
	q.unknown, q.known, q.owners = newClass(), newClass(), map[string]int{}
}

func (q *queue) held() int { return q.unknown.total().held() + q.known.total().held() }

// capacity returns how many tickets the workers can serve in time, with a margin for costs that vary. It is never below
// the number of workers, because without any hash the cost would never be measured again.
func (h *Hasher) capacity() int {
	n := int(h.patience * 7 / 8 * time.Duration(h.workers) / max(h.queue.cost, 1))
	return min(max(n, h.workers), maxQueue)
}

// places returns the number of places of a class. The reserve has at least one.
func (h *Hasher) places(c *class) int {
	n := h.capacity()
	if c == h.queue.known {
		return max(n/reserve, 1)
	}
	return n - n/reserve
}

// Waiting returns how many tickets are out.
func (h *Hasher) Waiting() int {
	h.queue.mu.Lock()
	defer h.queue.mu.Unlock()
	return h.queue.held()
}

// Admit gives a place in the queue to a caller from a network, or returns an Overload at once. It is called before the
// account is looked up, and the holder of a Ticket must Leave.
//
// A caller with a valid device cookie gets a place of the reserve if one is free, otherwise a place like other callers.
// device is nil for callers without a cookie. Where all places are taken, the heaviest network loses one, see yields.
func (h *Hasher) Admit(from network.Path, device *Device) (*Ticket, error) {
	q := &h.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	t := &Ticket{h: h, from: from, until: h.now().Add(h.patience), outcome: make(chan error, 1)}
	if device != nil && q.mayReserve(device) && h.place(t, q.known) {
		t.device = device
		q.own(device, 1)
		return t, nil
	}
	if h.place(t, q.unknown) {
		return t, nil
	}
	h.shed(ShedFull)
	return nil, h.overload()
}

// place puts a ticket into a class. It reports false if the class is full and no other ticket yields.
func (h *Hasher) place(t *Ticket, c *class) bool {
	if c.total().held() >= h.places(c) {
		last := c.yields(t.from)
		if last == nil {
			return false
		}
		h.reject(last, ShedYielded)
	}
	c.add(t)
	return true
}

func (q *queue) mayReserve(d *Device) bool {
	return q.owners["device "+d.ID] < maxPerDevice && q.owners["account "+d.Account] < maxPerAccount
}

// own counts the places of the reserve that a device and its account hold.
func (q *queue) own(d *Device, n int) {
	for _, owner := range []string{"device " + d.ID, "account " + d.Account} {
		if q.owners[owner] += n; q.owners[owner] == 0 {
			delete(q.owners, owner)
		}
	}
}

// remove ends a ticket's place. The second call does nothing.
func (q *queue) remove(t *Ticket) {
	t.class.remove(t)
	if t.device != nil {
		q.own(t.device, -1)
		t.device = nil
	}
}

// overload returns the refusal that names the time to come back.
func (h *Hasher) overload() *Overload {
	drained := time.Duration(h.queue.held()) * h.queue.cost / time.Duration(h.workers)
	return &Overload{RetryAfter: max(drained, time.Second)}
}

// reject removes a ticket from the queue without hashing for it.
func (h *Hasher) reject(t *Ticket, reason string) {
	h.shed(reason)
	t.refused = h.overload()
	if t.state == ready {
		t.outcome <- t.refused
	}
	h.queue.remove(t)
}

// next returns the ticket to hash for; nil if no ticket is ready.
func (h *Hasher) next() *Ticket {
	q := &h.queue
	for {
		t := q.first()
		if t == nil {
			return nil
		}
		// A ticket that would be late is not hashed for. The estimate alone never turns away a caller who has not waited.
		if h.now().Add(min(q.cost, h.patience/2)).After(t.until) {
			h.reject(t, ShedLate)
			continue
		}
		if q.since++; t.class == q.known {
			q.since = 0
		}
		t.node.Pass() // the turn of its client, and of each network around the client, is over
		t.setState(running)
		return t
	}
}

// first returns the ticket whose turn it is. The reserve has a quarter of the turns, and the unused turns of others.
func (q *queue) first() *Ticket {
	if t := q.known.first(); t != nil && (q.since >= reserve-1 || q.unknown.total().count[ready] == 0) {
		return t
	}
	return q.unknown.first()
}
