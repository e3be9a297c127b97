package feed

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/account"
)

// written is a store whose clock is the test's, and in which each revocation can be seen from then on.
type written struct {
	account.Store
	seen map[time.Time]account.Revocation
}

func (w written) Revocations(_ context.Context, since time.Time) ([]account.Revocation, time.Time, error) {
	var all []account.Revocation
	for at, r := range w.seen {
		if !r.At.Before(since) && !at.After(time.Now()) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b account.Revocation) int { return a.At.Compare(b.At) })
	return all, time.Now(), nil
}

// A change of permissions is sent with the time at which it became visible, not with the time at which it was written. A token
// that was issued in between has the permissions from before.
func TestRevocations_Seen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		w := written{seen: map[time.Time]account.Revocation{
			now.Add(-time.Minute):               {ID: "1", Kind: account.RevokedRights, Named: "user_long_ago", At: now.Add(-time.Minute)},
			now.Add(-time.Second):               {ID: "2", Kind: account.RevokedRights, Named: "user_a", At: now.Add(-2 * time.Second)},
			now:                                 {ID: "3", Kind: account.RevokedSession, Named: "session_a", At: now.Add(-time.Second)},
			now.Add(3 * revocationInterval / 2): {ID: "4", Kind: account.RevokedRights, Named: "user_b", At: now.Add(time.Millisecond)},
		}}
		feed := NewRevocations(w, 10*time.Minute)
		ctx, stop := context.WithCancel(t.Context())
		go feed.Run(ctx)
		notified, err := feed.Follow(ctx, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []account.Revocation{
			{ID: "1", Kind: account.RevokedRights, Named: "user_long_ago", At: now.Add(-time.Minute + revocationOverlap)},
			{ID: "2", Kind: account.RevokedRights, Named: "user_a", At: now},
			{ID: "3", Kind: account.RevokedSession, Named: "session_a", At: now.Add(-time.Second)},
			{Kind: account.Heartbeat, At: now},
			{ID: "2", Kind: account.RevokedRights, Named: "user_a", At: now.Add(revocationInterval)}, // told twice, which says no less
			{ID: "3", Kind: account.RevokedSession, Named: "session_a", At: now.Add(-time.Second)},
			{Kind: account.Heartbeat, At: now.Add(revocationInterval)},
			{ID: "4", Kind: account.RevokedRights, Named: "user_b", At: now.Add(2 * revocationInterval)},
			{Kind: account.Heartbeat, At: now.Add(2 * revocationInterval)},
		} {
			if got := <-notified; got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		}
		stop()
		for range notified { // until it is closed
		}
	})
}
