package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/graph/reqctx"
	"authgraph/internal/network"
)

// clientAt returns the network of an address in the /64 with number n of 2001:db8:site::/48.
func clientAt(site, n int) network.Path {
	at := netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(site >> 8), byte(site), byte(n), byte(n >> 8), 15: 1})
	return network.Parse(at.String())
}

// TestTurns_Hashing proves that while passwords wait to be hashed, the work of anonymous clients takes a tenth of the time,
// and that it takes all of it as soon as none waits.
func TestTurns_Hashing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hashing atomic.Bool
		hashing.Store(true)
		var worked, done atomic.Int64
		turns := newTurns(hashing.Load, func(took time.Duration) { worked.Add(int64(took)) })
		const work = 20 * time.Millisecond
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for n := range 4 {
			all.Go(func() {
				for ctx.Err() == nil {
					leave, err := turns.enter(ctx, clientAt(n, 0))
					if err != nil {
						return
					}
					time.Sleep(work)
					done.Add(1)
					leave()
				}
			})
		}
		time.Sleep(10*time.Second - time.Nanosecond)
		synctest.Wait()
		if got := done.Load(); got != 50 || time.Duration(worked.Load()) != 50*work {
			t.Errorf("while passwords wait: got %d turns of %v together in 10 s, want 50", got, time.Duration(worked.Load()))
		}
		hashing.Store(false)
		done.Store(0)
		time.Sleep(time.Second + hashingHold)
		synctest.Wait()
		if got := done.Load(); got < 50 || got > 55 {
			t.Errorf("a second after the last password: got %d turns, want 50 to 55", got)
		}
		stop()
		all.Wait()
	})
}

// TestTurns_OneAtATime proves that anonymous work does not pause while no password waits, and that two requests of the same
// instant have their turns one after the other.
func TestTurns_OneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(func() bool { return false }, func(time.Duration) {})
		began := time.Now()
		running := 0
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				leave, err := turns.enter(t.Context(), clientAt(0, 0))
				if err != nil {
					t.Error(err)
					return
				}
				defer leave()
				if running++; running > 1 {
					t.Errorf("%d turns at once", running)
				}
				time.Sleep(time.Second / 2)
				running--
			})
		}
		all.Wait()
		if took := time.Since(began); took != 5*time.Second/2 {
			t.Errorf("five turns took %v, want 2.5s", took)
		}
	})
}

// TestTurns_Networks proves that a client of another network has the next turn but one, however many a /48 sends.
func TestTurns_Networks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(func() bool { return true }, func(time.Duration) {})
		var order strings.Builder
		enter := func(name string, client network.Path) {
			go func() {
				if leave, err := turns.enter(t.Context(), client); err == nil {
					order.WriteString(name)
					time.Sleep(time.Millisecond)
					leave()
				}
			}()
			synctest.Wait()
		}
		for n := range 40 {
			enter("a", clientAt(1, n))
		}
		enter("b", network.Parse("192.0.2.1"))
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := order.String(); len(got) != 41 || got[:3] != "aab" {
			t.Errorf("order: got %s, want 41 turns that begin with aab", got)
		}
	})
}

// TestTurns_Refusals proves that work whose turn does not come in time is refused, that a client that has gone gives its
// place back, and that the waiting work has a bound: of a client, of its networks, and in all.
func TestTurns_Refusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(func() bool { return true }, func(time.Duration) {})
		leave, err := turns.enter(t.Context(), clientAt(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := turns.enter(t.Context(), clientAt(0, 1)); !errors.Is(err, reqctx.ErrNoPlace) || time.Since(began) != turnPatience {
			t.Errorf("got %v after %v, want %v after %v", err, time.Since(began), reqctx.ErrNoPlace, turnPatience)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var refused atomic.Int64
		wait := func(site, clients, requests int) {
			for n := range clients {
				for range requests {
					go func() {
						if _, err := turns.enter(ctx, clientAt(site, n)); errors.Is(err, reqctx.ErrNoPlace) {
							refused.Add(1)
						}
					}()
				}
			}
			synctest.Wait()
		}
		for _, row := range []struct{ site, clients, requests, want int }{
			{1, 1, clientTurns + 3, 3}, {2, 64, 5, 64}, {2, 64, 1, 64},
		} {
			refused.Store(0)
			if wait(row.site, row.clients, row.requests); refused.Load() != int64(row.want) {
				t.Errorf("%d requests of %d clients: got %d refused, want %d", row.requests, row.clients, refused.Load(), row.want)
			}
		}
		for site := range 20 {
			wait(site+3, 16, clientTurns)
		}
		if got, want := turns.line.Len(), 64*clientTurns; got != want {
			t.Errorf("a /32 waits with %d, want %d", got, want)
		}
		cancel()
		synctest.Wait()
		if got := turns.line.Len(); got != 0 {
			t.Errorf("%d places are held by clients that have gone, want 0", got)
		}
		leave()
		if leave, err = turns.enter(t.Context(), clientAt(0, 0)); err != nil {
			t.Errorf("afterwards: %v", err)
		}
		leave()
	})
}

// TestTurns_GoneWithTheTurn proves that a turn that comes in the instant in which its client goes is given to the next.
func TestTurns_GoneWithTheTurn(t *testing.T) {
	for n := range 50 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				turns := newTurns(func() bool { return false }, func(time.Duration) {})
				leave, err := turns.enter(t.Context(), clientAt(0, 0))
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					if leave, err := turns.enter(ctx, clientAt(0, 1)); err == nil {
						leave()
					}
				}()
				synctest.Wait()
				cancel()
				leave()
				leave, err = turns.enter(t.Context(), clientAt(0, 2))
				if err != nil {
					t.Fatal(err)
				}
				leave()
			})
		})
	}
}
