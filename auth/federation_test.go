package auth_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/auth/policydoc"
)

// federated is a schema as gqlgen's federation plugin leaves it: on what it adds there are no directives.
const federated = `
directive @auth on FIELD_DEFINITION | OBJECT
directive @public on FIELD_DEFINITION
scalar _Any
union _Entity = Note
type _Service { sdl: String }
type Query { note: Note @auth  _entities(representations: [_Any!]!): [_Entity]!  _service: _Service! }
`

func TestPolicy_Federation(t *testing.T) {
	for _, row := range []struct{ name, note, want string }{
		{"entities with a rule", `type Note @auth { id: ID! text: String }`, ""},
		{"each field says what it is", `type Note { id: ID! @public text: String @auth }`, ""},
		{"a field that says nothing", `type Note { id: ID! @public text: String }`, "Note.text: has neither @auth nor @public, and _entities exposes it to every client"},
		{"another root field of such a name", `type Note @auth { id: ID! } extend type Query { _others: Note }`, "Query._others: has neither @auth nor @public"},
	} {
		t.Run(row.name, func(t *testing.T) {
			schema, err := gqlparser.LoadSchema(&ast.Source{Input: federated + row.note})
			if err != nil {
				t.Fatal(err)
			}
			policy, err := auth.NewPolicy(schema)
			if row.want != "" {
				if err == nil || !strings.Contains(err.Error(), row.want) {
					t.Errorf("got %v, want %s", err, row.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !policy.Public("Query", "_entities") || !policy.Public("Query", "_service") || policy.Public("Query", "note") {
				t.Error("what the plugin adds is not open, or something else is")
			}
			if got := policydoc.Access(policy, "Note.text", policydoc.Columns(nil)[0]); got != auth.Unauthenticated {
				t.Errorf("nobody gets %q of an entity", got)
			}
		})
	}
}
