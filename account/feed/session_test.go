package feed

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/account"
)

// changing is a store whose clock is the test's, with the sessions of one account.
type changing struct {
	account.Store
	mu       sync.Mutex
	sessions []*account.Session
	asked    int // queries for sessions
	named    int // accounts in the last one
}

func (c *changing) SessionsChanged(_ context.Context, userIDs []string, since time.Time) ([]*account.Session, time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if len(userIDs) == 0 {
		return nil, now, nil
	}
	c.asked++
	c.named = len(userIDs)
	var found []*account.Session
	for _, s := range c.sessions {
		history := history(s)
		if last := history[len(history)-1].At; !last.Before(since.Add(-5*time.Second)) && !s.CreatedAt.After(now) {
			copied := *s
			found = append(found, &copied)
		}
	}
	return found, now, nil
}

// set replaces the sessions.
func (c *changing) set(sessions []*account.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions = sessions
}

// counts returns the queries for sessions, and the accounts in the last one.
func (c *changing) counts() (asked, named int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked, c.named
}

// lived is a session with what happened to it, in seconds after now; 0 for what did not.
func lived(id string, now time.Time, created, used, ended float64) *account.Session {
	at := func(seconds float64) time.Time { return now.Add(time.Duration(seconds * float64(time.Second))) }
	s := &account.Session{ID: id, UserID: "user_a", CreatedAt: at(created), LastUsedAt: at(created)}
	if used != 0 {
		s.LastUsedAt = at(used)
	}
	if ended != 0 {
		end, reason := at(ended), account.SignedOut
		s.EndedAt, s.EndReason = &end, &reason
	}
	return s
}

// Every event of a session between two polls is sent, in order, with the session at that moment.
func TestSessions_Collapsed(t *testing.T) {
	for _, row := range []struct {
		name     string
		sessions func(now time.Time) []*account.Session
		want     string
	}{
		{"begins and ends", func(now time.Time) []*account.Session {
			return []*account.Session{lived("1", now, .1, 0, .3)}
		}, "1 STARTED 1 ENDED "},
		{"begins and is refreshed", func(now time.Time) []*account.Session {
			return []*account.Session{lived("1", now, .1, .2, 0)}
		}, "1 STARTED 1 CHANGED "},
		{"is refreshed and ends", func(now time.Time) []*account.Session {
			return []*account.Session{lived("1", now, -3600, .2, .3)}
		}, "1 CHANGED 1 ENDED "},
		{"all three", func(now time.Time) []*account.Session {
			return []*account.Session{lived("1", now, .1, .2, .3)}
		}, "1 STARTED 1 CHANGED 1 ENDED "},
		{"two sessions, interleaved", func(now time.Time) []*account.Session {
			return []*account.Session{lived("1", now, .1, 0, .4), lived("2", now, .2, .3, .5)}
		}, "1 STARTED 2 STARTED 2 CHANGED 1 ENDED 2 ENDED "},
		{"from before", func(now time.Time) []*account.Session {
			return []*account.Session{lived("1", now, -2, -1, -.5), lived("2", now, -3, 0, .5)}
		}, "2 ENDED "},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				store := &changing{}
				events := NewSessions(store)
				go events.Run(ctx)
				out, err := events.Follow(ctx, "user_a")
				if err != nil {
					t.Fatal(err)
				}
				store.set(row.sessions(time.Now()))
				time.Sleep(5 * sessionInterval) // by the bubble's clock
				synctest.Wait()
				var got string
				for len(out) > 0 {
					e := <-out
					got += e.Session.ID + " " + string(e.Kind) + " "
					if e.Session.Ended() != (e.Kind == account.SessionEnded) || e.Session.LastUsedAt.After(e.At) {
						t.Errorf("%s: got the session as %+v, want it as it was at %v", e.Kind, e.Session, e.At)
					}
				}
				if got != row.want {
					t.Errorf("got %q, want %q", got, row.want)
				}
			})
		})
	}
}

// All subscriptions of an account share one follower: a poll names the account once, and a subscription adds two
// queries when it begins. Each gets the events from its own beginning on, once.
func TestSessions_OneFollower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		store := &changing{}
		events := NewSessions(store)
		go events.Run(ctx)
		now := time.Now()
		store.set([]*account.Session{lived("1", now, 3.1, 0, 0), lived("2", now, 5.5, 0, 0)})
		var out []<-chan *account.SessionEvent
		for i := range 100 {
			if i == 50 {
				time.Sleep(3*time.Second + 500*time.Millisecond) // after session 1 has begun, before a poll sees it
			}
			one, err := events.Follow(ctx, "user_a")
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, one)
		}
		before, _ := store.counts()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if asked, named := store.counts(); named != 1 || asked-before > 5 {
			t.Errorf("%d queries in 5 s, the last for %d accounts, want one each second for one", asked-before, named)
		}
		for i, events := range out {
			want := "12"
			if i >= 50 {
				want = "2"
			}
			var got string
			for len(events) > 0 {
				got += (<-events).Session.ID
			}
			if got != want {
				t.Errorf("subscription %d: got events of %q, want %q", i, got, want)
			}
		}
		if events.Subscriptions() != 100 || len(events.followers) != 1 {
			t.Errorf("got %d subscriptions and %d followers", events.Subscriptions(), len(events.followers))
		}
		stop()
		synctest.Wait()
		if len(events.followers) != 0 {
			t.Errorf("%d followers stay", len(events.followers))
		}
	})
}

// A subscription that is registered late gets the events since its beginning, and a follower forgets ended sessions.
func TestSessions_Memory(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	f := &follower{sent: map[string]sessionState{}}
	for i := range 1000 {
		f.publish([]*account.Session{lived(fmt.Sprint(i), now, float64(i), 0, float64(i)+.5)}, now.Add(time.Duration(i+1)*time.Second))
	}
	if max := int(eventMemory/time.Second) + 2; len(f.sent) > max || len(f.recent) > eventBuffer {
		t.Errorf("the follower remembers %d sessions and %d events, want at most %d and %d", len(f.sent), len(f.recent), max, eventBuffer)
	}
}
