package httpapi

import (
	"net/http"

	"github.com/rs/cors"
)

// preflightAge is how long browsers keep the answer to a preflight, in seconds.
const preflightAge = 600

// CrossOrigin lets browsers on the listed origins call, and warns of other origins. A listed origin may send any
// header, because libraries for tracing and client identification add headers of their own.
func CrossOrigin(o *Origins, refused *OriginWarnings, next http.Handler) http.Handler {
	handler := cors.New(cors.Options{
		AllowOriginFunc: o.lists, AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"*"}, // The answer repeats the requested names: browsers take no * with credentials.
		ExposedHeaders: []string{"X-Request-Id", "Retry-After", "WWW-Authenticate"}, MaxAge: preflightAge,
		AllowCredentials: true, // for the cookie of a refresh token
	}).Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !o.sameOrigin(r) {
			if origin := r.Header.Get("Origin"); !o.lists(origin) {
				refused.warn(origin)
			}
		}
		handler.ServeHTTP(w, r)
	})
}
