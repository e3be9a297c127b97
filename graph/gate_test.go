package graph

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/graph/reqctx"
)

// TestGate proves that heavy operations of signed-in callers wait for each other and not for anonymous clients, that one
// that waits too long is refused, and that one whose client has gone gives up.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(unlimited())
		signedIn := &reqctx.Place{Account: "user_1", Turn: reqctx.TurnSignedIn}
		for _, p := range []*reqctx.Place{{Turn: reqctx.TurnAnonymous}, {Turn: reqctx.TurnSignIn}, {Turn: reqctx.TurnSignIn}} {
			if _, err := g.enter(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
		var leave func()
		for n := range heavySignedIn {
			var err error
			if leave, err = g.enter(t.Context(), signedIn); err != nil {
				t.Errorf("signed-in caller %d: %v", n, err)
			}
		}
		began := time.Now()
		if _, err := g.enter(t.Context(), signedIn); !errors.Is(err, reqctx.ErrNoPlace) || time.Since(began) != heavyPatience {
			t.Errorf("one more: got %v after %v, want %v after %v", err, time.Since(began), reqctx.ErrNoPlace, heavyPatience)
		}
		if _, err := g.enter(t.Context(), &reqctx.Place{Turn: reqctx.TurnSignIn}); !errors.Is(err, reqctx.ErrNoPlace) {
			t.Errorf("a third heavy sign-in: got %v, want %v", err, reqctx.ErrNoPlace)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := g.enter(gone, signedIn); !errors.Is(err, context.Canceled) {
			t.Errorf("a client that has gone: got %v, want %v", err, context.Canceled)
		}
		time.AfterFunc(time.Second, leave)
		began = time.Now()
		if _, err := g.enter(t.Context(), signedIn); err != nil || time.Since(began) != time.Second {
			t.Errorf("after one has left: got %v after %v, want its turn after a second", err, time.Since(began))
		}
	})
}
