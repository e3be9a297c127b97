package account

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// written is a store whose clock is the test's, and in which each revocation can be seen from then on.
type written struct {
	Store
	seen map[time.Time]Revocation
}

func (w written) Revocations(_ context.Context, since time.Time) ([]Revocation, time.Time, error) {
	var all []Revocation
	for at, r := range w.seen {
		if !r.At.Before(since) && !at.After(time.Now()) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b Revocation) int { return a.At.Compare(b.At) })
	return all, time.Now(), nil
}

// A change of rights is told by when it could be read, and not by when it was written: a token that was made between the two
// has the rights from before.
func TestFeed_Seen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		w := written{seen: map[time.Time]Revocation{
			now.Add(-time.Minute):         {ID: "1", Kind: RevokedRights, Named: "user_long_ago", At: now.Add(-time.Minute)},
			now.Add(-time.Second):         {ID: "2", Kind: RevokedRights, Named: "user_a", At: now.Add(-2 * time.Second)},
			now:                           {ID: "3", Kind: RevokedSession, Named: "session_a", At: now.Add(-time.Second)},
			now.Add(3 * feedInterval / 2): {ID: "4", Kind: RevokedRights, Named: "user_b", At: now.Add(time.Millisecond)},
		}}
		feed := NewFeed(w, 10*time.Minute)
		ctx, stop := context.WithCancel(t.Context())
		go feed.Run(ctx)
		told, err := feed.Follow(ctx, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []Revocation{
			{ID: "1", Kind: RevokedRights, Named: "user_long_ago", At: now.Add(-time.Minute + feedOverlap)},
			{ID: "2", Kind: RevokedRights, Named: "user_a", At: now},
			{ID: "3", Kind: RevokedSession, Named: "session_a", At: now.Add(-time.Second)},
			{Kind: Heartbeat, At: now},
			{ID: "2", Kind: RevokedRights, Named: "user_a", At: now.Add(feedInterval)}, // told twice, which says no less
			{ID: "3", Kind: RevokedSession, Named: "session_a", At: now.Add(-time.Second)},
			{Kind: Heartbeat, At: now.Add(feedInterval)},
			{ID: "4", Kind: RevokedRights, Named: "user_b", At: now.Add(2 * feedInterval)},
			{Kind: Heartbeat, At: now.Add(2 * feedInterval)},
		} {
			if got := <-told; got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		}
		stop()
		for range told { // until it is closed
		}
	})
}
