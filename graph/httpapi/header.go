package httpapi

import (
	"maps"
	"net/http"
)

// always is what every answer has. All answers share the values, which nobody changes: whoever sets a header replaces its
// value. Six allocations for each answer are saved. What rules documents alone, such as Referrer-Policy, is set by the pages:
// with more than eight headers, a map takes twice the time and four times the memory.
var always = http.Header{
	"X-Content-Type-Options":  {"nosniff"},
	"X-Frame-Options":         {"DENY"},
	"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"},
}

var uncached = []string{"no-store"}

// SecurityHeaders sets what every answer carries. The playground and the console have policies of their own. With httpsOnly
// browsers use https for this host for a year (RFC 6797), not for hosts below it, which others may own.
func SecurityHeaders(httpsOnly bool, next http.Handler) http.Handler {
	headers := always
	if httpsOnly {
		headers = maps.Clone(always)
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
