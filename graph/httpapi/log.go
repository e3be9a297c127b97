package httpapi

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"authgraph/graph/reqctx"
)

// statusCancelled is the status in the log of a request whose client gave it up. It is nginx's, and no client receives it.
const statusCancelled = 499

// Log gives each request an id and a line in the log.
func Log(log *slog.Logger, from Addresses, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &reqctx.Record{
			Log: log, Began: time.Now(), ID: rand.Text(), Client: from.client(r), UserAgent: r.UserAgent(),
			Method: r.Method, Path: r.URL.Path,
		}
		rec.Header[0] = rec.ID
		w.Header()["X-Request-Id"] = rec.Header[:]
		ctx := reqctx.WithRecord(r.Context(), rec)
		rec.Request = r.Context()
		next.ServeHTTP(&statusWriter{w, rec}, r.WithContext(ctx))
		if !rec.Outlasts {
			rec.GiveUp()
			writeLine(ctx, rec)
		}
	})
}

// delayLine delays the access log line of a request whose work continues after its response. write writes the line.
func delayLine(ctx context.Context) (write func()) {
	r := reqctx.RecordOf(ctx)
	if r == nil {
		return func() {}
	}
	r.Outlasts = true
	return func() { writeLine(ctx, r) }
}

// writeLine writes the line. Operations of a closed socket may continue for a moment.
func writeLine(ctx context.Context, r *reqctx.Record) {
	level := slog.LevelInfo
	if r.Path == HealthPath || r.Path == ReadyPath {
		level = slog.LevelDebug // Load balancers ask every few seconds.
	}
	if !r.Log.Enabled(ctx, level) {
		return
	}
	end, status := time.Now(), cmp.Or(r.Status, http.StatusOK)
	operation, codes, cancelled := r.Outcome()
	if cancelled {
		status = statusCancelled
	}
	line := slog.NewRecord(end, level, "request", 0) // a Logger would look up the caller's position, which is not logged
	line.AddAttrs(slog.String("requestId", r.ID), slog.String("method", r.Method), slog.String("path", r.Path),
		slog.Int("status", status),
		slog.Float64("milliseconds", float64(end.Sub(r.Began).Microseconds())/1000))
	line.AddAttrs(slog.String("operation", operation))
	if len(codes) > 0 && !cancelled {
		line.AddAttrs(slog.Any("codes", codes))
	}
	_ = r.Log.Handler().Handle(ctx, line) // where it fails there is nowhere to say so
}

// statusWriter remembers the status; 0 until there is one.
type statusWriter struct {
	http.ResponseWriter
	record *reqctx.Record
}

func (w *statusWriter) WriteHeader(status int) {
	w.began(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) began(status int) {
	w.record.GiveUp() // no client reads the response
	w.record.Status = status
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.record.Status == 0 {
		w.began(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
