package auth

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

type streamKey struct{}

// stream is a subscription while it lasts. Its events come one after the other.
type stream struct{ over bool }

// InterceptResponse implements graphql.ResponseInterceptor. For a subscription the policy is asked again for each
// event, after it was made and before it is sent: the first that is refused says why, and is the last.
func (g *Guard) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	event := next(ctx)
	s, _ := ctx.Value(streamKey{}).(*stream)
	if s == nil || event == nil {
		return event
	}
	refused := g.refusesEvent(ctx, graphql.GetOperationContext(ctx))
	if refused == nil {
		return event
	}
	s.over = true
	before := len(graphql.GetErrors(ctx))
	graphql.AddError(ctx, refused.GraphQL()) // through the server's presenter
	return &graphql.Response{Errors: graphql.GetErrors(ctx)[before:]}
}

// refusesEvent asks the policy about the subscription's root field.
func (g *Guard) refusesEvent(ctx context.Context, op *graphql.OperationContext) *Error {
	name := g.schema.Subscription.Name
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{name}) {
		a := g.policy.fields[coordinate{name, field.Name}]
		if a == nil {
			return ErrForbidden
		}
		if a.public {
			continue
		}
		if refused := g.decide(ctx, a, nil); refused != nil {
			return g.explain(ctx, coordinate{name, field.Name}, refused)
		}
	}
	return nil
}
