package accounttest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"authgraph/account"
	"authgraph/auth"
)

// rolesHandled checks who may give, take, change, delete and make a role that permits nothing here: it may have
// permissions at other servers, so only its holders and holders of every permission may.
func rolesHandled(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	helpdesk := []account.Permission{account.RolesWrite, account.UsersWrite}
	mustAddRole(t, s, root, "helpdesk", helpdesk...)
	mustAddRole(t, s, root, "payer")
	mustAddRole(t, s, root, "everything", account.Permissions()...)
	help := administrator(t, s, "help", "helpdesk")
	payer := administrator(t, s, "payer", "helpdesk", "payer")
	every := administrator(t, s, "every", "everything")
	add := func(name string, roles ...string) {
		u := newUser(name)
		u.Roles = append(u.Roles, roles...)
		mustAdd(t, s, u)
	}
	what := "Pays."
	description := &what
	set := func(user string, roles ...string) func(by account.Administrator) error {
		return func(by account.Administrator) error {
			_, err := s.SetRoles(t.Context(), by, "user_"+user, append([]string{"user"}, roles...))
			return err
		}
	}
	change := func(role string, permissions ...account.Permission) func(by account.Administrator) error {
		return func(by account.Administrator) error {
			_, err := s.ChangeRole(t.Context(), by, account.RoleChange{ID: "role_" + role, Description: &description, Permissions: permissions})
			return err
		}
	}
	remove := func(role string) func(by account.Administrator) error {
		return func(by account.Administrator) error { return s.DeleteRole(t.Context(), by, "role_"+role) }
	}
	make := func(role string, permissions ...account.Permission) func(by account.Administrator) error {
		return func(by account.Administrator) error {
			_, err := s.AddRole(t.Context(), by, account.NewRole{ID: "role_" + role, Name: role, Permissions: permissions})
			return err
		}
	}
	add("plain")
	add("paid", "payer")
	for _, row := range []struct {
		name string
		by   account.Administrator
		f    func(by account.Administrator) error
		want error
	}{
		{"give a role that one lacks", help, set("plain", "payer"), auth.ErrForbidden},
		{"give oneself a role that one lacks", help, set("help", "helpdesk", "payer"), auth.ErrForbidden},
		{"take a role that one lacks", help, set("paid"), auth.ErrForbidden},
		{"keep a role that one lacks, give one that one holds", help, set("paid", "payer", "helpdesk"), nil},
		{"keep a role that one lacks, take one that one holds", help, set("paid", "payer"), nil},
		{"exchange a role that one holds for one that one lacks", help, set("help", "payer"), auth.ErrForbidden},
		{"change a role that one lacks", help, change("payer"), auth.ErrForbidden},
		{"delete a role that one lacks", help, remove("payer"), auth.ErrForbidden},
		{"make a role that permits nothing", help, make("accountant"), auth.ErrForbidden},
		{"make a role that permits what one holds", help, make("accountant", helpdesk...), auth.ErrForbidden},
		{"change a role that one holds", help, change("helpdesk", helpdesk...), nil},
		{"give a role that one holds", payer, set("plain", "payer"), nil},
		{"take a role that one holds", payer, set("plain"), nil},
		{"change the description of a role that one holds", payer, change("payer"), nil},
		{"make a role as a holder of some permissions", payer, make("accountant"), auth.ErrForbidden},
		{"give a role, with every permission", every, set("plain", "payer"), nil},
		{"take a role, with every permission", every, set("plain"), nil},
		{"change a role, with every permission", every, change("payer"), nil},
		{"make a role, with every permission", every, make("accountant"), nil},
		{"delete a role, with every permission", every, remove("accountant"), nil},
		{"make a role as administrator", root, make("auditor", account.AuditRead), nil},
		{"give a role as administrator", root, set("plain", "auditor"), nil},
		{"delete a role that one holds", payer, remove("payer"), nil},
	} {
		if err := row.f(row.by); !errors.Is(err, row.want) {
			t.Errorf("%s: got %v, want %v", row.name, err, row.want)
		}
	}
	for user, want := range map[string][]string{
		"help": {"helpdesk", "user"}, "plain": {"auditor", "user"}, "paid": {"user"},
	} {
		if got := mustFind(t, s, "user_"+user).Roles; !slices.Equal(got, want) {
			t.Errorf("%s: got roles %v, want %v", user, got, want)
		}
	}
}

// rolesHandledAsAnother checks that an impersonator handles only roles that both accounts hold.
func rolesHandledAsAnother(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAddRole(t, s, root, "helpdesk", account.RolesWrite)
	mustAddRole(t, s, root, "payer")
	payer := administrator(t, s, "payer", "helpdesk", "payer")
	help := administrator(t, s, "help", "helpdesk")
	as := func(by, impersonator account.Administrator) account.Administrator {
		by.Impersonator = impersonator.UserID
		return by
	}
	mustAdd(t, s, newUser("ada"))
	for _, row := range []struct {
		name string
		by   account.Administrator
		want error
	}{
		{"only the account holds the role", as(payer, help), auth.ErrForbidden},
		{"only the impersonator holds the role", as(help, payer), auth.ErrForbidden},
		{"only the account holds every permission", as(root, help), auth.ErrForbidden},
		{"the account holds the role, the impersonator every permission", as(payer, root), auth.ErrForbidden},
		{"both hold the role", as(payer, payer), nil},
		{"both hold every permission", as(root, root), nil},
	} {
		_, err := s.SetRoles(t.Context(), row.by, "user_ada", []string{"user", "payer"})
		if !errors.Is(err, row.want) {
			t.Errorf("%s: got %v, want %v", row.name, err, row.want)
		}
		if _, err := s.SetRoles(t.Context(), root, "user_ada", []string{"user"}); err != nil {
			t.Fatal(err)
		}
	}
}

// rolesRetired checks that the name of a deleted role is not used again, and the bound on such names.
func rolesRetired(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAddRole(t, s, root, "payer")
	if err := s.DeleteRole(t.Context(), root, "role_payer"); err != nil {
		t.Fatal(err)
	}
	for _, permissions := range [][]account.Permission{nil, account.Permissions()} {
		_, err := s.AddRole(t.Context(), root, account.NewRole{ID: "role_again", Name: "payer", Permissions: permissions})
		if !errors.Is(err, account.ErrRoleRetired) {
			t.Errorf("the name of a deleted role: got %v, want %v", err, account.ErrRoleRetired)
		}
	}
	mustAddRole(t, s, root, "payer2")
	u := newUser("ada")
	u.Roles = append(u.Roles, "payer")
	if _, err := s.AddUser(t.Context(), u); !errors.Is(err, account.ErrUnknownRole) {
		t.Errorf("an account with a deleted role: got %v, want %v", err, account.ErrUnknownRole)
	}
}

// rolesRetiredAtOnce deletes a role while others make one with its name: afterwards the name is a role or is retired,
// never both.
func rolesRetiredAtOnce(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	for i := range 5 {
		name := fmt.Sprintf("role%d", i)
		mustAddRole(t, s, root, name)
		var deleted, made error
		var wait sync.WaitGroup
		wait.Go(func() { deleted = s.DeleteRole(t.Context(), root, "role_"+name) })
		wait.Go(func() {
			_, made = s.AddRole(t.Context(), root, account.NewRole{ID: "role_again_" + name, Name: name})
		})
		wait.Wait()
		if deleted != nil || !errors.Is(made, account.ErrRoleExists) && !errors.Is(made, account.ErrRoleRetired) {
			t.Fatalf("got %v for the deletion, %v for the new role", deleted, made)
		}
	}
}
