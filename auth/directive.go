package auth

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Directive is the implementation of @auth for gqlgen's DirectiveRoot, whatever the importing server calls its enum of
// permissions. It resolves the field if the caller, whom Middleware put into the context, may use it by the policy of the
// guard. Otherwise it returns the refusal: a *gqlerror.Error with the code UNAUTHENTICATED, FORBIDDEN,
// SECOND_FACTOR_REQUIRED or REAUTHENTICATION_REQUIRED. Without a guard every field is refused.
//
// The arguments are ignored. gqlgen calls the directive once for each @auth of a field, and one of them is enough; it also
// calls it for the rules of the object that the field returns. So each call decides on all rules of the field.
func Directive[P, A, D any](
	ctx context.Context, object any, next graphql.Resolver, _ []P, _ []string, _ *bool, _ *A, _ *D,
) (any, error) {
	return direct(ctx, object, next)
}

// DirectiveWithPending is Directive for a schema whose @auth has `pending: [PendingStep!]` as its last argument, as the schema
// of authgraph itself. Other servers do not need it: their verifiers refuse the tokens of sessions with a pending step.
func DirectiveWithPending[P, A, D, S any](
	ctx context.Context, object any, next graphql.Resolver, _ []P, _ []string, _ *bool, _ *A, _ *D, _ []S,
) (any, error) {
	return direct(ctx, object, next)
}

// direct is Directive without its arguments.
func direct(ctx context.Context, object any, next graphql.Resolver) (any, error) {
	// 1. Find the guard, and the rules of the field.
	g, a, field := guardedField(ctx)
	if a == nil {
		return nil, ErrForbidden.GraphQL()
	}
	// 2. Decide whether the caller fulfils one of them.
	if len(a.rules) > 0 {
		if refused := g.decide(ctx, a, object); refused != nil {
			return nil, g.explain(ctx, field, refused).GraphQL()
		}
	}
	// 3. Resolve the field.
	return next(ctx)
}

// Public is the implementation of @public for gqlgen's DirectiveRoot. It resolves the field if the policy of the guard says
// that the field is public. Without a guard every field is refused.
func Public(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	if _, a, _ := guardedField(ctx); a == nil || !a.public {
		return nil, ErrForbidden.GraphQL()
	}
	return next(ctx)
}

// guardedField returns the guard, and the policy for the field that is being resolved: nil if there is no guard or no such
// field, which must be refused.
func guardedField(ctx context.Context) (g *Guard, a *access, field coordinate) {
	g, ok := ctx.Value(guardKey{}).(*Guard)
	if !ok {
		noGuard.report(withoutGuard)
		return nil, nil, field
	}
	fc := graphql.GetFieldContext(ctx)
	if fc == nil {
		return g, nil, field
	}
	field = coordinate{fc.Object, fc.Field.Name}
	return g, g.policy.fields[field], field
}
