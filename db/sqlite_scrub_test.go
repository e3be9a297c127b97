package db_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/db/dbtest"
)

// traces returns what of secrets the files of a SQLite database hold.
func traces(t *testing.T, path string, secrets map[string][]byte) (found []string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for name, secret := range secrets {
			if bytes.Contains(content, secret) {
				found = append(found, name+" in the file"+suffix)
			}
		}
	}
	return found
}

// After an erasure neither the file nor its write-ahead log holds the address, the hash, the audit salt or the name,
// although the accounts around it have split pages before.
func TestEraseUser_Traces(t *testing.T) {
	t.Parallel()
	path := dbtest.SQLite(t)
	s := dbtest.OpenSQLite(t, path)
	log := logOf(t, s)
	add := func(name string, roles ...string) {
		t.Helper()
		display := "Display-" + name
		u := account.NewUser{
			ID: "user_" + name, Email: account.Email{Typed: "Typed-" + name + "@example.com", Key: "key-" + name + "@example.com"},
			PasswordHash: "hash-of-" + name, DisplayName: &display, Roles: append(roles, account.RoleUser),
		}
		n := account.NewSession{
			ID: "session_" + name, UserID: u.ID, Idle: time.Hour, Absolute: time.Hour, Assurance: auth.SingleFactor, Cap: 9,
			Client: account.Client{UserAgent: "agent-" + name, IPAddress: "192.0.2.77"},
		}
		if _, _, err := s.AddUserWithSession(t.Context(), u, n); err != nil {
			t.Fatal(err)
		}
	}
	add("root", account.RoleAdmin)
	add("ada")
	for i := range 200 {
		add(fmt.Sprintf("%c%d", 'a'+(i*7)%26, i))
	}
	drain(t, log)
	var salts []string
	if err := s.Select(t.Context(), &salts, `SELECT hex(salt) FROM audit_accounts WHERE user_id = 'user_ada'`); err != nil || len(salts) != 1 {
		t.Fatal(salts, err)
	}
	salt, err := hex.DecodeString(salts[0])
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string][]byte{
		"the address": []byte("Typed-ada@example.com"), "its key": []byte("key-ada@example.com"), "the hash": []byte("hash-of-ada\x00"),
		"the salt": salt, "the name": []byte("Display-ada\x00"), "the program": []byte("agent-ada\x00"),
	}
	for name, secret := range secrets { // the bytes of another column follow
		secrets[name] = bytes.TrimSuffix(secret, []byte{0})
	}
	if before := traces(t, path, secrets); len(before) == 0 {
		t.Fatal("nothing of the account is found before the erasure: the search does not see it")
	}
	ctx, stop := context.WithCancel(t.Context())
	scrubbed := make(chan struct{})
	go func() {
		defer close(scrubbed)
		s.Scrub(ctx, func(err error) { t.Error(err) })
	}()
	if _, err := s.EraseUser(t.Context(), account.Administrator{UserID: "user_root"}, "user_ada"); err != nil {
		t.Fatal(err)
	}
	var remaining []string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if remaining = traces(t, path, secrets); len(remaining) == 0 {
			break
		}
	}
	if len(remaining) > 0 {
		t.Errorf("after the erasure: %q", remaining)
	}
	stop()
	<-scrubbed
}

// Vacuum removes what was deleted without secure_delete, as a program before it did.
func TestVacuum(t *testing.T) {
	t.Parallel()
	path := dbtest.SQLite(t)
	s := dbtest.OpenSQLite(t, path)
	secret := map[string][]byte{"the address": []byte("old-address@example.com")}
	for _, statement := range []string{
		`PRAGMA secure_delete = OFF`,
		`INSERT INTO users (id, email, email_key, created_at) VALUES ('user_old', 'old-address@example.com', 'old-address@example.com', 1)`,
		`DELETE FROM users WHERE id = 'user_old'`,
	} {
		if err := s.ExecRaw(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if len(traces(t, path, secret)) == 0 {
		t.Fatal("the address is gone without VACUUM: the search does not see it")
	}
	if err := s.Vacuum(t.Context()); err != nil {
		t.Fatal(err)
	}
	if remaining := traces(t, path, secret); len(remaining) > 0 {
		t.Errorf("after VACUUM: %q", remaining)
	}
}
