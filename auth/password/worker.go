package password

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

var errLeft = errors.New("password: the ticket has left the queue")

// work hashes while callers wait. A worker of low priority keeps its thread to itself, and the thread ends
// with it: its priority can't be raised again.
func (h *Hasher) work() {
	if h.nice > 0 {
		runtime.LockOSThread()
		if onMainThread() { // whose priority people take for the process's, and which does not end
			aside := make(chan struct{})
			go func() { defer close(aside); h.work() }()
			<-aside
			runtime.UnlockOSThread()
			return
		}
		_ = lowerPriority(h.nice) // tried at the start; if it fails now, the hash is merely dearer for others
	}
	var done *Ticket
	var took time.Duration
	var err error
	for {
		t := h.turn(done, took, err)
		if t == nil {
			return
		}
		began := h.now()
		err = run(t.job)
		done, took = t, h.now().Sub(began)
	}
}

// turn delivers the outcome of a job to its caller, and returns the next job; nil without one.
func (h *Hasher) turn(done *Ticket, took time.Duration, err error) *Ticket {
	q := &h.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if done != nil {
		q.cost += (took - q.cost) / 4 // a moving average, of what a hash takes on a machine as busy as this
		done.setState(waiting)
		done.outcome <- err
		if done.abandoned {
			q.remove(done)
		}
	}
	t := h.next()
	if t == nil {
		q.busy--
		return nil
	}
	h.waited(h.now().Sub(t.begun))
	return t
}

// run turns a panic into an error: nothing above a worker would recover.
func run(job func()) (err error) {
	defer func() {
		if recover() != nil { // the panic's value may be anything
			err = fmt.Errorf("password: panic while hashing")
		}
	}()
	job()
	return nil
}

// raise adds threads for workers to GOMAXPROCS, once in a process, and returns their number.
var raise = sync.OnceValue(func() int {
	cores := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(2 * cores)
	return cores
})

// InBackground has the Hasher work on threads of low priority, 19 being the lowest, one for each core, with GOMAXPROCS
// raised by as many: whatever else the machine does comes first, and hashing gets all that is left.
//
// With 0, and where priority can't be lowered, one core less than there are hashes, one at least. It is for a process that
// serves.
func InBackground(nice int) Option {
	return func(h *Hasher) {
		if nice > 0 && canLowerPriority(nice) {
			h.nice, h.workers = nice, raise()
			return
		}
		h.workers = max(runtime.GOMAXPROCS(0)-1, 1)
	}
}

// canLowerPriority tries it, on a thread that ends.
func canLowerPriority(nice int) bool {
	tried := make(chan error)
	go func() {
		runtime.LockOSThread()
		if onMainThread() {
			aside := make(chan struct{})
			go func() { defer close(aside); runtime.LockOSThread(); tried <- lowerPriority(nice) }()
			<-aside
			runtime.UnlockOSThread()
			return
		}
		tried <- lowerPriority(nice)
	}()
	return <-tried == nil
}
