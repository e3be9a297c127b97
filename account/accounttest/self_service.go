package accounttest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
)

func callerOf(s *account.Session) account.Caller {
	return account.Caller{UserID: s.UserID, SessionID: s.ID, Client: account.Client{UserAgent: "browser", IPAddress: "127.0.0.2"}}
}

func noMails(time.Time) []account.OutgoingMail { return nil }

func replacement(id string) account.SessionReplacement {
	return account.SessionReplacement{
		ID: "session_" + id, Idle: time.Hour, CredentialVersion: account.FirstVersion, Method: account.MethodPassword,
	}
}

// replaceSession proves that a session continues under another id, and that the former one is REPLACED.
func replaceSession(t *testing.T, s account.Store) {
	first := mustAddUserWithSession(t, s, newSession("1", "ada"))
	other := mustAddSession(t, s, newSession("2", "ada"))
	user, next, err := s.ReplaceSession(t.Context(), callerOf(first), replacement("3"))
	if err != nil {
		t.Fatal(err)
	}
	if user.ID != first.UserID || next.ID != "session_3" || next.UserID != first.UserID {
		t.Errorf("got session %s of %s, want session_3 of %s", next.ID, next.UserID, first.UserID)
	}
	if !next.CreatedAt.Equal(first.CreatedAt) || !next.AbsoluteExpiresAt.Equal(first.AbsoluteExpiresAt) {
		t.Errorf("got start %v and end %v, want the former session's: %v and %v",
			next.CreatedAt, next.AbsoluteExpiresAt, first.CreatedAt, first.AbsoluteExpiresAt)
	}
	if next.AuthTime.Before(first.AuthTime) || next.Counter != 1 || next.Delivery != first.Delivery {
		t.Errorf("got AuthTime %v, counter %d, delivery %s", next.AuthTime, next.Counter, next.Delivery)
	}
	if *next.UserAgent != "browser" || !slices.Equal(next.Methods, first.Methods) {
		t.Errorf("got user agent %q and methods %q", *next.UserAgent, next.Methods)
	}
	if got := reason(t, s, first.ID); got != account.Replaced {
		t.Errorf("the former session: got %q, want REPLACED", got)
	}
	if got := reason(t, s, other.ID); got != "" {
		t.Errorf("another session: got %q, want it live", got)
	}
	if _, _, err := s.ReplaceSession(t.Context(), callerOf(first), replacement("4")); !errors.Is(err, auth.ErrTokenExpired) {
		t.Errorf("the former session again: got %v, want ErrTokenExpired", err)
	}
	if outcome, _, _, err := s.FinishRefresh(t.Context(), with(first, 1)); err != nil || outcome != account.RefreshReplaced {
		t.Errorf("the former refresh token: got %q, %v, want %q", outcome, err, account.RefreshReplaced)
	}
	if _, _, err := s.Rotate(t.Context(), with(next, 1)); err != nil {
		t.Errorf("the next refresh token: %v", err)
	}
}

