package serverkit

import (
	"testing"

	"authgraph/config"
)

// Cookies of a host are shared by all its ports, so two servers of one developer have different names for theirs.
func TestCookieSuffix(t *testing.T) {
	secret := "AUTHGRAPH_SECRETS=a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	tests := []struct {
		name    string
		environ []string
		want    string
	}{
		{"development", nil, "-8080"},
		{"development, another port", []string{"AUTHGRAPH_ADDR=127.0.0.1:8081"}, "-8081"},
		{"development, port of the system's choice", []string{"AUTHGRAPH_ADDR=127.0.0.1:0"}, "-43210"},
		{"development, issuer without a port", []string{"AUTHGRAPH_ISSUER=https://accounts.test"}, ""},
		{"development, issuer below a path", []string{"AUTHGRAPH_ISSUER=http://localhost:8080/a/b;c"}, "-8080-a-b-c"},
		{"production", []string{"AUTHGRAPH_MODE=production", secret, "AUTHGRAPH_ISSUER=https://accounts.test:8443/auth"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := config.Load(tt.environ)
			if err != nil {
				t.Fatal(err)
			}
			if got := cookieSuffix(c, "127.0.0.1:43210"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
