package e2e

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"authgraph/test/harness"
)

// rawRequest sends text as it is and returns the answer and its body. The text ends with the headers, if body is empty.
func rawRequest(t *testing.T, address, text string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(text, " ")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return response, "" // the body would be the socket's messages
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// Offers to change the protocol are ignored, except for a WebSocket by GET (RFC 9110, 7.8; RFC 6455, 4.2.1).
func TestUpgrade(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	const (
		settings = "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
		h2c      = "Connection: Upgrade, HTTP2-Settings\r\n" + settings + "Upgrade: h2c\r\n"
		socket   = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"
		options  = `{"data":{"authOptions":{"registration":true}}}`
		query    = `{"query":"{ authOptions { registration } }"}`
		get      = "/graphql?query=%7BauthOptions%7Bregistration%7D%7D"
	)
	tests := []struct {
		name, method, path, headers string
		status                      int
		body                        string // its beginning
	}{
		{"Java's HttpClient", "POST", "/graphql", h2c + "User-Agent: Java-http-client/21.0.2\r\n", 200, options},
		{"h2c in upper case", "POST", "/graphql", "Connection: upgrade\r\nUpgrade: H2C\r\n", 200, options},
		{"h2c by GET", "GET", get, h2c, 200, options},
		{"h2c to the page", "GET", "/", h2c, 200, "<!doctype html>"},
		{"h2c to the console", "GET", "/console/", h2c, 200, "<!doctype html>"},
		{"h2c to readiness", "GET", "/readyz", h2c, 200, "ok\n"},
		{"h2c to the keys", "GET", "/.well-known/jwks.json", h2c, 200, `{"keys":`},
		{"TLS", "POST", "/graphql", "Connection: Upgrade\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n", 200, options},
		{"a name that begins with websocket", "POST", "/graphql", "Connection: Upgrade\r\nUpgrade: websocket2\r\n", 200, options},
		{"websocket by POST", "POST", "/graphql", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + socket, 200, options},
		{"websocket that Connection does not name", "GET", get, "Upgrade: websocket\r\n" + socket, 200, options},
		{"empty offer", "POST", "/graphql", "Connection: Upgrade\r\nUpgrade: \r\n", 200, options},

		{"websocket", "GET", "/graphql", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + socket, 101, ""},
		{"websocket in upper case", "GET", "/graphql", "Connection: UPGRADE\r\nUpgrade: WebSocket\r\n" + socket, 101, ""},
		{"websocket first", "GET", "/graphql", "Connection: keep-alive, Upgrade\r\nUpgrade: websocket, h2c\r\n" + socket, 101, ""},
		{"websocket last", "GET", "/graphql", "Connection: Upgrade, HTTP2-Settings\r\n" + settings + "Upgrade: h2c,websocket\r\n" + socket, 101, ""},
		{"websocket in a second line", "GET", "/graphql", "Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n" + socket, 101, ""},
		{"websocket without the subprotocol", "GET", "/graphql", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n", 400,
			"The subprotocol must be graphql-transport-ws."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.method + " " + tt.path + " HTTP/1.1\r\nHost: localhost\r\n" + tt.headers
			if tt.method == "POST" {
				text += "Content-Type: application/json\r\nContent-Length: 44\r\n\r\n" + query
			} else {
				text += "\r\n"
			}
			response, body := rawRequest(t, w.Listener.Addr().String(), text)
			if response.StatusCode != tt.status || !strings.HasPrefix(body, tt.body) {
				t.Errorf("got %d %.200s, want %d %s", response.StatusCode, body, tt.status, tt.body)
			}
		})
	}
}

func TestUpgrade_Curl(t *testing.T) {
	t.Parallel()
	version, err := exec.Command("curl", "--version").Output()
	if err != nil || !strings.Contains(string(version), "HTTP2") {
		t.Skipf("curl with HTTP/2 is not installed: %v", err)
	}
	w := harness.StartSQLite(t)
	out, err := exec.Command("curl", "--silent", "--show-error", "--max-time", "60", "--http2", "--json",
		`{"query":"{ authOptions { registration } }"}`, w.URL+"/graphql").CombinedOutput()
	if want := `{"data":{"authOptions":{"registration":true}}}`; err != nil || string(out) != want {
		t.Errorf("got %s, %v, want %s", out, err, want)
	}
}
