package graph

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

type recordKey struct{}

// record is what the log will say of a request: never a query, a variable, a token or a query string.
type record struct {
	log          *slog.Logger
	began        time.Time
	id           string
	header       [1]string // the id, as a value of a header
	client       string    // address; "" if it is unknown
	userAgent    string
	method, path string
	status       int             // 0 until there is one
	outlasts     bool            // what it has begun goes on when it has been answered
	request      context.Context // it ends when the client goes

	mu        sync.Mutex
	operation string
	codes     []any
	cancelled bool // the client went before the answer began
}

// withRecord returns a context that has the record of a request.
func withRecord(ctx context.Context, r *record) context.Context {
	return context.WithValue(ctx, recordKey{}, r)
}

// recordOf returns the record of the request that ctx belongs to; nil outside of one.
func recordOf(ctx context.Context) *record {
	r, _ := ctx.Value(recordKey{}).(*record)
	return r
}

// requestID returns the id that the answer and the log share.
func requestID(ctx context.Context) string {
	if r := recordOf(ctx); r != nil {
		return r.id
	}
	return ""
}

// maxLoggedName bounds what a client can write into the log with the name of an operation, in bytes (they are ASCII).
const maxLoggedName = 100

// noteOperation notes the type and the name of an operation.
func noteOperation(ctx context.Context, op *ast.OperationDefinition) {
	if r := recordOf(ctx); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.operation = string(op.Operation)
		if op.Name != "" {
			r.operation += " " + op.Name[:min(len(op.Name), maxLoggedName)]
		}
	}
}

// noteError notes the code of an error; the first ten of a request are kept.
func noteError(ctx context.Context, e *gqlerror.Error) {
	if r := recordOf(ctx); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.codes) < 10 {
			r.codes = append(r.codes, e.Extensions["code"])
		}
	}
}

// giveUp notes that the client has gone before it was answered.
func (r *record) giveUp() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.status == 0 && r.clientGone() {
		r.cancelled = true
	}
}

// clientGone reports whether the client has gone.
func (r *record) clientGone() bool { return r.request != nil && r.request.Err() != nil }

// outcome returns what was noted of the request. cancelled reports whether the client went before the answer began.
func (r *record) outcome() (operation string, codes []any, cancelled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.operation, r.codes, r.cancelled
}
