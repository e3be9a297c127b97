package password

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/bcrypt"

	"authgraph/internal/network"
)

// slow has each hash take a second of the bubble's time on one worker, which so serves three in time, and notes for
// which stored value it was. Only in a synctest bubble.
func slow(tb testing.TB) (h *Hasher, sheds *[]string) {
	tb.Helper()
	h, sheds = newHasher(tb, testCost), &[]string{}
	h.workers, h.patience, h.queue.cost = 1, 4*time.Second, time.Second
	h.Count(func(time.Duration) {}, func(reason string) { *sheds = append(*sheds, reason) })
	h.compare = func(_, _ []byte) error {
		time.Sleep(time.Second)
		return bcrypt.ErrMismatchedHashAndPassword
	}
	return h, sheds
}

// caller is one who wants a password compared.
type caller struct {
	from   string // an address
	device *Device
	err    error
	served time.Duration // since the start of all
}

// compareAll has the callers come in this order, and returns when each has an answer.
func compareAll(t *testing.T, h *Hasher, callers ...*caller) {
	t.Helper()
	began := time.Now()
	var all sync.WaitGroup
	for _, c := range callers {
		all.Go(func() {
			ticket, err := h.Admit(network.Parse(c.from), c.device)
			if err == nil {
				defer ticket.Leave()
				_, err = ticket.Matches(t.Context(), "", "correct horse")
			}
			c.err, c.served = err, time.Since(began)
		})
		synctest.Wait()
	}
	all.Wait()
}

func TestQueue_ShedsBeforeItHashes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, sheds := slow(t)
		callers := []*caller{{from: "192.0.2.1"}, {from: "192.0.2.1"}, {from: "192.0.2.1"}, {from: "192.0.2.1"}, {from: "192.0.2.1"}}
		compareAll(t, h, callers...)
		for i, c := range callers[:3] {
			if want := time.Duration(i+1) * time.Second; c.err != nil || c.served != want {
				t.Errorf("caller %d: got %v after %v, want served after %v", i, c.err, c.served, want)
			}
		}
		for i, c := range callers[3:] {
			var o *Overload
			if !errors.As(c.err, &o) || c.served != 0 || o.RetryAfter != 3*time.Second {
				t.Errorf("caller %d: got %v after %v, want turned away at once, to come back in 3 s", i+3, c.err, c.served)
			}
		}
		if want := []string{ShedFull, ShedFull}; !slices.Equal(*sheds, want) {
			t.Errorf("got sheds %v, want %v", *sheds, want)
		}
		if lines := h.queue.unknown.tree.Len(); h.Waiting() != 0 || lines != 0 {
			t.Errorf("%d tickets and %d lines are left", h.Waiting(), lines)
		}
	})
}

// A network that floods the queue loses a place to each newcomer. The newcomer waits for two hashes: the running hash and one more.
func TestQueue_Fair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, sheds := slow(t)
		h.patience = 10300 * time.Millisecond // nine places, of which two are the reserve
		var flood []*caller
		for range 8 {
			flood = append(flood, &caller{from: "192.0.2.1"})
		}
		victim := &caller{from: "198.51.100.1"}
		compareAll(t, h, append(slices.Clone(flood), victim)...)
		if victim.err != nil || victim.served != 3*time.Second {
			t.Errorf("got %v after %v, want the quiet one served third", victim.err, victim.served)
		}
		for i, seconds := range []time.Duration{1, 2, 4, 5, 6, 7, 0, 0} {
			var o *Overload
			if want := seconds * time.Second; flood[i].served != want || errors.As(flood[i].err, &o) != (want == 0) {
				t.Errorf("flood %d: got %v after %v, want %v", i, flood[i].err, flood[i].served, want)
			}
		}
		if want := []string{ShedFull, ShedYielded}; !slices.Equal(*sheds, want) {
			t.Errorf("got sheds %v, want %v", *sheds, want)
		}
	})
}

