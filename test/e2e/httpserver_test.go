package e2e

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"authgraph/config"
	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// A body that never ends is given up in time, here within a tenth of a second, and large headers are refused.
func TestHTTPServer_Clients(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	server := serverkit.HttpServer(config.Config{RequestTimeout: 30 * time.Second}, w.Config.Handler, slog.New(slog.DiscardHandler))
	for name, d := range map[string]time.Duration{
		"headers": server.ReadHeaderTimeout, "bodies": server.ReadTimeout, "answers": server.WriteTimeout, "idle ones": server.IdleTimeout,
	} {
		if d <= 0 || d > 2*time.Minute {
			t.Errorf("the bound of %s is %v", name, d)
		}
	}
	server.ReadTimeout = min(server.ReadTimeout, 100*time.Millisecond)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	defer func() { _, _ = server.Close(), <-ended }()
	const head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
	for _, row := range []struct {
		name, request string
		status        int
	}{
		{"a body that never ends", head + "Content-Length: 100\r\n\r\n{", http.StatusBadRequest},
		{"a chunk that never ends", head + "Transfer-Encoding: chunked\r\n\r\n64\r\n{", http.StatusBadRequest},
		{"large headers", head + "X-Large: " + strings.Repeat("x", 32<<10) + "\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
	} {
		t.Run(row.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.SetDeadline(time.Now().Add(harness.Patience)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, row.request); err != nil {
				t.Fatal(err)
			}
			answers := bufio.NewReader(conn)
			response, err := http.ReadResponse(answers, nil)
			if err != nil || response.StatusCode != row.status {
				t.Fatalf("got %v, %v, want %d", response, err, row.status)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil {
				t.Error(err)
			}
			if _, err := answers.ReadByte(); err == nil {
				t.Error("the connection goes on")
			}
		})
	}
}
