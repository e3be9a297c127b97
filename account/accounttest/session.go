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

// mustAddUserWithSession makes an account with one session.
func mustAddUserWithSession(t *testing.T, s account.Store, n account.NewSession) *account.Session {
	t.Helper()
	_, session, err := s.AddUserWithSession(t.Context(), newUser("ada"), n)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func mustAddSession(t *testing.T, s account.Store, n account.NewSession) *account.Session {
	t.Helper()
	_, session, err := s.AddSession(t.Context(), n, 1)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func sessionByID(t *testing.T, s account.Store, id string) *account.Session {
	t.Helper()
	found, err := s.SessionsByID(t.Context(), []string{id})
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: got %v, %v", id, found, err)
	}
	return found[0]
}

// reason is why a session ended; "" while it is active.
func reason(t *testing.T, s account.Store, id string) account.SessionEndReason {
	t.Helper()
	if r := sessionByID(t, s, id).EndReason; r != nil {
		return *r
	}
	return ""
}

// with is an attempt to refresh with the token of a session that says counter.
func with(s *account.Session, counter int64) account.Rotation {
	return account.Rotation{
		Token: account.RefreshToken{Session: s.ID, KeyVersion: s.KeyVersion, Counter: counter},
		Idle:  time.Hour, Grace: time.Minute,
		Client: account.Client{UserAgent: "curl/8 \U0001F600", IPAddress: "127.0.0.1"},
	}
}

func sessionRunOut(t *testing.T, s account.Store) {
	n := newSession("1", "ada")
	n.Idle = -time.Second
	session := mustAddUserWithSession(t, s, n)
	if got := reason(t, s, n.ID); got != account.Expired || !session.Ended() {
		t.Errorf("got %q, want EXPIRED", got)
	}
	if _, _, err := s.Rotate(t.Context(), with(session, 1)); !errors.Is(err, account.ErrNotRotated) {
		t.Errorf("Rotate: got %v, want ErrNotRotated", err)
	}
	if got, _, _, err := s.FinishRefresh(t.Context(), with(session, 1)); got != account.RefreshEnded || err != nil {
		t.Errorf("FinishRefresh: got %q, %v, want ended", got, err)
	}
}

func sessionCap(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	for i := range 4 {
		n := newSession(fmt.Sprint(i), "ada")
		n.Cap = 3
		session := mustAddSession(t, s, n)
		if i == 0 {
			if _, _, err := s.Rotate(t.Context(), with(session, 1)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		nextTick(t, s, n.ID)
		if i == 2 { // session 1 is now the longest unused one
			if _, _, err := s.Rotate(t.Context(), with(sessionByID(t, s, "session_0"), 2)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, want := range []account.SessionEndReason{"", account.Revoked, "", ""} {
		if got := reason(t, s, fmt.Sprintf("session_%d", i)); got != want {
			t.Errorf("session %d: got %q, want %q", i, got, want)
		}
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
	if got.Counter != began.Counter+1 || got.RotatedAt.Before(began.RotatedAt) || !got.AuthTime.Equal(began.AuthTime) ||
		*got.UserAgent != "firefox" || *got.IPAddress != "192.0.2.1" || len(got.Methods) != 1 || got.Ended() {
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

// nextTick returns when the database's clock is past the creation of a session: times of one millisecond have no order.
func nextTick(t *testing.T, s account.Store, id string) {
	t.Helper()
	for found := sessionByID(t, s, id); !found.ReadAt.After(found.CreatedAt); {
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

func endSessions(t *testing.T, s account.Store) {
	for i, row := range []struct {
		name    string
		scope   account.LogoutScope
		session string
		want    []string
	}{
		{"current", account.LogoutCurrent, "b", []string{"b"}},
		{"others", account.LogoutOthers, "b", []string{"a", "c"}},
		{"all", account.LogoutAll, "b", []string{"a", "b", "c"}},
		{"none", account.LogoutCurrent, "", []string{}},
		{"another's", account.LogoutCurrent, "bob", []string{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			owner := fmt.Sprint("owner", i)
			mustAdd(t, s, newUser(owner))
			mustAdd(t, s, newUser("bob"+owner))
			id := func(name string) string { return "session_" + name + owner }
			for _, name := range []string{"a", "b", "c"} {
				mustAddSession(t, s, newSession(name+owner, owner))
			}
			mustAddSession(t, s, newSession("bob"+owner, "bob"+owner))
			want := []string{}
			for _, name := range row.want {
				want = append(want, id(name))
			}
			end := account.SessionEnd{UserID: "user_" + owner, Scope: row.scope, Reason: account.SignedOut}
			if row.session != "" {
				end.Session = id(row.session)
			}
			got, err := s.EndSessions(t.Context(), end)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
			for _, name := range []string{"a", "b", "c", "bob"} {
				ended := reason(t, s, id(name))
				if wanted := slices.Contains(want, id(name)); (ended == account.SignedOut) != wanted {
					t.Errorf("%s: ended %q, want %v", name, ended, wanted)
				}
			}
			if again, err := s.EndSessions(t.Context(), end); err != nil || len(again) != 0 {
				t.Errorf("again: got %v, %v, want none", again, err)
			}
		})
	}
}

func sessionPages(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	mustAdd(t, s, newUser("bob"))
	mustAddSession(t, s, newSession("bob", "bob"))
	for i := range 5 {
		mustAddSession(t, s, newSession(fmt.Sprint(i), "ada"))
	}
	over := newSession("over", "ada")
	over.Idle = -time.Second
	mustAddSession(t, s, over)
	for _, row := range []struct {
		name       string
		page       account.Page
		want       string
		next, prev bool
	}{
		{"all", account.Page{Limit: 20}, "43210", false, false},
		{"first", account.Page{Limit: 2}, "43", true, false},
		{"first after", account.Page{Limit: 2, After: "session_3"}, "21", true, true},
		{"the rest", account.Page{Limit: 2, After: "session_1"}, "0", false, true},
		{"last", account.Page{Limit: 2, Backward: true}, "10", false, true},
		{"last before", account.Page{Limit: 2, Backward: true, Before: "session_1"}, "32", true, true},
		{"between", account.Page{Limit: 9, After: "session_4", Before: "session_1"}, "32", false, true},
	} {
		row.page.Counted = true
		pages, err := s.Sessions(t.Context(), []string{"user_bob", "user_ada", "user_nobody"}, row.page)
		if err != nil {
			t.Fatal(err)
		}
		if len(pages) != 3 || len(pages["user_nobody"].Sessions) != 0 || pages["user_bob"].Total != 1 {
			t.Errorf("%s: got %+v, want a page for each account", row.name, pages)
		}
		got := pages["user_ada"]
		var ids string
		for _, session := range got.Sessions {
			ids += session.ID[len("session_"):]
		}
		if ids != row.want || got.HasNext != row.next || got.HasPrev != row.prev || got.Total != 5 {
			t.Errorf("%s: got %q, %v, %v, total %d", row.name, ids, got.HasNext, got.HasPrev, got.Total)
		}
	}
}

func sessionsChanged(t *testing.T, s account.Store) {
	session := mustAddUserWithSession(t, s, newSession("1", "ada"))
	found, next, err := s.SessionsChanged(t.Context(), []string{"user_ada", "user_nobody"}, session.CreatedAt)
	if err != nil || len(found) != 1 || found[0].ID != session.ID || next.Before(session.CreatedAt) {
		t.Errorf("got %v, %v, %v, want the one that began", found, next, err)
	}
	found, _, err = s.SessionsChanged(t.Context(), []string{"user_ada"}, next.Add(time.Hour))
	if err != nil || len(found) != 0 {
		t.Errorf("later: got %v, %v, want none", found, err)
	}
}

func purgeSessions(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	over, ended := newSession("over", "ada"), newSession("ended", "ada")
	over.Idle = -time.Hour
	mustAddSession(t, s, over)
	mustAddSession(t, s, ended)
	mustAddSession(t, s, newSession("open", "ada"))
	if _, err := s.EndSessions(t.Context(), account.SessionEnd{UserID: "user_ada", Session: ended.ID}); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name      string
		retention time.Duration
		want      int64
	}{{"none is old enough", 2 * time.Hour, 0}, {"one is", time.Minute, 1}, {"another too", -time.Minute, 1}} {
		next, deleted, err := s.PurgeSessions(t.Context(), "", row.retention)
		if err != nil || next != "" || deleted != row.want {
			t.Errorf("%s: got %q, %d, %v, want %d", row.name, next, deleted, err, row.want)
		}
	}
	sessionByID(t, s, "session_open")
}
