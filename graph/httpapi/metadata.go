package httpapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// ServeMetadata serves what OAuth's clients look for (RFC 8414) as far as it is true: who issues the tokens, and the keys.
// There are no endpoints of OAuth's own, so the two lists that a client would otherwise fill in with defaults are said
// to be empty, although section 3.2 would leave empty lists out.
func ServeMetadata(mux *http.ServeMux, issuer string) error {
	u, err := url.Parse(issuer)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{
		"issuer": issuer, "jwks_uri": issuer + "/.well-known/jwks.json",
		"response_types_supported": []string{}, "grant_types_supported": []string{},
	})
	if err != nil {
		return err
	}
	// Section 3.1: the path of an issuer follows the well-known one.
	path := "/.well-known/oauth-authorization-server" + strings.TrimRight(u.EscapedPath(), "/")
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("Access-Control-Allow-Origin", "*")
		_, _ = w.Write(body)
	})
	return nil
}
