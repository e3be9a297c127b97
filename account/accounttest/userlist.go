package accounttest

import (
	"errors"
	"fmt"
	"testing"

	"authgraph/account"
	"authgraph/auth"
)

// updateUser changes the name, leaves it and clears it, and refuses callers who hold less than the account.
func updateUser(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAddRole(t, s, root, "keeper", account.UsersWrite)
	keeper, plain := administrator(t, s, "keeper", "keeper"), administrator(t, s, "plain")
	mustAdd(t, s, newUser("ada"))
	mustAddSession(t, s, newSession("1", "ada"))
	name, none := new("Ada Ä"), (*string)(nil)
	for _, row := range []struct {
		name   string
		by     account.Administrator
		change account.UserChange
		want   string
		err    error
	}{
		{"a name", keeper, account.UserChange{ID: "user_ada", DisplayName: &name}, "Ada Ä", nil},
		{"the same name", keeper, account.UserChange{ID: "user_ada", DisplayName: &name}, "Ada Ä", nil},
		{"nothing", keeper, account.UserChange{ID: "user_ada"}, "Ada Ä", nil},
		{"without the permission", plain, account.UserChange{ID: "user_ada", DisplayName: &none}, "Ada Ä", auth.ErrForbidden},
		{"no name", keeper, account.UserChange{ID: "user_ada", DisplayName: &none}, "", nil},
		{"an account that holds more", keeper, account.UserChange{ID: "user_root", DisplayName: &name}, "", auth.ErrForbidden},
		{"an unknown account", root, account.UserChange{ID: "user_nobody", DisplayName: &name}, "", account.ErrUserNotFound},
	} {
		u, err := s.UpdateUser(t.Context(), row.by, row.change)
		if !errors.Is(err, row.err) {
			t.Errorf("%s: got %+v, %v, want %q, %v", row.name, u, err, row.want, row.err)
		} else if err == nil && (!is(u.DisplayName, row.want) || u.NameKey != account.Fold(row.want)) {
			t.Errorf("%s: got %+v, %v, want %q, %v", row.name, u, err, row.want, row.err)
		}
		if found := mustFind(t, s, "user_ada"); row.change.ID == found.ID && !is(found.DisplayName, row.want) {
			t.Errorf("%s: the account is named %v, want %q", row.name, found.DisplayName, row.want)
		}
	}
	if got := reason(t, s, "session_1"); got != "" {
		t.Errorf("the session of a renamed account ended: %s", got)
	}
}

// endUserSession ends the named session of any account that holds no more than the caller.
func endUserSession(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAddRole(t, s, root, "keeper", account.SessionsRevoke)
	keeper, plain := administrator(t, s, "keeper", "keeper"), administrator(t, s, "plain")
	mustAdd(t, s, newUser("ada"))
	mustAddSession(t, s, newSession("1", "ada"))
	mustAddSession(t, s, newSession("2", "ada"))
	for _, row := range []struct {
		name, session string
		by            account.Administrator
		want          error
	}{
		{"without the permission", "session_1", plain, auth.ErrForbidden},
		{"of an account that holds more", root.SessionID, keeper, auth.ErrForbidden},
		{"unknown", "session_nothing", keeper, account.ErrSessionNotFound},
		{"another account's", "session_1", keeper, nil},
		{"again", "session_1", keeper, nil},
	} {
		got, err := s.EndUserSession(t.Context(), row.by, row.session)
		if !errors.Is(err, row.want) {
			t.Errorf("%s: got %v, want %v", row.name, err, row.want)
		}
		if err != nil {
			continue
		}
		if got.ID != row.session || got.EndedAt == nil || *got.EndReason != account.Revoked {
			t.Errorf("%s: got %+v, want the session, revoked", row.name, got)
		}
	}
	if reason(t, s, "session_1") != account.Revoked || reason(t, s, "session_2") != "" ||
		reason(t, s, root.SessionID) != "" {
		t.Error("want exactly the named session ended")
	}
}

