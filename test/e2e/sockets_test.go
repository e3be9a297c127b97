package e2e

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"authgraph/db/dbtest"
	"authgraph/internal/prove"
	"authgraph/test/harness"
)

// weight is what this process holds on to.
func weight() (goroutines int, heap uint64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return runtime.NumGoroutine(), m.HeapAlloc
}

// Many subscriptions are open on three instances. A logout everywhere closes exactly the account's, and what they took
// is given back. It is not parallel, because it counts the goroutines and the heap of the process.
func TestInstances_ManySockets(t *testing.T) {
	each := prove.Size(20, 167) // for each of two accounts, on each instance: 1,002 in full size
	dsn := dbtest.Postgres(t)
	var all []*harness.Server
	for range 3 {
		all = append(all, harness.Start(t, dbtest.OpenPostgres(t, dsn), "AUTHGRAPH_STREAMS_PER_SESSION=1000"))
	}
	ada := all[0].Register(t, "ada@example.com", harness.Password)
	bob := all[0].Register(t, "bob@example.com", harness.Password)
	eve := all[0].Register(t, "eve@example.com", harness.Password)
	var eves []*harness.Socket
	for _, i := range all { // as many once before, so that pools, caches and buffers are there
		for range 2 * each {
			c := i.Connect(t, eve.Token)
			c.Subscribe(t, harness.SessionEventsDocument)
			eves = append(eves, c)
		}
		i.AwaitSubscriptions(t, 2*each)
	}
	all[0].Query(t, eve.Token, `mutation { logout(scope: ALL) { endedSessionIds } }`, nil)
	for _, c := range eves {
		_ = c.AwaitClose(t)
	}
	for _, i := range all {
		i.AwaitSubscriptions(t, 0)
	}
	goroutines, heap := weight()

	var adas, bobs []*harness.Socket
	for _, i := range all {
		for range each {
			a, b := i.Connect(t, ada.Token), i.Connect(t, bob.Token)
			a.Subscribe(t, harness.SessionEventsDocument)
			b.Subscribe(t, harness.SessionEventsDocument)
			adas, bobs = append(adas, a), append(bobs, b)
		}
		i.AwaitSubscriptions(t, 2*each)
	}
	open, openHeap := weight()

	var wait sync.WaitGroup
	var mu sync.Mutex
	var last time.Duration
	began := time.Now()
	got := all[1].Query(t, ada.Token, `mutation { logout(scope: ALL) { endedSessionIds } }`, nil)
	answered := time.Now()
	for _, c := range adas {
		wait.Go(func() {
			closed := c.AwaitClose(t)
			mu.Lock()
			defer mu.Unlock()
			last = max(last, time.Since(answered))
			if closed.Code != 4401 || closed.Reason != "SESSION_ENDED" {
				t.Errorf("got %v, want 4401 SESSION_ENDED", closed)
			}
		})
	}
	wait.Wait()
	t.Logf("%d subscriptions: the logout took %v, the last of %d sockets closed %v after its answer",
		len(adas)+len(bobs), answered.Sub(began), len(adas), last)
	if last > bound {
		t.Errorf("%v is over the bound: %s", last, got.Body)
	}

	other, _ := all[2].Login(t, "bob@example.com", nil)
	for _, c := range bobs { // they go on, on every instance
		wait.Go(func() {
			if m := c.Next(t); m.Type != "next" {
				t.Errorf("got %+v", m)
			}
		})
	}
	wait.Wait()
	all[0].Query(t, other.AccessToken, `mutation { logout(scope: ALL) { endedSessionIds } }`, nil)
	for _, c := range bobs {
		wait.Go(func() { _ = c.AwaitClose(t) })
	}
	wait.Wait()
	for _, i := range all {
		i.AwaitSubscriptions(t, 0)
	}
	var after int
	var afterHeap uint64
	for deadline := time.Now().Add(harness.Patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if after, afterHeap = weight(); after <= goroutines+10 {
			break
		}
	}
	t.Logf("goroutines: %d, %d while open, %d after; heap: %d KiB, %d KiB, %d KiB", goroutines, open, after,
		heap>>10, openHeap>>10, afterHeap>>10)
	if after > goroutines+10 {
		t.Errorf("%d goroutines are left, there were %d", after, goroutines)
	}
	if openHeap > heap && afterHeap > heap+(openHeap-heap)/2 {
		t.Errorf("%d KiB are left, there were %d", afterHeap>>10, heap>>10)
	}
}
