package accounttest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"authgraph/account"
)

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
