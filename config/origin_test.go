package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestLoad_Origins(t *testing.T) {
	tests := []struct {
		name, given string
		want        []string // nil where a fault is
		advice      string   // in the fault
	}{
		{"plain", "https://app.example.com", []string{"https://app.example.com"}, ""},
		{"upper case and default ports", "HTTPS://App.Example.com:443 ,http://a.example:80", []string{"https://app.example.com", "http://a.example"}, ""},
		{"other ports", "https://a.example:8443,http://[::1]:5173", []string{"https://a.example:8443", "http://[::1]:5173"}, ""},
		{"default port of the other scheme", "http://a.example:443", []string{"http://a.example:443"}, ""},
		{"port with zeros", "https://a.example:0443", []string{"https://a.example"}, ""},
		{"trailing slash", "https://a.example/", []string{"https://a.example"}, ""},
		{"trailing slash after a port", "https://a.example:8443/", []string{"https://a.example:8443"}, ""},
		{"underscore", "https://a_b.example", []string{"https://a_b.example"}, ""},
		{"trailing dot", "https://a.example.", []string{"https://a.example."}, ""},

		{"umlaut", "https://bücher.example", []string{"https://xn--bcher-kva.example"}, ""},
		{"umlaut in upper case", "https://BÜCHER.example:443", []string{"https://xn--bcher-kva.example"}, ""},
		{"umlaut decomposed", "https://bu\u0308cher.example", []string{"https://xn--bcher-kva.example"}, ""},
		{"Punycode", "https://XN--BCHER-KVA.example", []string{"https://xn--bcher-kva.example"}, ""},
		{"sharp s is not ss", "https://straße.example", []string{"https://xn--strae-oqa.example"}, ""},
		{"full width", "https://ａｐｐ.example", []string{"https://app.example"}, ""},
		{"Chinese with an ideographic stop", "https://例え。example", []string{"https://xn--r8jz45g.example"}, ""},
		{"Punycode of nothing", "https://xn--a.example", nil, "give scheme://host"},

		{"IPv4", "http://192.168.0.1:3000", []string{"http://192.168.0.1:3000"}, ""},
		{"IPv4 in short", "http://127.1:3000", nil, "give scheme://host"},
		{"IPv4 as a number", "http://2130706433", nil, "give scheme://host"},
		{"IPv4 in hexadecimal", "http://0x7f.0.0.1", nil, "give scheme://host"},
		{"IPv4 with a dot at its end", "http://127.0.0.1.", nil, "give scheme://host"},
		{"IPv6 in full", "http://[0:0:0:0:0:0:0:1]:3000", []string{"http://[::1]:3000"}, ""},
		{"IPv6 in upper case", "https://[2001:DB8::A]", []string{"https://[2001:db8::a]"}, ""},
		{"IPv6 with IPv4 in it", "https://[::ffff:192.0.2.1]", []string{"https://[::ffff:c000:201]"}, ""},
		{"IPv6 with a zone", "https://[fe80::1%25eth0]", nil, "give scheme://host"},

		{"Capacitor", "capacitor://localhost", []string{"capacitor://localhost"}, ""},
		{"Ionic", "ionic://localhost", []string{"ionic://localhost"}, ""},
		{"Tauri", "tauri://localhost,http://tauri.localhost", []string{"tauri://localhost", "http://tauri.localhost"}, ""},
		{"Electron", "app://.,app://bundle", []string{"app://.", "app://bundle"}, ""},
		{"extension of Chrome", "chrome-extension://abcdefghijklmnopabcdefghijklmnop", []string{"chrome-extension://abcdefghijklmnopabcdefghijklmnop"}, ""},
		{"extension of Firefox", "moz-extension://6ae2ae2c-a9d5-4d3a-9a4d-5c7b0c7c3f0e", []string{"moz-extension://6ae2ae2c-a9d5-4d3a-9a4d-5c7b0c7c3f0e"}, ""},
		{"extension of Safari", "safari-web-extension://6AE2AE2C-A9D5-4D3A-9A4D-5C7B0C7C3F0E", []string{"safari-web-extension://6ae2ae2c-a9d5-4d3a-9a4d-5c7b0c7c3f0e"}, ""},
		{"own scheme with port and slash", "app+x.1-y://localhost:3000/", []string{"app+x.1-y://localhost:3000"}, ""},
		{"own scheme without a host", "capacitor://", nil, "give scheme://host"},
		{"own scheme with a path", "capacitor://localhost/index.html", nil, "give scheme://host"},
		{"files of a web view", "file://", []string{"file://"}, ""},
		{"files of a web view, with a slash", "file:///", []string{"file://"}, ""},

		{"wildcard", "*", nil, "wildcards are not accepted"},
		{"wildcard label", "https://*.preview.example.com", nil, "list each origin"},
		{"null", "null", nil, "sandboxed frame"},
		{"null in upper case", "NULL", nil, "sandboxed frame"},
		{"address of a socket", "wss://a.example", nil, "origin of the page"},
		{"data URL", "data://a", nil, "origin null"},
		{"without scheme", "app.example.com", nil, "give scheme://host"},
		{"without slashes", "https:a.example", nil, "give scheme://host"},
		{"without host", "https://", nil, "give scheme://host"},
		{"path", "https://a.example/path", nil, "give scheme://host"},
		{"query", "https://a.example?", nil, "give scheme://host"},
		{"query after the slash", "https://a.example/?", nil, "give scheme://host"},
		{"fragment", "https://a.example#", nil, "give scheme://host"},
		{"user", "https://user:secret@a.example", nil, "give scheme://host"},
		{"user without a password", "https://secret@a.example", nil, "give scheme://host"},
		{"comma at the end", "https://a.example,", nil, "give scheme://host"},
		{"spaces between", "https://a.example https://b.example", nil, "give scheme://host"},
		{"port out of range", "https://a.example:65536", nil, "from 0 to 65535"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Load([]string{"AUTHGRAPH_ORIGINS=" + tt.given})
			if !reflect.DeepEqual(c.Origins, tt.want) || (err == nil) != (tt.want != nil) {
				t.Errorf("got %q, %v, want %q", c.Origins, err, tt.want)
			}
			if err == nil {
				return
			}
			if text := err.Error(); !strings.HasPrefix(text, "AUTHGRAPH_ORIGINS has the entry ") || !strings.Contains(text, tt.advice) {
				t.Errorf("got %v, want a fault of AUTHGRAPH_ORIGINS that says %q", err, tt.advice)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want it without the secret", err)
			}
		})
	}
}

