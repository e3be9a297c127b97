package e2e

import (
	"net/http"
	"strings"
	"testing"

	"authgraph/db/dbtest"
	"authgraph/internal/pgtest"
	"authgraph/test/harness"
)

// A database that goes away ends no session: while it is gone the answer is SERVICE_UNAVAILABLE, and when it is back the
// same token counts again.
func TestOutage(t *testing.T) {
	t.Parallel()
	cluster := pgtest.New(t)
	store := dbtest.OpenPostgres(t, cluster.Database(t))
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := harness.Start(t, store)
	ada := w.Register(t, "ada@example.com", harness.Password)

	cluster.Stop(t)
	login := map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password}}
	for name, got := range map[string]harness.Response{
		"me": w.Query(t, ada.Token, `{ me { id } }`, nil), "login": w.Query(t, "", harness.LoginDocument, login),
	} {
		if got.Status != http.StatusOK || !strings.Contains(got.Body, `"code":"SERVICE_UNAVAILABLE"`) {
			t.Errorf("%s while the database is gone: %d %s", name, got.Status, got.Body)
		} else if got.Header.Get("Retry-After") != "1" || strings.Contains(got.Body, "connect") {
			t.Errorf("%s while the database is gone: %d %s", name, got.Status, got.Body)
		}
	}
	if got := w.Do(t, http.MethodGet, "/readyz", "", nil); got.Status != http.StatusServiceUnavailable {
		t.Errorf("readyz: %d %s", got.Status, got.Body)
	}
	if got := w.Do(t, http.MethodGet, "/healthz", "", nil); got.Status != http.StatusOK {
		t.Errorf("healthz: %d %s", got.Status, got.Body)
	}

	cluster.Start(t)
	if got := w.Query(t, ada.Token, `{ me { email } }`, nil); got.Body != `{"data":{"me":{"email":"ada@example.com"}}}` {
		t.Errorf("me when it is back: %d %s", got.Status, got.Body)
	}
}

func TestSurface(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	if got := w.Do(t, http.MethodGet, "/.well-known/jwks.json", "", nil); got.Status != 200 ||
		!strings.Contains(got.Body, `"alg":"ES256"`) || strings.Contains(got.Body, `"d"`) {
		t.Errorf("jwks.json: %d %s", got.Status, got.Body)
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
