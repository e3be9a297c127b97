package auth_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
)

const prelude = `
directive @auth(permissions: [Scope!], roles: [String!], owner: Boolean, assurance: Assurance, maxAge: Duration) repeatable on FIELD_DEFINITION | OBJECT
directive @public on FIELD_DEFINITION
scalar Duration
enum Scope { READ WRITE }
enum Assurance { SINGLE_FACTOR MULTI_FACTOR }
`

func compile(t *testing.T, sdl string) (*auth.Policy, error) {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + sdl})
	if err != nil {
		t.Fatal(err)
	}
	return auth.NewPolicy(schema)
}

func TestNewPolicy_Refuses(t *testing.T) {
	for _, row := range []struct{ name, sdl, want string }{
		{"unguarded query", `type Query { a: Int @public b: Int }`, "Query.b: has neither @auth nor @public"},
		{"unguarded mutation", `type Query { a: Int @public } type Mutation { m: Int }`, "Mutation.m: has neither"},
		{"unguarded extension", `type Query { a: Int @public } extend type Query { c: Int }`, "Query.c: has neither"},
		{"both", `type Query { a: Int @public @auth }`, "Query.a: has both"},
		{"no permissions", `type Query { a: Int @auth(permissions: []) }`, "the list is empty"},
		{"no roles", `type Query { a: Int @auth(roles: []) }`, "the list is empty"},
		{"a role without a name", `type Query { a: Int @auth(roles: ["admin", ""]) }`, "a name must not be empty"},
		{"maxAge", `type Query { a: Int @auth(maxAge: "soon") }`, "it must be a duration"},
		{"negative maxAge", `type Query { a: Int @auth(maxAge: "-1m") }`, "it must be a duration"},
		{"owner on a root field", `type Query { a: Int @auth(owner: true) }`, "Query.a: owner can never hold here"},
		{"guarded and not null", `type Query { a: Int! @auth }`, "Query.a: is guarded and must be nullable"},
		{"interface", `type Query { a: Int @public } interface I { id: ID @auth }`, "I.id: a rule guards nothing here"},
		{"a field of an object", `type Query { a: A @public } type A { b: Int @auth(maxAge: "x") }`, "A.b: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := compile(t, row.sdl); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

func TestNewPolicy_AllFaultsAtOnce(t *testing.T) {
	_, err := compile(t, `type Query { a: Int b: Int @auth(roles: []) } type Mutation { c: Int }`)
	if err == nil || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Errorf("got %v, want three lines", err)
	}
}

func TestPolicy_Public(t *testing.T) {
	p, err := compile(t, `type Query { a: Int @public b: Int @auth }`)
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]bool{
		"a": true, "b": false, "c": false, "__typename": true, "__schema": true, "__type": true,
	} {
		if got := p.Public("Query", field); got != want {
			t.Errorf("%s: got %v, want %v", field, got, want)
		}
	}
}

// An importing server declares the directives itself, and may let them stand anywhere.
func TestNewPolicy_Misplaced(t *testing.T) {
	const wide = `
		directive @auth repeatable on SCHEMA | OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INTERFACE | UNION |
			ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION | SCALAR
		directive @public on FIELD_DEFINITION | ENUM_VALUE
		type Query { a: Int @public }
	`
	for _, row := range []struct{ name, sdl, want string }{
		{"schema", `schema @auth { query: Query }`, "schema: "},
		{"interface", `interface I @auth { id: ID }`, "I: "},
		{"union", `union U @auth = Query`, "U: "},
		{"enum", `enum E @auth { A }`, "E: "},
		{"enum value", `enum E { A @public }`, "E.A: "},
		{"input", `input I @auth { a: Int }`, "I: "},
		{"input field", `input I { a: Int @auth }`, "I.a: "},
		{"scalar", `scalar S @auth`, "S: "},
		{"argument", `type T { f(a: Int @auth): Int }`, "T.f(a:): "},
	} {
		schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: wide + row.sdl})
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		if _, err := auth.NewPolicy(schema); err == nil || !strings.Contains(err.Error(), row.want+"a rule guards nothing here") {
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
	}
}
