package db_test

import (
	"testing"

	"authgraph/account"
	"authgraph/db"
)

// found returns how many accounts a search finds.
func found(t *testing.T, s *db.Store, query string) int {
	t.Helper()
	n, err := s.CountUsers(t.Context(), account.UserFilter{Query: query}, 10)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Accounts, names and sign-ins that a program from before migration 11 wrote are completed, each once.
func TestFillUsers(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		for _, statement := range []string{
			`INSERT INTO users (id, email, email_key, display_name, name_key, created_at) VALUES ('user_old', 'Old@example.com', 'old@example.com', 'Zoë', 'zoë', 1)`,
			`INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, auth_time, assurance, methods)
				VALUES ('session_old', 'user_old', 7, 7, 7, 7, 'SINGLE_FACTOR', 'PASSWORD')`,
			`UPDATE users SET last_sign_in_at = 0`, // the session is from before the trigger
		} {
			if err := s.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.AddUser(t.Context(), account.NewUser{ID: "user_new", Email: account.Email{Typed: "new@example.com", Key: "new@example.com"}, Roles: []string{"user"}}); err != nil {
			t.Fatal(err)
		}
		if found(t, s, "zoe") != 0 || found(t, s, "new") != 1 {
			t.Fatal("want only the new account found before the old one is completed")
		}
		for _, want := range []int{1, 0} {
			if n, err := s.FillUsers(t.Context()); err != nil || n != want {
				t.Errorf("completed %d, %v, want %d", n, err, want)
			}
		}
		users, err := s.UsersByID(t.Context(), []string{"user_old"})
		if err != nil || users[0].LastSignInAt == nil {
			t.Errorf("got %+v, %v, found %d, want the sign-in and the words", users[0], err, found(t, s, "zoe"))
		} else if users[0].LastSignInAt.UnixMicro() != 7 || found(t, s, "zoe old@exam") != 1 {
			t.Errorf("got %+v, %v, found %d, want the sign-in and the words", users[0], err, found(t, s, "zoe"))
		}
		if err := s.Exec(t.Context(), `UPDATE users SET display_name = 'Yves', name_key = 'yves' WHERE id = 'user_old'`); err != nil {
			t.Fatal(err)
		}
		if n, err := s.FillUsers(t.Context()); err != nil || n != 1 {
			t.Errorf("after a new name: completed %d, %v, found %d and %d, want the new name only", n, err, found(t, s, "yves"), found(t, s, "zoe"))
		} else if found(t, s, "yves") != 1 || found(t, s, "zoe") != 0 {
			t.Errorf("after a new name: completed %d, %v, found %d and %d, want the new name only", n, err, found(t, s, "yves"), found(t, s, "zoe"))
		}
	})
}

// Words follow the account: a new name replaces them, and erasure removes them.
func TestUserWords_FollowTheAccount(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		root := account.NewUser{ID: "user_root", Email: account.Email{Typed: "root@example.com", Key: "root@example.com"}, Roles: []string{"user", "admin"}}
		if _, err := s.AddUser(t.Context(), root); err != nil {
			t.Fatal(err)
		}
		name := new("Grace Hopper")
		u := account.NewUser{ID: "user_ada", Email: account.Email{Typed: "ada@example.org", Key: "ada@example.org"}, DisplayName: new("Ada Lovelace"), Roles: []string{"user"}}
		if _, err := s.AddUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		by := account.Administrator{UserID: root.ID}
		if _, err := s.UpdateUser(t.Context(), by, account.UserChange{ID: u.ID, DisplayName: &name}); err != nil {
			t.Fatal(err)
		}
		if found(t, s, "love") != 0 || found(t, s, "hop ada") != 1 {
			t.Errorf("got %d of the old name and %d of the new, want 0 and 1", found(t, s, "love"), found(t, s, "hop ada"))
		}
		var old []string
		if err := s.Select(t.Context(), &old, `SELECT word FROM user_words WHERE word = 'lovelace'`); err != nil ||
			len(old) != 0 {
			t.Errorf("after a new name: got %v, %v, want no word of the old one", old, err)
		}
		if n, err := s.FillUsers(t.Context()); err != nil || n != 0 {
			t.Errorf("a change left %d accounts to complete, %v, want 0", n, err)
		}
		if _, err := s.EraseUser(t.Context(), by, u.ID); err != nil {
			t.Fatal(err)
		}
		var remaining []string
		if err := s.Select(t.Context(), &remaining, `SELECT word FROM user_words WHERE user_id = 'user_ada'`); err != nil ||
			len(remaining) != 0 {
			t.Errorf("after erasure: got %v, %v, want no words", remaining, err)
		}
	})
}
