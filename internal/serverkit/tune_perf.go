package serverkit

import (
	"context"
	"os"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"
)

const (
	// maxGC has the heap grow to seventeen times of what lives before it is collected, rather than to twice, Go's default: what
	// lives here are caches of a few megabytes, so a busy server would collect fifty times a second.
	maxGC = 1600
	// minGC is Go's default. It is for a heap that is large by itself: thousands of open sockets, say.
	minGC = 100
	// restGC is for such a heap while little happens: what is held for nothing would be most of what a socket takes.
	restGC = 25
	// growth is the permitted growth of the heap between two collections, in bytes.
	growth = 64 << 20
	// softLimit is the memory above which collections are more frequent, in bytes.
	softLimit = 512 << 20
	// tuneInterval is how often it is looked how much lives.
	tuneInterval = time.Second
	// restAllocation is what is allocated in between, in bytes, by a server that has little to do.
	restAllocation = 16 << 20
)

// gcPercent returns the permitted growth of the heap, in percent of the live bytes, after allocated bytes since the last
// measurement. It changes in steps, because each change stops the world.
func gcPercent(live, allocated uint64) int {
	percent := maxGC
	for percent > minGC && live*uint64(percent)/100 > growth {
		percent /= 2
	}
	if percent == minGC && allocated < restAllocation {
		return restGC
	}
	return percent
}

// tune sets how the memory is collected until ctx ends, unless GOGC or GOMEMLIMIT say otherwise.
func tune(ctx context.Context) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(maxGC)
	go func() {
		tick := time.NewTicker(tuneInterval)
		defer tick.Stop()
		heap := []runtimemetrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
		percent, before := maxGC, uint64(0)
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			runtimemetrics.Read(heap)
			live, allocated := heap[0].Value.Uint64(), heap[1].Value.Uint64()
			if next := gcPercent(live, allocated-before); next != percent {
				percent = next
				debug.SetGCPercent(percent)
			}
			before = allocated
		}
	}()
}
