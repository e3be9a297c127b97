package stream

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// apart runs f on a goroutine of its own and waits for it. A stack that has grown stays so until it is collected, and what f
// needs, a query of SQLite's for one, is ten times of what waiting for the next message does.
func apart(f func()) {
	ended := make(chan any)
	go func() {
		defer func() { ended <- recover() }()
		f()
	}()
	if value := <-ended; value != nil {
		panic(value) // it is the caller's to recover
	}
}

// resting is a transport whose goroutines wait for long, and let others do what they wait between.
type resting struct{ graphql.Transport }

// Do implements graphql.Transport.
func (r resting) Do(w http.ResponseWriter, request *http.Request, exec graphql.GraphExecutor) {
	r.Transport.Do(w, request, restingExecutor{exec})
}

type restingExecutor struct{ graphql.GraphExecutor }

// CreateOperationContext implements graphql.GraphExecutor.
func (e restingExecutor) CreateOperationContext(
	ctx context.Context, p *graphql.RawParams,
) (op *graphql.OperationContext, errs gqlerror.List) {
	apart(func() { op, errs = e.GraphExecutor.CreateOperationContext(ctx, p) })
	return op, errs
}

// DispatchOperation implements graphql.GraphExecutor.
func (e restingExecutor) DispatchOperation(
	ctx context.Context, op *graphql.OperationContext,
) (responses graphql.ResponseHandler, inner context.Context) {
	apart(func() { responses, inner = e.GraphExecutor.DispatchOperation(ctx, op) })
	return responses, inner
}
