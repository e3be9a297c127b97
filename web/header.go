package web

import (
	"net/http"
	"strings"
)

// The page holds an access token, so what may run in it and where it may send things is pinned down. Monaco writes style
// elements as it goes, which is why styles, and only they, may be inline. 'self' covers ws: and wss: to the same host
// (CSP level 3), and data: the few images and cursors inside stylesheets.
var contentSecurityPolicy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self'",
	"worker-src 'self'",
	"style-src 'self' 'unsafe-inline'",
	"connect-src 'self'",
	"img-src 'self' data:",
	"font-src 'self' data:",
	"frame-ancestors 'none'",
	"base-uri 'none'",
	"form-action 'none'",
	"object-src 'none'",
}, "; ")

func guard(h http.Header) {
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
}
