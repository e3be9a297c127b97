package accounttest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
)

// requestDeletion proves that a deletion ends the sessions, and that the account is restorable by a session with the step only.
func requestDeletion(t *testing.T, s account.Store) {
	session := mustAddUserWithSession(t, s, newSession("1", "ada"))
	eraseAt, err := s.RequestDeletion(t.Context(), callerOf(session), 24*time.Hour, noMails)
	if err != nil {
		t.Fatal(err)
	}
	if got := eraseAt.Sub(session.CreatedAt); got < 24*time.Hour || got > 25*time.Hour {
		t.Errorf("erased after %v, want 24h", got)
	}
	if got := reason(t, s, session.ID); got != account.Deleted {
		t.Errorf("the session: got %q, want ACCOUNT_DELETED", got)
	}
	credential, err := s.CredentialByEmailKey(t.Context(), "ada@example.com")
	if err != nil || credential.EraseAt == nil || !credential.EraseAt.Equal(eraseAt) {
		t.Fatalf("got %+v, %v, want EraseAt %v", credential, err, eraseAt)
	}
	if _, _, err := s.AddSession(t.Context(), newSession("2", "ada"), account.FirstVersion); !errors.Is(err, account.ErrChanged) {
		t.Errorf("a complete session: got %v, want ErrChanged", err)
	}
	if n, err := s.EraseDue(t.Context(), 10); err != nil || n != 0 {
		t.Errorf("within the grace period: %d erased, %v, want none", n, err)
	}
	pending := newSession("3", "ada")
	pending.Pending = []account.PendingStep{account.StepRestoreAccount}
	started := mustAddSession(t, s, pending)
	if !slices.Equal(started.Pending, pending.Pending) {
		t.Errorf("got the steps %q, want %q", started.Pending, pending.Pending)
	}
	second := newSession("other", "ada")
	second.Pending = pending.Pending
	other := mustAddSession(t, s, second)
	next := newSession("4", "ada")
	next.AuthTime = started.AuthTime
	user, restored, err := s.RestoreAccount(t.Context(), callerOf(started), next, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !restored.AuthTime.Equal(started.AuthTime) {
		t.Errorf("got AuthTime %v, want the time of the proof: %v", restored.AuthTime, started.AuthTime)
	}
	if got := reason(t, s, other.ID); got != account.Revoked {
		t.Errorf("another session with the step: got %q, want REVOKED", got)
	}
	if replaced := sessionByID(t, s, started.ID).ReplacedBy; replaced == nil || *replaced != restored.ID {
		t.Errorf("the session with the step is replaced by %v, want %s", replaced, restored.ID)
	}
	if user.EraseAt != nil || len(restored.Pending) != 0 || restored.ID != "session_4" {
		t.Errorf("got EraseAt %v and session %+v, want a complete session_4", user.EraseAt, restored)
	}
	if got := reason(t, s, started.ID); got != account.Replaced {
		t.Errorf("the session with the step: got %q, want REPLACED", got)
	}
	if _, _, err := s.RestoreAccount(t.Context(), callerOf(restored), newSession("5", "ada"), nil); !errors.Is(err, account.ErrChanged) {
		t.Errorf("a second restoration: got %v, want ErrChanged", err)
	}
}

// restoreSuspended proves that the owner of a suspended account can't restore it.
func restoreSuspended(t *testing.T, s account.Store) {
	by := administrator(t, s, "root", account.RoleAdmin)
	session := mustAddUserWithSession(t, s, newSession("1", "ada"))
	if _, err := s.RequestDeletion(t.Context(), callerOf(session), time.Hour, noMails); err != nil {
		t.Fatal(err)
	}
	pending := newSession("2", "ada")
	pending.Pending = []account.PendingStep{account.StepRestoreAccount}
	started := mustAddSession(t, s, pending)
	if _, err := s.Suspend(t.Context(), by, session.UserID, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.RestoreAccount(t.Context(), callerOf(started), newSession("3", "ada"), nil); !errors.Is(err, auth.ErrSessionEnded) {
		t.Errorf("got %v, want ErrSessionEnded", err)
	}
}

// deletionOfAdministrator proves that the last administrator can't leave, and that an account in its grace period is not an
// administrator.
func deletionOfAdministrator(t *testing.T, s account.Store) {
	root := administrator(t, s, "root", account.RoleAdmin)
	own := account.Caller{UserID: root.UserID, SessionID: root.SessionID}
	if _, err := s.RequestDeletion(t.Context(), own, time.Hour, noMails); !errors.Is(err, account.ErrLastAdministrator) {
		t.Fatalf("the last administrator: got %v, want ErrLastAdministrator", err)
	}
	second := administrator(t, s, "second", account.RoleAdmin)
	leaving := account.Caller{UserID: second.UserID, SessionID: second.SessionID}
	if _, err := s.RequestDeletion(t.Context(), leaving, time.Hour, noMails); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RequestDeletion(t.Context(), own, time.Hour, noMails); !errors.Is(err, account.ErrLastAdministrator) {
		t.Errorf("next to an account in its grace period: got %v, want ErrLastAdministrator", err)
	}
	if _, err := s.Suspend(t.Context(), second, root.UserID, ""); !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("an administrator in the grace period suspends: got %v, want ErrForbidden", err)
	}
}

// deletionAtOnce proves that one of the last two administrators stays, in either order.
func deletionAtOnce(t *testing.T, s account.Store) {
	errs := make([]error, 2)
	callers := make([]account.Caller, 2)
	for i, name := range []string{"one", "two"} {
		by := administrator(t, s, name, account.RoleAdmin)
		callers[i] = account.Caller{UserID: by.UserID, SessionID: by.SessionID}
	}
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() { _, errs[i] = s.RequestDeletion(t.Context(), callers[i], time.Hour, noMails) })
	}
	all.Wait()
	remaining := slices.Index(errs, nil)
	if remaining < 0 || !errors.Is(errs[1-remaining], account.ErrLastAdministrator) {
		t.Errorf("got %v, want one success and ErrLastAdministrator", errs)
	}
}

