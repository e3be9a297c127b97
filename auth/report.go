package auth

import (
	"log/slog"
	"sync"
)

// once writes a fault of the importing server's wiring to the default logger. It does so at the first request alone,
// because anonymous clients could fill the log otherwise.
type once struct{ sync.Once }

func (o *once) report(fault string) {
	o.Do(func() { slog.Error(fault) })
}

var noGuard, noMiddleware once

const (
	withoutGuard = "auth: fields with @auth and @public are denied, because the server has no guard; " +
		"make one with auth.NewGuard and call server.Use(guard)"
	withoutMiddleware = "auth: every caller is anonymous, because no caller is in the request's context; " +
		"serve auth.Middleware(verifier)(server)"
)
