package schemadiff_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/internal/schemadiff"
)

const released = `
directive @auth(permissions: [Permission!], owner: Boolean! = false, maxAge: String) repeatable on FIELD_DEFINITION | OBJECT
directive @public on FIELD_DEFINITION
directive @live on QUERY | FIELD
enum Permission { READ WRITE }
enum Color { RED GREEN @deprecated BLUE }
interface Node { id: ID! }
type User implements Node @auth(owner: true) @auth(permissions: [READ]) { id: ID! name: String old: Old @deprecated color: Color! email: String @auth }
type Old { x: Int }
type Bot implements Node { id: ID! }
union Actor = User | Bot
input Filter { color: Color = RED text: String dated: String @deprecated }
type Query {
  me: User @auth
  find(filter: Filter!, first: Int = 10, after: String, legacy: Int @deprecated): [User!] @auth(permissions: [READ])
  node(id: ID!): Node @public
  actor: Actor @public
}
`

func load(t *testing.T, sdl string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// changed is the released schema with texts replaced, in pairs.
func changed(t *testing.T, pairs ...string) *ast.Schema {
	t.Helper()
	sdl := released
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(sdl, pairs[i]) {
			t.Fatalf("there is no %q", pairs[i])
		}
		sdl = strings.ReplaceAll(sdl, pairs[i], pairs[i+1])
	}
	return load(t, sdl)
}

