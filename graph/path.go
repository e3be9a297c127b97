package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// fromRoot returns the path of an error as a client knows it. gqlgen resolves the fields of an event apart from the
// subscription that it belongs to, and leaves that out.
func fromRoot(ctx context.Context, path ast.Path) ast.Path {
	top := graphql.GetFieldContext(ctx)
	if top == nil || !graphql.HasOperationContext(ctx) {
		return path
	}
	op := graphql.GetOperationContext(ctx)
	if op.Operation == nil || op.Operation.Operation != ast.Subscription {
		return path
	}
	for top.Parent != nil {
		top = top.Parent
	}
	const root = "Subscription"
	if top.Object == root {
		return path
	}
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{root}) {
		return append(ast.Path{ast.PathName(field.Alias)}, path...)
	}
	return path
}
