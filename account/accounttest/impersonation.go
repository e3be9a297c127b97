package accounttest

import (
	"errors"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
)

func acting(id, user string) account.NewSession {
	n := newSession(id, user)
	n.Methods = []account.SignInMethod{account.MethodImpersonation}
	n.Absolute, n.Why = 10*time.Minute, "a complaint"
	return n
}

func addImpersonation(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	own := newSession("own", "ada")
	own.Cap = 1
	mustAddSession(t, s, own)
	n := acting("acted", "ada")
	n.Cap = 1
	made, err := s.AddImpersonation(t.Context(), root, n)
	if err != nil || made.User.ID != "user_ada" || made.Actor.ID != root.UserID {
		t.Fatalf("got %+v, %v", made, err)
	}
	if made.Session.UserID != "user_ada" || made.Session.Actor == nil ||
		*made.Session.Actor != (account.Actor{UserID: root.UserID, SessionID: root.SessionID}) {
		t.Fatalf("got %+v, %v", made, err)
	}
	if life := made.Session.ExpiresAt.Sub(made.Session.CreatedAt); life != 10*time.Minute {
		t.Errorf("it lasts %v", life)
	}
	found, err := s.SessionsByID(t.Context(), []string{"session_acted"})
	if err != nil || len(found) != 1 || *found[0].Actor != *made.Session.Actor {
		t.Errorf("found %+v, %v", found, err)
	}
	again := newSession("again", "ada")
	again.Cap = 2
	mustAddSession(t, s, again)
	if reason(t, s, "session_own") != "" || reason(t, s, "session_acted") != "" {
		t.Error("a session that another acts through counts among the account's own")
	}

	chained := root
	chained.Impersonator = root.UserID
	of := func(by account.Administrator, session string) account.Administrator {
		by.SessionID = session
		return by
	}
	mustAdd(t, s, newUser("bob"))
	if _, err := s.Suspend(t.Context(), root, "user_bob", ""); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, user string
		by         account.Administrator
		want       error
	}{
		{"oneself", "root", root, account.ErrNotToBeActedAs},
		{"one who is suspended", "bob", root, account.ErrNotToBeActedAs},
		{"nobody", "nobody", root, account.ErrUserNotFound},
		{"while acting as another", "ada", chained, auth.ErrForbidden},
		{"from a session that there is not", "ada", of(root, "session_none"), auth.ErrSessionEnded},
		{"from another's session", "ada", of(root, "session_own"), auth.ErrSessionEnded},
	} {
		if _, err := s.AddImpersonation(t.Context(), row.by, acting("x", row.user)); !errors.Is(err, row.want) {
			t.Errorf("%s: got %v, want %v", row.name, err, row.want)
		}
	}

	short := administrator(t, s, "short", account.RoleAdmin)
	soon := newSession("soon", "short")
	soon.Absolute = time.Minute
	mustAddSession(t, s, soon)
	made, err = s.AddImpersonation(t.Context(), of(short, "session_soon"), acting("brief", "ada"))
	if err != nil || made.Session.ExpiresAt.Sub(made.Session.CreatedAt) > time.Minute {
		t.Errorf("it outlasts the session that it was begun from: %+v, %v", made.Session, err)
	}
}

// To act as another ends with one's own session, with the right to, and with the other account.
func impersonationEnds(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	role := mustAddRole(t, s, root, "helper", account.Impersonate)
	for _, row := range []struct {
		name string
		end  func(by account.Administrator, on string) error
		gone bool
		want account.SessionEndReason
	}{
		{"the session it was begun from ends", func(by account.Administrator, _ string) error {
			_, err := s.EndSessions(t.Context(), account.SessionEnd{UserID: by.UserID, Scope: account.LogoutAll, Reason: account.SignedOut})
			return err
		}, false, account.Revoked},
		{"the role is taken away", func(by account.Administrator, _ string) error {
			_, err := s.SetRoles(t.Context(), root, by.UserID, []string{"user"})
			return err
		}, false, account.Revoked},
		{"who acts is suspended", func(by account.Administrator, _ string) error {
			_, err := s.Suspend(t.Context(), root, by.UserID, "")
			return err
		}, false, account.Revoked},
		{"who acts is erased", func(by account.Administrator, _ string) error {
			_, err := s.EraseUser(t.Context(), root, by.UserID)
			return err
		}, false, account.Revoked},
		{"the account is suspended", func(_ account.Administrator, on string) error {
			_, err := s.Suspend(t.Context(), root, on, "")
			return err
		}, false, account.Suspended},
		{"the account is erased", func(_ account.Administrator, on string) error {
			_, err := s.EraseUser(t.Context(), root, on)
			return err
		}, true, ""},
		{"the role permits it no longer", func(account.Administrator, string) error {
			_, err := s.ChangeRole(t.Context(), root, account.RoleChange{ID: role.ID, Permissions: []account.Permission{}})
			return err
		}, false, account.Revoked},
	} {
		suffix := row.name[len(row.name)-4:] + row.name[4:8]
		by := administrator(t, s, "by"+suffix, "helper")
		mustAdd(t, s, newUser("on"+suffix))
		if _, err := s.AddImpersonation(t.Context(), by, acting("acted"+suffix, "on"+suffix)); err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		if err := row.end(by, "user_on"+suffix); err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		found, err := s.SessionsByID(t.Context(), []string{"session_acted" + suffix})
		if err != nil || (len(found) == 0) != row.gone {
			t.Fatalf("%s: got %v, %v", row.name, found, err)
		}
		if !row.gone && (!found[0].Ended() || *found[0].EndReason != row.want) {
			t.Errorf("%s: got %+v, want ended as %s", row.name, found[0], row.want)
		}
	}
}
