package auth_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
)

const wide = `
type Query { me: User @auth open: Int @public users: [User] @auth(permissions: [READ]) search: Found @auth(permissions: [WRITE]) node: Node @auth }
type Mutation { give(to: Gift): Given @auth(permissions: [WRITE], maxAge: "15m") }
input Gift { kind: Kind }
enum Kind { BOOK }
type Given { what: String }
interface Node { id: ID }
type User implements Node { id: ID email: String @auth(owner: true) @auth(permissions: [READ]) log: Log }
type Log implements Node @auth(permissions: [READ]) { id: ID line: String }
union Found = User | Log
`

func TestPolicy_Surface(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + wide})
	if err != nil {
		t.Fatal(err)
	}
	p, err := auth.NewPolicy(schema)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		caller *auth.Principal
		want   string
	}{
		"nobody":        {nil, "Query.open"},
		"somebody":      {&auth.Principal{}, "Node.id Query.me Query.node Query.open User.email User.id"},
		"a reader":      {&auth.Principal{Permissions: []string{"READ"}}, "Log.id Log.line Node.id Query.me Query.node Query.open Query.users User.email User.id User.log"},
		"a key to read": {&auth.Principal{Permissions: []string{"READ"}, APIKey: true}, "Log.id Log.line Node.id Query.me Query.open Query.users User.email User.id User.log"},
		"a writer": {&auth.Principal{Permissions: []string{"WRITE"}},
			"Gift.kind Given.what Mutation.give Node.id Query.me Query.node Query.open Query.search User.email User.id"},
		"an actor who writes": {&auth.Principal{Permissions: []string{"WRITE"}, Actor: "b"},
			"Node.id Query.me Query.node Query.open Query.search User.email User.id"},
	} {
		seen := p.VisibleSchema(schema, row.caller)
		var got []string
		for _, definition := range seen.Types {
			for _, field := range definition.Fields {
				if !definition.BuiltIn && !strings.HasPrefix(field.Name, "__") {
					got = append(got, definition.Name+"."+field.Name)
				}
			}
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != row.want {
			t.Errorf("%s: got  %s\nwant %s", name, text, row.want)
		}
		if (seen.Types["Kind"] != nil) != (seen.Types["Gift"] != nil) || seen.Types["Scope"] == nil ||
			seen.Types["String"] == nil {
			t.Errorf("%s: types that are needed are missing, or others are there", name)
		}
		if found := seen.Types["Found"]; (found != nil) != (name == "a writer" || name == "an actor who writes") {
			t.Errorf("%s: Found has %v", name, seen.PossibleTypes["Found"])
		} else if found != nil && (len(seen.PossibleTypes["Found"]) != 1) {
			t.Errorf("%s: Found has %v", name, seen.PossibleTypes["Found"])
		}
	}
	if schema.Types["User"].Fields.ForName("log") == nil || len(schema.Query.Fields) != 7 {
		t.Errorf("the schema itself has changed: %v", schema.Query.Fields)
	}
}

func TestPolicy_Annotate(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + `
		type Query { "Who one is." me: Int @auth open: Int @public
			both: Int @auth(permissions: [READ, WRITE], maxAge: "15m") @auth(roles: ["admin", "staff"], assurance: MULTI_FACTOR) }`})
	if err != nil {
		t.Fatal(err)
	}
	p, err := auth.NewPolicy(schema)
	if err != nil {
		t.Fatal(err)
	}
	p.Annotate(schema)
	for field, want := range map[string]string{
		"me": "Who one is.\n\nNeeds to be signed in.", "open": "",
		"both": "Needs READ and WRITE, with a sign-in no longer ago than 15m; or the role admin or staff, with two factors.",
	} {
		if got := schema.Query.Fields.ForName(field).Description; got != want {
			t.Errorf("%s: got %q, want %q", field, got, want)
		}
	}
}
