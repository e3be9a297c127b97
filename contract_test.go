package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/account"
	"authgraph/auth"
)

func parsedSchema(t *testing.T) *ast.Schema {
	t.Helper()
	sdl, err := os.ReadFile("schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(sdl)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// The code, the schema and docs/errors.md list the same codes and reasons.
func TestErrorCodes(t *testing.T) {
	docs, err := os.ReadFile("docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"ErrorCode": names(auth.Codes()), "ErrorReason": names(auth.Reasons()), "Permission": names(account.Permissions()),
	} {
		var got []string
		for _, value := range parsedSchema(t).Types[name].EnumValues {
			got = append(got, value.Name)
			if name != "Permission" && !strings.Contains(string(docs), "| "+value.Name+" | "+value.Description+" |") {
				t.Errorf("docs/errors.md lacks %s as the schema describes it", value.Name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, the code %v", name, got, want)
		}
	}
}

func names[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

// Every type, field, argument and enum value is described for the people who read it in their editor.
func TestDescriptions(t *testing.T) {
	for name, definition := range parsedSchema(t).Types {
		if definition.BuiltIn {
			continue
		}
		if definition.Description == "" {
			t.Errorf("%s has no description", name)
		}
		for _, value := range definition.EnumValues {
			if value.Description == "" {
				t.Errorf("%s.%s has no description", name, value.Name)
			}
		}
		for _, field := range definition.Fields {
			if field.Description == "" && !strings.HasPrefix(field.Name, "__") {
				t.Errorf("%s.%s has no description", name, field.Name)
			}
			for _, argument := range field.Arguments {
				if argument.Description == "" && !strings.HasPrefix(field.Name, "__") {
					t.Errorf("%s.%s(%s:) has no description", name, field.Name, argument.Name)
				}
			}
		}
	}
}

// What the last release promised is kept. testdata/released.graphqls is schema.graphqls as it was released, and changes with a
// release alone.
func TestReleasedSchema(t *testing.T) {
	if out, err := cli(t, "", nil, "schema", "check", "testdata/released.graphqls"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The check says what breaks and for whom.
func TestSchemaCheck(t *testing.T) {
	for _, row := range []struct {
		name  string
		pairs []string
		want  []string // of what breaks
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
			out, err := cli(t, "", nil, "schema", "check", "schema.graphqls", changedSchema(t, row.pairs...))
			for _, want := range row.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %s\n%s", err, want, out)
				}
			}
		})
	}
	printed := filepath.Join(t.TempDir(), "printed.graphqls")
	sdl, err := cli(t, "", nil, "schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(printed, []byte(sdl), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := cli(t, "", nil, "schema", "check", printed); err != nil || out != "Nothing breaks.\n" {
		t.Errorf("the schema as it is printed: %v\n%s", err, out)
	}
}
