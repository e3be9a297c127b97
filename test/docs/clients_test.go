package docs

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authgraph/test/harness"
)

// TestClients_FirstCalls saves the first program of docs/clients.md to a file and runs it with Node.
func TestClients_FirstCalls(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	first := fences(t, "docs/clients.md")[0]
	if lines := strings.Count(first.text, "\n"); first.language != "js" || lines > 35 {
		t.Fatalf("the first block has the language %q and %d lines, want js and at most 35", first.language, lines)
	}
	p := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+t.TempDir())
	const address, email = "127.0.0.1:8080", "alan@example.com"
	if !strings.Contains(first.text, address) || !strings.Contains(first.text, email) {
		t.Fatalf("the program calls another server than %s, or as another account than %s", address, email)
	}
	p.Register(t, email, harness.Password)
	file := filepath.Join(t.TempDir(), "first.mjs")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(first.text, address, p.Address)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	printed, err := exec.CommandContext(ctx, "node", file).CombinedOutput()
	const account = " { email: 'alan@example.com', roles: [ 'user' ] }\n"
	if want := "signed in" + account + "refreshed" + account; err != nil || string(printed) != want {
		t.Errorf("got %q, %v, want %q", printed, err, want)
	}
}
