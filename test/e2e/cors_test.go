package e2e

import (
	"net/http"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// Browsers on other sites may call only from the origins that AUTHGRAPH_ORIGINS lists.
func TestCORS(t *testing.T) {
	t.Parallel()
	listed := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+t.TempDir(), "AUTHGRAPH_ORIGINS=https://app.test,HTTPS://Other.test:443")
	closed := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+t.TempDir())
	for _, row := range []struct {
		name    string
		server  *harness.Program
		origin  string
		allowed bool
	}{
		{"listed", listed, "https://app.test", true},
		{"listed in another spelling", listed, "https://other.test", true},
		{"another site", listed, "https://evil.test", false},
		{"a name below the listed one", listed, "https://sub.app.test", false},
		{"a name that begins alike", listed, "https://app.test.evil.test", false},
		{"another scheme", listed, "http://app.test", false},
		{"another port", listed, "https://app.test:8443", false},
		{"no origin of its own", listed, "null", false},
		{"the wildcard", listed, "*", false},
		{"none is listed", closed, "https://app.test", false},
		{"none is listed, no origin of its own", closed, "null", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			want := ""
			if row.allowed {
				want = row.origin
			}
			preflight := row.server.Do(t, http.MethodOptions, "/graphql", "", http.Header{
				"Origin": {row.origin}, "Access-Control-Request-Method": {"POST"},
				"Access-Control-Request-Headers": {"authorization,content-type"},
			})
			checkCORS(t, "preflight", preflight.Header, want)
			if got := preflight.Header.Get("Access-Control-Allow-Methods"); (got == "POST") != row.allowed {
				t.Errorf("preflight: methods are %q", got)
			}
			headers := preflight.Header.Get("Access-Control-Allow-Headers")
			if strings.Contains(headers, "authorization") != row.allowed || strings.Contains(headers, "*") {
				t.Errorf("preflight: headers are %q", headers)
			}

			got := row.server.Do(t, http.MethodPost, "/graphql", `{"query":"{ me { id } }"}`,
				http.Header{"Origin": {row.origin}})
			checkCORS(t, "request", got.Header, want)
			exposed := got.Header.Get("Access-Control-Expose-Headers")
			for _, name := range []string{"X-Request-Id", "Retry-After", "Www-Authenticate"} {
				if strings.Contains(exposed, name) != row.allowed {
					t.Errorf("request: exposed are %q", exposed)
				}
			}
			if !strings.Contains(got.Body, "UNAUTHENTICATED") {
				t.Errorf("the request got %d %s", got.Status, got.Body)
			}
		})
	}
	for _, method := range []string{"PUT", "DELETE"} {
		got := listed.Do(t, http.MethodOptions, "/graphql", "", http.Header{
			"Origin": {"https://app.test"}, "Access-Control-Request-Method": {method}})
		checkCORS(t, "preflight of "+method, got.Header, "")
	}
	// Other origins may read the API and the public keys, and nothing else.
	for path, want := range map[string]string{"/": "", "/readyz": "", "/.well-known/jwks.json": "*"} {
		got := listed.Do(t, http.MethodGet, path, "", http.Header{"Origin": {"https://app.test"}})
		if allowed := got.Header.Get("Access-Control-Allow-Origin"); got.Status != http.StatusOK || allowed != want {
			t.Errorf("%s: got %d for %q, want it for %q", path, got.Status, allowed, want)
		}
	}
}

// checkCORS checks whom an answer is for. Listed origins may send the cookie of a refresh token.
func checkCORS(t *testing.T, what string, header http.Header, origin string) {
	t.Helper()
	if got := header.Get("Access-Control-Allow-Origin"); got != origin {
		t.Errorf("%s: allowed for %q, want %q", what, got, origin)
	}
	if got := header.Get("Access-Control-Allow-Credentials"); (got == "true") != (origin != "") {
		t.Errorf("%s: with credentials: %q", what, got)
	}
	if origin != "" && !strings.Contains(strings.Join(header.Values("Vary"), ","), "Origin") {
		t.Errorf("%s: a cache could give it to another origin: Vary is %q", what, header.Values("Vary"))
	}
}
