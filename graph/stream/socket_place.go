package stream

import (
	"context"
	"net/http"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/graph/reqctx"
)

// WithPlaces returns a transport whose connections last, with a place for each operation. The transport that read returns
// reads the operation's document within the place.
func WithPlaces(
	next graphql.Transport, read func(graphql.Transport) graphql.Transport, in *reqctx.InFlight,
) graphql.Transport {
	return smallStackTransport{read(placed{next, in})}
}

// placed is a transport whose connections last. Each of their operations has a place of its own while it runs.
type placed struct {
	graphql.Transport
	in *reqctx.InFlight
}

// Do implements graphql.Transport.
func (t placed) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	e := &placedExecutor{GraphExecutor: exec, in: t.in, places: map[*graphql.OperationContext]*reqctx.Place{}}
	defer e.close()
	t.Transport.Do(w, r, e)
}

// placedExecutor is gqlgen's executor for the operations of a single connection.
type placedExecutor struct {
	graphql.GraphExecutor
	in *reqctx.InFlight

	mu     sync.Mutex
	places map[*graphql.OperationContext]*reqctx.Place // by operation that is read and not dispatched yet
}

// CreateOperationContext implements graphql.GraphExecutor.
func (e *placedExecutor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	values, text := reqctx.SizeOfValue(params.Variables)
	more, moreText := reqctx.SizeOfValue(params.Extensions) // a subscription holds them as long as it lasts
	p, err := e.in.Enter(ctx, int64(len(params.Query))+text+moreText)
	if err == nil && !p.Grow((values+more)*reqctx.ValueBytes) {
		p.Leave()
		err = reqctx.ErrNoPlace
	}
	if err != nil {
		refused := reqctx.ErrNoPlace.GraphQL()
		errcode.Set(refused, errcode.ValidationFailed) // see reader in graph/document_read.go
		return &graphql.OperationContext{}, gqlerror.List{refused}
	}
	op, errs := e.GraphExecutor.CreateOperationContext(reqctx.WithPlace(ctx, p), params)
	if errs != nil {
		p.Leave()
		return op, errs
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.places[op] = p
	return op, nil
}

// DispatchOperation implements graphql.GraphExecutor. gqlgen cancels ctx when the operation has ended, or when the client
// has completed it.
func (e *placedExecutor) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	e.mu.Lock()
	p := e.places[op]
	delete(e.places, op)
	e.mu.Unlock()
	if p == nil {
		return e.GraphExecutor.DispatchOperation(ctx, op)
	}
	r := &placedRun{place: p}
	context.AfterFunc(ctx, r.end)
	r.begin()
	defer r.pause()
	responses, ctx := e.GraphExecutor.DispatchOperation(reqctx.WithPlace(ctx, p), op)
	return func(ctx context.Context) *graphql.Response {
		r.begin()
		defer r.pause()
		return responses(ctx)
	}, ctx
}

// placedRun is an operation that runs. Its place is left when it has ended and is not resolved any more: fields of an
// operation that its client has completed go on for a while, and hold memory.
type placedRun struct {
	place *reqctx.Place

	mu               sync.Mutex
	resolving, ended bool
}

func (r *placedRun) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resolving = true
}

func (r *placedRun) pause() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.resolving = false; r.ended {
		r.place.Leave()
	}
}

func (r *placedRun) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended = true; !r.resolving {
		r.place.Leave()
	}
}

// close gives back the places of operations that were never dispatched.
func (e *placedExecutor) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range e.places {
		p.Leave()
	}
}
