package httpapi

import (
	"maps"
	"net/http"
)

// securityHeaders are the headers of every response. Responses share the values, which saves six allocations for each: a
// handler that sets a header replaces its value. Headers that apply to documents alone, such as Referrer-Policy, are set by
// the pages, because a map of more than eight headers takes twice the time and four times the memory.
var securityHeaders = http.Header{
	"X-Content-Type-Options":  {"nosniff"},
	"X-Frame-Options":         {"DENY"},
	"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"},
}

var uncached = []string{"no-store"}

// SecurityHeaders sets what every answer carries. The playground and the console have policies of their own. With httpsOnly
// browsers use https for this host for a year (RFC 6797), not for hosts below it, which others may own.
func SecurityHeaders(httpsOnly bool, next http.Handler) http.Handler {
	headers := securityHeaders
	if httpsOnly {
		headers = maps.Clone(securityHeaders)
		headers.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), headers)
		next.ServeHTTP(w, r)
	})
}

// NoStore keeps answers, which hold tokens and personal data, out of every cache.
func NoStore(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Cache-Control"] = uncached
		next.ServeHTTP(w, r)
	})
}
