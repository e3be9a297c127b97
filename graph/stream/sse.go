package stream

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// MediaEvents is what GraphQL over server-sent events is asked for with: its distinct connections mode,
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md.
const MediaEvents = "text/event-stream"

const (
	// eventPing keeps proxies from cutting a stream that has nothing to say.
	eventPing = 25 * time.Second
	// eventWrite bounds one write, since the stream as a whole has no bound.
	eventWrite = 10 * time.Second
)

// eventWriter writes events; pings come between them.
type eventWriter struct {
	mu sync.Mutex
	w  http.ResponseWriter
	c  *http.ResponseController
}

func (e *eventWriter) write(text string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.c.SetWriteDeadline(time.Now().Add(eventWrite)); err != nil {
		return err
	}
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.c.Flush()
}

func (e *eventWriter) next(response any) error {
	data, err := json.Marshal(response)
	if err != nil {
		return err
	}
	return e.write("event: next\ndata: " + string(data) + "\n\n")
}

// ServeEvents serves one operation as events, until it completes, the client goes, or the session ends; then the last
// `next` says why. A refusal is returned before anything is written.
func (s *Registry) ServeEvents(
	w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, op *graphql.OperationContext, present reqctx.Present,
) (refused *auth.Error) {
	ctx, done, err := s.add(r.Context())
	if err != nil {
		return closingOf(err).refusal
	}
	defer done()
	e := &eventWriter{w: w, c: http.NewResponseController(w)}
	responses, inner := exec.DispatchOperation(ctx, op) // a client with the status has subscribed
	w.Header().Set("Content-Type", MediaEvents)
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	if e.write(":\n\n") != nil {
		return nil
	}
	stop := e.ping(ctx, done)
	defer stop()

	for response := responses(inner); response != nil; response = responses(inner) {
		if e.next(response) != nil {
			return nil
		}
	}
	var c *closing
	if errors.As(context.Cause(ctx), &c) {
		shown := present(r.Context(), c.refusal)
		if e.next(reqctx.Failure{Errors: gqlerror.List{shown}}) != nil {
			return nil
		}
	}
	_ = e.write("event: complete\ndata:\n\n") // the client may be gone
	return nil
}

// RefuseEvents answers a document that is not executed: a `next` with the errors, and `complete`. A client of event streams
// shows no body of another type.
func RefuseEvents(w http.ResponseWriter, errs gqlerror.List) {
	w.Header().Set("Content-Type", MediaEvents)
	e := &eventWriter{w: w, c: http.NewResponseController(w)}
	if e.next(reqctx.Failure{Errors: errs}) == nil {
		_ = e.write("event: complete\ndata:\n\n") // the client may be gone
	}
}

// ping writes comments until stop is called. A client that is gone ends the stream.
func (e *eventWriter) ping(ctx context.Context, done func()) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var pinging sync.WaitGroup
	pinging.Go(func() {
		tick := time.NewTicker(eventPing)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if e.write(":\n\n") != nil {
					done()
					return
				}
			}
		}
	})
	return func() { cancel(); pinging.Wait() }
}
