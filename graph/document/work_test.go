package document

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestWork(t *testing.T) {
	schema := ourSchema(t)
	costs := ourCosts(t, schema)
	names := func(n int) map[string]any { return map[string]any{"f": make([]string, n)} }
	for _, row := range []struct {
		name, document string
		variables      map[string]any
		from, to       int
	}{
		{"a value", `{ __typename }`, nil, 1, 1},
		{"values of an object", `{ authOptions { registration password } }`, nil, 3, 3},
		{"entries", `query($f: [String!]!) { can(fields: $f) { field allowed code } }`, names(100), 401, 401},
		{"entries of aliases, in fragments", `query($f: [String!]!) { ... { a: can(fields: $f) { field } } ...F } fragment F on Query { b: can(fields: $f) { field } }`, names(100), 402, 402},
		{"list of values", `{ authOptions { providers { key } } }`, nil, 12, 12},
		{"fields that are not counted", `{ me { id sessions(first: 100) { edges { node { id } } } } authOptions { password } }`, nil, 2, 2},
		{"introspection of tools", toolIntrospection, nil, 4_000, 16_000},
		{"a type by name, as the largest", `{ __type(name: "User") { fields { name type { name } } } }`, nil, 40, 120},
		{"no more than an answer holds", `{ __schema { ` + strings.Repeat("types { kind name fields { name type { kind name ofType { kind name } } } } ", 90) + `} }`, nil, MaxWork, MaxWork},
	} {
		t.Run(row.name, func(t *testing.T) {
			operation := read(t, schema, row.document).Operations[0]
			got := costs.Work(operation, row.variables, func(root string) bool { return root != "me" })
			if got < row.from || got > row.to {
				t.Errorf("got %d, want %d to %d", got, row.from, row.to)
			}
		})
	}
}

func TestWork_SchemaAsText(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { _service: _Service! } type _Service { sdl: String! }`})
	operation := read(t, schema, `{ _service { sdl again: sdl } }`).Operations[0]
	all := func(string) bool { return true }
	if got, want := ourCosts(t, schema).Work(operation, nil, all), 1+2*sdlWork; got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}