// lastSignIn is the start of the newest session that the account's own person began.
func lastSignIn(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	if added := mustAdd(t, s, newUser("ada")); added.LastSignInAt != nil {
		t.Errorf("a new account signed in at %v", added.LastSignInAt)
	}
	if _, err := s.AddImpersonation(t.Context(), root, acting("acted", "ada")); err != nil {
		t.Fatal(err)
	}
	if u := mustFind(t, s, "user_ada"); u.LastSignInAt != nil {
		t.Errorf("an impersonation counts as a sign-in at %v", u.LastSignInAt)
	}
	for _, id := range []string{"1", "2"} {
		u, session, err := s.AddSession(t.Context(), newSession(id, "ada"), account.FirstVersion)
		if err != nil || u.LastSignInAt == nil || !u.LastSignInAt.Equal(session.CreatedAt) {
			t.Fatalf("session %s: got %+v, %v, want the time of %+v", id, u, err, session)
		}
	}
	registered, session, err := s.AddUserWithSession(t.Context(), newUser("bob"), newSession("3", "bob"))
	if err != nil || registered.LastSignInAt == nil || !registered.LastSignInAt.Equal(session.CreatedAt) {
		t.Errorf("registration: got %+v, %v, want the time of %+v", registered, err, session)
	}
	if u := mustFind(t, s, "user_bob"); u.LastSignInAt == nil || !u.LastSignInAt.Equal(session.CreatedAt) {
		t.Errorf("registered: got %+v, want the time of %+v", u, session)
	}
	for _, end := range []string{"session_1", "session_2"} {
		if _, err := s.EndUserSession(t.Context(), root, end); err != nil {
			t.Fatal(err)
		}
	}
	before := mustFind(t, s, "user_ada").LastSignInAt
	if _, _, err := s.PurgeSessions(t.Context(), "", -1); err != nil {
		t.Fatal(err)
	}
	if after := mustFind(t, s, "user_ada").LastSignInAt; after == nil || !after.Equal(*before) {
		t.Errorf("after the sessions were purged: got %v, want %v", after, before)
	}
}

// userPagesNulls walks lists in which some accounts lack the value that they are sorted by, both ways and in small pages.
func userPagesNulls(t *testing.T, s account.Store) {
	for i, row := range []struct{ login, name string }{{"a", "Zoe"}, {"b", ""}, {"c", "ada"}, {"d", "Ada"}, {"e", ""}} {
		u := newUser(row.login)
		u.ID = fmt.Sprint("user_", i)
		if row.name != "" {
			u.DisplayName = &row.name
		}
		mustAdd(t, s, u)
	}
	for i, id := range []string{"3", "1", "4"} {
		session := newSession(fmt.Sprint(i), id)
		mustAddSession(t, s, session)
		nextTick(t, s, session.ID)
	}
	for _, row := range []struct {
		name string
		by   account.UserOrderField
		want []string // ascending
	}{
		{"name", account.ByName, []string{"b", "e", "c", "d", "a"}},
		{"last sign-in", account.ByLastSignIn, []string{"a", "c", "d", "b", "e"}},
	} {
		for _, descending := range []bool{false, true} {
			for _, backward := range []bool{false, true} {
				q := account.UserQuery{By: row.by, Descending: descending, Backward: backward, Limit: 2}
				t.Run(fmt.Sprint(row.name, " ", descending, " ", backward), func(t *testing.T) { walk(t, s, q, row.want) })
			}
		}
	}
}

// walk reads a list page by page and compares it with want, which is in ascending order.
func walk(t *testing.T, s account.Store, q account.UserQuery, want []string) {
	t.Helper()
	got, pages := "", 0
	for more := true; more && pages <= len(want); pages++ {
		page, err := s.UserPage(t.Context(), q)
		if err != nil || len(page.Users) == 0 {
			t.Fatalf("page %d: %+v, %v", pages, page, err)
		}
		if q.Backward {
			got = pageNames(page) + " " + got
			mark := page.Users[0].Cursor(q.By)
			q.Before, more = &mark, page.HasPrev
		} else {
			got += pageNames(page) + " "
			mark := page.Users[len(page.Users)-1].Cursor(q.By)
			q.After, more = &mark, page.HasNext
		}
	}
	sorted := ""
	for _, name := range want {
		if q.Descending {
			sorted = name + " " + sorted
		} else {
			sorted += name + " "
		}
	}
	if got != sorted {
		t.Errorf("got %q in %d pages, want %q", got, pages, sorted)
	}
}
