package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"authgraph/auth"
)

// JWKS serves the public keys: RFC 7517, 5. While they are unavailable, clients continue with their cached keys.
func JWKS(keys func(context.Context) ([]auth.Key, error)) http.Handler {
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
