package policydoc_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/auth/policydoc"
)

const locked = `
type Query { me: User @auth open: Int @public users: [User] @auth(permissions: [READ]) }
type Mutation { give: Int @auth(permissions: [READ, WRITE], maxAge: "15m") }
type User { id: ID email: String @auth(owner: true) @auth(permissions: [READ]) deep: Int @auth(assurance: MULTI_FACTOR) }
type Session @auth(owner: true) { id: ID note: String @auth(roles: ["admin", "staff"]) }
`

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

func lockOf(t *testing.T, sdl string) string {
	t.Helper()
	p, err := compile(t, sdl)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := policydoc.WriteLock(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteLock(t *testing.T) {
	want := `Query.me       signed in
Query.open     public
Query.users    READ
Mutation.give  READ + WRITE + maxAge:15m
Session.id     owner
Session.note   role:admin/staff
User.deep      assurance:MULTI_FACTOR
User.email     owner | READ
User.id        open
`
	if got := lockOf(t, locked); !strings.HasSuffix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCompare(t *testing.T) {
	lock := lockOf(t, locked)
	for _, row := range []struct{ name, from, to, want string }{
		{"nothing", ``, ``, ``},
		{"a rule is dropped", `users: [User] @auth(permissions: [READ])`, `users: [User] @public`, "Query.users is more open: was READ, is public"},
		{"any person will do", `users: [User] @auth(permissions: [READ])`, `users: [User] @auth`, "Query.users is open to others than before: was READ, is signed in"},
		{"one permission less", `[READ, WRITE]`, `[READ]`, "Mutation.give is more open: was READ + WRITE + maxAge:15m, is READ + maxAge:15m"},
		{"one permission more", `users: [User] @auth(permissions: [READ])`, `users: [User] @auth(permissions: [READ, WRITE])`, "Query.users is more closed"},
		{"another permission", `users: [User] @auth(permissions: [READ])`, `users: [User] @auth(permissions: [WRITE])`, "Query.users is open to others than before"},
		{"no owner", `@auth(owner: true) @auth(permissions: [READ])`, `@auth(permissions: [READ])`, "User.email is more closed: was owner | READ, is READ"},
		{"one more way", `deep: Int @auth(assurance: MULTI_FACTOR)`, `deep: Int @auth(assurance: MULTI_FACTOR) @auth(permissions: [WRITE])`, "User.deep is more open"},
		{"as good as the account can do", `@auth(assurance: MULTI_FACTOR)`, `@auth`, "User.deep is more open"},
		{"one factor", `@auth(assurance: MULTI_FACTOR)`, `@auth(assurance: SINGLE_FACTOR)`, "User.deep is more open"},
		{"a longer time", `"15m"`, `"1h"`, "Mutation.give is more open"},
		{"a shorter time", `"15m"`, `"5m"`, "Mutation.give is more closed"},
		{"no time", `, maxAge: "15m"`, ``, "Mutation.give is more open"},
		{"fewer roles", `["admin", "staff"]`, `["admin"]`, "Session.note is more closed"},
		{"more roles", `["admin", "staff"]`, `["admin", "staff", "user"]`, "Session.note is more open"},
		{"the object's rule", `type Session @auth(owner: true)`, `type Session`, "Session.id is more open: was owner, is open"},
		{"another order", `@auth(owner: true) @auth(permissions: [READ])`, `@auth(permissions: [READ]) @auth(owner: true)`,
			"User.email says otherwise, and means the same: was owner | READ, is READ | owner"},
		{"a new field", `type User { id: ID`, `type User { id: ID extra: Int`, "User.extra is new: open"},
		{"a field less", ` open: Int @public`, ``, "Query.open is gone; it was: public"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p, err := compile(t, strings.Replace(locked, row.from, row.to, 1))
			if err != nil {
				t.Fatal(err)
			}
			changes, err := policydoc.Compare(p, strings.NewReader(lock))
			if err != nil {
				t.Fatal(err)
			}
			if row.want == "" {
				if len(changes) > 0 {
					t.Errorf("got %v, want none", changes)
				}
				return
			}
			if len(changes) != 1 || !strings.HasPrefix(changes[0].String(), row.want) {
				t.Errorf("got %v, want %s", changes, row.want)
			}
		})
	}
}

func TestCompare_Unreadable(t *testing.T) {
	p, err := compile(t, locked)
	if err != nil {
		t.Fatal(err)
	}
	for _, lock := range []string{"Query.me", "Query.me maxAge:soon", "Query.me a b", "Query.me owner + nonsense:1"} {
		if _, err := policydoc.Compare(p, strings.NewReader(lock)); err == nil ||
			!strings.HasPrefix(err.Error(), "line 1: ") {
			t.Errorf("%q: got %v", lock, err)
		}
	}
}

// Actors change nothing by a rule that names no permission: one that begins to lets them in.
func TestCompare_Actors(t *testing.T) {
	const multi, named = `give: Int @auth(assurance: MULTI_FACTOR)`, `give: Int @auth(permissions: [READ], assurance: MULTI_FACTOR)`
	sdl := func(give string) string {
		return strings.Replace(locked, `give: Int @auth(permissions: [READ, WRITE], maxAge: "15m")`, give, 1)
	}
	p, err := compile(t, sdl(named))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := policydoc.Compare(p, strings.NewReader(lockOf(t, sdl(multi))))
	if err != nil || len(changes) != 1 {
		t.Errorf("got %v, %v, want a field that is open to others than before", changes, err)
	} else if !changes[0].MoreOpen || !changes[0].Closed {
		t.Errorf("got %v, %v, want a field that is open to others than before", changes, err)
	}
}

// No two different rules are written down alike, whatever names there are in them.
func TestWriteLock_Names(t *testing.T) {
	const sdl = `
		directive @auth(permissions: [String!], roles: [String!], owner: Boolean) repeatable on FIELD_DEFINITION
		directive @public on FIELD_DEFINITION
		type Query { thing: Thing @public } type Thing { a: Int `
	seen := map[string]string{}
	for _, rule := range []string{
		`@auth(owner: true)`, `@auth(permissions: ["owner"])`, `@auth(permissions: ["signed in"])`, `@auth`,
		`@auth(roles: ["a/b"])`, `@auth(roles: ["a", "b"])`, `@auth(roles: ["a | b"])`, `@auth(roles: ["a"]) @auth(permissions: ["b"])`,
		`@auth(permissions: ["a + b"])`, `@auth(permissions: ["a", "b"])`, `@auth(permissions: ["role:a"])`, `@auth(roles: ["a%2Fb"])`,
		`@auth(permissions: ["öffnen"])`,
	} {
		schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: sdl + rule + "}"})
		if err != nil {
			t.Fatal(err)
		}
		p, err := auth.NewPolicy(schema)
		if err != nil {
			t.Fatal(err)
		}
		var lock strings.Builder
		if err := policydoc.WriteLock(&lock, p); err != nil {
			t.Fatal(err)
		}
		if other := seen[lock.String()]; other != "" {
			t.Errorf("%s is written like %s", rule, other)
		}
		seen[lock.String()] = rule
		if changes, err := policydoc.Compare(p, strings.NewReader(lock.String())); err != nil || len(changes) > 0 {
			t.Errorf("%s: read again it is another: %v, %v\n%s", rule, changes, err, lock.String())
		}
	}
}
