package e2e

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"authgraph/account"
	"authgraph/test/harness"
)

// The forms in which systems send one password: composed, decomposed, with another space.
const (
	passNFC = "Gr\u00fc\u00dfe aus K\u00f6ln"
	passNFD = "Gru\u0308\u00dfe aus\u00a0Ko\u0308ln"
)

func TestPassword_Normalized(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		w.Register(t, "nfc@example.com", passNFC)
		w.Register(t, "nfd@example.com", passNFD)
		if _, err := w.App.Accounts.Create(t.Context(), account.Registration{Email: "made@example.com", Password: passNFD}); err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct{ name, email, given, want string }{
			{"registered in NFC, login in NFD", "nfc@example.com", passNFD, `"accessToken":"`},
			{"registered in NFD, login in NFC", "nfd@example.com", passNFC, `"accessToken":"`},
			{"user create in NFD, login in NFC", "made@example.com", passNFC, `"accessToken":"`},
			{"another password in NFD", "nfc@example.com", passNFD + "!", `"INVALID_CREDENTIALS"`},
			{"unknown account in NFD", "nobody@example.com", passNFD, `"INVALID_CREDENTIALS"`},
		} {
			got := w.Query(t, "", harness.LoginDocument, map[string]any{"i": map[string]any{"email": row.email, "password": row.given}})
			if !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got.Body, row.want)
			}
		}
		for _, row := range []struct{ name, password, displayName, want string }{
			{"too short once composed", "a\u0308o\u0308u\u0308e\u0301", "", `"PASSWORD_TOO_SHORT"`},
			{"common once its spaces are", strings.Repeat("\u00a0", 9), "", `"PASSWORD_TOO_COMMON"`},
			{"personal, decomposed", "Zoe\u0308 Gru\u0308ner", "Zo\u00eb Gr\u00fcner", `"PASSWORD_IS_PERSONAL"`},
			{"personal, with another space", "Zo\u00eb\u00a0Gr\u00fcner", "Zo\u00eb Gr\u00fcner", `"PASSWORD_IS_PERSONAL"`},
		} {
			got := w.Query(t, "", harness.RegisterDocument, map[string]any{
				"i": map[string]any{"email": "new@example.com", "password": row.password, "displayName": row.displayName}})
			if !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got.Body, row.want)
			}
		}
	})
}

// A hash from before passwords were normalized still signs in, and is replaced by one that each form matches.
func TestPassword_StoredAsTyped(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		p := w.Register(t, "ada@example.com", harness.Password)
		b, err := bcrypt.GenerateFromPassword([]byte(passNFD), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		was, err := w.App.Store.CredentialByEmailKey(t.Context(), "ada@example.com")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.App.Store.ReplacePasswordHash(t.Context(), p.ID, was.PasswordHash, "bcrypt:"+string(b)); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct{ name, given, want string }{
			{"NFC before the replacement", passNFC, `"INVALID_CREDENTIALS"`},
			{"as typed", passNFD, `"accessToken":"`},
			{"NFC after the replacement", passNFC, `"accessToken":"`},
			{"as typed, again", passNFD, `"accessToken":"`},
		} {
			got := w.Query(t, "", harness.LoginDocument, map[string]any{"i": map[string]any{"email": "ada@example.com", "password": step.given}})
			if !strings.Contains(got.Body, step.want) {
				t.Errorf("%s: got %s, want %s", step.name, got.Body, step.want)
			}
		}
	})
}
