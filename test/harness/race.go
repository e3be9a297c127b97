//go:build race

package harness

// UnderRace reports whether the race detector is on, whose own memory is several times that of the program.
const UnderRace = true
