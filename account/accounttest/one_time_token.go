package accounttest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/mail"
)

// oneTimeToken returns a token for the address of ada.
func oneTimeToken(name, userID string) account.OneTimeToken {
	return account.OneTimeToken{
		Hash: []byte("hash of " + name), Purpose: account.PurposeResetPassword, Subject: []byte("ada"), UserID: userID,
		Request: []byte("request of " + name), Code: []byte("code of " + name), Version: account.FirstVersion, Lifetime: time.Hour,
	}
}

func mustAddToken(t *testing.T, s account.Store, token account.OneTimeToken, mails ...account.OutgoingMail) {
	t.Helper()
	if err := s.AddOneTimeToken(t.Context(), token, mails); err != nil {
		t.Fatal(err)
	}
}

// tokenLive reports whether a token is live, by its hash and by its request alike.
func tokenLive(t *testing.T, s account.Store, token account.OneTimeToken) bool {
	t.Helper()
	byHash, err := s.OneTimeTokenByHash(t.Context(), token.Purpose, token.Hash)
	byRequest, requestErr := s.OneTimeTokenByRequest(t.Context(), token.Purpose, token.Request)
	if errors.Is(err, account.ErrNotFound) && errors.Is(requestErr, account.ErrNotFound) {
		return false
	}
	if err != nil || requestErr != nil || !bytes.Equal(byHash.Hash, byRequest.Hash) {
		t.Fatalf("got %v and %v", err, requestErr)
	}
	return true
}

func oneTimeTokenLive(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	token, decoy, expired := oneTimeToken("a", "user_ada"), oneTimeToken("decoy", ""), oneTimeToken("expired", "user_ada")
	expired.Lifetime = 0
	for _, added := range []account.OneTimeToken{token, decoy, expired} {
		mustAddToken(t, s, added)
	}
	got, err := s.OneTimeTokenByHash(t.Context(), token.Purpose, token.Hash)
	if err != nil || got.UserID != "user_ada" || got.Version != account.FirstVersion {
		t.Errorf("got account %q with version %d, %v, want user_ada with %d", got.UserID, got.Version, err, account.FirstVersion)
	}
	if !bytes.Equal(got.Code, token.Code) || !bytes.Equal(got.Subject, token.Subject) {
		t.Errorf("got code %q and subject %q, want %q and %q", got.Code, got.Subject, token.Code, token.Subject)
	}
	if got, err := s.OneTimeTokenByRequest(t.Context(), decoy.Purpose, decoy.Request); err != nil || got.UserID != "" {
		t.Errorf("a decoy: got %+v, %v, want it without an account", got, err)
	}
	if tokenLive(t, s, expired) {
		t.Error("an expired token is live")
	}
	if _, err := s.OneTimeTokenByHash(t.Context(), "another", token.Hash); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("another purpose: got %v, want ErrNotFound", err)
	}
}

