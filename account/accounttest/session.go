package accounttest

import (
	"errors"
	"fmt"
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

// nextTick returns when the database's clock is past the creation of a session: times of one millisecond have no order.
func nextTick(t *testing.T, s account.Store, id string) {
	t.Helper()
	for found := sessionByID(t, s, id); !found.ReadAt.After(found.CreatedAt); {
		found = sessionByID(t, s, id)
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
