package main

import (
	"context"
	"os"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"
)

const (
	// maxGC has the heap grow to five times of what lives before it is collected, rather than to twice, Go's default: what
	// lives here are caches of a few megabytes, so a busy server would collect many times a second.
	maxGC = 400
	// minGC is Go's default. It is for a heap that is large by itself: thousands of open sockets, say.
	minGC = 100
	// growth is by how much the heap may grow in between, in bytes.
	growth = 64 << 20
	// softLimit is from where on memory is collected more often instead, in bytes.
	softLimit = 512 << 20
	// tuneInterval is how often it is looked how much lives.
	tuneInterval = 5 * time.Second
)

// gcPercent is by how much the heap may grow, in percent of the bytes that live. It goes in steps, since each change stops
// the world.
func gcPercent(live uint64) int {
	percent := maxGC
	for percent > minGC && live*uint64(percent)/100 > growth {
		percent /= 2
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
		live := []runtimemetrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for percent := maxGC; ; {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			runtimemetrics.Read(live)
			if next := gcPercent(live[0].Value.Uint64()); next != percent {
				percent = next
				debug.SetGCPercent(percent)
			}
		}
	}()
}
