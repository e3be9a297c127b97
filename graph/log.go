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
	log          *slog.Logger
	began        time.Time
	id           string
	header       [1]string // the id, as a value of a header
	client       string
	userAgent    string
	method, path string
	status       int             // 0 until there is one
	outlasts     bool            // what it has begun goes on when it has been answered
	request      context.Context // it ends when the client goes
	cancelled    bool            // the client went before the answer began

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

// logged gives each request an id and a line in the log.
func logged(log *slog.Logger, from addresses, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &record{
			log: log, began: time.Now(), id: rand.Text(), client: from.of(r), userAgent: r.UserAgent(), method: r.Method, path: r.URL.Path,
		}
		rec.header[0] = rec.id
		w.Header()["X-Request-Id"] = rec.header[:]
		ctx := context.WithValue(r.Context(), recordKey{}, rec)
		rec.request = r.Context()
		next.ServeHTTP(&statusWriter{w, rec}, r.WithContext(ctx))
		if !rec.outlasts {
			rec.giveUp()
			rec.write(ctx)
		}
	})
}

// outlasting is for what goes on when its request has been answered: the line is written when that calls over.
func outlasting(ctx context.Context) (over func()) {
	r := recordOf(ctx)
	if r == nil {
		return func() {}
	}
	r.outlasts = true
	return func() { r.write(ctx) }
}

// write writes the line. What a socket's client has begun may go on for a moment.
func (r *record) write(ctx context.Context) {
	level := slog.LevelInfo
	if r.path == healthPath || r.path == readyPath {
		level = slog.LevelDebug // Load balancers ask every few seconds.
	}
	if !r.log.Enabled(ctx, level) {
		return
	}
	end, status := time.Now(), cmp.Or(r.status, http.StatusOK)
	if r.cancelled {
		status = statusCancelled
	}
	line := slog.NewRecord(end, level, "request", 0) // a Logger would look up who called it, which nobody is told
	line.AddAttrs(slog.String("requestId", r.id), slog.String("method", r.method), slog.String("path", r.path),
		slog.Int("status", status),
		slog.Float64("milliseconds", float64(end.Sub(r.began).Microseconds())/1000))
	r.mu.Lock()
	defer r.mu.Unlock()
	line.AddAttrs(slog.String("operation", r.operation))
	if len(r.codes) > 0 && !r.cancelled {
		line.AddAttrs(slog.Any("codes", r.codes))
	}
	_ = r.log.Handler().Handle(ctx, line) // where it fails there is nowhere to say so
}

// statusWriter remembers the status; 0 until there is one.
type statusWriter struct {
	http.ResponseWriter
	record *record
}

func (w *statusWriter) WriteHeader(status int) {
	w.began(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) began(status int) {
	w.record.giveUp() // nobody reads what comes
	w.record.status = status
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.record.status == 0 {
		w.began(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
