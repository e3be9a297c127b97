package accounttest

import (
	"fmt"
	"testing"
	"time"

	"authgraph/account"
)

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
		if ids != row.want || got.HasNext != row.next {
			t.Errorf("%s: got %q, %v, %v, total %d", row.name, ids, got.HasNext, got.HasPrev, got.Total)
		} else if got.HasPrev != row.prev || got.Total != 5 {
			t.Errorf("%s: got %q, %v, %v, total %d", row.name, ids, got.HasNext, got.HasPrev, got.Total)
		}
	}
}

func sessionsChanged(t *testing.T, s account.Store) {
	session := mustAddUserWithSession(t, s, newSession("1", "ada"))
	found, next, err := s.SessionsChanged(t.Context(), []string{"user_ada", "user_nobody"}, session.CreatedAt)
	if err != nil || len(found) != 1 {
		t.Errorf("got %v, %v, %v, want the one that began", found, next, err)
	} else if found[0].ID != session.ID || next.Before(session.CreatedAt) {
		t.Errorf("got %v, %v, %v, want the one that began", found, next, err)
	}
	found, _, err = s.SessionsChanged(t.Context(), []string{"user_ada"}, next.Add(time.Hour))
	if err != nil || len(found) != 0 {
		t.Errorf("later: got %v, %v, want none", found, err)
	}
}
