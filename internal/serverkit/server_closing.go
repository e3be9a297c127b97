package serverkit

import (
	"context"
	"net/http"
)

// closing has answers end their connections once ctx has ended, so that load balancers and clients with connections that
// stay open move to other instances before this one stops listening.
func closing(ctx context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() != nil {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
