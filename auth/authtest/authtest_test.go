package authtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/auth/authtest"
)

const sdl = `
directive @auth(permissions: [Scope!], roles: [String!], owner: Boolean, assurance: Assurance, maxAge: Duration) repeatable on FIELD_DEFINITION | OBJECT
directive @public on FIELD_DEFINITION
scalar Duration
enum Scope { READ }
enum Assurance { SINGLE_FACTOR MULTI_FACTOR }
type Query { open: Int @public count: Int @auth(permissions: [READ]) fresh: Int @auth(maxAge: "10m") box: Box @auth }
type Box { lid: Int }
`

type scope string

// server is a schema whose root fields are 1, and whose box is not there.
type server struct{ schema *ast.Schema }

func (s server) Schema() *ast.Schema { return s.schema }

func (s server) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s server) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	return graphql.OneShot(func() *graphql.Response {
		var members []string
		for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query"}) {
			ctx := graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Query", Field: field})
			value, err := op.ResolverMiddleware(ctx, func(ctx context.Context) (any, error) {
				return field.Name, nil
			})
			if err == nil && field.Definition.Directives.ForName("auth") != nil {
				value, err = auth.Directive[scope, string, string](ctx, nil, func(context.Context) (any, error) { return value, nil }, nil, nil, nil, nil, nil)
			}
			if err != nil {
				graphql.AddError(ctx, err)
			}
			text := "null"
			if value != nil && value != "box" {
				text = "1"
			}
			members = append(members, `"`+field.Alias+`":`+text)
		}
		return &graphql.Response{Data: []byte("{" + strings.Join(members, ",") + "}")}
	}())
}

func newServer(t *testing.T) server {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return server{schema}
}

var callers = authtest.Callers{
	"nobody": nil, "plain": authtest.Person("ada"), "reader": authtest.Person("ada", authtest.Permissions(scope("READ"))),
	"key":   authtest.Person("ada", authtest.Permissions(scope("READ")), authtest.APIKey()),
	"actor": authtest.Person("ada", authtest.ActedAsBy("root")), "half": authtest.Person("ada", authtest.OneOfTwoFactors()),
	"late": authtest.Person("ada", authtest.TwoFactors(), authtest.ProvenAgo(time.Hour)),
}

var rows = []authtest.Row{
	{Document: `{ open }`, Want: authtest.Want{"nobody": "", "plain": "", "reader": "", "key": "", "actor": "", "half": "", "late": ""}},
	{Document: `{ a: count }`, Want: authtest.Want{
		"nobody": auth.Unauthenticated, "plain": auth.Forbidden, "reader": "", "key": "", "actor": auth.Forbidden,
		"half": auth.Forbidden, "late": auth.Forbidden,
	}},
	{Name: "lately", Document: `{ ...f } fragment f on Query { fresh }`, Want: authtest.Want{
		"nobody": auth.Unauthenticated, "plain": "", "reader": "", "key": auth.Forbidden, "actor": auth.Forbidden,
		"half": auth.SecondFactorRequired, "late": auth.ReauthenticationRequired,
	}},
}

func TestRun(t *testing.T) {
	schema := newServer(t)
	h := authtest.Handler(t, schema)
	authtest.Run(t, h, callers, rows)
	// The middleware of the server that is tested finds the same callers.
	authtest.Run(t, auth.Middleware(callers)(h), callers, rows)
}

// Each difference from a row is reported in a line of its own.
func TestCheck_Faults(t *testing.T) {
	h := authtest.Handler(t, newServer(t))
	few := authtest.Callers{"nobody": nil, "plain": callers["plain"]}
	for _, row := range []struct {
		name string
		row  authtest.Row
		want string
	}{
		{"open, though it should not be", authtest.Row{Document: `{ open }`, Want: authtest.Want{"nobody": auth.Unauthenticated, "plain": ""}},
			"nobody: got no error, want UNAUTHENTICATED"},
		{"closed, though it should not be", authtest.Row{Document: `{ count }`, Want: authtest.Want{"nobody": auth.Unauthenticated, "plain": ""}},
			"plain: got FORBIDDEN, want no error"},
		{"another code", authtest.Row{Document: `{ count }`, Want: authtest.Want{"nobody": auth.Unauthenticated, "plain": auth.NotFound}},
			"plain: got FORBIDDEN, want NOT_FOUND"},
		{"a caller is left out", authtest.Row{Document: `{ open }`, Want: authtest.Want{"nobody": ""}}, "plain: the row has no expected result"},
		{"a caller too many", authtest.Row{Document: `{ open }`, Want: authtest.Want{"nobody": "", "plain": "", "ghost": ""}},
			"ghost: there is no such caller"},
		{"no such field", authtest.Row{Document: `{ opne }`, Want: authtest.Want{"nobody": "", "plain": ""}}, "GRAPHQL_VALIDATION_FAILED"},
		{"the object is not there", authtest.Row{Document: `{ box { lid } }`, Want: authtest.Want{"nobody": auth.Unauthenticated, "plain": ""}},
			"plain: got not reached, want no error\nthere is nothing at .box"},
	} {
		faults := authtest.Check(h, few, row.row)
		if len(faults) == 0 || !strings.Contains(strings.Join(faults, "\n"), row.want) {
			t.Errorf("%s: got %q, want %q", row.name, faults, row.want)
		}
	}
}

func TestCheck_Before(t *testing.T) {
	made := 0
	row := authtest.Row{Document: `{ open }`, Before: func() { made++ }, Want: rows[0].Want}
	if faults := authtest.Check(authtest.Handler(t, newServer(t)), callers, row); faults != nil || made != len(callers) {
		t.Errorf("got %q, and it ran %d times, want %d", faults, made, len(callers))
	}
}

func TestUntested(t *testing.T) {
	schema := newServer(t).schema
	got, err := authtest.Untested(schema, rows)
	if want := []string{"Query.box"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := authtest.Untested(schema, []authtest.Row{{Document: `{ opne }`}}); err == nil {
		t.Error("a document that does not fit the schema")
	}
}

func TestContext(t *testing.T) {
	if principal, err := auth.From(authtest.Context(t.Context(), nil)); principal != nil || !errors.Is(err, auth.ErrTokenMissing) {
		t.Errorf("nobody: got %v, %v", principal, err)
	}
	ada := authtest.Person("ada", authtest.Roles("staff"))
	if principal, err := auth.From(authtest.Context(t.Context(), ada)); principal != ada || err != nil || !principal.HasAnyRole([]string{"staff"}) {
		t.Errorf("ada: got %v, %v", principal, err)
	}
}
