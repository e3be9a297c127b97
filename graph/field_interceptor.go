package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// fieldInterceptors is an extension that intercepts some fields, by their coordinates, inside of the guard. As extensions of
// their own, each interceptor would cost every field of every response.
type fieldInterceptors map[string]func(context.Context, graphql.Resolver) (any, error)

// ExtensionName implements graphql.HandlerExtension.
func (fieldInterceptors) ExtensionName() string { return "Around" }

// Validate implements graphql.HandlerExtension.
func (fieldInterceptors) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptField implements graphql.FieldInterceptor.
func (a fieldInterceptors) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	fc := graphql.GetFieldContext(ctx)
	answer := answerOf(ctx)
	if answer != nil {
		if err := answer.refusal(); err != nil {
			return nil, err
		}
	}
	var result any
	var err error
	if intercept := a[fc.Object+"."+fc.Field.Name]; intercept != nil {
		result, err = intercept(ctx, next)
	} else {
		result, err = next(ctx)
	}
	if answer != nil {
		answer.addField(fc.Field.Alias, result)
	}
	return result, err
}
