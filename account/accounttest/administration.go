package accounttest

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"authgraph/account"
	"authgraph/auth"
)

// administrator makes an account with roles, and a session of it.
func administrator(t *testing.T, s account.Store, name string, roles ...string) account.Administrator {
	t.Helper()
	u := newUser(name)
	u.Roles = append(u.Roles, roles...)
	mustAdd(t, s, u)
	session := mustAddSession(t, s, newSession("of_"+name, name))
	return account.Administrator{UserID: u.ID, SessionID: session.ID}
}

// mustAddRole makes a role of the permissions.
func mustAddRole(
	t *testing.T, s account.Store, by account.Administrator, name string, permissions ...account.Permission,
) *account.Role {
	t.Helper()
	r, err := s.AddRole(t.Context(), by, account.NewRole{ID: "role_" + name, Name: name, Permissions: permissions})
	if err != nil {
		t.Fatalf("AddRole: %v", err)
	}
	return r
}

func setRoles(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	mustAddRole(t, s, root, "reader", account.UsersRead, account.AuditRead)
	for _, row := range []struct {
		name  string
		roles []string
		want  []account.Permission
	}{
		{"one more", []string{"user", "reader"}, []account.Permission{account.UsersRead, account.AuditRead}},
		{"twice", []string{"reader", "user", "reader"}, []account.Permission{account.UsersRead, account.AuditRead}},
		{"admin", []string{"admin", "user"}, account.Permissions()},
		{"none", []string{"user"}, []account.Permission{}},
	} {
		got, err := s.SetRoles(t.Context(), root, "user_ada", row.roles)
		if err != nil || !slices.Equal(got.Permissions, row.want) ||
			len(got.Roles) != len(slices.Compact(slices.Sorted(slices.Values(row.roles)))) {
			t.Errorf("%s: got %+v, %v, want %v", row.name, got, err, row.want)
		}
	}
	for _, row := range []struct {
		name, user string
		roles      []string
		want       error
	}{
		{"nobody", "user_nobody", []string{"user"}, account.ErrUserNotFound},
		{"unknown role", "user_ada", []string{"user", "nonsense"}, account.ErrUnknownRole},
	} {
		if _, err := s.SetRoles(t.Context(), root, row.user, row.roles); !errors.Is(err, row.want) {
			t.Errorf("%s: got %v, want %v", row.name, err, row.want)
		}
	}
	if u := mustFind(t, s, "user_ada"); !slices.Equal(u.Roles, []string{"user"}) {
		t.Errorf("after what was refused: %v", u.Roles)
	}
}

func mustFind(t *testing.T, s account.Store, id string) *account.User {
	t.Helper()
	found, err := s.UsersByID(t.Context(), []string{id})
	if err != nil || len(found) != 1 {
		t.Fatalf("UsersByID(%s): %v, %v", id, found, err)
	}
	return found[0]
}

func suspend(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	mustAddSession(t, s, newSession("1", "ada"))
	first, err := s.Suspend(t.Context(), root, "user_ada", "spam")
	if err != nil || first.SuspendedAt == nil || reason(t, s, "session_1") != account.Suspended {
		t.Fatalf("got %+v, %v, session ended %q", first, err, reason(t, s, "session_1"))
	}
	if again, err := s.Suspend(t.Context(), root, "user_ada", ""); err != nil ||
		!again.SuspendedAt.Equal(*first.SuspendedAt) {
		t.Errorf("again: got %+v, %v, want since %v", again, err, first.SuspendedAt)
	}
	if _, _, err := s.AddSession(t.Context(), newSession("2", "ada"), 1); !errors.Is(err, account.ErrChanged) {
		t.Errorf("a sign-in while suspended: %v", err)
	}
	if u, err := s.Reinstate(t.Context(), root, "user_ada"); err != nil || u.SuspendedAt != nil {
		t.Errorf("reinstated: %+v, %v", u, err)
	}
	mustAddSession(t, s, newSession("3", "ada"))
	if reason(t, s, "session_1") != account.Suspended || reason(t, s, "session_3") != "" {
		t.Error("an old session goes on, or a new one does not")
	}
	for name, f := range map[string]func() error{
		"suspend":   func() error { _, err := s.Suspend(t.Context(), root, "user_nobody", ""); return err },
		"reinstate": func() error { _, err := s.Reinstate(t.Context(), root, "user_nobody"); return err },
	} {
		if err := f(); !errors.Is(err, account.ErrUserNotFound) {
			t.Errorf("%s nobody: %v", name, err)
		}
	}
}

