package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"authgraph/internal/cli"
	"authgraph/test/harness"
)

func TestHealth(t *testing.T) {
	answer := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/readyz" {
				status = http.StatusNotFound
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(text))
		}
	}
	for _, row := range []struct {
		name    string
		handler http.HandlerFunc
		refused string // text of the error; "" for success
	}{
		{"ready", answer(http.StatusOK, "ok\n"), ""},
		{"not ready", answer(http.StatusServiceUnavailable, "not ready\n"), "503: not ready"},
		{"another server", answer(http.StatusNotFound, "x"), "404"},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := httptest.NewServer(row.handler)
			defer server.Close()
			out, err := harness.Command(t, "", []string{"AUTHGRAPH_ADDR=" + server.Listener.Addr().String()}, "health")
			if row.refused == "" {
				if err != nil || out != "ok\n" {
					t.Errorf("got %q, %v, want ok", out, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), row.refused) || cli.ExitCode(err) != 1 {
				t.Errorf("got %q, %v, want an error with %q and exit code 1", out, err, row.refused)
			}
		})
	}
}
