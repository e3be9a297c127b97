package cli_test

import (
	"strings"
	"testing"

	"authgraph/internal/pgtest"
	"authgraph/test/harness"
)

func TestCommands(t *testing.T) {
	secret, err := harness.Command(t, "", nil, "secret", "new")
	if err != nil {
		t.Fatal(err)
	}
	for name, environ := range map[string][]string{
		"SQLite":     {"AUTHGRAPH_DATA_DIR=" + t.TempDir()},
		"PostgreSQL": {"DATABASE_URL=" + pgtest.Database(t), "AUTHGRAPH_SECRETS=" + strings.TrimSpace(secret)},
	} {
		t.Run(name, func(t *testing.T) {
			if out, err := harness.Command(t, "", environ, "migrate"); err != nil || !strings.Contains(out, "is created: version") {
				t.Errorf("migrate: %q, %v", out, err)
			}
			if out, err := harness.Command(t, "", environ, "migrate"); err != nil || !strings.Contains(out, "up to date: version") {
				t.Errorf("migrate again: %q, %v", out, err)
			}
			create := []string{"user", "create", "--email", "root@example.com", "--role", "admin", "--password-stdin"}
			if out, err := harness.Command(t, harness.Password+"\r\n", environ, create...); err != nil || !strings.HasPrefix(out, "user_") {
				t.Fatalf("user create: %q, %v", out, err)
			}
			if _, err := harness.Command(t, harness.Password+"\n", environ, create...); err == nil || !strings.Contains(err.Error(), "exists") {
				t.Errorf("the same address again: %v", err)
			}
			if _, err := harness.Command(t, "short\n", environ, create...); err == nil || !strings.Contains(err.Error(), "at least 8") {
				t.Errorf("a short password: %v", err)
			}
			out, err := harness.Command(t, "", environ, "user", "list")
			if err != nil || !strings.Contains(out, "root@example.com") || !strings.Contains(out, "admin,user") {
				t.Errorf("user list: %q, %v", out, err)
			}
		})
	}
}

func TestCommands_WithoutDatabase(t *testing.T) {
	for name, want := range map[string]string{
		"--help": "user create", "help": "user create", "help keys rotate": "Usage: authgraph keys rotate", "schema": "directive @auth(", "version": "authgraph ",
	} {
		if out, err := harness.Command(t, "", nil, strings.Fields(name)...); err != nil || !strings.Contains(out, want) {
			t.Errorf("%s: %q, %v, want %q", name, out, err, want)
		}
	}
	if _, err := harness.Command(t, "", nil, "nonsense"); err == nil {
		t.Error("an unknown command is no error")
	}
}
