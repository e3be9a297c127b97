package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authgraph/internal/seal"
	"authgraph/test/harness"
)

// TestServe_UnopenedKey has a command with a newer secret change the keys below a server that lacks the secret.
func TestServe_UnopenedKey(t *testing.T) {
	t.Parallel()
	old, fresh := seal.Secret{ID: "old", Key: [32]byte{1}}, seal.Secret{ID: "fresh", Key: [32]byte{2}}
	folder := "AUTHGRAPH_DATA_DIR=" + filepath.Join(t.TempDir(), "data")
	p := harness.StartProgram(t, folder, "AUTHGRAPH_SECRETS="+old.Encode())
	ahead := []string{folder, "AUTHGRAPH_SECRETS=" + fresh.Encode() + "," + old.Encode()}
	token := p.Register(t, "ada@example.com", harness.Password).Token
	command := func(args ...string) {
		t.Helper()
		if out, err := harness.Command(t, "", ahead, args...); err != nil {
			t.Fatalf("%v: %q, %v", args, out, err)
		}
	}
	serves := func(when, field string) {
		t.Helper()
		if got := p.Query(t, token, `{ me { email } }`, nil); !strings.Contains(got.Body, `"ada@example.com"`) {
			t.Errorf("%s: me: got %s, want the account", when, got.Body)
		}
		got := p.Query(t, "", `mutation($i: LoginInput!) { login(input: $i) { tokenType } }`,
			map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password}})
		if !strings.Contains(got.Body, field) {
			t.Errorf("%s: login: got %s, want %s", when, got.Body, field)
		}
	}
	ready := func(status int) bool { return p.Do(t, http.MethodGet, "/readyz", "", nil).Status == status }

	command("keys", "rotate") // the next key is sealed with the fresh secret
	serves("with a next key that does not open", `"Bearer"`)
	if !ready(http.StatusOK) {
		t.Error("with a next key that does not open: got not ready, want ready")
	}
	command("keys", "revoke", "refresh")
	for deadline := time.Now().Add(harness.Patience); !ready(http.StatusServiceUnavailable); {
		if time.Now().After(deadline) {
			t.Fatal("with a root key that does not open: got ready, want not ready")
		}
	}
	if got := p.Do(t, http.MethodGet, "/readyz", "", nil).Body; !strings.Contains(got, "a key does not open") || strings.Contains(got, "fresh") {
		t.Errorf("with a root key that does not open: got %q, want the reason without the secret's name", got)
	}
	serves("with a root key that does not open", "SERVICE_UNAVAILABLE")
}
