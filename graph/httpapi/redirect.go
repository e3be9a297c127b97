package httpapi

import "net/http"

// WithoutSlash redirects to the same path without its slash (308), so that a client repeats method and body. The
// Location is relative, because a proxy may have removed the beginning of the path.
func WithoutSlash(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		location := path
		if r.URL.RawQuery != "" {
			location += "?" + r.URL.RawQuery
		}
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusPermanentRedirect)
	})
}
