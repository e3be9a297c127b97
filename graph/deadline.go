package graph

import (
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// deadline bounds the time of a query or mutation over every transport.
type deadline time.Duration

// ExtensionName implements graphql.HandlerExtension.
func (deadline) ExtensionName() string { return "Deadline" }

// Validate implements graphql.HandlerExtension.
func (deadline) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation implements graphql.OperationInterceptor.
func (d deadline) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if op := graphql.GetOperationContext(ctx); op.Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	bounded := newExpiring(ctx, time.Now().Add(time.Duration(d)))
	handler := next(bounded)
	return func(ctx context.Context) *graphql.Response {
		response := handler(ctx)
		if response == nil || response.HasNext == nil || !*response.HasNext {
			bounded.end()
		}
		return response
	}
}

// expiring is a context with a deadline, as context.WithDeadline makes one, but for the timer, which starts with
// the first wait: most operations are answered from memory and never wait.
type expiring struct {
	context.Context
	at time.Time

	mu      sync.Mutex
	waited  context.Context // nil before the first wait
	cancel  context.CancelFunc
	isEnded bool
}

func newExpiring(parent context.Context, at time.Time) *expiring {
	if before, ok := parent.Deadline(); ok && before.Before(at) {
		at = before
	}
	return &expiring{Context: parent, at: at}
}

// end releases what waits.
func (e *expiring) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.isEnded = true
	if e.cancel != nil {
		e.cancel()
	}
}

// wait returns the context with the timer. e.mu is held.
func (e *expiring) wait() context.Context {
	switch {
	case e.waited != nil:
	case e.isEnded:
		e.waited, e.cancel = context.WithCancel(e.Context)
		e.cancel()
	default:
		e.waited, e.cancel = context.WithDeadline(e.Context, e.at)
	}
	return e.waited
}

// Deadline implements context.Context.
func (e *expiring) Deadline() (time.Time, bool) { return e.at, true }

// Done implements context.Context.
func (e *expiring) Done() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.wait().Done()
}

// Err implements context.Context.
func (e *expiring) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.waited == nil && !e.isEnded && e.Context.Err() == nil && time.Now().Before(e.at) {
		return nil
	}
	return e.wait().Err()
}

// AfterFunc is for contexts that are derived from this one: without it each would need a goroutine.
func (e *expiring) AfterFunc(f func()) (stop func() bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return context.AfterFunc(e.wait(), f)
}
