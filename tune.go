package main

import (
	"os"
	"runtime/debug"
)

const (
	// gcPercent has the heap grow to five times of what lives before it is collected, rather than to twice, Go's default:
	// what lives here are caches of a few megabytes, so a busy server would collect many times a second.
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
