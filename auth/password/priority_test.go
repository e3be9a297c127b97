//go:build linux

package password

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

const lowest = 19

// nice is the value of a thread; getpriority(2) answers 20 less it.
func nice(t *testing.T, thread int) int {
	t.Helper()
	answer, err := syscall.Getpriority(syscall.PRIO_PROCESS, thread)
	if err != nil {
		t.Error(err)
	}
	return 20 - answer
}

func TestInBackground_NotAsked(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	h, err := New(MinCost, WithInsecureCost(testCost), InBackground(0))
	if err != nil || h.nice != 0 {
		t.Errorf("got %v, nice %d, %d workers, GOMAXPROCS %d", err, h.nice, h.workers, runtime.GOMAXPROCS(0))
	} else if h.workers != max(before-1, 1) || runtime.GOMAXPROCS(0) != before {
		t.Errorf("got %v, nice %d, %d workers, GOMAXPROCS %d", err, h.nice, h.workers, runtime.GOMAXPROCS(0))
	}
}

func TestInBackground(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	h, err := New(MinCost, WithInsecureCost(testCost), InBackground(lowest))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := New(MinCost, WithInsecureCost(testCost), InBackground(lowest)); err != nil ||
		again.workers != h.workers {
		t.Fatalf("got %d workers and %v the second time, want %d", again.workers, err, h.workers)
	}
	if got := runtime.GOMAXPROCS(0); h.workers != before || got != 2*before {
		t.Errorf("got %d workers and GOMAXPROCS %d, want %d and %d", h.workers, got, before, 2*before)
	}
	var all sync.WaitGroup
	h.compare = func(_, _ []byte) error {
		thread := syscall.Gettid()
		if got := nice(t, thread); got != lowest || thread == os.Getpid() {
			t.Errorf("a hash runs at nice %d on thread %d of process %d, want %d on another", got, thread, os.Getpid(), lowest)
		}
		return bcrypt.ErrMismatchedHashAndPassword
	}
	for range 20 {
		all.Go(func() { _, _ = matches(t.Context(), t, h, "", "correct horse") })
	}
	all.Wait()
	for range 100 { // on any thread
		all.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if got := nice(t, syscall.Gettid()); got == lowest {
				t.Error("something else runs at the lowest priority")
			}
		})
	}
	all.Wait()
}
