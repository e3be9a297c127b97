package accounttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"authgraph/account"
)

func finishRefresh(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	for i, row := range []struct {
		name      string
		rotations int64
		counter   int64
		grace     time.Duration
		want      account.RefreshOutcome
		ended     account.SessionEndReason
	}{
		{"within the grace time", 1, 1, time.Minute, account.RefreshRepeated, ""},
		{"without a grace time", 1, 1, 0, account.RefreshReused, account.TokenReused},
		{"two behind", 2, 1, time.Minute, account.RefreshReused, account.TokenReused},
		{"ahead", 1, 3, time.Minute, account.RefreshInvalid, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			session := mustAddSession(t, s, newSession(fmt.Sprint("settle", i), "ada"))
			for n := range row.rotations {
				if _, _, err := s.Rotate(t.Context(), with(session, n+1)); err != nil {
					t.Fatal(err)
				}
			}
			r := with(session, row.counter)
			r.Grace = row.grace
			for range 2 { // the answer stays the same
				got, user, found, err := s.FinishRefresh(t.Context(), r)
				if got != row.want || err != nil {
					t.Fatalf("got %q, %v, want %q", got, err, row.want)
				}
				if row.want == account.RefreshRepeated && (user.ID != "user_ada" || found.Counter != 2) {
					t.Errorf("got %+v and %+v", user, found)
				}
			}
			if got := reason(t, s, session.ID); got != row.ended {
				t.Errorf("ended: got %q, want %q", got, row.ended)
			}
			if row.ended == "" {
				return
			}
			// Each of its tokens says so from now on, the present one too.
			present := with(session, row.rotations+1)
			if _, _, err := s.Rotate(t.Context(), present); !errors.Is(err, account.ErrNotRotated) {
				t.Errorf("the present token: got %v, want ErrNotRotated", err)
			}
			if got, _, _, err := s.FinishRefresh(t.Context(), present); got != account.RefreshReused || err != nil {
				t.Errorf("the present token: got %q, %v, want reused", got, err)
			}
		})
	}
	unknown := with(&account.Session{ID: "session_nobody", KeyVersion: 1}, 1)
	if got, _, _, err := s.FinishRefresh(t.Context(), unknown); got != account.RefreshInvalid || err != nil {
		t.Errorf("an unknown session: got %q, %v, want invalid", got, err)
	}
}

func finishRefreshForeign(t *testing.T, s account.Store) {
	session := mustAddUserWithSession(t, s, newSession("1", "ada"))
	if _, _, err := s.Rotate(t.Context(), with(session, 1)); err != nil {
		t.Fatal(err)
	}
	home, roaming, foreign := with(session, 1), with(session, 1), with(session, 1)
	roaming.Client.IPAddress = "203.0.113.7"
	foreign.Client = account.Client{UserAgent: "another", IPAddress: "203.0.113.7"}
	for i, step := range []struct {
		r    account.Rotation
		want account.RefreshOutcome
	}{
		{roaming, account.RefreshRepeated}, {roaming, account.RefreshRepeated}, {roaming, account.RefreshRepeated},
		{foreign, account.RefreshRepeated}, {foreign, account.RefreshRepeated}, {home, account.RefreshRepeated},
		{foreign, account.RefreshRepeated}, {foreign, account.RefreshRepeated}, {foreign, account.RefreshReused},
	} {
		if got, _, _, err := s.FinishRefresh(t.Context(), step.r); got != step.want || err != nil {
			t.Errorf("step %d: got %q, %v, want %q", i, got, err, step.want)
		}
	}
}

// pastGrace returns when the shortest grace period of a session is over: clocks have ticks of a millisecond.
func pastGrace(t *testing.T, s account.Store, id string) {
	t.Helper()
	for found := sessionByID(t, s, id); !found.ReadAt.After(found.RotatedAt); {
		found = sessionByID(t, s, id)
	}
}

// finishRefreshLate plays a response that got lost: the client repeats its token after the grace period.
func finishRefreshLate(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	const late, converged = time.Nanosecond, time.Minute // grace periods that are over, and that are not
	type step struct {
		counter int64
		grace   time.Duration
		want    account.RefreshOutcome
		now     int64 // the counter afterwards
	}
	for i, row := range []struct {
		name  string
		steps []step
	}{
		{"the owner repeats, and goes on", []step{
			{1, late, account.RefreshLate, 3}, {3, late, account.RefreshRotated, 4}, {3, converged, account.RefreshRepeated, 4},
			{1, converged, account.RefreshReused, 4},
		}},
		{"tabs repeat together", []step{
			{1, late, account.RefreshLate, 3}, {1, converged, account.RefreshRepeated, 3}, {1, converged, account.RefreshRepeated, 3},
		}},
		{"lost twice", []step{
			{1, late, account.RefreshLate, 3}, {1, late, account.RefreshLate, 4}, {4, late, account.RefreshRotated, 5},
		}},
		{"a thief uses the lost successor afterwards", []step{
			{1, late, account.RefreshLate, 3}, {2, converged, account.RefreshReused, 3},
		}},
		{"a thief used the successor first", []step{
			{2, late, account.RefreshRotated, 3}, {1, late, account.RefreshReused, 3},
		}},
		{"off", []step{{1, 0, account.RefreshReused, 2}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			session := mustAddSession(t, s, newSession(fmt.Sprint("late", i), "ada"))
			if _, _, err := s.Rotate(t.Context(), with(session, 1)); err != nil {
				t.Fatal(err)
			}
			for n, step := range row.steps {
				r := with(session, step.counter)
				r.Grace = step.grace
				pastGrace(t, s, session.ID)
				got := account.RefreshRotated
				_, found, err := s.Rotate(t.Context(), r)
				if errors.Is(err, account.ErrNotRotated) {
					got, _, found, err = s.FinishRefresh(t.Context(), r)
				}
				if got != step.want || err != nil {
					t.Fatalf("step %d: got %q, %v, want %q", n+1, got, err, step.want)
				}
				if now := sessionByID(t, s, session.ID); now.Counter != step.now || got.Answered() && found.Counter != step.now {
					t.Errorf("step %d: the counter is %d, want %d", n+1, now.Counter, step.now)
				}
			}
		})
	}
}

// finishRefreshLateAtOnce has many repeat a token after the grace period at once: one rotates it, all get the same.
func finishRefreshLateAtOnce(t *testing.T, s account.Store) {
	session := mustAddUserWithSession(t, s, newSession("1", "ada"))
	if _, _, err := s.Rotate(t.Context(), with(session, 1)); err != nil {
		t.Fatal(err)
	}
	pastGrace(t, s, session.ID)
	const tabs = 20
	outcomes := make([]account.RefreshOutcome, tabs)
	var wait sync.WaitGroup
	for i := range tabs {
		wait.Go(func() {
			r := with(session, 1)
			r.Grace = time.Nanosecond
			if i > 0 {
				r.Grace = time.Minute // the first client has rotated it in between, or the first rotation is still within its grace period
			}
			var err error
			if outcomes[i], _, _, err = s.FinishRefresh(context.WithoutCancel(t.Context()), r); err != nil {
				t.Errorf("tab %d: %v", i, err)
			}
		})
	}
	wait.Wait()
	if got := sessionByID(t, s, session.ID); got.Counter != 3 || got.Ended() {
		t.Errorf("got counter %d, ended %v, want one late rotation", got.Counter, got.Ended())
	}
	if outcomes[0] != account.RefreshLate || slices.Contains(outcomes[1:], account.RefreshLate) {
		t.Errorf("got %v, want one late", outcomes)
	}
}
