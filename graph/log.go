package graph

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"
)

// statusCancelled is the status in the log of a request whose client gave it up. It is nginx's, and nobody receives it.
const statusCancelled = 499

// logged gives each request an id and a line in the log.
func logged(log *slog.Logger, from addresses, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &record{
			log: log, began: time.Now(), id: rand.Text(), client: from.of(r), userAgent: r.UserAgent(), method: r.Method, path: r.URL.Path,
		}
		rec.header[0] = rec.id
		w.Header()["X-Request-Id"] = rec.header[:]
		ctx := withRecord(r.Context(), rec)
		rec.request = r.Context()
		next.ServeHTTP(&statusWriter{w, rec}, r.WithContext(ctx))
		if !rec.outlasts {
			rec.giveUp()
			writeLine(ctx, rec)
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
	return func() { writeLine(ctx, r) }
}

// writeLine writes the line. What a socket's client has begun may go on for a moment.
func writeLine(ctx context.Context, r *record) {
	level := slog.LevelInfo
	if r.path == healthPath || r.path == readyPath {
		level = slog.LevelDebug // Load balancers ask every few seconds.
	}
	if !r.log.Enabled(ctx, level) {
		return
	}
	end, status := time.Now(), cmp.Or(r.status, http.StatusOK)
	operation, codes, cancelled := r.outcome()
	if cancelled {
		status = statusCancelled
	}
	line := slog.NewRecord(end, level, "request", 0) // a Logger would look up who called it, which nobody is told
	line.AddAttrs(slog.String("requestId", r.id), slog.String("method", r.method), slog.String("path", r.path),
		slog.Int("status", status),
		slog.Float64("milliseconds", float64(end.Sub(r.began).Microseconds())/1000))
	line.AddAttrs(slog.String("operation", operation))
	if len(codes) > 0 && !cancelled {
		line.AddAttrs(slog.Any("codes", codes))
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
