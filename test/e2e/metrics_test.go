package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// Each outcome of a refresh is counted apart, and nothing that is shown names anybody.
func TestMetrics(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	p := harness.StartProgram(t, "AUTHGRAPH_METRICS_ADDR="+address, "AUTHGRAPH_REFRESH_GRACE=0s")
	w := &harness.Server{API: p.API}
	w.Register(t, "ada@example.com", harness.Password)
	first, _ := w.Login(t, "ada@example.com", nil)
	w.Refresh(t, "agr1.nonsense")
	second, _ := w.Refresh(t, first.RefreshToken)
	w.Refresh(t, first.RefreshToken) // with no time of grace: a reuse
	w.Refresh(t, second.RefreshToken)
	third, _ := w.Login(t, "ada@example.com", nil)
	w.Query(t, third.AccessToken, `mutation { logout { endedSessionIds } }`, nil)
	w.Refresh(t, third.RefreshToken)

	w.Query(t, "", `{ __typename me { id } }`, nil) // several root fields
	w.Query(t, "agr1.nonsense", `{ me { id } }`, nil)

	got := (&harness.API{BaseURL: "http://" + address, HTTP: &http.Client{}}).Do(t, http.MethodGet, "/metrics", "", nil)
	for _, want := range []string{
		`authgraph_refreshes_total{outcome="rotated"} 1`, `authgraph_refreshes_total{outcome="converged"} 0`,
		`authgraph_refreshes_total{outcome="reused"} 2`, `authgraph_refreshes_total{outcome="ended"} 1`,
		`authgraph_refreshes_total{outcome="invalid"} 1`, "authgraph_lease_held 1", "authgraph_streams 0", `authgraph_streams_refused_total{bound="account"} 0`,
		"authgraph_hash_queue 0", "authgraph_hash_wait_seconds_count 3", `authgraph_hash_sheds_total{reason="full"} 0`,
		"authgraph_audit_seal_failures_total 0", "authgraph_audit_sealed_total ", "authgraph_audit_unsealed ",
		"authgraph_audit_lag_seconds ",
		`authgraph_requests_total{code="OK",operation="Mutation.login"} 2`, `authgraph_requests_total{code="OK",operation="Query.me"} 0`,
		`authgraph_requests_total{code="OK",operation="Mutation.refresh"} 1`, `authgraph_requests_total{code="UNAUTHENTICATED",operation="none"} 1`,
		`authgraph_requests_total{code="UNAUTHENTICATED",operation="several"} 1`,
		`authgraph_request_duration_seconds_count{operation="Mutation.login"} 2`,
		"authgraph_database_up 1", `authgraph_database_errors_total{kind="unavailable"} 0`, `go_sql_open_connections{db_name="sqlite_read"}`,
		"authgraph_keys_unopened 0", "authgraph_clock_ahead_seconds ", "go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(got.Body, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	for _, secret := range []string{"ada@example.com", first.RefreshToken, second.AccessToken, first.Session.ID, first.User.ID} {
		if strings.Contains(got.Body, secret) {
			t.Errorf("it shows %q", secret)
		}
	}
	for path, shows := range map[string]string{"/metrics": "authgraph_", "/debug/pprof/": "goroutine", "/debug/pprof/goroutine?debug=1": "goroutine"} {
		if here := (&harness.API{BaseURL: "http://" + address, HTTP: &http.Client{}}).Do(t, http.MethodGet, path, "", nil); !strings.Contains(here.Body, shows) {
			t.Errorf("%s shows %d %s", path, here.Status, here.Body)
		}
		if there := w.Do(t, http.MethodGet, path, "", nil); there.Status == http.StatusOK && strings.Contains(there.Body, shows) {
			t.Errorf("the API's own address shows %s", path)
		}
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	for issuer, path := range map[string]string{
		"https://accounts.example.com": "", "https://example.com/eu/accounts": "/eu/accounts",
	} {
		w := harness.StartSQLite(t, "AUTHGRAPH_ISSUER="+issuer)
		got := w.Do(t, http.MethodGet, "/.well-known/oauth-authorization-server"+path, "", nil)
		var said map[string]any
		if err := json.Unmarshal([]byte(got.Body), &said); err != nil {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		if said["issuer"] != issuer || said["jwks_uri"] != issuer+"/.well-known/jwks.json" || len(said) != 4 {
			t.Errorf("got %v", said)
		}
	}
}
