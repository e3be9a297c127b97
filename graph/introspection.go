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
)

// rules are the schema's, whose descriptions say from then on what each field needs.
var rules = sync.OnceValues(func() (*auth.Policy, error) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	policy, err := auth.NewPolicy(schema)
	if err == nil {
		err = policy.Check(schema, checks()...)
	}
	if err != nil {
		return nil, err
	}
	limits, err := parseLimits(schema)
	if err != nil {
		return nil, err
	}
	policy.Annotate(schema)
	annotateLimits(schema, limits)
	return policy, nil
})

// checks are of what the schema alone does not show. Of the roles only those that are built in are sure to be there.
func checks() []auth.Check {
	return []auth.Check{auth.OwnersAmong(&Resolver{}), auth.KnownRoles(account.RoleAdmin, account.RoleUser)}
}

// Rules returns the schema, and the rules that it states.
func Rules() (*ast.Schema, *auth.Policy, error) {
	policy, err := rules()
	return generated.NewExecutableSchema(generated.Config{}).Schema(), policy, err
}

// Policy returns the rules that the schema states. The error names every fault of theirs.
func Policy() (*auth.Policy, error) { return rules() }

// SDL returns the schema as text, with descriptions that say what each field needs. With narrowed it is the part that a
// caller, nil for nobody, could use.
func SDL(narrowed bool, who *auth.Principal) (string, error) {
	policy, err := rules()
	if err != nil {
		return "", err
	}
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	if narrowed {
		schema = policy.Surface(schema, who)
	}
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(schema)
	return b.String(), nil
}

// byRole shows each caller, in introspection, the part of the schema that they could use. What is executed and what is
// validated is the whole of it.
type byRole struct {
	policy *auth.Policy
	schema *ast.Schema
}

// ExtensionName implements graphql.HandlerExtension.
func (byRole) ExtensionName() string { return "IntrospectionByRole" }

// Validate implements graphql.HandlerExtension.
func (byRole) Validate(graphql.ExecutableSchema) error { return nil }

type seenKey struct{}

// seen is what the caller of an operation could use.
type seen struct {
	byRole
	once sync.Once
	part *ast.Schema
}

// InterceptOperation implements graphql.OperationInterceptor. However often an operation asks, what its caller could use
// is found out once. It is not kept any longer: it depends on the caller.
func (b byRole) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(context.WithValue(ctx, seenKey{}, &seen{byRole: b}))
}

func (s *seen) schema(ctx context.Context) *ast.Schema {
	s.once.Do(func() {
		who, err := auth.From(ctx)
		if err != nil {
			who = nil
		}
		s.part = s.policy.Surface(s.byRole.schema, who)
	})
	return s.part
}

// hidden reports whether introspection hides a field, named by its coordinate, from the caller.
func hidden(ctx context.Context, field string) bool {
	s, ok := ctx.Value(seenKey{}).(*seen)
	if !ok {
		return false
	}
	object, name, _ := strings.Cut(field, ".")
	t := s.schema(ctx).Types[object]
	return t == nil || t.Fields.ForName(name) == nil
}

// InterceptField implements graphql.FieldInterceptor.
func (b byRole) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	fc := graphql.GetFieldContext(ctx)
	if fc.Object != b.schema.Query.Name || (fc.Field.Name != "__schema" && fc.Field.Name != "__type") {
		return next(ctx)
	}
	s, ok := ctx.Value(seenKey{}).(*seen)
	if !ok {
		return nil, auth.ErrForbidden.GraphQL()
	}
	part := s.schema(ctx)
	if fc.Field.Name == "__schema" {
		return introspection.WrapSchema(part), nil
	}
	name, _ := fc.Args["name"].(string)
	return introspection.WrapTypeFromDef(part, part.Types[name]), nil
}
