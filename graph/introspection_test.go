package graph

import (
	"strings"
	"testing"
)

// The printed schema shows the rate limits.
func TestSDL_ShowsLimits(t *testing.T) {
	sdl, err := SDL(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"At most 60 in 1m for each address, and 100 in 15m for each account, and 10 in 15m for each account and network.", "At most 30 in 1m for each session."} {
		if !strings.Contains(sdl, want) {
			t.Errorf("it lacks %q", want)
		}
	}
}
