package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// changedSchema is the schema with the first of each pair replaced by the second.
func changedSchema(t *testing.T, pairs ...string) string {
	t.Helper()
	text, err := os.ReadFile(harness.Path(t, "schema.graphqls"))
	if err != nil {
		t.Fatal(err)
	}
	changed := string(text)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(changed, pairs[i]) {
			t.Fatalf("the schema has no %q", pairs[i])
		}
		changed = strings.Replace(changed, pairs[i], pairs[i+1], 1)
	}
	path := filepath.Join(t.TempDir(), "schema.graphqls")
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOperationsCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "manifest.json")
	harness.WriteJSON(t, file, map[string]string{
		"a1": `query Me { me { id email } }`,
		"b2": `query Page { users(first: 10) { edges { node { ...Card } } } } fragment Card on User { displayName suspendedAt }`,
		"c3": `mutation Support { createRole(input: { name: "support", permissions: [SESSIONS_REVOKE] }) { role { name } } }`,
		"e5": `mutation In($i: LoginInput!) { login(input: $i) { accessToken } }`,
		"d4": `query Any($id: ID!) { node(id: $id) { id ... on Session { lastUsedAt } } }`,
	})
	out, err := harness.Command(t, "", nil, "operations", "check", file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"query Page (" + file + ": b2)\n  Query.users       USERS_READ\n  User.suspendedAt  USERS_READ | USERS_WRITE\n",
		"query Me (" + file + ": a1)\n  Query.me    signed in\n  User.email  owner | USERS_READ\n", "AuditEvent.id", "5 operations can be executed",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
	for _, row := range []struct {
		name string
		args []string
		want []string // "" for nothing wrong
	}{
		{"nothing changed", []string{"--before", harness.Path(t, "schema.graphqls")}, nil},
		{"nothing changed, by the lock", []string{"--lock", harness.Path(t, "policy.lock")}, nil},
		{"a renamed field", []string{"--schema", changedSchema(t, "  lastUsedAt: DateTime!", "  usedAt: DateTime!")},
			[]string{`d4 breaks: Cannot query field "lastUsedAt" on type "Session"`}},
		{"a dropped enum value", []string{"--schema", changedSchema(t, "\n  SESSIONS_REVOKE\n", "\n  SESSIONS_END\n", "[SESSIONS_REVOKE]", "[SESSIONS_END]", "[SESSIONS_REVOKE]", "[SESSIONS_END]")},
			[]string{`c3 breaks: The value does not exist in "Permission" enum`}},
		{"a dropped enum value that comes in a variable", []string{"--before", changedSchema(t, "\n  COOKIE\n", "\n  COOKIE\n  \"Gone.\"\n  LETTER\n")},
			[]string{"e5: mutation In breaks: TokenDelivery.LETTER is gone"}},
		{"another type", []string{"--before", changedSchema(t, "\n  lastUsedAt: DateTime!", "\n  lastUsedAt: SessionEndReason!")},
			[]string{"d4: query Any breaks: Session.lastUsedAt was SessionEndReason!, is DateTime!"}},
		{"an argument that must be given", []string{"--schema", changedSchema(t, `    "The id of any object, from another response."`, `    in: Int!`)},
			[]string{`d4 breaks: Field "node" argument "in" of type "Int!" is required`}},
		{"a rule that asks for more", []string{"--before", changedSchema(t, "suspendedAt: DateTime @auth(permissions: [USERS_READ]) @auth(permissions: [USERS_WRITE])",
			"suspendedAt: DateTime @auth(permissions: [USERS_READ]) @auth(permissions: [USERS_WRITE]) @auth(permissions: [AUDIT_READ])")},
			[]string{"b2: query Page breaks: User.suspendedAt was for USERS_READ | USERS_WRITE | AUDIT_READ, is for USERS_READ | USERS_WRITE"}},
		{"a rule of a lock that asks for more", []string{"--lock", openLock(t)},
			[]string{"a1: query Me loses a permission: User.email is more closed: was owner | USERS_READ | AUDIT_READ, is owner | USERS_READ"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, err := harness.Command(t, "", nil, append([]string{"operations", "check", file}, row.args...)...)
			if (err != nil) != (row.want != nil) {
				t.Fatalf("got %v\n%s", err, out)
			}
			for _, want := range row.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %s", err, want)
				}
			}
		})
	}
}

// openLock is the lock of rules that let in more.
func openLock(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(harness.Path(t, "policy.lock"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "User.email ") {
			lines[i] += " | AUDIT_READ"
		}
	}
	path := filepath.Join(t.TempDir(), "policy.lock")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