func TestLoadOrigins_Production(t *testing.T) {
	tests := []struct {
		name, given string
		accepted    bool
	}{
		{"https", "https://app.example.com", true},
		{"own scheme", "capacitor://localhost", true},
		{"http", "http://app.example.com", false},
		{"http on localhost", "https://app.example.com,http://localhost:5173", false},
		{"http on 127.0.0.1", "HTTP://127.0.0.1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(production("AUTHGRAPH_ORIGINS=" + tt.given))
			if (err == nil) != tt.accepted {
				t.Fatalf("got %v, want accepted %v", err, tt.accepted)
			}
			if err != nil && (!strings.HasPrefix(err.Error(), "AUTHGRAPH_ORIGINS has the entry \"http://") || !strings.Contains(err.Error(), "https")) {
				t.Errorf("got %v, want a fault of AUTHGRAPH_ORIGINS that says what to do", err)
			}
		})
	}
}

func TestLoadTrustedProxies_Production(t *testing.T) {
	tests := []struct {
		name, given           string
		development, accepted bool // accepted in production
	}{
		{"private networks", "10.0.0.0/8,fd00::/8,fc00::/7", true, true},
		{"a network of a content delivery network", "2a06:98c0::/29,104.16.0.0/13", true, true},
		{"all of IPv4", "0.0.0.0/0", true, false},
		{"all of IPv6", "::/0", true, false},
		{"all of IPv4 in the form of IPv6", "::ffff:0.0.0.0/96", true, false},
		{"half of IPv4", "10.0.0.1,128.0.0.0/1", true, false},
		{"every public address of IPv6", "2000::/3", true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Load([]string{"AUTHGRAPH_TRUSTED_PROXIES=" + tt.given}); (err == nil) != tt.development {
				t.Errorf("development: got %v, want accepted %v", err, tt.development)
			}
			_, err := Load(production("AUTHGRAPH_TRUSTED_PROXIES=" + tt.given))
			if (err == nil) != tt.accepted {
				t.Errorf("production: got %v, want accepted %v", err, tt.accepted)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "AUTHGRAPH_TRUSTED_PROXIES has the entry ") {
				t.Errorf("got %v, want a fault of AUTHGRAPH_TRUSTED_PROXIES", err)
			}
		})
	}
}

func TestLoad_DevelopmentHosts(t *testing.T) {
	tests := []struct {
		name, given string
		want        Hosts // nil where a fault is
	}{
		{"the emulator of Android", "10.0.2.2", Hosts{"10.0.2.2"}},
		{"names", "Laptop.local, host.docker.internal", Hosts{"laptop.local", "host.docker.internal"}},
		{"umlaut", "bücher.test", Hosts{"xn--bcher-kva.test"}},
		{"IPv6", "fd00::0:1,[fd00::2]", Hosts{"[fd00::1]", "[fd00::2]"}},
		{"port", "10.0.2.2:8080", nil},
		{"scheme", "http://10.0.2.2", nil},
		{"wildcard", "*", nil},
		{"wildcard label", "*.local", nil},
		{"empty entry", "a.local,", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Load([]string{"AUTHGRAPH_DEVELOPMENT_HOSTS=" + tt.given})
			if !reflect.DeepEqual(c.DevelopmentHosts, tt.want) || (err == nil) != (tt.want != nil) {
				t.Errorf("got %q, %v, want %q", c.DevelopmentHosts, err, tt.want)
			}
		})
	}
	if fault := mustFault(t, production("AUTHGRAPH_DEVELOPMENT_HOSTS=10.0.2.2")...); !strings.HasPrefix(fault, "AUTHGRAPH_DEVELOPMENT_HOSTS ") {
		t.Errorf("production: got %q, want a fault of AUTHGRAPH_DEVELOPMENT_HOSTS", fault)
	}
}

func TestConfig_PublicOrigin(t *testing.T) {
	tests := []struct{ name, issuer, want string }{
		{"plain", "https://accounts.example.com", "https://accounts.example.com"},
		{"path and default port", "https://Example.com:443/auth", "https://example.com"},
		{"umlaut", "https://bücher.example/auth", "https://xn--bcher-kva.example"},
		{"loopback", "http://[::1]:8080", "http://[::1]:8080"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Load([]string{"AUTHGRAPH_ISSUER=" + tt.issuer})
			if got := c.PublicOrigin(); err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestLoad_LameDuck(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		want    string
	}{
		{"development", nil, "0s"},
		{"production", production(), "5s"},
		{"production, off", production("AUTHGRAPH_LAME_DUCK=0s"), "0s"},
		{"development, set", []string{"AUTHGRAPH_LAME_DUCK=3s"}, "3s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Load(tt.environ)
			if got := c.LameDuck.String(); err != nil || got != tt.want {
				t.Errorf("got %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}