func eraseUser(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	added := mustAdd(t, s, newUser("ada"))
	session := mustAddSession(t, s, newSession("1", "ada"))
	at, err := s.EraseUser(t.Context(), root, "user_ada")
	if err != nil || at.Before(added.CreatedAt) || at.Before(session.CreatedAt) {
		t.Fatalf("got %v, %v", at, err)
	}
	users, err := s.UsersByID(t.Context(), []string{"user_ada"})
	sessions, err2 := s.SessionsByID(t.Context(), []string{"session_1"})
	if err := errors.Join(err, err2); err != nil || len(users) != 0 || len(sessions) != 0 {
		t.Errorf("left: %v, %v, %v", users, sessions, err)
	}
	if _, err := s.EraseUser(t.Context(), root, "user_ada"); !errors.Is(err, account.ErrUserNotFound) {
		t.Errorf("again: %v", err)
	}
	mustAdd(t, s, newUser("ada")) // the address is free
}

func endUserSessions(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	mustAddSession(t, s, newSession("1", "ada"))
	mustAddSession(t, s, newSession("2", "ada"))
	u, ended, err := s.EndUserSessions(t.Context(), root, "user_ada")
	if err != nil || u.ID != "user_ada" || !slices.Equal(ended, []string{"session_1", "session_2"}) {
		t.Errorf("got %+v, %v, %v", u, ended, err)
	}
	if reason(t, s, "session_1") != account.Revoked || reason(t, s, root.SessionID) != "" {
		t.Error("the session goes on, or another's has ended")
	}
	if _, ended, err := s.EndUserSessions(t.Context(), root, "user_ada"); err != nil || len(ended) != 0 {
		t.Errorf("again: %v, %v", ended, err)
	}
	if _, _, err := s.EndUserSessions(t.Context(), root, "user_nobody"); !errors.Is(err, account.ErrUserNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

func roles(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	what := "Reads."
	made, err := s.AddRole(t.Context(), root, account.NewRole{
		ID: "role_reader", Name: "reader", Description: &what, Permissions: []account.Permission{account.UsersRead},
	})
	if err != nil || made.Name != "reader" || *made.Description != what {
		t.Fatalf("got %+v, %v", made, err)
	}
	if made.BuiltIn || !slices.Equal(made.Permissions, []account.Permission{account.UsersRead}) {
		t.Fatalf("got %+v, %v", made, err)
	}
	if _, err := s.AddRole(t.Context(), root, account.NewRole{ID: "role_other", Name: "reader"}); !errors.Is(err, account.ErrRoleExists) {
		t.Errorf("the same name: %v", err)
	}
	ada := newUser("ada")
	ada.Roles = append(ada.Roles, "reader")
	mustAdd(t, s, ada)

	changed, err := s.ChangeRole(t.Context(), root, account.RoleChange{ID: "role_reader", Permissions: []account.Permission{account.AuditRead, account.UsersRead}})
	if err != nil || *changed.Description != what ||
		!slices.Equal(changed.Permissions, []account.Permission{account.UsersRead, account.AuditRead}) {
		t.Errorf("other permissions: %+v, %v", changed, err)
	}
	if u := mustFind(t, s, "user_ada"); !slices.Equal(u.Permissions, changed.Permissions) {
		t.Errorf("who has it holds %v", u.Permissions)
	}
	var nothing *string
	changed, err = s.ChangeRole(t.Context(), root, account.RoleChange{ID: "role_reader", Description: &nothing})
	if err != nil || changed.Description != nil || len(changed.Permissions) != 2 {
		t.Errorf("no description: %+v, %v", changed, err)
	}
	all, err := s.Roles(t.Context())
	var names []string
	for _, r := range all {
		names = append(names, r.Name)
	}
	if err != nil || !slices.Equal(names, []string{"admin", "reader", "user"}) {
		t.Errorf("all: %v, %v", names, err)
	} else if !all[0].BuiltIn || !slices.Equal(all[0].Permissions, account.Permissions()) {
		t.Errorf("all: %v, %v", names, err)
	}
	for _, r := range all {
		if !r.BuiltIn {
			continue
		}
		if _, err := s.ChangeRole(t.Context(), root, account.RoleChange{ID: r.ID, Permissions: []account.Permission{}}); !errors.Is(err, account.ErrBuiltIn) {
			t.Errorf("%s changed: %v", r.Name, err)
		}
		if err := s.DeleteRole(t.Context(), root, r.ID); !errors.Is(err, account.ErrBuiltIn) {
			t.Errorf("%s deleted: %v", r.Name, err)
		}
	}
	if err := s.DeleteRole(t.Context(), root, "role_reader"); err != nil {
		t.Fatal(err)
	}
	if u := mustFind(t, s, "user_ada"); !slices.Equal(u.Roles, []string{"user"}) || len(u.Permissions) != 0 {
		t.Errorf("who had it has %v and holds %v", u.Roles, u.Permissions)
	}
	_, changeErr := s.ChangeRole(t.Context(), root, account.RoleChange{ID: "role_reader"})
	if deleteErr := s.DeleteRole(t.Context(), root, "role_reader"); !errors.Is(deleteErr, account.ErrRoleNotFound) ||
		!errors.Is(changeErr, account.ErrRoleNotFound) {
		t.Errorf("of one that is gone: %v, %v", changeErr, deleteErr)
	}
}

// An administrator must hold everything that the other account holds, everything that they give, and the permission for the
// change, at the moment of the change and not of the token.
func lacking(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAddRole(t, s, root, "keeper", account.UsersWrite, account.RolesWrite, account.SessionsRevoke, account.Impersonate)
	mustAddRole(t, s, root, "auditor", account.AuditRead)
	keeper := administrator(t, s, "keeper", "keeper")
	mustAdd(t, s, newUser("ada"))
	auditor := newUser("auditor")
	auditor.Roles = append(auditor.Roles, "auditor")
	mustAdd(t, s, auditor)
	nobody := administrator(t, s, "nobody")
	gone := administrator(t, s, "gone", account.RoleAdmin)
	if _, err := s.Suspend(t.Context(), root, gone.UserID, ""); err != nil {
		t.Fatal(err)
	}
	both := keeper
	both.Impersonator = nobody.UserID
	none, audit := []account.Permission{}, []account.Permission{account.AuditRead}
	for _, row := range []struct {
		name string
		by   account.Administrator
		f    func(by account.Administrator) error
		want error
	}{
		{"suspend one who holds more", keeper, func(by account.Administrator) error {
			_, err := s.Suspend(t.Context(), by, "user_auditor", "")
			return err
		}, auth.ErrForbidden},
		{"reinstate one who holds more", keeper, func(by account.Administrator) error {
			_, err := s.Reinstate(t.Context(), by, "user_auditor")
			return err
		}, auth.ErrForbidden},
		{"erase one who holds more", keeper, func(by account.Administrator) error {
			_, err := s.EraseUser(t.Context(), by, "user_auditor")
			return err
		}, auth.ErrForbidden},
		{"end the sessions of one who holds more", keeper, func(by account.Administrator) error {
			_, _, err := s.EndUserSessions(t.Context(), by, "user_auditor")
			return err
		}, auth.ErrForbidden},
		{"act as one who holds more", keeper, func(by account.Administrator) error {
			_, err := s.AddImpersonation(t.Context(), by, newSession("acted", "auditor"))
			return err
		}, auth.ErrForbidden},
		{"demote one who holds more", keeper, func(by account.Administrator) error {
			_, err := s.SetRoles(t.Context(), by, "user_auditor", []string{"user"})
			return err
		}, auth.ErrForbidden},
		{"give what one lacks", keeper, func(by account.Administrator) error {
			_, err := s.SetRoles(t.Context(), by, "user_ada", []string{"user", "auditor"})
			return err
		}, auth.ErrForbidden},
		{"give oneself what one lacks", keeper, func(by account.Administrator) error {
			_, err := s.SetRoles(t.Context(), by, by.UserID, []string{"user", "keeper", "admin"})
			return err
		}, auth.ErrForbidden},
		{"make a role of what one lacks", keeper, func(by account.Administrator) error {
			_, err := s.AddRole(t.Context(), by, account.NewRole{ID: "role_x", Name: "x", Permissions: audit})
			return err
		}, auth.ErrForbidden},
		{"make a role of what one holds", keeper, func(by account.Administrator) error {
			_, err := s.AddRole(t.Context(), by, account.NewRole{ID: "role_y", Name: "y", Permissions: []account.Permission{account.UsersWrite}})
			return err
		}, auth.ErrForbidden},
		{"change a role that permits what one lacks", keeper, func(by account.Administrator) error {
			_, err := s.ChangeRole(t.Context(), by, account.RoleChange{ID: "role_auditor", Permissions: none})
			return err
		}, auth.ErrForbidden},
		{"have a role permit what one lacks", keeper, func(by account.Administrator) error {
			_, err := s.ChangeRole(t.Context(), by, account.RoleChange{ID: "role_keeper", Permissions: audit})
			return err
		}, auth.ErrForbidden},
		{"delete a role that permits what one lacks", keeper, func(by account.Administrator) error {
			return s.DeleteRole(t.Context(), by, "role_auditor")
		}, auth.ErrForbidden},
		{"without the permission", nobody, func(by account.Administrator) error {
			_, err := s.Suspend(t.Context(), by, "user_ada", "")
			return err
		}, auth.ErrForbidden},
		{"suspended oneself", gone, func(by account.Administrator) error {
			_, err := s.Suspend(t.Context(), by, "user_ada", "")
			return err
		}, auth.ErrForbidden},
		{"acting as one who may, without holding it", both, func(by account.Administrator) error {
			_, _, err := s.EndUserSessions(t.Context(), by, "user_ada")
			return err
		}, auth.ErrForbidden},
		{"one's equal", keeper, func(by account.Administrator) error {
			_, err := s.Suspend(t.Context(), by, "user_ada", "")
			return err
		}, nil},
		{"give what one holds", keeper, func(by account.Administrator) error {
			_, err := s.SetRoles(t.Context(), by, "user_ada", []string{"user", "keeper"})
			return err
		}, nil},
	} {
		if err := row.f(row.by); !errors.Is(err, row.want) {
			t.Errorf("%s: got %v, want %v", row.name, err, row.want)
		}
	}
	if u := mustFind(t, s, "user_auditor"); u.SuspendedAt != nil || len(u.Permissions) != 1 {
		t.Errorf("what was refused has happened: %+v", u)
	}
}

func lastAdministrator(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	second := administrator(t, s, "second", account.RoleAdmin)
	ways := map[string]func() error{
		"suspended": func() error { _, err := s.Suspend(t.Context(), root, root.UserID, ""); return err },
		"demoted":   func() error { _, err := s.SetRoles(t.Context(), root, root.UserID, []string{"user"}); return err },
		"deleted":   func() error { _, err := s.EraseUser(t.Context(), root, root.UserID); return err },
	}
	if _, err := s.Suspend(t.Context(), root, second.UserID, ""); err != nil {
		t.Fatal(err)
	}
	for name, way := range ways {
		if err := way(); !errors.Is(err, account.ErrLastAdministrator) {
			t.Errorf("%s, while the other is suspended: got %v", name, err)
		}
	}
	if _, err := s.Reinstate(t.Context(), root, second.UserID); err != nil {
		t.Fatal(err)
	}
	if err := ways["demoted"](); err != nil {
		t.Errorf("with another: %v", err)
	}
}

// Two administrators who demote each other at the same moment leave one.
func lastAdministratorAtOnce(t *testing.T, s account.Store) {
	a, b := administrator(t, s, "a", account.RoleAdmin), administrator(t, s, "b", account.RoleAdmin)
	for range 5 {
		errs := make([]error, 2)
		var wait sync.WaitGroup
		wait.Go(func() { _, errs[0] = s.SetRoles(t.Context(), a, b.UserID, []string{"user"}) })
		wait.Go(func() { _, errs[1] = s.SetRoles(t.Context(), b, a.UserID, []string{"user"}) })
		wait.Wait()
		leavingAdmin, other := a, b
		if errs[0] != nil {
			leavingAdmin, other = b, a
		}
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), auth.ErrForbidden) {
			t.Fatalf("got %v, want one refused", errs)
		}
		if _, err := s.SetRoles(t.Context(), leavingAdmin, other.UserID, []string{"user", "admin"}); err != nil {
			t.Fatal(err)
		}
	}
}
