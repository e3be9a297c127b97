package accounttest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"authgraph/account"
)

// with is an attempt to refresh with the token of a session that says counter.
func with(s *account.Session, counter int64) account.Rotation {
	return account.Rotation{
		Token: account.RefreshToken{Session: s.ID, KeyVersion: s.KeyVersion, Counter: counter},
		Idle:  time.Hour, Grace: time.Minute,
		Client: account.Client{UserAgent: "curl/8 \U0001F600", IPAddress: "127.0.0.1"},
	}
}

func rotate(t *testing.T, s account.Store) {
	u := newUser("ada")
	u.Roles = []string{"admin", "user"}
	_, began, err := s.AddUserWithSession(t.Context(), u, newSession("1", "ada"))
	if err != nil {
		t.Fatal(err)
	}
	r := with(began, began.Counter)
	r.Client = account.Client{UserAgent: "firefox", IPAddress: "192.0.2.1"}
	user, got, err := s.Rotate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got.Counter != began.Counter+1 || got.RotatedAt.Before(began.RotatedAt) || !got.AuthTime.Equal(began.AuthTime) {
		t.Errorf("got %+v", got)
	} else if *got.UserAgent != "firefox" || *got.IPAddress != "192.0.2.1" || len(got.Methods) != 1 {
		t.Errorf("got %+v", got)
	} else if got.Ended() {
		t.Errorf("got %+v", got)
	}
	if user.ID != "user_ada" || len(user.Permissions) != 8 || len(user.Roles) != 2 {
		t.Errorf("got %+v, want the account as it is", user)
	}
	for name, r := range map[string]account.Rotation{
		"the same again":  with(began, began.Counter),
		"ahead":           with(got, got.Counter+1),
		"another key":     {Token: account.RefreshToken{Session: got.ID, KeyVersion: 2, Counter: got.Counter}, Idle: 1},
		"another session": with(&account.Session{ID: "session_2", KeyVersion: 1}, 1),
	} {
		if _, _, err := s.Rotate(t.Context(), r); !errors.Is(err, account.ErrNotRotated) {
			t.Errorf("%s: got %v, want ErrNotRotated", name, err)
		}
	}
	if again := sessionByID(t, s, got.ID); again.Counter != got.Counter {
		t.Errorf("the counter went on to %d", again.Counter)
	}
}

func rotateAtOnce(t *testing.T, s account.Store) {
	session := mustAddUserWithSession(t, s, newSession("1", "ada"))
	const tabs = 20
	outcomes := make([]account.RefreshOutcome, tabs)
	counters := make([]int64, tabs)
	var wait sync.WaitGroup
	for i := range tabs {
		wait.Go(func() {
			ctx, r := context.WithoutCancel(t.Context()), with(session, 1)
			_, got, err := s.Rotate(ctx, r)
			outcomes[i] = account.RefreshRotated
			if errors.Is(err, account.ErrNotRotated) {
				outcomes[i], _, got, err = s.FinishRefresh(ctx, r)
			}
			if err != nil {
				t.Errorf("tab %d: %v", i, err)
				return
			}
			counters[i] = got.Counter
		})
	}
	wait.Wait()
	slices.Sort(outcomes)
	want := append(slices.Repeat([]account.RefreshOutcome{account.RefreshRepeated}, tabs-1), account.RefreshRotated)
	if !slices.Equal(outcomes, want) || !slices.Equal(counters, slices.Repeat([]int64{2}, tabs)) {
		t.Errorf("got %v with counters %v, want one rotation and the same token for all", outcomes, counters)
	}
}

func rotateAbsolute(t *testing.T, s account.Store) {
	n := newSession("1", "ada")
	n.Absolute = 90 * time.Minute
	session := mustAddUserWithSession(t, s, n)
	r := with(session, 1)
	r.Idle = 3 * time.Hour
	_, got, err := s.Rotate(t.Context(), r)
	if err != nil || got.ExpiresAt.Sub(got.CreatedAt) != n.Absolute || !got.ExpiresAt.Equal(got.AbsoluteExpiresAt) {
		t.Errorf("got %+v, %v, want the end at the absolute one", got, err)
	}
}
