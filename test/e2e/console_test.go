package e2e

import (
	"net/http"
	"strings"
	"testing"

	"authgraph/test/harness"
)

func TestConsole_ServedUnlessOff(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		environ []string
		status  int
	}{
		{"by default", nil, 200},
		{"without the playground", []string{"AUTHGRAPH_PLAYGROUND=false"}, 200},
		{"off", []string{"AUTHGRAPH_CONSOLE=false"}, 404},
		{"off, without the playground", []string{"AUTHGRAPH_CONSOLE=false", "AUTHGRAPH_PLAYGROUND=false"}, 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := harness.StartSQLite(t, tt.environ...)
			for _, path := range []string{"/console/", "/console/icon.svg"} {
				got := w.Do(t, "GET", path, "", http.Header{})
				if got.Status != tt.status {
					t.Errorf("%s: got %d, want %d", path, got.Status, tt.status)
				}
				if policy := got.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
					t.Errorf("%s: got the policy %q", path, policy)
				}
			}
		})
	}
}
