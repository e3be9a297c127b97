package db_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"authgraph/account"
	"authgraph/db"
)

// root makes an administrator.
func root(t *testing.T, s *db.Store) account.Administrator {
	t.Helper()
	u, err := s.AddUser(t.Context(), account.NewUser{
		ID: "user_root", Email: account.Email{Typed: "root@example.com", Key: "root@example.com"},
		PasswordHash: "hash", Roles: []string{account.RoleUser, account.RoleAdmin},
	})
	if err != nil {
		t.Fatal(err)
	}
	return account.Administrator{UserID: u.ID}
}

func TestRole_Bounds(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		by := root(t, s)
		add := func(name string) error {
			_, err := s.AddRole(t.Context(), by, account.NewRole{ID: "role_" + name, Name: name})
			return err
		}
		if err := add("last"); err != nil {
			t.Fatal(err)
		}
		fill := func(statement string, from, to int) { // statement inserts one row that has a name
			t.Helper()
			var many []string
			for i := from; i < to; i++ {
				many = append(many, strings.ReplaceAll(statement, "?", fmt.Sprintf("filled-%d", i)))
			}
			for part := range slices.Chunk(many, 500) {
				if err := s.Exec(t.Context(), strings.Join(part, "; ")); err != nil {
					t.Fatal(err)
				}
			}
		}
		fill(`INSERT INTO retired_roles (name, retired_at) VALUES ('?', 1)`, 0, account.MaxRetiredRoles-1)
		if err := s.DeleteRole(t.Context(), by, "role_last"); err != nil {
			t.Errorf("the last name below the bound: got %v", err)
		}
		if err := add("kept"); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteRole(t.Context(), by, "role_kept"); !errors.Is(err, account.ErrTooManyRetired) {
			t.Errorf("above the bound of retired names: got %v, want %v", err, account.ErrTooManyRetired)
		}
		fill(`INSERT INTO roles (id, name) VALUES ('?', '?')`, 3, account.MaxRoles-1) // admin, user and kept exist
		if err := add("fits"); err != nil {
			t.Errorf("the last role below the bound: got %v", err)
		}
		if err := add("above"); !errors.Is(err, account.ErrTooManyRoles) {
			t.Errorf("above the bound of roles: got %v, want %v", err, account.ErrTooManyRoles)
		}
	})
}

// The migration retires names that were deleted before it, as far as the audit log tells.
func TestRole_RetiredByMigration(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		by := root(t, s)
		for _, name := range []string{"gone", "back"} {
			if _, err := s.AddRole(t.Context(), by, account.NewRole{ID: "role_" + name, Name: name}); err != nil {
				t.Fatal(err)
			}
			if err := s.DeleteRole(t.Context(), by, "role_"+name); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Exec(t.Context(), `DELETE FROM retired_roles`); err != nil {
			t.Fatal(err)
		}
		if _, err := s.AddRole(t.Context(), by, account.NewRole{ID: "role_back2", Name: "back"}); err != nil {
			t.Fatal(err)
		}
		folder := "sqlite"
		if strings.HasSuffix(t.Name(), "/PostgreSQL") {
			folder = "postgres"
		}
		file, err := os.ReadFile("migration/" + folder + "/00010_retired_roles.sql")
		if err != nil {
			t.Fatal(err)
		}
		_, statement, found := strings.Cut(string(file), ";\n") // after CREATE TABLE
		if !found {
			t.Fatal("the migration has one statement, want two")
		}
		if err := s.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		var names []string
		if err := s.Select(t.Context(), &names, `SELECT name FROM retired_roles`); err != nil {
			t.Fatal(err)
		}
		if len(names) != 1 || names[0] != "gone" {
			t.Errorf("got %q retired, want only gone: a role that exists is not", names)
		}
	})
}
