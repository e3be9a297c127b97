package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// around is an extension that puts something around some fields, by their coordinates. It stands inside of the guard. As
// several interceptors of gqlgen's, each would cost every field of every answer.
type around map[string]func(context.Context, graphql.Resolver) (any, error)

// ExtensionName implements graphql.HandlerExtension.
func (around) ExtensionName() string { return "Around" }

// Validate implements graphql.HandlerExtension.
func (around) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptField implements graphql.FieldInterceptor.
func (a around) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
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
