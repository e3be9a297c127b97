package accounttest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"authgraph/account"
)

// revocationsSince returns what has stopped counting since and was not seen, and the time to ask from next.
func revocationsSince(t *testing.T, s account.Store, since time.Time, seen map[string]bool) (found []string, now time.Time) {
	t.Helper()
	all, now, err := s.Revocations(t.Context(), since)
	if err != nil {
		t.Fatalf("Revocations: %v", err)
	}
	for _, r := range all {
		if r.ID == "" || r.At.Before(since) || r.At.After(now) {
			t.Errorf("got %+v between %v and %v", r, since, now)
		}
		if seen[r.ID] {
			continue // revoked in the same millisecond
		}
		seen[r.ID] = true
		found = append(found, fmt.Sprint(r.Kind, " ", r.Named))
	}
	slices.Sort(found)
	return found, now
}

func revocations(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	for _, name := range []string{"ada", "bob"} {
		mustAdd(t, s, newUser(name))
		mustAddSession(t, s, newSession(name+"_1", name))
	}
	role := mustAddRole(t, s, root, "reader", account.UsersRead)
	seen := map[string]bool{}
	_, since := revocationsSince(t, s, time.Time{}, seen)
	for _, step := range []struct {
		name   string
		change func() error
		want   []string
	}{
		{"a session begins", func() error {
			mustAddSession(t, s, newSession("ada_2", "ada"))
			return nil
		}, nil},
		{"a session ends", func() error {
			_, err := s.EndSessions(t.Context(), account.SessionEnd{UserID: "user_ada", Session: "session_ada_2", Reason: account.SignedOut})
			return err
		}, []string{"SESSION session_ada_2"}},
		{"it ends again", func() error {
			_, err := s.EndSessions(t.Context(), account.SessionEnd{UserID: "user_ada", Session: "session_ada_2", Reason: account.SignedOut})
			return err
		}, nil},
		{"roles", func() error {
			_, err := s.SetRoles(t.Context(), root, "user_ada", []string{"user", "reader"})
			return err
		}, []string{"RIGHTS user_ada"}},
		{"what is refused", func() error {
			if _, err := s.SetRoles(t.Context(), root, "user_ada", []string{"nonsense"}); err == nil {
				return fmt.Errorf("an unknown role was requested")
			}
			return nil
		}, nil},
		{"the role of an account", func() error {
			_, err := s.ChangeRole(t.Context(), root, account.RoleChange{ID: role.ID, Permissions: []account.Permission{}})
			return err
		}, []string{"RIGHTS user_ada"}},
		{"its role goes", func() error { return s.DeleteRole(t.Context(), root, role.ID) }, []string{"RIGHTS user_ada"}},
		{"suspended", func() error {
			_, err := s.Suspend(t.Context(), root, "user_ada", "")
			return err
		}, []string{"ACCOUNT user_ada", "RIGHTS user_ada", "SESSION session_ada_1"}},
		{"deleted", func() error {
			_, err := s.EraseUser(t.Context(), root, "user_bob")
			return err
		}, []string{"ACCOUNT user_bob", "SESSION session_bob_1"}},
	} {
		if err := step.change(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		found, now := revocationsSince(t, s, since, seen)
		if !slices.Equal(found, step.want) {
			t.Errorf("%s: got %v, want %v", step.name, found, step.want)
		}
		since = now
	}
}
