package config

import (
	"strings"
	"testing"
)

func TestLoad_Addr(t *testing.T) {
	const secrets, issuer = "AUTHGRAPH_SECRETS=k1:", "AUTHGRAPH_ISSUER=https://a.example"
	tests := []struct {
		addr                    string
		development, production bool
	}{
		{"127.0.0.1:8080", true, true},
		{"127.255.3.4:0", true, true},
		{"[::1]:8080", true, true},
		{"localhost:65535", true, true},
		{":8080", false, true},
		{"0.0.0.0:8080", false, true},
		{"[::]:8080", false, true},
		{"192.168.0.1:8080", false, true},
		{"accounts.example.com:8080", false, true},
		{"localhost.example.com:8080", false, true},
		{"localhost", false, false},
		{"127.0.0.1:65536", false, false},
		{"127.0.0.1:http", false, false},
		{"::1:8080", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.addr, func(t *testing.T) {
			for mode, want := range map[string]bool{"development": tt.development, "production": tt.production} {
				for _, name := range []string{"AUTHGRAPH_ADDR", "AUTHGRAPH_METRICS_ADDR"} {
					_, err := Load([]string{"AUTHGRAPH_MODE=" + mode, issuer, secrets + keyText, name + "=" + tt.addr})
					if got := err == nil; got != want {
						t.Errorf("%s: got %v, want accepted %v", mode, err, want)
					}
					if err != nil && !strings.HasPrefix(err.Error(), name+" is ") {
						t.Errorf("%s: got %v, want a fault of %s alone", mode, err, name)
					}
				}
			}
		})
	}
}

func TestLoad_IssuerOfDevelopment(t *testing.T) {
	for addr, want := range map[string]string{
		"localhost:3000": "http://localhost:3000",
		"127.0.0.1:3000": "http://127.0.0.1:3000",
		"[::1]:3000":     "http://[::1]:3000",
	} {
		c, err := Load([]string{"AUTHGRAPH_ADDR=" + addr})
		if err != nil || c.Issuer != want {
			t.Errorf("%s: got issuer %q, %v, want %q", addr, c.Issuer, err, want)
		}
	}
}

func TestLoad_Issuer(t *testing.T) {
	tests := []struct {
		given, want string // want is empty where a fault is
	}{
		{"https://accounts.example.com", "https://accounts.example.com"},
		{"HTTPS://accounts.example.com/a", "https://accounts.example.com/a"},
		{"https://accounts.example.com/", "https://accounts.example.com"},
		{"https://example.com:8443/accounts/", "https://example.com:8443/accounts"},
		{"http://localhost:8080", "http://localhost:8080"},
		{"http://127.0.0.1:8080/", "http://127.0.0.1:8080"},
		{"http://[::1]:8080", "http://[::1]:8080"},
		{"http://accounts.example.com", ""},
		{"ftp://localhost", ""},
		{"accounts.example.com", ""},
		{"https://", ""},
		{"https:///path", ""},
		{"https://:443", ""},
		{"https://user@example.com", ""},
		{"https://example.com?", ""},
		{"https://example.com?a=b", ""},
		{"https://example.com#", ""},
		{"https://example.com#a", ""},
		{"https://exa mple.com", ""},
	}
	for _, tt := range tests {
		t.Run(tt.given, func(t *testing.T) {
			c, err := Load(production("AUTHGRAPH_ISSUER=" + tt.given))
			if c.Issuer != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", c.Issuer, err, tt.want)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "AUTHGRAPH_ISSUER is ") {
				t.Errorf("got %v, want a fault of AUTHGRAPH_ISSUER", err)
			}
		})
	}
}
