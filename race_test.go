//go:build race

package main

// underRace reports whether the race detector is on, whose own memory is several times that of the program.
const underRace = true