// eraseDue proves that an account is erased once its grace period has passed, by one of several instances.
func eraseDue(t *testing.T, s account.Store) {
	due := mustAddUserWithSession(t, s, newSession("1", "ada"))
	mustAdd(t, s, newUser("bob"))
	if _, err := s.RequestDeletion(t.Context(), callerOf(due), 0, noMails); err != nil {
		t.Fatal(err)
	}
	var erased [2]int
	var all sync.WaitGroup
	for i := range erased {
		all.Go(func() {
			n, err := s.EraseDue(t.Context(), 10)
			if erased[i] = n; err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if erased[0]+erased[1] != 1 {
		t.Errorf("two instances erased %v accounts, want one together", erased)
	}
	found, err := s.UsersByID(t.Context(), []string{"user_ada", "user_bob"})
	if err != nil || len(found) != 1 || found[0].ID != "user_bob" {
		t.Errorf("got %v, %v, want user_bob alone", found, err)
	}
}

// pendingCap proves that sessions with a pending step have a cap of their own, and are in no list and no count.
func pendingCap(t *testing.T, s account.Store) {
	complete := mustAddUserWithSession(t, s, newSession("1", "ada"))
	for _, id := range []string{"2", "3", "4"} {
		n := newSession(id, "ada")
		n.Pending, n.Cap = []account.PendingStep{account.PendingStep("STEP")}, 2
		mustAddSession(t, s, n)
		nextTick(t, s, n.ID)
	}
	for id, want := range map[string]account.SessionEndReason{
		complete.ID: "", "session_2": account.Revoked, "session_3": "", "session_4": "",
	} {
		if got := reason(t, s, id); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
	n := newSession("5", "ada")
	n.Cap = 1
	mustAddSession(t, s, n)
	for id, want := range map[string]account.SessionEndReason{complete.ID: account.Revoked, "session_4": "", "session_5": ""} {
		if got := reason(t, s, id); got != want {
			t.Errorf("after a complete session: %s: got %q, want %q", id, got, want)
		}
	}
	pages, err := s.Sessions(t.Context(), []string{"user_ada"}, account.Page{Limit: 10, Counted: true})
	if err != nil {
		t.Fatal(err)
	}
	page := pages["user_ada"]
	if len(page.Sessions) != 1 || page.Sessions[0].ID != "session_5" || page.Total != 1 {
		t.Errorf("got %d sessions of %d, want session_5 alone", len(page.Sessions), page.Total)
	}
	changed, _, err := s.SessionsChanged(t.Context(), []string{"user_ada"}, complete.CreatedAt)
	if err != nil {
		t.Fatal(err)
	}
	for _, session := range changed {
		if len(session.Pending) > 0 {
			t.Errorf("%s is among the changed sessions", session.ID)
		}
	}
}

// pendingLastSignIn proves that a session with a pending step is not a sign-in.
func pendingLastSignIn(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	n := newSession("1", "ada")
	n.Pending = []account.PendingStep{account.PendingStep("STEP")}
	mustAddSession(t, s, n)
	found, err := s.UsersByID(t.Context(), []string{"user_ada"})
	if err != nil || len(found) != 1 || found[0].LastSignInAt != nil {
		t.Errorf("got %+v, %v, want no sign-in", found, err)
	}
}
