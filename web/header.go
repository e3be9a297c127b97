package web

import "net/http"

// Both pages hold an access token, so what may run in them and where they may send things is pinned down. 'self' covers ws:
// and wss: to the same host (CSP level 3).
const (
	// Monaco writes style elements as it goes, which is why styles, and only they, may be inline, and data: is for the few
	// images and cursors inside its stylesheets.
	playgroundPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"connect-src 'self'; img-src 'self' data:; font-src 'self' data:; " + closed
	consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
		"require-trusted-types-for 'script'; trusted-types 'none'; " + closed

	closed = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"
)

func guard(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}
