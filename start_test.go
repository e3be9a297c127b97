package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestServe_FirstAdministrator starts with no administrator, and again with one.
func TestServe_FirstAdministrator(t *testing.T) {
	environ := []string{"AUTHGRAPH_DATA_DIR=" + filepath.Join(t.TempDir(), "data")}
	logs := startAndStop(t, environ)
	for _, want := range []string{
		createAdministrator, `"msg":"database migrated","migrations":`, `"msg":"server started","version":"authgraph `,
		`"msg":"server stopping"`, `"msg":"server stopped"`,
	} {
		if !strings.Contains(logs, want) {
			t.Errorf("got %s, want %s", logs, want)
		}
	}
	if _, err := cli(t, pass+"\n", environ, "user", "create", "--email", "root@example.com", "--role", "admin", "--password-stdin"); err != nil {
		t.Fatal(err)
	}
	logs = startAndStop(t, environ)
	for _, unwanted := range []string{createAdministrator, "database migrated"} {
		if strings.Contains(logs, unwanted) {
			t.Errorf("with an administrator and a migrated database: got %s, want no %s", logs, unwanted)
		}
	}
}

// startAndStop returns the log of a server that was started and stopped.
func startAndStop(t *testing.T, environ []string) string {
	t.Helper()
	p := serving(t, environ...)
	p.terminate(t)
	code, logs := p.wait(t)
	if code != 0 {
		t.Errorf("got exit code %d, want 0", code)
	}
	return logs
}

func TestInvocation(t *testing.T) {
	for executable, want := range map[string]string{
		"authgraph":                "authgraph",
		"./authgraph":              "authgraph",
		"/usr/local/bin/authgraph": "authgraph",
		"/tmp/go-build180066598/b001/exe/authgraph":         "go run .",
		"/home/ada/.cache/go-build/71/71a4b254-d/authgraph": "go run .",
	} {
		if got := invocation(executable); got != want {
			t.Errorf("%s: got %q, want %q", executable, got, want)
		}
	}
}
