package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/graph/reqctx"
)

// Recover answers INTERNAL, which recovered returns, to what panics outside of gqlgen, which recovers its own: in an
// Authenticator, for one. net/http would close the connection without an answer, and log the panic's value, which may hold anything.
func Recover(
	present reqctx.Present, recovered func(ctx context.Context, value any) error, next http.Handler,
) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := w.(*statusWriter) // the log's, as a rule
		if !ok {
			answer = &statusWriter{w, &reqctx.Record{}}
		}
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			if err, ok := value.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(value)
			}
			err := recovered(r.Context(), value)
			if answer.record.Status != 0 {
				panic(http.ErrAbortHandler) // half an answer must not pass for a whole one
			}
			media, _ := negotiate(r.Header.Values("Accept"))
			writeErrors(w, cmp.Or(media, mediaJSON), http.StatusInternalServerError,
				gqlerror.List{present(r.Context(), err)})
		}()
		next.ServeHTTP(answer, r)
	})
}
