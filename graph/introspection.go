package graph

import (
	"context"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/generated"
	"authgraph/graph/ratelimit"
)

// servedSchema returns the schema of the generated code, without the drafts that no transport serves.
var servedSchema = sync.OnceValue(func() *ast.Schema {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	auth.RemoveDrafts(schema)
	return schema
})

// rules are the schema's, whose descriptions say from then on what each field needs.
var rules = sync.OnceValues(func() (*auth.Policy, error) {
	schema := servedSchema()
	policy, err := auth.NewPolicy(schema)
	if err == nil {
		err = policy.Check(schema, checks()...)
	}
	if err != nil {
		return nil, err
	}
	limits, err := ratelimit.Parse(schema)
	if err != nil {
		return nil, err
	}
	policy.Annotate(schema)
	ratelimit.Annotate(schema, limits)
	return policy, nil
})

// checks are checks of rules that the schema alone does not show. Only the built-in roles are certain to exist.
func checks() []auth.Check {
	return []auth.Check{auth.OwnersAmong(&Resolver{}), auth.KnownRoles(account.RoleAdmin, account.RoleUser)}
}

// Rules returns the schema, and the rules that it states.
func Rules() (*ast.Schema, *auth.Policy, error) {
	policy, err := rules()
	return servedSchema(), policy, err
}

// Policy returns the rules that the schema states. The error names every fault of theirs.
func Policy() (*auth.Policy, error) { return rules() }

// SDL returns the schema as text, with descriptions that say what each field needs. With narrowed it is the part that a
// caller, nil for an anonymous client, could use.
func SDL(narrowed bool, caller *auth.Principal) (string, error) {
	policy, err := rules()
	if err != nil {
		return "", err
	}
	schema := servedSchema()
	if narrowed {
		schema = policy.VisibleSchema(schema, caller)
	}
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(schema)
	return b.String(), nil
}

// byRole shows each caller, in introspection, the part of the schema that they could use. Validation and execution use the
// whole schema.
type byRole struct {
	policy    *auth.Policy
	schema    *ast.Schema
	anonymous func() *ast.Schema // the part of anonymous clients, computed once
}

func newByRole(policy *auth.Policy, schema *ast.Schema) *byRole {
	return &byRole{policy, schema, sync.OnceValue(func() *ast.Schema { return policy.VisibleSchema(schema, nil) })}
}

// part returns what the caller could use.
func (b *byRole) part(ctx context.Context) *ast.Schema {
	caller, err := auth.From(ctx)
	if err != nil {
		return b.anonymous()
	}
	return b.policy.VisibleSchema(b.schema, caller)
}

// hidden reports whether introspection hides a field, named by its coordinate, from the caller.
func hidden(ctx context.Context, field string) bool {
	part := partOf(ctx)
	if part == nil {
		return false
	}
	object, name, _ := strings.Cut(field, ".")
	t := part.Types[object]
	return t == nil || t.Fields.ForName(name) == nil
}

// introspect answers Query.__schema and Query.__type by role.
func introspect(ctx context.Context, _ graphql.Resolver) (any, error) {
	part := partOf(ctx)
	if part == nil {
		return nil, auth.ErrForbidden.GraphQL()
	}
	fc := graphql.GetFieldContext(ctx)
	if fc.Field.Name == "__schema" {
		return introspection.WrapSchema(part), nil
	}
	name, _ := fc.Args["name"].(string)
	return introspection.WrapTypeFromDef(part, part.Types[name]), nil
}
