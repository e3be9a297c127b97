package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// The paths of the health endpoints.
const (
	HealthPath = "/healthz"
	ReadyPath  = "/readyz"
)

// pingTimeout is within what load balancers wait.
const pingTimeout = 2 * time.Second

// Health answers 200 while ping, if there is one, succeeds.
func Health(ping func(context.Context) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if ping != nil {
			ctx, cancel := context.WithTimeout(r.Context(), pingTimeout)
			defer cancel()
			if err := ping(ctx); err != nil {
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = w.Write([]byte(unreadyText(err)))
				return
			}
		}
		_, _ = w.Write([]byte("ok\n"))
	})
}

// Unready is a reason why a server is not ready. /readyz shows it to anonymous clients, so it names no address, no key and
// no cause.
type Unready string

// Error implements error.
func (u Unready) Error() string { return string(u) }

// unreadyText returns the body of /readyz for an error. An error that is no Unready is not shown.
func unreadyText(err error) string {
	var reason Unready
	if errors.As(err, &reason) {
		return "not ready: " + string(reason) + "\n"
	}
	return "not ready\n"
}
