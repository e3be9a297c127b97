package graph

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"authgraph/auth"
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

// secured sets what every answer carries. The playground and the console have policies of their own. With httpsOnly
// browsers use https for this host for a year (RFC 6797), not for hosts below it, which others may own.
func secured(httpsOnly bool, next http.Handler) http.Handler {
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

// noStore keeps answers, which hold tokens and personal data, out of every cache.
func noStore(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Cache-Control"] = uncached
		next.ServeHTTP(w, r)
	})
}

// loopbackHost refuses every Host but loopback and the further hosts. Otherwise a page elsewhere could point a name of
// its own at 127.0.0.1 (DNS rebinding) and read a development server's answers.
func loopbackHost(further []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !IsLoopback(r.Host) && !slices.Contains(further, hostname(r.Host)) {
			http.Error(w, "In development this server answers only to localhost and to the hosts of AUTHGRAPH_DEVELOPMENT_HOSTS.",
				http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostname returns the host without its port, in lower case, an address in its shortest form, IPv6 in brackets.
func hostname(hostport string) string {
	name := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if address, err := netip.ParseAddr(name); err == nil && address.Is6() {
		return "[" + address.String() + "]"
	}
	return name
}

// IsLoopback reports whether a host, with a port or without, is localhost or a loopback address.
func IsLoopback(hostport string) bool {
	name := hostname(hostport)
	if name == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && address.IsLoopback()
}

// withoutSlash redirects to the same path without its slash (308), so that a client repeats method and body. The
// Location is relative, because a proxy may have removed the beginning of the path.
func withoutSlash(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		location := path
		if r.URL.RawQuery != "" {
			location += "?" + r.URL.RawQuery
		}
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusPermanentRedirect)
	})
}

// jwks serves the public keys: RFC 7517, 5. While they can't be had, whoever has them goes on with those.
func jwks(keys func(context.Context) ([]auth.Key, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		found, err := keys(r.Context())
		if err != nil {
			h.Set("Cache-Control", "no-store")
			h.Set("Retry-After", "1")
			http.Error(w, "The keys are out of reach for the moment.", http.StatusServiceUnavailable)
			return
		}
		body, err := auth.MarshalJWKS(found)
		if err != nil {
			panic(err) // a key that this server made and can't show: the outermost handler answers
		}
		digest := sha256.Sum256(body)
		h.Set("Content-Type", "application/jwk-set+json")
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("ETag", `"`+hex.EncodeToString(digest[:16])+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body)) // it answers If-None-Match
	})
}

// The paths of the health endpoints.
const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

// pingTimeout is within what load balancers wait.
const pingTimeout = 2 * time.Second

// health answers 200 while ping, if there is one, succeeds.
func health(ping func(context.Context) error) http.Handler {
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
