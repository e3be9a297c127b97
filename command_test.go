package main

import (
	"bytes"
	"strings"
	"testing"

	"authgraph/internal/pgtest"
)

// cli runs one command line with the given environment and standard input.
func cli(t *testing.T, in string, environ []string, args ...string) (string, error) {
	t.Helper()
	var out, logs bytes.Buffer
	err := run(t.Context(), args, environ, strings.NewReader(in), &out, &logs)
	if strings.Contains(out.String()+logs.String(), pass) {
		t.Errorf("the password is shown: %s%s", out.String(), logs.String())
	}
	return out.String(), err
}

func TestCommands(t *testing.T) {
	secret, err := cli(t, "", nil, "secret", "new")
	if err != nil {
		t.Fatal(err)
	}
	for name, environ := range map[string][]string{
		"SQLite":     {"AUTHGRAPH_DATA_DIR=" + t.TempDir()},
		"PostgreSQL": {"DATABASE_URL=" + pgtest.Database(t), "AUTHGRAPH_SECRETS=" + strings.TrimSpace(secret)},
	} {
		t.Run(name, func(t *testing.T) {
			if out, err := cli(t, "", environ, "migrate"); err != nil || !strings.Contains(out, "is created: version") {
				t.Errorf("migrate: %q, %v", out, err)
			}
			if out, err := cli(t, "", environ, "migrate"); err != nil || !strings.Contains(out, "up to date: version") {
				t.Errorf("migrate again: %q, %v", out, err)
			}
			create := []string{"user", "create", "--email", "root@example.com", "--role", "admin", "--password-stdin"}
			if out, err := cli(t, pass+"\r\n", environ, create...); err != nil || !strings.HasPrefix(out, "user_") {
				t.Fatalf("user create: %q, %v", out, err)
			}
			if _, err := cli(t, pass+"\n", environ, create...); err == nil || !strings.Contains(err.Error(), "exists") {
				t.Errorf("the same address again: %v", err)
			}
			if _, err := cli(t, "short\n", environ, create...); err == nil || !strings.Contains(err.Error(), "at least 8") {
				t.Errorf("a short password: %v", err)
			}
			out, err := cli(t, "", environ, "user", "list")
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
		if out, err := cli(t, "", nil, strings.Fields(name)...); err != nil || !strings.Contains(out, want) {
			t.Errorf("%s: %q, %v, want %q", name, out, err, want)
		}
	}
	if _, err := cli(t, "", nil, "nonsense"); err == nil {
		t.Error("an unknown command is no error")
	}
}
