package main

import (
	"os"
	"runtime/debug"
)

const (
	// gcPercent has the heap grow to five times of what lives before it is collected: what lives here are caches of a few
	// megabytes, and collecting at twice of that, Go's default, takes a fifth of the time of a small query.
	gcPercent = 400
	// softLimit is from where on memory is collected more often instead, in bytes.
	softLimit = 512 << 20
)

// tune sets how the memory is collected, unless GOGC or GOMEMLIMIT say otherwise.
func tune() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
}