// oneTimeTokenSurplus proves that requests above the maximum add no token and no mail, also at once, and void none.
func oneTimeTokenSurplus(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	tokens := make([]account.OneTimeToken, account.MaxLiveTokens+3)
	var all sync.WaitGroup
	for i := range tokens {
		tokens[i] = oneTimeToken(fmt.Sprint(i), "user_ada")
		all.Go(func() {
			if err := s.AddOneTimeToken(t.Context(), tokens[i], []account.OutgoingMail{{
				ID: fmt.Sprint("mail_", i), Kind: mail.ResetPassword, TokenHash: tokens[i].Hash, Lifetime: time.Hour, Sealed: []byte("sealed"),
			}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	claimed, err := s.(account.MailQueue).ClaimMails(t.Context(), 10, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	mailed := map[string]bool{}
	for _, c := range claimed {
		mailed[c.ID] = true
	}
	live := 0
	for i, token := range tokens {
		if got := tokenLive(t, s, token); got != mailed[fmt.Sprint("mail_", i)] {
			t.Errorf("token %d: live %v, mailed %v", i, got, !got)
		} else if got {
			live++
		}
	}
	if live != account.MaxLiveTokens {
		t.Errorf("got %d live tokens, want %d", live, account.MaxLiveTokens)
	}
	other := oneTimeToken("another address", "")
	other.Subject = []byte("bob")
	if mustAddToken(t, s, other); !tokenLive(t, s, other) {
		t.Error("the tokens of one address keep another from a token")
	}
}

func reset(token account.OneTimeToken, session string) account.PasswordReset {
	return account.PasswordReset{
		Token: token.Hash, UserID: "user_ada", CredentialVersion: account.FirstVersion, Hash: "next hash", Session: newSession(session, "ada"),
	}
}

// resetPassword proves that a reset ends all sessions and voids the other tokens, and what it does to an unconfirmed account.
func resetPassword(t *testing.T, s account.Store) {
	u := newUser("ada")
	name := "Not Ada"
	u.DisplayName = &name
	former := func() *account.Session {
		_, session, err := s.AddUserWithSession(t.Context(), u, newSession("1", "ada"))
		if err != nil {
			t.Fatal(err)
		}
		return session
	}()
	token, other := oneTimeToken("a", "user_ada"), oneTimeToken("b", "user_ada")
	mustAddToken(t, s, token)
	mustAddToken(t, s, other)
	user, session, err := s.ResetPassword(t.Context(), reset(token, "2"))
	if err != nil {
		t.Fatal(err)
	}
	if !user.EmailConfirmed() || user.DisplayName != nil {
		t.Errorf("got confirmed %v and name %v, want a confirmed address without the former name", user.EmailConfirmed(), user.DisplayName)
	}
	if session == nil || session.ID != "session_2" {
		t.Errorf("got session %+v, want session_2", session)
	}
	if got := reason(t, s, former.ID); got != account.PasswordChanged {
		t.Errorf("the former session: got %q, want PASSWORD_CHANGED", got)
	}
	for name, token := range map[string]account.OneTimeToken{"the used": token, "another": other} {
		if tokenLive(t, s, token) {
			t.Errorf("%s token is live", name)
		}
	}
	credential, err := s.CredentialByID(t.Context(), "user_ada")
	if err != nil || credential.PasswordHash != "next hash" || credential.Version != account.FirstVersion+1 {
		t.Errorf("got %+v, %v, want the next hash with version %d", credential, err, account.FirstVersion+1)
	}
}

func resetPasswordRefused(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	mustAdd(t, s, newUser("bob"))
	used, decoy, foreign := oneTimeToken("used", "user_ada"), oneTimeToken("decoy", ""), oneTimeToken("foreign", "user_bob")
	for _, token := range []account.OneTimeToken{used, decoy, foreign} {
		mustAddToken(t, s, token)
	}
	stale := reset(used, "1")
	stale.CredentialVersion++
	for name, r := range map[string]account.PasswordReset{
		"another version of the credential": stale, "a decoy": reset(decoy, "1"), "a token of another account": reset(foreign, "1"),
		"an unknown token": reset(oneTimeToken("none", ""), "1"),
	} {
		if _, _, err := s.ResetPassword(t.Context(), r); !errors.Is(err, account.ErrChanged) {
			t.Errorf("%s: got %v, want ErrChanged", name, err)
		}
	}
	if !tokenLive(t, s, used) {
		t.Error("a refused reset has used the token")
	}
	if _, _, err := s.ResetPassword(t.Context(), reset(used, "1")); err != nil {
		t.Fatal(err)
	}
	again := reset(used, "2")
	again.CredentialVersion++
	if _, _, err := s.ResetPassword(t.Context(), again); !errors.Is(err, account.ErrChanged) {
		t.Errorf("a used token: got %v, want ErrChanged", err)
	}
}

func resetPasswordAtOnce(t *testing.T, s account.Store) {
	mustAdd(t, s, newUser("ada"))
	token := oneTimeToken("a", "user_ada")
	mustAddToken(t, s, token)
	errs := make([]error, 4)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, _, errs[i] = s.ResetPassword(t.Context(), reset(token, fmt.Sprint(i))) })
	}
	all.Wait()
	succeeded := 0
	for _, err := range errs {
		if err == nil {
			succeeded++
		} else if !errors.Is(err, account.ErrChanged) {
			t.Errorf("got %v, want ErrChanged", err)
		}
	}
	if succeeded != 1 {
		t.Errorf("%d of %d resets succeeded, want 1", succeeded, len(errs))
	}
}

// resetPasswordSuspended proves that a suspended account gets its password and no session.
func resetPasswordSuspended(t *testing.T, s account.Store) {
	by := administrator(t, s, "root", account.RoleAdmin)
	mustAdd(t, s, newUser("ada"))
	if _, err := s.Suspend(t.Context(), by, "user_ada", ""); err != nil {
		t.Fatal(err)
	}
	token := oneTimeToken("a", "user_ada")
	mustAddToken(t, s, token)
	user, session, err := s.ResetPassword(t.Context(), reset(token, "1"))
	if err != nil || session != nil || user.SuspendedAt == nil {
		t.Errorf("got %+v, %+v, %v, want a suspended account without a session", user, session, err)
	}
}
