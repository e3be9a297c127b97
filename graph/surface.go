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
	"strings"
	"time"

	"authgraph/auth"
)

// always is what every answer has. All answers share the values, which nobody changes: whoever sets a header replaces its
// value. Six allocations for each answer are saved.
var always = http.Header{
	"X-Content-Type-Options":     {"nosniff"},
	"X-Frame-Options":            {"DENY"},
	"Referrer-Policy":            {"no-referrer"},
	"Cross-Origin-Opener-Policy": {"same-origin"},
	"Content-Security-Policy":    {"default-src 'none'; frame-ancestors 'none'"},
}

var uncached = []string{"no-store"}

// secured sets what every answer carries. The playground and the console have policies of their own.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), always)
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

// loopbackHost refuses every Host but a loopback one: a page elsewhere could point a name of its own at 127.0.0.1
// (DNS rebinding) and read a development server's answers.
func loopbackHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			http.Error(w, "In development mode this server answers only to localhost.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopback(hostport string) bool {
	name := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	if strings.EqualFold(name, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.IsLoopback()
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
				_, _ = w.Write([]byte("not ready\n"))
				return
			}
		}
		_, _ = w.Write([]byte("ok\n"))
	})
}
