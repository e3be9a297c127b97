package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// The schema keeps the promises of the last release. testdata/released.graphqls is schema.graphqls as it was released. It
// changes only with a release.
func TestReleasedSchema(t *testing.T) {
	if out, err := harness.Command(t, "", nil, "schema", "check", "testdata/released.graphqls"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The check says what breaks and for whom.
func TestSchemaCheck(t *testing.T) {
	for _, row := range []struct {
		name  string
		pairs []string
		want  []string // the breaking changes
	}{
		{"a removed permission", []string{"  \"End the sessions of others.\"\n  SESSIONS_REVOKE\n", "", "[SESSIONS_REVOKE]", "[USERS_WRITE]", "[SESSIONS_REVOKE]", "[USERS_WRITE]"}, []string{
			"Permission.SESSIONS_REVOKE is gone, and was not deprecated before: for operations that give it or wait for it",
			"Mutation.revokeUserSessions was for SESSIONS_REVOKE, is for USERS_WRITE: for callers who may no longer: SESSIONS_REVOKE",
		}},
		{"a renamed field", []string{"  lastUsedAt: DateTime!", "  usedAt: DateTime!"}, []string{"Session.lastUsedAt is gone"}},
		{"a rule that asks for more", []string{"  ): RevokeUserSessionsPayload @auth(permissions: [SESSIONS_REVOKE])",
			`  ): RevokeUserSessionsPayload @auth(permissions: [SESSIONS_REVOKE], maxAge: "5m")`}, []string{"Mutation.revokeUserSessions was for SESSIONS_REVOKE"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, err := harness.Command(t, "", nil, "schema", "check", harness.Path(t, "schema.graphqls"), changedSchema(t, row.pairs...))
			for _, want := range row.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %s\n%s", err, want, out)
				}
			}
		})
	}
	printed := filepath.Join(t.TempDir(), "printed.graphqls")
	sdl, err := harness.Command(t, "", nil, "schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(printed, []byte(sdl), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := harness.Command(t, "", nil, "schema", "check", printed); err != nil || out != "Nothing breaks.\n" {
		t.Errorf("the schema as it is printed: %v\n%s", err, out)
	}
}