// A place is lost in each state: while its holder looks the account up, too.
func TestQueue_YieldedBeforeTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slow(t)
		var held []*Ticket
		for range 3 {
			held = append(held, mustAdmit(t, h, "192.0.2.1"))
		}
		quiet := mustAdmit(t, h, "198.51.100.1")
		var o *Overload
		if _, err := held[2].Matches(t.Context(), "", "correct horse"); !errors.As(err, &o) {
			t.Errorf("got %v of the place that was lost, want an Overload", err)
		}
		if _, err := quiet.Matches(t.Context(), "", "correct horse"); err != nil {
			t.Errorf("got %v of the place that was won", err)
		}
		for _, ticket := range append(held, quiet) {
			ticket.Leave()
			ticket.Leave()
		}
		if got := h.Waiting(); got != 0 {
			t.Errorf("%d tickets are left", got)
		}
		if _, err := quiet.Matches(t.Context(), "", "correct horse"); err == nil {
			t.Error("a ticket that was given back is served")
		}
	})
}

// Hashes that take longer than was thought: a late caller is refused without a hash, and the next estimate is higher.
func TestQueue_Late(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, sheds := slow(t)
		hashes := 0
		h.compare = func(_, _ []byte) error {
			hashes++
			time.Sleep(3 * time.Second)
			return bcrypt.ErrMismatchedHashAndPassword
		}
		callers := []*caller{{from: "192.0.2.1"}, {from: "192.0.2.1"}, {from: "192.0.2.1"}}
		compareAll(t, h, callers...)
		if callers[0].err != nil {
			t.Errorf("got %v of the first", callers[0].err)
		}
		for i, c := range callers[1:] {
			var o *Overload
			if !errors.As(c.err, &o) || c.served != 3*time.Second {
				t.Errorf("caller %d: got %v after %v, want turned away after 3s", i+1, c.err, c.served)
			}
		}
		if hashes != 1 || !slices.Equal(*sheds, []string{ShedLate, ShedLate}) {
			t.Errorf("got %d hashes and sheds %v", hashes, *sheds)
		}
		if got := h.queue.cost; got != 1500*time.Millisecond {
			t.Errorf("the estimate is %v, want 1.5s", got)
		}
	})
}

// A caller whose time ends while waiting is refused then, although no worker is free.
func TestQueue_LateWhileAllHash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, sheds := slow(t)
		h.compare = func(_, _ []byte) error {
			time.Sleep(time.Minute)
			return bcrypt.ErrMismatchedHashAndPassword
		}
		first, second := &caller{from: "192.0.2.1"}, &caller{from: "198.51.100.1"}
		compareAll(t, h, first, second)
		var o *Overload
		if !errors.As(second.err, &o) || o.RetryAfter <= 0 || second.served != h.patience {
			t.Errorf("got %v after %v, want turned away after %v", second.err, second.served, h.patience)
		}
		if first.err != nil || first.served != time.Minute { // a running hash is finished
			t.Errorf("got %v after %v of the one that was being hashed", first.err, first.served)
		}
		if !slices.Equal(*sheds, []string{ShedLate}) || h.Waiting() != 0 {
			t.Errorf("got sheds %v, and %d tickets are left", *sheds, h.Waiting())
		}
	})
}

// However dear a hash has been, one is tried, so that the estimate can fall again.
func TestQueue_NeverShutForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slow(t)
		h.queue.cost = time.Hour
		c := &caller{from: "192.0.2.1"}
		compareAll(t, h, c)
		if c.err != nil {
			t.Errorf("got %v", c.err)
		}
	})
}

// A caller who leaves during the hash counts until the worker is free.
func TestQueue_LeftWhileHashed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slow(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		ticket := mustAdmit(t, h, "192.0.2.1")
		if _, err := ticket.Matches(ctx, "", "correct horse"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		ticket.Leave()
		if got := h.Waiting(); got != 1 {
			t.Errorf("got %d waiting while the worker is busy, want 1", got)
		}
		time.Sleep(time.Second)
		if got := h.Waiting(); got != 0 {
			t.Errorf("got %d waiting at the end, want none", got)
		}
	})
}

func TestQueue_PanicEndsNothing(t *testing.T) {
	h := newHasher(t, testCost)
	h.compare = func(_, _ []byte) error { panic("out of order") }
	if _, err := matches(t.Context(), t, h, "", "correct horse"); err == nil {
		t.Error("got no error of a hash that panicked")
	}
	h.compare = bcrypt.CompareHashAndPassword
	if _, err := matches(t.Context(), t, h, "", "correct horse"); err != nil {
		t.Errorf("got %v afterwards", err)
	}
}
