package password

import (
	"context"
	"time"

	"authgraph/internal/network"
)

// state is what becomes of a ticket: it waits for its holder, then for a worker, and for its holder again.
type state int

const (
	waiting state = iota
	ready
	running
	over
)

// Ticket is a place in the queue of the Hasher that gave it out, for one caller and not for several at once.
type Ticket struct {
	h         *Hasher
	from      network.Path
	class     *class
	node      *node
	device    *Device // whose place of the reserve it is; nil for other places
	until     time.Time
	state     state
	abandoned bool // no caller waits for the running job
	refused   *Overload
	job       func()
	begun     time.Time // when the job was submitted
	outcome   chan error
	second    *Ticket // for the password as typed, where it differs from its normalized form; see AdmitFor
	asTyped   bool    // the last Matches found the password as typed
}

// Leave gives the place back. It may be called at any time, and more than once.
func (t *Ticket) Leave() {
	if t.second != nil {
		t.second.Leave()
	}
	t.h.queue.mu.Lock()
	defer t.h.queue.mu.Unlock()
	if t.state == running {
		t.abandoned = true // it counts for as long as it keeps a worker
		return
	}
	t.h.queue.remove(t)
}

// Forfeit gives up a place of the reserve for a place like other callers', because the device cookie turned out to be
// invalid. It fails with an Overload if no such place is free. Other tickets stay as they are.
func (t *Ticket) Forfeit() error {
	if t.second != nil {
		if err := t.second.Forfeit(); err != nil {
			return err
		}
	}
	h := t.h
	h.queue.mu.Lock()
	defer h.queue.mu.Unlock()
	if t.refused != nil {
		return t.refused
	}
	if t.device == nil || t.state != waiting {
		return nil
	}
	h.queue.remove(t)
	t.state = waiting
	if h.place(t, h.queue.unknown) {
		return nil
	}
	t.state = over
	h.shed(ShedFull)
	t.refused = h.overload()
	return t.refused
}

// Until returns the time after which the ticket is not served.
func (t *Ticket) Until() time.Time { return t.until }

// Overload returns the refusal for a holder who gives up waiting for something else than a hash.
func (t *Ticket) Overload() *Overload {
	t.h.queue.mu.Lock()
	defer t.h.queue.mu.Unlock()
	return t.h.overload()
}

// do has a worker run job and waits for it. It fails with an Overload, or with the error of a ctx that ends before the
// job does; one that has not begun then never will.
func (t *Ticket) do(ctx context.Context, job func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.submit(job); err != nil {
		return err
	}
	late := time.NewTimer(t.until.Sub(t.begun))
	defer late.Stop()
	for {
		select {
		case err := <-t.outcome:
			return err
		case <-ctx.Done():
			t.Leave()
			return ctx.Err()
		case <-late.C:
			t.late()
		}
	}
}

// late refuses a waiting caller whose time is over. A running hash is finished.
func (t *Ticket) late() {
	t.h.queue.mu.Lock()
	defer t.h.queue.mu.Unlock()
	if t.state == ready {
		t.h.reject(t, ShedLate)
	}
}

func (t *Ticket) submit(job func()) error {
	h := t.h
	h.queue.mu.Lock()
	defer h.queue.mu.Unlock()
	if t.refused != nil {
		return t.refused
	}
	if t.state != waiting {
		return errLeft
	}
	t.job, t.begun = job, h.now()
	t.setState(ready)
	if h.queue.busy < h.workers {
		h.queue.busy++
		go h.work()
	}
	return nil
}
