package e2e

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/test/harness"
)

const seen = `{ __schema { queryType { fields { name description } } types { name fields { name } } }
	policy: __type(name: "PolicyRule") { name } user: __type(name: "User") { name } payload: __type(name: "AuthPayload") { name } }`

// Introspection shows each caller what they could use; to execute and to validate, the schema is whole.
func TestIntrospection_ByRole(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_INTROSPECTION=role")
	ada, root := w.Register(t, "ada@example.com", harness.Password), w.Administrator(t, "root@example.com")
	for name, row := range map[string]struct{ token, shown, hidden string }{
		"nobody": {"", `"name":"authOptions"`, `"name":"me"`},
		"ada":    {ada.Token, `"name":"me","description":"The signed-in account.\n\nNeeds to be signed in."`, `"name":"policy"`},
		"root":   {root, `"name":"policy"`, `"name":"nonsense"`},
	} {
		got := w.Query(t, row.token, seen, nil).Body
		if !strings.Contains(got, row.shown) || strings.Contains(got, row.hidden) {
			t.Errorf("%s: got %s", name, got)
		}
		if shown := strings.Contains(got, `"policy":{"name":"PolicyRule"}`); shown != (name == "root") {
			t.Errorf("%s sees the rules: %v", name, shown)
		}
		if !strings.Contains(got, `"payload":{"name":"AuthPayload"}`) || !strings.Contains(got, `"user":{"name":"User"}`) {
			t.Errorf("%s does not see what a sign-in answers: %s", name, got)
		}
	}
	if got := w.Query(t, ada.Token, `{ policy { field } }`, nil); !strings.Contains(got.Body, "FORBIDDEN") {
		t.Errorf("a field that is not shown: %s", got.Body)
	}
	if got := w.Query(t, ada.Token, `{ polici { field } }`, nil); strings.Contains(got.Body, "Did you mean") {
		t.Errorf("a field is suggested: %s", got.Body)
	}
}

func TestIntrospection_Full(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	if got := w.Query(t, "", seen, nil).Body; !strings.Contains(got, `"policy":{"name":"PolicyRule"}`) {
		t.Errorf("got %s", got)
	}
}

func TestSchemaCommand(t *testing.T) {
	t.Parallel()
	for as, row := range map[string]struct{ has, lacks string }{
		"":       {"Needs to own the object; or USERS_READ.", "nonsense"},
		"nobody": {"authOptions: AuthOptions!", "  me: User"},
		"user":   {"  me: User", "type PolicyRule"},
		"admin":  {"type PolicyRule", "nonsense"},
	} {
		out, err := harness.Command(t, "", nil, "schema", "--as="+as)
		if err != nil || !strings.Contains(out, row.has) || strings.Contains(out, row.lacks) {
			t.Errorf("--as=%s: %v, want %q and no %q", as, err, row.has, row.lacks)
		}
		if _, err := gqlparser.LoadSchema(&ast.Source{Name: as, Input: out}); err != nil {
			t.Errorf("--as=%s: it is no schema: %v", as, err)
		}
	}
	if _, err := harness.Command(t, "", nil, "schema", "--as=nonsense"); err == nil {
		t.Error("an unknown role")
	}
}

// Introspection has no draft of the specification in it, whichever form of the schema is served.
func TestIntrospection_Released(t *testing.T) {
	t.Parallel()
	const query = `{ __schema { directives { name locations } } __type(name: "__DirectiveLocation") { enumValues { name } } }`
	for _, row := range []struct{ name, setting string }{
		{"whole", "AUTHGRAPH_INTROSPECTION=full"}, {"by role", "AUTHGRAPH_INTROSPECTION=role"}, {"subgraph", "AUTHGRAPH_FEDERATION=true"},
	} {
		w := harness.StartSQLite(t, row.setting)
		got := w.Query(t, "", query, nil).Body
		if !strings.Contains(got, `"locations":["FIELD_DEFINITION","ARGUMENT_DEFINITION","INPUT_FIELD_DEFINITION","ENUM_VALUE"]`) {
			t.Errorf("%s: got %s, want @deprecated on its four locations", row.name, got)
		}
		if strings.Contains(got, "DIRECTIVE_DEFINITION") || strings.Contains(got, `"defer"`) || !strings.Contains(got, "VARIABLE_DEFINITION") {
			t.Errorf("%s: got %s, want the locations of the specification and no @defer", row.name, got)
		}
	}
}
