package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/graph/ratelimit"
	"authgraph/graph/reqctx"
)

const (
	// heavyCost is the cost above which an operation is heavy. A page of 100 accounts with their roles costs 300.
	heavyCost = 500
	// heavySignedIn and heavySignIns are how many heavy operations of signed-in callers, and heavy mutations of anonymous
	// clients, run at once. gqlgen resolves each element of a list on a goroutine of its own, so a heavy operation takes up to
	// 8 KiB for each object. More at once would be no faster, since they wait for the processor.
	heavySignedIn = 2
	heavySignIns  = 2
	// heavyPatience is how long a heavy operation waits before it is refused.
	heavyPatience = 5 * time.Second
)

// gate bounds the operations that run at once.
type gate struct {
	anonymous *ratelimit.Anonymous
	signedIn  chan struct{}
	signIns   chan struct{}
}

func newGate(a *ratelimit.Anonymous) *gate {
	return &gate{a, make(chan struct{}, heavySignedIn), make(chan struct{}, heavySignIns)}
}

// enter waits for the turn of an operation. The error is ErrNoPlace, or that of ctx. leave must be called.
func (g *gate) enter(ctx context.Context, p *reqctx.Place) (leave func(), err error) {
	turns := g.signedIn
	switch p.Turn {
	case reqctx.TurnAnonymous:
		return g.anonymous.Enter(ctx, p.Path)
	case reqctx.TurnSignIn:
		turns = g.signIns
	}
	select {
	case turns <- struct{}{}:
		return func() { <-turns }, nil
	default:
	}
	patience := time.NewTimer(heavyPatience)
	defer patience.Stop()
	select {
	case turns <- struct{}{}:
		return func() { <-turns }, nil
	case <-patience.C:
		return nil, reqctx.ErrNoPlace
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// introspects reports whether a root selection asks for the schema or for a type of it.
func introspects(set ast.SelectionSet) bool {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if s.Name == "__schema" || s.Name == "__type" {
				return true
			}
		case *ast.InlineFragment:
			if introspects(s.SelectionSet) {
				return true
			}
		case *ast.FragmentSpread:
			if introspects(s.Definition.SelectionSet) {
				return true
			}
		}
	}
	return false
}

// refusedResponse is the response to an operation that was not executed.
func refusedResponse(ctx context.Context, p *presenter, err error) *graphql.Response {
	shown := p.present(ctx, err)
	shown.Path, shown.Locations = nil, nil
	return &graphql.Response{Errors: gqlerror.List{shown}, Data: []byte("null")}
}
