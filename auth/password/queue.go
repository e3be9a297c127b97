package password

import (
	"fmt"
	"sync"
	"time"
)

const (
	// DefaultPatience is within what time a password is hashed, from the admission on: nobody waits longer for a form.
	DefaultPatience = 2 * time.Second
	// maxQueue bounds the queue where hashes are cheap.
	maxQueue = 1024
)

// Overload says that the queue can't serve a caller in time. It says nothing of any account: it is decided before one
// is looked up.
type Overload struct {
	RetryAfter time.Duration // when the queue as it is will have been served; at least a second
}

// Error implements error.
func (o *Overload) Error() string {
	return fmt.Sprintf("password: too many are waiting, come back after %v", o.RetryAfter)
}

// Why a caller was turned away, for the metrics.
const (
	ShedFull    = "full"    // the queue was full, at the admission
	ShedYielded = "yielded" // the place went to a network that held fewer
	ShedLate    = "late"    // the estimate was wrong: the time ran out while waiting
)

// Sheds returns every reason.
func Sheds() []string { return []string{ShedFull, ShedYielded, ShedLate} }

// queue is who waits for a hash: in one line for each network, which are served in turn, so that whoever comes from a
// quiet one waits for one hash of each that is not.
type queue struct {
	mu    sync.Mutex
	lines []*line // the one whose turn it is first
	held  int     // tickets that are out, with those that are being hashed
	busy  int     // workers that run
	cost  time.Duration
}

// line is the tickets of one network in the order in which they came.
type line struct {
	from    string
	tickets []*Ticket
}

func (q *queue) line(from string) *line {
	for _, l := range q.lines {
		if l.from == from {
			return l
		}
	}
	l := &line{from: from}
	q.lines = append(q.lines, l)
	return l
}

// capacity is how many tickets the workers can serve in time, with a margin for costs that vary. It is never less than
// the workers: without any hash the cost would never be measured again.
func (h *Hasher) capacity() int {
	n := int(h.patience * 7 / 8 * time.Duration(h.workers) / max(h.queue.cost, 1))
	return min(max(n, h.workers), maxQueue)
}

// Waiting returns how many tickets are out.
func (h *Hasher) Waiting() int {
	h.queue.mu.Lock()
	defer h.queue.mu.Unlock()
	return h.queue.held
}

// Admit gives a place in the queue to a caller from a network, or an Overload at once. It is asked before the account
// is looked up, and everybody who got a Ticket must Leave.
//
// Where the queue is full, a network that holds fewer places than another gets the last of that one's.
func (h *Hasher) Admit(from string) (*Ticket, error) {
	q := &h.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	own := q.line(from)
	if q.held >= h.capacity() {
		longest := own
		for _, l := range q.lines {
			if len(l.tickets) > len(longest.tickets) {
				longest = l
			}
		}
		last := longest.last()
		if len(longest.tickets) <= len(own.tickets)+1 || last == nil {
			q.forget(own)
			h.shed(ShedFull)
			return nil, h.overload()
		}
		h.turnAway(last, ShedYielded)
	}
	t := &Ticket{h: h, line: own, until: h.now().Add(h.patience), outcome: make(chan error, 1)}
	own.tickets = append(own.tickets, t)
	q.held++
	return t, nil
}

// last is the newest ticket that is not being hashed; nil if each is.
func (l *line) last() *Ticket {
	for i := len(l.tickets) - 1; i >= 0; i-- {
		if l.tickets[i].state != running {
			return l.tickets[i]
		}
	}
	return nil
}

// overload says when to come back.
func (h *Hasher) overload() *Overload {
	drained := time.Duration(h.queue.held) * h.queue.cost / time.Duration(h.workers)
	return &Overload{RetryAfter: max(drained, time.Second)}
}

// turnAway takes a ticket's place without having hashed anything.
func (h *Hasher) turnAway(t *Ticket, why string) {
	h.shed(why)
	t.refused = h.overload()
	if t.state == ready {
		t.outcome <- t.refused
	}
	h.queue.remove(t)
}

// remove takes a ticket out of its line. A second time it does nothing.
func (q *queue) remove(t *Ticket) {
	for i, other := range t.line.tickets {
		if other == t {
			t.line.tickets = append(t.line.tickets[:i], t.line.tickets[i+1:]...)
			t.state = over
			q.held--
			q.forget(t.line)
			return
		}
	}
}

// forget drops a line without tickets.
func (q *queue) forget(l *line) {
	if len(l.tickets) > 0 {
		return
	}
	for i, other := range q.lines {
		if other == l {
			q.lines = append(q.lines[:i], q.lines[i+1:]...)
			return
		}
	}
}

// next returns the ticket to hash for, which has waited longest of the network whose turn it is; nil for none.
func (h *Hasher) next() *Ticket {
	q := &h.queue
	for i := 0; i < len(q.lines); i++ {
		l := q.lines[i]
		t := l.first()
		if t == nil {
			continue
		}
		// Who would be late is not hashed for. The estimate alone turns nobody away who has not waited yet.
		if h.now().Add(min(q.cost, h.patience/2)).After(t.until) {
			h.turnAway(t, ShedLate)
			i = -1 // the lines have changed
			continue
		}
		q.lines = append(append(q.lines[:i], q.lines[i+1:]...), l)
		t.state = running
		return t
	}
	return nil
}

// first is the oldest ticket that is ready to be hashed for.
func (l *line) first() *Ticket {
	for _, t := range l.tickets {
		if t.state == ready {
			return t
		}
	}
	return nil
}
