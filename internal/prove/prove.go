// Package prove says how large a proof shall be: small in a test run, in full size by bench/prove.
package prove

import "os"

// Size returns small, or full where PROVE=full is in the environment.
func Size(small, full int) int {
	if os.Getenv("PROVE") == "full" {
		return full
	}
	return small
}