var rows = []struct {
	name     string
	pairs    []string
	breaking string // breaking changes, a line each
	other    string // other changes
}{
	{name: "nothing"},
	{name: "a field gone", pairs: []string{" name: String", ""},
		breaking: "User.name is gone, and was not deprecated before: for operations that select it"},
	{name: "a field renamed", pairs: []string{" name: String", " title: String"},
		breaking: "User.name is gone, and was not deprecated before: for operations that select it", other: "User.title is new"},
	{name: "a deprecated field and its type gone", pairs: []string{" old: Old @deprecated", "", "type Old { x: Int }\n", ""},
		other: "Old is gone, and all that had it was deprecated before\nUser.old is gone, and was deprecated before: for operations that select it"},
	{name: "a type gone that something has", pairs: []string{"Old @deprecated", "Int", "type Old { x: Int }\n", ""}, breaking: "User.old was Old, is Int: for operations that select it",
		other: "Old is gone, and all that had it was deprecated before"},
	{name: "a type of another kind", pairs: []string{"type Old { x: Int }", "scalar Old"}, breaking: "Old was OBJECT, is SCALAR: for operations that use it"},
	{name: "an enum value gone", pairs: []string{" BLUE", ""},
		breaking: "Color.BLUE is gone, and was not deprecated before: for operations that give it or wait for it"},
	{name: "a deprecated enum value gone", pairs: []string{" GREEN @deprecated", ""},
		other: "Color.GREEN is gone, and was deprecated before: for operations that give it or wait for it"},
	{name: "an enum value added", pairs: []string{" BLUE", " BLUE PINK"}, other: "Color.PINK is new: for clients that know no other than those there were"},
	{name: "output that may be null", pairs: []string{"color: Color! email", "color: Color email"}, breaking: "User.color was Color!, is Color: for clients that read it"},
	{name: "output that may not be null", pairs: []string{" name: String", " name: String!"}},
	{name: "elements that may be null", pairs: []string{"[User!]", "[User]"}, breaking: "Query.find was [User!], is [User]: for clients that read it"},
	{name: "one where there was a list", pairs: []string{"[User!]", "User"}, breaking: "Query.find was [User!], is User: for clients that read it"},
	{name: "an argument gone", pairs: []string{", after: String", ""},
		breaking: "Query.find(after:) is gone, and was not deprecated before: for operations that give it"},
	{name: "a deprecated argument gone", pairs: []string{", legacy: Int @deprecated", ""},
		other: "Query.find(legacy:) is gone, and was deprecated before: for operations that give it"},
	{name: "an argument that must be given", pairs: []string{"after: String", "after: String!"},
		breaking: "Query.find(after:) must be given: for operations that leave it out, or whose variable may be null"},
	{name: "an argument that may not be null", pairs: []string{"first: Int = 10", "first: Int! = 10"}, breaking: "Query.find(first:) was Int, is Int!: for operations that give it"},
	{name: "an argument that may be null", pairs: []string{"node(id: ID!)", "node(id: ID)"}},
	{name: "an argument of another type", pairs: []string{"after: String", "after: ID"}, breaking: "Query.find(after:) was String, is ID: for operations that give it"},
	{name: "another default", pairs: []string{"first: Int = 10", "first: Int = 20"},
		other: "Query.find(first:) is taken for 20 where it is left out, and was for 10: for operations that leave it out"},
	{name: "a new argument that must be given", pairs: []string{"node(id: ID!)", "node(id: ID!, in: Int!)"},
		breaking: "Query.node(in:) is new and must be given: for operations that select Query.node"},
	{name: "a new argument", pairs: []string{"node(id: ID!)", "node(id: ID!, in: Int! = 1)"}, other: "Query.node(in:) is new"},
	{name: "an input's field gone", pairs: []string{" text: String", ""},
		breaking: "Filter.text is gone, and was not deprecated before: for operations that give it"},
	{name: "a deprecated input's field gone", pairs: []string{" dated: String @deprecated", ""},
		other: "Filter.dated is gone, and was deprecated before: for operations that give it"},
	{name: "an input's field that must be given", pairs: []string{" text: String", " text: String!"},
		breaking: "Filter.text must be given: for operations that leave it out, or whose variable may be null"},
	{name: "an input's new field that must be given", pairs: []string{" text: String", " text: String in: Int!"},
		breaking: "Filter.in is new and must be given: for operations that give Filter"},
	{name: "a union without a member", pairs: []string{"User | Bot", "User"}, breaking: "Actor Bot is no longer one of it: for operations that ask for it there"},
	{name: "a union with a member more", pairs: []string{"User | Bot", "User | Bot | Old"}, other: "Actor Old is new in it: for clients that know no other than those there were"},
	{name: "an interface less", pairs: []string{"Bot implements Node", "Bot"}, breaking: "Bot is no Node any longer: for operations that reach it as one"},
	{name: "a directive gone", pairs: []string{"directive @live on QUERY | FIELD\n", ""},
		breaking: "@live is not for FIELD any longer: for operations that carry it\n@live is not for QUERY any longer: for operations that carry it"},
	{name: "a directive in fewer places", pairs: []string{"on QUERY | FIELD\n", "on QUERY\n"}, breaking: "@live is not for FIELD any longer: for operations that carry it"},
	{name: "public no longer", pairs: []string{"node(id: ID!): Node @public", "node(id: ID!): Node @auth"},
		breaking: "Query.node was for public, is for signed in: for callers who may no longer: nobody"},
	{name: "a permission more", pairs: []string{"@auth(permissions: [READ])\n", "@auth(permissions: [READ, WRITE])\n"},
		breaking: "Query.find was for READ, is for READ + WRITE: for callers who may no longer: READ"},
	{name: "a step more", pairs: []string{"me: User @auth", `me: User @auth(maxAge: "5m")`},
		breaking: "Query.me was for signed in, is for maxAge:5m: for callers who may no longer: all, proven long ago; all, as another"},
	{name: "an object's rule less", pairs: []string{"@auth(owner: true) @auth(permissions: [READ]) {", "@auth(permissions: [READ]) {"},
		breaking: strings.ReplaceAll("User.color LOST\nUser.id LOST\nUser.name LOST\nUser.old LOST", "LOST", "was for owner | READ, is for READ: for callers who may no longer: owner")},
	{name: "more open", pairs: []string{"actor: Actor @public", "actor: Actor @public more: Int @public", "me: User @auth", "me: User @public"},
		other: "Query.me was for signed in, is for public\nQuery.more is new"},
}

func TestCompare(t *testing.T) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			changes, err := schemadiff.Compare(load(t, released), changed(t, row.pairs...))
			if err != nil {
				t.Fatal(err)
			}
			var breaking, other []string
			for _, c := range changes {
				if c.Breaking {
					breaking = append(breaking, c.String())
				} else {
					other = append(other, c.String())
				}
			}
			if got := strings.Join(breaking, "\n"); got != row.breaking {
				t.Errorf("breaking: got\n%s\nwant\n%s", got, row.breaking)
			}
			if got := strings.Join(other, "\n"); got != row.other {
				t.Errorf("besides: got\n%s\nwant\n%s", got, row.other)
			}
		})
	}
}

func TestCompare_Rules(t *testing.T) {
	if _, err := schemadiff.Compare(load(t, released), changed(t, "actor: Actor @public", "actor: Actor")); err == nil || !strings.Contains(err.Error(), "Query.actor") {
		t.Errorf("a rule that is missing: %v", err)
	}
}
