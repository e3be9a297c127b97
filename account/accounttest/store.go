// Package accounttest is the contract of account.Store in executable form: one suite that every Store passes.
package accounttest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
)

// Run holds a Store to its contract. open returns a store with an empty, migrated database.
func Run(t *testing.T, open func(t *testing.T) account.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, account.Store){
		"AddUser":                   addUser,
		"AddUser_SameKey":           addUserSameKey,
		"AddUser_SameKeyAtOnce":     addUserAtOnce,
		"AddUser_UnknownRole":       addUserUnknownRole,
		"AddUser_Admin":             addAdmin,
		"AddSession":                addSession,
		"AddSession_OtherVersion":   addSessionOtherVersion,
		"CredentialByEmailKey_None": credentialNone,
		"ReplacePasswordHash":       replacePasswordHash,
		"ByID":                      byID,
		"Users":                     users,
		"Session_RunOut":            sessionRunOut,
		"Session_Cap":               sessionCap,
		"Rotate":                    rotate,
		"Rotate_AtOnce":             rotateAtOnce,
		"Rotate_Absolute":           rotateAbsolute,
		"FinishRefresh":             finishRefresh,
		"FinishRefresh_Foreign":     finishRefreshForeign,
		"FinishRefresh_Late":        finishRefreshLate,
		"FinishRefresh_LateAtOnce":  finishRefreshLateAtOnce,
		"EndSessions":               endSessions,
		"Sessions":                  sessionPages,
		"SessionsChanged":           sessionsChanged,
		"PurgeSessions":             purgeSessions,
		"UserPage":                  userPages,
		"UserPage_Filters":          userFilters,
		"SetRoles":                  setRoles,
		"Suspend":                   suspend,
		"EraseUser":                 eraseUser,
		"EndUserSession":            endUserSession,
		"EndUserSessions":           endUserSessions,
		"UpdateUser":                updateUser,
		"LastSignIn":                lastSignIn,
		"UserPage_Nulls":            userPagesNulls,
		"Roles":                     roles,
		"Administration_Lacking":    lacking,
		"Roles_Handled":             rolesHandled,
		"Roles_HandledAsAnother":    rolesHandledAsAnother,
		"Roles_Retired":             rolesRetired,
		"Roles_RetiredAtOnce":       rolesRetiredAtOnce,
		"Administration_Last":       lastAdministrator,
		"Administration_LastAtOnce": lastAdministratorAtOnce,
		"Count":                     count,
		"Count_Anew":                countAnew,
		"Count_AtOnce":              countAtOnce,
		"AddImpersonation":          addImpersonation,
		"AddImpersonation_Ends":     impersonationEnds,
		"Revocations":               revocations,
		"Mail_Claim":                mailClaim,
		"Mail_ClaimAtOnce":          mailClaimAtOnce,
		"Mail_Delivered":            mailDelivered,
		"Mail_Erased":               mailErased,
		"Mail_Expired":              mailExpired,
		"Mail_Lease":                mailLease,
		"Mail_Retry":                mailRetry,
		"OneTimeToken_Live":         oneTimeTokenLive,
		"OneTimeToken_Surplus":      oneTimeTokenSurplus,
		"ResetPassword":             resetPassword,
		"ResetPassword_Refused":     resetPasswordRefused,
		"ResetPassword_AtOnce":      resetPasswordAtOnce,
		"ResetPassword_Suspended":   resetPasswordSuspended,
		"ReplaceSession":            replaceSession,
		"ReplaceSession_Refused":    replaceSessionRefused,
		"ReplaceSession_Actor":      replaceSessionActor,
		"ChangePassword":            changePassword,
		"ChangePassword_AtOnce":     changePasswordAtOnce,
		"ChangePassword_Logout":     changePasswordDuringLogout,
		"UpdateProfile":             updateProfile,
		"RequestDeletion":           requestDeletion,
		"RequestDeletion_Admin":     deletionOfAdministrator,
		"RequestDeletion_AtOnce":    deletionAtOnce,
		"RestoreAccount_Suspended":  restoreSuspended,
		"EraseDue":                  eraseDue,
		"Pending_Cap":               pendingCap,
		"Pending_LastSignIn":        pendingLastSignIn,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func newUser(name string) account.NewUser {
	return account.NewUser{
		ID: "user_" + name, Email: account.Email{Typed: name + "@Example.com", Key: name + "@example.com"},
		PasswordHash: "hash of " + name, Roles: []string{account.RoleUser},
	}
}

func newSession(id, user string) account.NewSession {
	return account.NewSession{
		ID: "session_" + id, UserID: "user_" + user, Idle: time.Hour, Absolute: 2 * time.Hour, Assurance: auth.SingleFactor,
		Methods: []account.SignInMethod{account.MethodPassword}, Delivery: account.DeliverBody, Cap: 100,
		Client: account.Client{UserAgent: "curl/8 \U0001F600", IPAddress: "127.0.0.1"},
	}
}

func mustAdd(t *testing.T, s account.Store, u account.NewUser) *account.User {
	t.Helper()
	added, err := s.AddUser(t.Context(), u)
	if err != nil {
		t.Fatalf("AddUser: %v", err)
	}
	return added
}

func addUser(t *testing.T, s account.Store) {
	name := "Ada \U0001F469\u200D\U0001F4BB"
	u := newUser("ada")
	u.DisplayName = &name
	got := mustAdd(t, s, u)
	if got.ID != "user_ada" || got.Email != "ada@Example.com" || *got.DisplayName != name {
		t.Errorf("got %+v", got)
	} else if !got.HasPassword || got.EmailConfirmed() || got.SuspendedAt != nil {
		t.Errorf("got %+v", got)
	}
	if !slices.Equal(got.Roles, []string{"user"}) || len(got.Permissions) != 0 {
		t.Errorf("got roles %v and permissions %v, want user and none", got.Roles, got.Permissions)
	}
	if age := time.Since(got.CreatedAt); age < -time.Minute || age > time.Hour || got.CreatedAt.Location() != time.UTC {
		t.Errorf("CreatedAt is %v", got.CreatedAt)
	}
}

func addUserSameKey(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	second := newUser("ada")
	second.ID = "user_other"
	if _, err := s.AddUser(t.Context(), second); !errors.Is(err, account.ErrEmailTaken) {
		t.Errorf("got %v, want ErrEmailTaken", err)
	}
	session := newSession("1", "other")
	if _, _, err := s.AddUserWithSession(t.Context(), second, session); !errors.Is(err, account.ErrEmailTaken) {
		t.Errorf("got %v, want ErrEmailTaken", err)
	}
	if found, err := s.SessionsByID(t.Context(), []string{session.ID}); err != nil || len(found) != 0 {
		t.Errorf("a refused registration left %v, %v", found, err)
	}
}

func addUserAtOnce(t *testing.T, s account.Store) {
	const clients = 50
	errs := make([]error, clients)
	var wait sync.WaitGroup
	for i := range clients {
		wait.Go(func() {
			u := newUser("ada")
			u.ID += string(rune('A' + i))
			session := newSession(string(rune('A'+i)), "ada"+string(rune('A'+i)))
			_, _, errs[i] = s.AddUserWithSession(context.WithoutCancel(t.Context()), u, session)
		})
	}
	wait.Wait()
	made := 0
	for _, err := range errs {
		switch {
		case err == nil:
			made++
		case !errors.Is(err, account.ErrEmailTaken):
			t.Errorf("got %v, want ErrEmailTaken", err)
		}
	}
	if made != 1 {
		t.Errorf("%d accounts were made, want 1", made)
	}
}

func addUserUnknownRole(t *testing.T, s account.Store) {
	u := newUser("ada")
	u.Roles = []string{"user", "nobody-knows"}
	if _, err := s.AddUser(t.Context(), u); !errors.Is(err, account.ErrUnknownRole) {
		t.Errorf("got %v, want ErrUnknownRole", err)
	}
	if found, _ := s.UsersByID(t.Context(), []string{u.ID}); len(found) != 0 {
		t.Errorf("a refused account was kept")
	}
}

func addAdmin(t *testing.T, s account.Store) {
	u := newUser("root")
	u.Roles = []string{"user", "admin", "user"}
	got := mustAdd(t, s, u)
	if !slices.Equal(got.Roles, []string{"admin", "user"}) {
		t.Errorf("got roles %v", got.Roles)
	}
	if !slices.Equal(got.Permissions, account.Permissions()) {
		t.Errorf("got permissions %v, want every one", got.Permissions)
	}
}

func addSession(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	u, got, err := s.AddSession(t.Context(), newSession("1", "ada"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if u.ID != "user_ada" || got.UserID != "user_ada" || got.ExpiresAt.Sub(got.CreatedAt) != time.Hour {
		t.Errorf("got %+v", got)
	} else if !got.AuthTime.Equal(got.CreatedAt) || got.EndedAt != nil || got.Assurance != auth.SingleFactor {
		t.Errorf("got %+v", got)
	} else if !slices.Equal(got.Methods, []account.SignInMethod{"PASSWORD"}) || *got.UserAgent != "curl/8 \U0001F600" {
		t.Errorf("got %+v", got)
	}
}

func addSessionOtherVersion(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	for name, n := range map[string]struct {
		user    string
		version int64
	}{"changed": {"ada", 2}, "unknown account": {"bob", 1}} {
		if _, _, err := s.AddSession(t.Context(), newSession("1", n.user), n.version); !errors.Is(err, account.ErrChanged) {
			t.Errorf("%s: got %v, want ErrChanged", name, err)
		}
	}
}

func credentialNone(t *testing.T, s account.Store) {
	if _, err := s.CredentialByEmailKey(t.Context(), "nobody@example.com"); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func replacePasswordHash(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	for _, step := range []struct{ old, hash, want string }{
		{"hash of ada", "stronger", "stronger"},
		{"hash of ada", "too late", "stronger"},
	} {
		if err := s.ReplacePasswordHash(t.Context(), "user_ada", step.old, step.hash); err != nil {
			t.Fatal(err)
		}
		got, err := s.CredentialByEmailKey(t.Context(), "ada@example.com")
		if err != nil || got.PasswordHash != step.want {
			t.Errorf("got %+v, %v, want hash %q", got, err, step.want)
		} else if got.UserID != "user_ada" || got.Version != 1 {
			t.Errorf("got %+v, %v, want hash %q", got, err, step.want)
		}
	}
}

func byID(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	mustAdd(t, s, newUser("bob"))
	found, err := s.UsersByID(t.Context(), []string{"user_bob", "user_nobody", "user_ada", "user_bob"})
	if err != nil || len(found) != 2 {
		t.Errorf("got %v, %v, want two accounts", found, err)
	}
	if none, err := s.UsersByID(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("got %v, %v, want none", none, err)
	}
	if none, err := s.SessionsByID(t.Context(), []string{"session_nobody"}); err != nil || len(none) != 0 {
		t.Errorf("got %v, %v, want none", none, err)
	}
}

func users(t *testing.T, s account.Store) {
	for _, name := range []string{"a", "b", "c"} {
		mustAdd(t, s, newUser(name))
	}
	var got []string
	err := s.Users(t.Context(), func(u *account.User) error {
		got = append(got, u.ID)
		return nil
	})
	if want := []string{"user_a", "user_b", "user_c"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	stop := errors.New("stop")
	if err := s.Users(t.Context(), func(*account.User) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the callback's error", err)
	}
}
