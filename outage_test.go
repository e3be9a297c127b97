package main

import (
	"net/http"
	"strings"
	"testing"

	"authgraph/db"
	"authgraph/internal/pgtest"
)

// A database that goes away signs nobody out: while it is gone the answer is SERVICE_UNAVAILABLE, and when it is back the
// same token counts again.
func TestOutage(t *testing.T) {
	cluster := pgtest.New(t)
	store, err := db.OpenPostgres(t.Context(), cluster.Database(t), 4)
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, store)
	ada := w.register(t, "ada@example.com", pass)

	cluster.Stop(t)
	login := map[string]any{"i": map[string]any{"email": "ada@example.com", "password": pass}}
	for name, got := range map[string]answer{
		"me": w.query(t, ada.token, `{ me { id } }`, nil), "login": w.query(t, "", loginDocument, login),
	} {
		if got.status != http.StatusOK || !strings.Contains(got.body, `"code":"SERVICE_UNAVAILABLE"`) ||
			got.header.Get("Retry-After") != "1" || strings.Contains(got.body, "connect") {
			t.Errorf("%s while the database is gone: %d %s", name, got.status, got.body)
		}
	}
	if got := w.do(t, http.MethodGet, "/readyz", "", nil); got.status != http.StatusServiceUnavailable {
		t.Errorf("readyz: %d %s", got.status, got.body)
	}
	if got := w.do(t, http.MethodGet, "/healthz", "", nil); got.status != http.StatusOK {
		t.Errorf("healthz: %d %s", got.status, got.body)
	}

	cluster.Start(t)
	if got := w.query(t, ada.token, `{ me { email } }`, nil); got.body != `{"data":{"me":{"email":"ada@example.com"}}}` {
		t.Errorf("me when it is back: %d %s", got.status, got.body)
	}
}

func TestSurface(t *testing.T) {
	w := onSQLite(t)
	if got := w.do(t, http.MethodGet, "/.well-known/jwks.json", "", nil); got.status != 200 ||
		!strings.Contains(got.body, `"alg":"ES256"`) || strings.Contains(got.body, `"d"`) {
		t.Errorf("jwks.json: %d %s", got.status, got.body)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "rebound.example:8080"
	response, err := w.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another Host: got %d, want 421", response.StatusCode)
	}
	if got := response.Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("CORS is open: %q", got)
	}
}
