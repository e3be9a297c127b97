package graph

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestGate proves that heavy operations of anonymous clients wait for each other and not for those of signed-in callers,
// that one that waits too long is refused, and that one whose client has gone gives up.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		leave, err := g.enter(requestFrom("192.0.2.1", ""))
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if _, err := g.enter(requestFrom("192.0.2.2", "")); !errors.Is(err, errNoPlace) || time.Since(begun) != heavyPatience {
			t.Errorf("a second one: got %v after %v, want %v after %v", err, time.Since(begun), errNoPlace, heavyPatience)
		}
		gone, cancel := context.WithCancel(requestFrom("192.0.2.2", ""))
		cancel()
		if _, err := g.enter(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("a client that has gone: got %v, want %v", err, context.Canceled)
		}
		for n := range heavySignedIn {
			if _, err := g.enter(requestFrom("192.0.2.3", "user_1")); err != nil {
				t.Errorf("signed-in caller %d: %v", n, err)
			}
		}
		time.AfterFunc(time.Second, leave)
		begun = time.Now()
		if _, err := g.enter(requestFrom("192.0.2.2", "")); err != nil || time.Since(begun) != time.Second {
			t.Errorf("after the first has left: got %v after %v, want its turn after a second", err, time.Since(begun))
		}
	})
}
