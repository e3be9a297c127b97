package harness

import (
	"bytes"
	"strings"
	"testing"

	"authgraph/internal/cli"
)

// Command runs one command line with the given environment and standard input.
func Command(t *testing.T, in string, environ []string, args ...string) (string, error) {
	t.Helper()
	var out, logs bytes.Buffer
	err := cli.Run(t.Context(), args, environ, strings.NewReader(in), &out, &logs)
	if strings.Contains(out.String()+logs.String(), Password) {
		t.Errorf("the password is shown: %s%s", out.String(), logs.String())
	}
	return out.String(), err
}

// Migrate creates the database that the environment names.
func Migrate(t *testing.T, environ []string) {
	t.Helper()
	if out, err := Command(t, "", environ, "migrate"); err != nil {
		t.Fatalf("migrate: %q, %v", out, err)
	}
}
