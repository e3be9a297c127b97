package auth_test

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"authgraph/auth"
)

// A field that its guard lets pass costs at most two allocations more than with directives that do nothing.
func TestGuard_Allocations(t *testing.T) {
	g := newGuard(t)
	reader := person(func(p *auth.Principal) { p.Permissions = []string{"READ"} })
	resolver := func(context.Context) (any, error) { return "resolved", nil }
	nothing := func(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) }
	chain := func(directive func(context.Context, any, graphql.Resolver) (any, error), n int, object any) graphql.Resolver {
		next := graphql.Resolver(resolver)
		for range n {
			inner := next
			next = func(ctx context.Context) (any, error) { return directive(ctx, object, inner) }
		}
		return next
	}
	mine, other := owned("user_1"), owned("user_2")
	for _, row := range []struct {
		name, typeName, field string
		object                any
		directives            int
	}{
		{"signed in", "Query", "me", nil, 1},
		{"a permission, lately", "Query", "step", nil, 1},
		{"the first of two rules", "User", "email", mine, 2},
		{"the second of two rules", "User", "email", other, 2},
		{"an owner in a list", "User", "email", &mine, 2},
		{"a rule of the object", "Session", "id", mine, 0},
		{"no rule", "User", "name", mine, 0},
	} {
		ctx := at(within(auth.With(t.Context(), reader), g), row.typeName, row.field, row.object)
		run := func(next graphql.Resolver, interceptor func(context.Context, graphql.Resolver) (any, error)) float64 {
			return testing.AllocsPerRun(100, func() {
				if got, err := interceptor(ctx, next); got != "resolved" || err != nil {
					t.Errorf("%s: got %v, %v", row.name, got, err)
				}
			})
		}
		bare := run(chain(nothing, row.directives, row.object), func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) })
		guarded := run(chain(directive, row.directives, row.object), g.InterceptField)
		t.Logf("%s: %v more allocations", row.name, guarded-bare)
		if guarded-bare > 2 {
			t.Errorf("%s: %v allocations more, want at most 2", row.name, guarded-bare)
		}
	}
}
