package stream

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/graph/reqctx"
)

// answering is an executor whose operations have a single answer, which the test resolves.
type answering struct {
	graphql.GraphExecutor
	resolve func(context.Context)
}

func (answering) CreateOperationContext(context.Context, *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	return &graphql.OperationContext{}, nil
}

func (a answering) DispatchOperation(ctx context.Context, _ *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	return func(ctx context.Context) *graphql.Response {
		a.resolve(ctx)
		return &graphql.Response{}
	}, ctx
}

// TestPlacedExecutor_CompletedEarly proves that an operation on a socket that its client completes keeps its place while its
// fields are resolved, and holds nothing afterwards, whatever the fields take in between.
func TestPlacedExecutor_CompletedEarly(t *testing.T) {
	for name, row := range map[string]struct{ panics, late bool }{
		"resolved": {}, "panicked": {panics: true}, "dispatched after the connection has closed": {late: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := reqctx.NewInFlight(512 * mebibyte)
				ctx, complete := context.WithCancel(requestFrom("192.0.2.1", "user_1"))
				defer complete()
				var whileResolving int64
				e := &placedExecutor{in: f, places: map[*graphql.OperationContext]*reqctx.Place{}, GraphExecutor: answering{resolve: func(ctx context.Context) {
					complete()
					synctest.Wait() // functions after the end of a context have goroutines of their own
					reqctx.PlaceOf(ctx).GrowAnswer(100 << 10)
					whileResolving = f.Held()
					if row.panics {
						panic("a resolver")
					}
				}}}
				op, errs := e.CreateOperationContext(ctx, &graphql.RawParams{})
				if errs != nil {
					t.Fatal(errs)
				}
				if row.late {
					e.close()
				}
				responses, inner := e.DispatchOperation(ctx, op)
				func() {
					defer func() { _ = recover() }()
					responses(inner)
				}()
				if want := int64(reqctx.RequestBytes + 2*reqctx.ValueBytes + 100<<10); !row.late && whileResolving != want {
					t.Errorf("held while fields are resolved: got %d, want %d", whileResolving, want)
				}
				synctest.Wait()
				if !f.Idle() {
					t.Errorf("held afterwards: got %d, want 0", f.Held())
				}
			})
		})
	}
}