func replaceSessionRefused(t *testing.T, s account.Store) {
	by := administrator(t, s, "root", account.RoleAdmin)
	session := mustAddUserWithSession(t, s, newSession("1", "ada"))
	stale := replacement("2")
	stale.CredentialVersion++
	if _, _, err := s.ReplaceSession(t.Context(), callerOf(session), stale); !errors.Is(err, account.ErrChanged) {
		t.Errorf("another version of the credential: got %v, want ErrChanged", err)
	}
	foreign := callerOf(session)
	foreign.UserID = by.UserID
	if _, _, err := s.ReplaceSession(t.Context(), foreign, replacement("2")); !errors.Is(err, auth.ErrSessionEnded) {
		t.Errorf("a session of another account: got %v, want ErrSessionEnded", err)
	}
	acted, err := s.AddImpersonation(t.Context(), by, account.NewSession{
		ID: "session_acted", UserID: session.UserID, Idle: time.Minute, Absolute: time.Minute,
		Methods: []account.SignInMethod{account.MethodImpersonation}, Delivery: account.DeliverBody,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ReplaceSession(t.Context(), callerOf(acted.Session), replacement("2")); !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("an impersonation: got %v, want ErrForbidden", err)
	}
	if _, err := s.EndSessions(t.Context(), account.SessionEnd{
		UserID: session.UserID, Scope: account.LogoutAll, Reason: account.SignedOut,
	}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ReplaceSession(t.Context(), callerOf(session), replacement("2")); !errors.Is(err, auth.ErrSessionEnded) {
		t.Errorf("an ended session: got %v, want ErrSessionEnded", err)
	}
}

// replaceSessionActor proves that an impersonation continues when the session that it was started from is replaced, and ends
// with the session that continues that one.
func replaceSessionActor(t *testing.T, s account.Store) {
	by := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	acted, err := s.AddImpersonation(t.Context(), by, account.NewSession{
		ID: "session_acted", UserID: "user_ada", Idle: time.Minute, Absolute: time.Minute,
		Methods: []account.SignInMethod{account.MethodImpersonation}, Delivery: account.DeliverBody,
	})
	if err != nil {
		t.Fatal(err)
	}
	caller := account.Caller{UserID: by.UserID, SessionID: by.SessionID}
	if _, _, err := s.ReplaceSession(t.Context(), caller, replacement("next")); err != nil {
		t.Fatal(err)
	}
	if got := reason(t, s, acted.Session.ID); got != "" {
		t.Errorf("after the replacement: got %q, want it live", got)
	}
	if _, err := s.EndSessions(t.Context(), account.SessionEnd{
		UserID: by.UserID, Scope: account.LogoutCurrent, Session: "session_next", Reason: account.SignedOut,
	}); err != nil {
		t.Fatal(err)
	}
	if got := reason(t, s, acted.Session.ID); got != account.Revoked {
		t.Errorf("after the end of the next session: got %q, want REVOKED", got)
	}
}

func changePassword(t *testing.T, s account.Store) {
	first := mustAddUserWithSession(t, s, newSession("1", "ada"))
	other := mustAddSession(t, s, newSession("2", "ada"))
	token := oneTimeToken("a", "user_ada")
	mustAddToken(t, s, token)
	_, next, err := s.ChangePassword(t.Context(), callerOf(first), account.PasswordChange{Hash: "next hash", Session: replacement("3")})
	if err != nil {
		t.Fatal(err)
	}
	credential, err := s.CredentialByID(t.Context(), first.UserID)
	if err != nil || credential.PasswordHash != "next hash" || credential.Version != account.FirstVersion+1 {
		t.Errorf("got %+v, %v, want the next hash with version %d", credential, err, account.FirstVersion+1)
	}
	for id, want := range map[string]account.SessionEndReason{
		first.ID: account.Replaced, other.ID: account.PasswordChanged, next.ID: "",
	} {
		if got := reason(t, s, id); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
	if tokenLive(t, s, token) {
		t.Error("a token that resets the password is live after the change")
	}
	if _, _, err := s.AddSession(t.Context(), newSession("4", "ada"), account.FirstVersion); !errors.Is(err, account.ErrChanged) {
		t.Errorf("a sign-in that compared the former password: got %v, want ErrChanged", err)
	}
}

// changePasswordAtOnce proves that one of two changes with the same present password takes effect.
func changePasswordAtOnce(t *testing.T, s account.Store) {
	sessions := []*account.Session{mustAddUserWithSession(t, s, newSession("1", "ada")), mustAddSession(t, s, newSession("2", "ada"))}
	errs := make([]error, len(sessions))
	var all sync.WaitGroup
	for i, session := range sessions {
		all.Go(func() {
			_, _, errs[i] = s.ChangePassword(t.Context(), callerOf(session), account.PasswordChange{
				Hash: "hash of " + session.ID, Session: replacement("next_" + session.ID),
			})
		})
	}
	all.Wait()
	won := slices.Index(errs, nil)
	if won < 0 || !errors.Is(errs[1-won], account.ErrChanged) && !errors.Is(errs[1-won], auth.ErrSessionEnded) {
		t.Fatalf("got %v, want one success and one refusal", errs)
	}
	credential, err := s.CredentialByID(t.Context(), "user_ada")
	if want := "hash of " + sessions[won].ID; err != nil || credential.PasswordHash != want {
		t.Errorf("got %q, %v, want %q", credential.PasswordHash, err, want)
	}
	if credential.Version != account.FirstVersion+1 {
		t.Errorf("got version %d, want %d", credential.Version, account.FirstVersion+1)
	}
}

func updateProfile(t *testing.T, s account.Store) {
	session := mustAddUserWithSession(t, s, newSession("1", "ada"))
	by := callerOf(session)
	name, locale := "Ada Lovelace", "de"
	named, spoken, none := &name, &locale, (*string)(nil)
	for _, row := range []struct {
		name         string
		change       account.UserChange
		display, tag string
	}{
		{"nothing", account.UserChange{}, "", ""},
		{"a name", account.UserChange{DisplayName: &named}, name, ""},
		{"a language", account.UserChange{Locale: &spoken}, name, locale},
		{"no name", account.UserChange{DisplayName: &none}, "", locale},
		{"no language", account.UserChange{Locale: &none}, "", ""},
	} {
		row.change.ID = by.UserID
		u, err := s.UpdateProfile(t.Context(), by, row.change)
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		if got := [2]string{text(u.DisplayName), text(u.Locale)}; got != [2]string{row.display, row.tag} {
			t.Errorf("%s: got %q, want %q and %q", row.name, got, row.display, row.tag)
		}
	}
	page, err := s.UserPage(t.Context(), account.UserQuery{By: account.ByCreation, Filter: account.UserFilter{Query: "lovelace"}, Limit: 1})
	if err != nil || len(page.Users) != 0 {
		t.Errorf("search for the former name: got %d accounts, %v, want none", len(page.Users), err)
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// changePasswordDuringLogout proves that a change of the password, a logout everywhere and an erasure at the same instant do
// not block each other.
func changePasswordDuringLogout(t *testing.T, s account.Store) {
	by := administrator(t, s, "root", account.RoleAdmin)
	for round := range 10 {
		name := fmt.Sprint("ada", round)
		mustAdd(t, s, newUser(name))
		var own *account.Session
		for i := range 6 {
			own = mustAddSession(t, s, newSession(fmt.Sprint(name, "_", i), name))
		}
		var all sync.WaitGroup
		for kind, do := range map[string]func() error{
			"change": func() error {
				_, _, err := s.ChangePassword(t.Context(), callerOf(own), account.PasswordChange{Hash: "next", Session: replacement(name)})
				return err
			},
			"logout": func() error {
				_, err := s.EndSessions(t.Context(), account.SessionEnd{UserID: own.UserID, Scope: account.LogoutAll, Reason: account.SignedOut})
				return err
			},
			"erasure": func() error {
				if round%2 == 0 {
					return nil
				}
				_, err := s.EraseUser(t.Context(), by, own.UserID)
				return err
			},
		} {
			all.Go(func() {
				if err := do(); errors.Is(err, auth.ErrUnavailable) {
					t.Errorf("%s: %v", kind, err)
				}
			})
		}
		all.Wait()
	}
}
