package reqctx

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

type recordKey struct{}

// Record is what the log will say of a request: never a query, a variable, a token or a query string.
type Record struct {
	Log          *slog.Logger
	Began        time.Time
	ID           string
	Header       [1]string // the id, as the value of a header: no allocation of its own
	Client       string    // address; "" if it is unknown
	UserAgent    string
	Method, Path string
	Status       int             // 0 until there is one
	Outlasts     bool            // its work continues after the response
	Request      context.Context // it ends when the client goes

	mu        sync.Mutex
	operation string
	codes     []any
	cancelled bool // the client went before the answer began
}

// WithRecord returns a context that has the record of a request.
func WithRecord(ctx context.Context, r *Record) context.Context {
	return context.WithValue(ctx, recordKey{}, r)
}

// RecordOf returns the record of the request that ctx belongs to; nil outside of one.
func RecordOf(ctx context.Context) *Record {
	r, _ := ctx.Value(recordKey{}).(*Record)
	return r
}

// RequestID returns the id that the answer and the log share.
func RequestID(ctx context.Context) string {
	if r := RecordOf(ctx); r != nil {
		return r.ID
	}
	return ""
}

// maxLoggedName bounds what a client can write into the log with the name of an operation, in bytes (they are ASCII).
const maxLoggedName = 100

// NoteOperation notes the type and the name of an operation.
func NoteOperation(ctx context.Context, op *ast.OperationDefinition) {
	if r := RecordOf(ctx); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.operation = string(op.Operation)
		if op.Name != "" {
			r.operation += " " + op.Name[:min(len(op.Name), maxLoggedName)]
		}
	}
}

// NoteError notes the code of an error; the first ten of a request are kept.
func NoteError(ctx context.Context, e *gqlerror.Error) {
	if r := RecordOf(ctx); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.codes) < 10 {
			r.codes = append(r.codes, e.Extensions["code"])
		}
	}
}

// GiveUp notes that the client has gone before it was answered.
func (r *Record) GiveUp() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Status == 0 && r.ClientGone() {
		r.cancelled = true
	}
}

// ClientGone reports whether the client has gone.
func (r *Record) ClientGone() bool { return r.Request != nil && r.Request.Err() != nil }

// Outcome returns what was noted of the request. cancelled reports whether the client went before the answer began.
func (r *Record) Outcome() (operation string, codes []any, cancelled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.operation, r.codes, r.cancelled
}
