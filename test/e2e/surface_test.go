package e2e

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"authgraph/config"
	"authgraph/test/harness"
)

// The path with a slash redirects so that clients repeat method and body, for pages elsewhere too.
func TestGraphQL_TrailingSlash(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_ORIGINS=https://app.test")
	app := http.Header{"Origin": {"https://app.test"}}
	for _, tt := range []struct{ name, method, path, location string }{
		{"POST", http.MethodPost, "/graphql/", "../graphql"},
		{"GET", http.MethodGet, "/graphql/?query=%7B__typename%7D", "../graphql?query=%7B__typename%7D"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.method + " " + tt.path + " HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.test\r\nContent-Length: 0\r\n\r\n"
			got, body := rawRequest(t, w.Listener.Addr().String(), text)
			if got.StatusCode != http.StatusPermanentRedirect || got.Header.Get("Location") != tt.location {
				t.Errorf("got %d %s to %q, want 308 to %q", got.StatusCode, body, got.Header.Get("Location"), tt.location)
			}
			if got := got.Header.Get("Access-Control-Allow-Origin"); got != "https://app.test" {
				t.Errorf("allowed for %q, want the listed origin", got)
			}
		})
	}
	const want = `{"data":{"authOptions":{"registration":true}}}`
	if got := w.Do(t, http.MethodPost, "/graphql/", `{"query":"{ authOptions { registration } }"}`, app); got.Body != want {
		t.Errorf("a client that follows got %d %s, want %s", got.Status, got.Body, want)
	}
	if got := w.Do(t, http.MethodPost, "/graphql/more", `{}`, nil); got.Status == http.StatusPermanentRedirect {
		t.Error("a path below redirects too")
	}
}

// Load balancers ask for health every few seconds, so these requests are logged at debug.
func TestLog_Health(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	for _, path := range []string{"/readyz", "/healthz", "/.well-known/jwks.json"} {
		w.Do(t, http.MethodGet, path, "", nil)
	}
	want := map[string]string{"/readyz": "DEBUG", "/healthz": "DEBUG", "/.well-known/jwks.json": "INFO"}
	for line := range strings.Lines(w.Log.String()) {
		for path, level := range want {
			if strings.Contains(line, `"path":"`+path+`"`) {
				if !strings.Contains(line, `"level":"`+level+`"`) {
					t.Errorf("got %swant level %s", line, level)
				}
				delete(want, path)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not logged: %v", want)
	}
}

func TestDevelopmentHosts(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_DEVELOPMENT_HOSTS=10.0.2.2,Laptop.local,fd00::2")
	for _, tt := range []struct {
		name, host string
		status     int
	}{
		{"emulator", "10.0.2.2:8080", 200},
		{"emulator without a port", "10.0.2.2", 200},
		{"name in another case", "LAPTOP.local:8080", 200},
		{"IPv6 in full", "[fd00:0:0::2]:8080", 200},
		{"loopback name", "localhost:8080", 200},
		{"loopback IPv6", "[::1]:8080", 200},
		{"not listed", "10.0.2.3:8080", 421},
		{"a name below", "evil.laptop.local", 421},
		{"a name that begins alike", "10.0.2.2.evil.test", 421},
		{"a name of loopback's", "localhost.evil.test", 421},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, body := rawRequest(t, w.Listener.Addr().String(), "GET /healthz HTTP/1.1\r\nHost: "+tt.host+"\r\n\r\n")
			if got.StatusCode != tt.status {
				t.Errorf("got %d %s, want %d", got.StatusCode, body, tt.status)
			}
			if tt.status == 421 && !strings.Contains(body, "AUTHGRAPH_DEVELOPMENT_HOSTS") {
				t.Errorf("got %q, want the setting in it", body)
			}
		})
	}
}

// Production tells browsers to use https alone. Development does not, because localhost has other servers by http.
func TestStrictTransportSecurity(t *testing.T) {
	t.Parallel()
	const secret = "AUTHGRAPH_SECRETS=a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for _, tt := range []struct {
		name    string
		environ []string
		want    string
	}{
		{"production", []string{"AUTHGRAPH_MODE=production", "AUTHGRAPH_ISSUER=https://accounts.test", secret}, "max-age=31536000"},
		{"production by http on loopback", []string{"AUTHGRAPH_MODE=production", "AUTHGRAPH_ISSUER=http://localhost:8080", secret}, ""},
		{"development with an https issuer", []string{"AUTHGRAPH_ISSUER=https://localhost:8443"}, ""},
		{"development", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := harness.StartSQLite(t, tt.environ...)
			for _, path := range []string{"/", "/console/", "/readyz", "/graphql?query=%7B__typename%7D"} {
				got := w.Do(t, http.MethodGet, path, "", nil)
				if h := got.Header.Get("Strict-Transport-Security"); got.Status != http.StatusOK || h != tt.want {
					t.Errorf("%s: got %d with %q, want %q", path, got.Status, h, tt.want)
				}
			}
		})
	}
}

// Once serving has ended, /readyz fails, and every answer ends its connection.
func TestHandler_Closing(t *testing.T) {
	t.Parallel()
	c, err := config.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := harness.StartSQLite(t)
	serving, end := context.WithCancel(t.Context())
	defer end()
	handler, err := w.App.Handler(c, slog.New(slog.DiscardHandler), serving)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	for _, tt := range []struct {
		name   string
		ready  int
		closes bool
	}{{"serving", 200, false}, {"stopping", 503, true}} {
		for path, status := range map[string]int{"/readyz": tt.ready, "/graphql?query=%7B__typename%7D": 200, "/": 200} {
			got, body := rawRequest(t, server.Listener.Addr().String(), "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
			if got.StatusCode != status || got.Close != tt.closes {
				t.Errorf("%s, %s: got %d %.80s, closes %v, want %d, %v", tt.name, path, got.StatusCode, body, got.Close, status, tt.closes)
			}
		}
		end()
	}
}
