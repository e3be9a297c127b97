package stream

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// onOwnStack runs f on a goroutine of its own and waits for it. A grown stack keeps its size until it is collected, and f, such
// as a query of SQLite, needs ten times the stack that waiting for the next message needs (bench/footprint).
func onOwnStack(f func()) {
	ended := make(chan any)
	go func() {
		defer func() { ended <- recover() }()
		f()
	}()
	if value := <-ended; value != nil {
		panic(value) // it is the caller's to recover
	}
}

// smallStackTransport is a transport whose goroutines wait for long, and leave the work in between to other goroutines.
type smallStackTransport struct{ graphql.Transport }

// Do implements graphql.Transport.
func (r smallStackTransport) Do(w http.ResponseWriter, request *http.Request, exec graphql.GraphExecutor) {
	r.Transport.Do(w, request, smallStackExecutor{exec})
}

type smallStackExecutor struct{ graphql.GraphExecutor }

// CreateOperationContext implements graphql.GraphExecutor.
func (e smallStackExecutor) CreateOperationContext(
	ctx context.Context, p *graphql.RawParams,
) (op *graphql.OperationContext, errs gqlerror.List) {
	onOwnStack(func() { op, errs = e.GraphExecutor.CreateOperationContext(ctx, p) })
	return op, errs
}

// DispatchOperation implements graphql.GraphExecutor.
func (e smallStackExecutor) DispatchOperation(
	ctx context.Context, op *graphql.OperationContext,
) (responses graphql.ResponseHandler, inner context.Context) {
	onOwnStack(func() { responses, inner = e.GraphExecutor.DispatchOperation(ctx, op) })
	return responses, inner
}
