package graph

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

type recordKey struct{}

// record is what the log will say of a request: never a query, a variable, a token or a query string.
type record struct {
	id        string
	client    string
	userAgent string
	mu        sync.Mutex
	operation string
	codes     []any
}

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

func noteError(ctx context.Context, e *gqlerror.Error) {
	if r := recordOf(ctx); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.codes) < 10 {
			r.codes = append(r.codes, e.Extensions["code"])
		}
	}
}

// noted returns what there is to say of a request when it is over. What a socket's client has begun may go on for a moment.
func (r *record) noted() (operation string, codes []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.operation, r.codes[:len(r.codes):len(r.codes)]
}

// logged gives each request an id and a line in the log.
func logged(log *slog.Logger, from addresses, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &record{id: rand.Text(), client: from.of(r), userAgent: r.UserAgent()}
		w.Header().Set("X-Request-Id", rec.id)
		status := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(status, r.WithContext(context.WithValue(r.Context(), recordKey{}, rec)))
		if !log.Enabled(r.Context(), slog.LevelInfo) {
			return
		}
		end := time.Now()
		line := slog.NewRecord(end, slog.LevelInfo, "request", 0) // a Logger would look up who called it, which nobody is told
		line.AddAttrs(slog.String("requestId", rec.id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", cmp.Or(status.status, http.StatusOK)),
			slog.Float64("milliseconds", float64(end.Sub(start).Microseconds())/1000))
		operation, codes := rec.noted()
		line.AddAttrs(slog.String("operation", operation))
		if len(codes) > 0 {
			line.AddAttrs(slog.Any("codes", codes))
		}
		_ = log.Handler().Handle(r.Context(), line) // where it fails there is nowhere to say so
	})
}

// statusWriter remembers the status; 0 until there is one.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
