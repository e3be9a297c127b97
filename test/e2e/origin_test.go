package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// A listed origin may send the headers that its libraries add; others may send none.
func TestCORS_Headers(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_ORIGINS=https://app.test")
	tests := []struct {
		name, origin string
		requested    []string // a header line each
		allowed      bool
	}{
		{"Apollo Client", "https://app.test", []string{"apollographql-client-name,apollographql-client-version,content-type"}, true},
		{"Sentry", "https://app.test", []string{"baggage,sentry-trace"}, true},
		{"OpenTelemetry", "https://app.test", []string{"traceparent,tracestate"}, true},
		{"unsorted, upper case, spaces", "https://app.test", []string{"X-Request-Id,  Authorization , accept"}, true},
		{"split by a gateway", "https://app.test", []string{"authorization", "baggage"}, true},
		{"another origin", "https://evil.test", []string{"baggage,sentry-trace"}, false},
		{"another origin, plain", "https://evil.test", []string{"content-type"}, false},
		{"no origin", "null", []string{"content-type"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := w.Do(t, http.MethodOptions, "/graphql", "", http.Header{
				"Origin": {tt.origin}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": tt.requested,
				"Access-Control-Request-Private-Network": {"true"},
			})
			header := func(name string) string { return strings.Join(got.Header.Values(name), ",") }
			want := map[string]string{
				"Access-Control-Allow-Origin": tt.origin, "Access-Control-Allow-Headers": strings.Join(tt.requested, ","),
				"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Credentials": "true", "Access-Control-Max-Age": "600",
			}
			for name, value := range want {
				if !tt.allowed {
					value = ""
				}
				if header(name) != value {
					t.Errorf("%s: got %q, want %q", name, header(name), value)
				}
			}
			if got := header("Access-Control-Allow-Private-Network"); got != "" {
				t.Errorf("pages of public networks may reach a private one: got %q", got)
			}
			for _, name := range []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} {
				if !strings.Contains(header("Vary"), name) {
					t.Errorf("Vary: got %q, want %s in it", header("Vary"), name)
				}
			}
		})
	}
}

const handshake = "GET /graphql HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"

// The server knows its own origin by AUTHGRAPH_ISSUER, whatever Host a proxy sends; the origins that are listed, and in
// the form that browsers send.
func TestOrigin(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_ISSUER=https://Accounts.example.com:443/auth",
		"AUTHGRAPH_ORIGINS=https://bücher.example/,capacitor://localhost,safari-web-extension://6AE2AE2C-A9D5,file://")
	w.Register(t, "ada@example.com", harness.Password)
	signIn := `{"query":"mutation($i: LoginInput!) { login(input: $i) { accessToken } }","variables":{"i":{` +
		`"email":"ada@example.com","password":"` + harness.Password + `","delivery":"COOKIE"}}}`
	tests := []struct {
		name, host, origin string
		allowed            bool
	}{
		{"own origin, Host of the upstream", "127.0.0.1:8080", "https://accounts.example.com", true},
		{"own origin, Host of another upstream", "localhost", "https://accounts.example.com", true},
		{"origin of the Host", "127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"listed, in Punycode", "localhost", "https://xn--bcher-kva.example", true},
		{"listed scheme of its own", "localhost", "capacitor://localhost", true},
		{"listed, in upper case", "localhost", "safari-web-extension://6AE2AE2C-A9D5", true},
		{"listed files", "localhost", "file://", true},
		{"no origin", "localhost", "", true},
		{"own host by http", "127.0.0.1:8080", "http://accounts.example.com", false},
		{"own host, another port", "127.0.0.1:8080", "https://accounts.example.com:8443", false},
		{"a name below the own", "127.0.0.1:8080", "https://evil.accounts.example.com", false},
		{"a name that begins with the own", "127.0.0.1:8080", "https://accounts.example.com.evil.test", false},
		{"listed host, another scheme", "localhost", "ionic://localhost", false},
		{"null", "localhost", "null", false},
		{"no URL", "localhost", "://", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := "Host: " + tt.host + "\r\n"
			if tt.origin != "" {
				header += "Origin: " + tt.origin + "\r\n"
			}
			want := http.StatusForbidden
			if tt.allowed {
				want = http.StatusSwitchingProtocols
			}
			address := w.Listener.Addr().String()
			if got, body := rawRequest(t, address, handshake+header+"\r\n"); got.StatusCode != want {
				t.Errorf("socket: got %d %s, want %d", got.StatusCode, body, want)
			}
			post := fmt.Sprintf("POST /graphql HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", header, len(signIn), signIn)
			got, body := rawRequest(t, address, post)
			if set := len(got.Cookies()) > 0; set != tt.allowed || strings.Contains(body, "FORBIDDEN") == tt.allowed {
				t.Errorf("sign-in by cookie: got %d %s with the cookies %v, want allowed %v", got.StatusCode, body, got.Cookies(), tt.allowed)
			}
		})
	}
}

// An origin that is not listed is logged once a minute, so that a developer finds the setting.
func TestOrigin_Warning(t *testing.T) {
	t.Parallel()
	for _, environ := range [][]string{nil, {"AUTHGRAPH_ORIGINS=https://app.test"}} {
		w := harness.StartSQLite(t, environ...)
		for range 3 {
			for _, method := range []string{http.MethodOptions, http.MethodPost} {
				w.Do(t, method, "/graphql", `{"query":"{ __typename }"}`, http.Header{
					"Origin": {"http://localhost:5173"}, "Access-Control-Request-Method": {"POST"}})
			}
			rawRequest(t, w.Listener.Addr().String(), handshake+"Host: localhost\r\nOrigin: https://b.test\r\n\r\n")
		}
		for _, own := range []string{w.URL, "http://127.0.0.1:8080"} { // the origin of the Host and of the issuer
			w.Do(t, http.MethodPost, "/graphql", `{"query":"{ __typename }"}`, http.Header{"Origin": {own}})
		}
		if environ != nil {
			w.Do(t, http.MethodPost, "/graphql", `{"query":"{ __typename }"}`, http.Header{"Origin": {"https://app.test"}})
		}
		logs := w.Log.String()
		for _, origin := range []string{"http://localhost:5173", "https://b.test"} {
			if got := strings.Count(logs, `"level":"WARN","msg":"origin `+origin+` is not in AUTHGRAPH_ORIGINS"`); got != 1 {
				t.Errorf("%v: got %d warnings of %s, want 1:\n%s", environ, got, origin, logs)
			}
		}
		if got := strings.Count(logs, "AUTHGRAPH_ORIGINS"); got != 2 {
			t.Errorf("%v: got %d warnings, want 2:\n%s", environ, got, logs)
		}
	}
}
