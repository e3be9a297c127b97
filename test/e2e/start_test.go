package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// TestServe_FirstAdministrator starts with no administrator, and again with one.
func TestServe_FirstAdministrator(t *testing.T) {
	t.Parallel()
	environ := []string{"AUTHGRAPH_DATA_DIR=" + filepath.Join(t.TempDir(), "data")}
	logs := startAndStop(t, environ)
	for _, want := range []string{
		serverkit.CreateAdministratorCommand, `"msg":"database migrated","migrations":`, `"msg":"server started","version":"authgraph `,
		`"msg":"server stopping"`, `"msg":"server stopped"`,
	} {
		if !strings.Contains(logs, want) {
			t.Errorf("got %s, want %s", logs, want)
		}
	}
	if _, err := harness.Command(t, harness.Password+"\n", environ, "user", "create", "--email", "root@example.com", "--role", "admin", "--password-stdin"); err != nil {
		t.Fatal(err)
	}
	logs = startAndStop(t, environ)
	for _, unwanted := range []string{serverkit.CreateAdministratorCommand, "database migrated"} {
		if strings.Contains(logs, unwanted) {
			t.Errorf("with an administrator and a migrated database: got %s, want no %s", logs, unwanted)
		}
	}
}

// startAndStop returns the log of a server that was started and stopped.
func startAndStop(t *testing.T, environ []string) string {
	t.Helper()
	p := harness.StartProgram(t, environ...)
	p.Terminate(t)
	code, logs := p.Wait(t)
	if code != 0 {
		t.Errorf("got exit code %d, want 0", code)
	}
	return logs
}
