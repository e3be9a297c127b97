package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"authgraph/config"
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
		refused string // what the error says; "" for none
	}{
		{"ready", answer(http.StatusOK, "ok\n"), ""},
		{"not ready", answer(http.StatusServiceUnavailable, "not ready\n"), "503: not ready"},
		{"another server", answer(http.StatusNotFound, "x"), "404"},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := httptest.NewServer(row.handler)
			defer server.Close()
			out, err := cli(t, "", []string{"AUTHGRAPH_ADDR=" + server.Listener.Addr().String()}, "health")
			if row.refused == "" && (err != nil || out != "ok\n") {
				t.Errorf("got %q, %v, want ok", out, err)
			}
			if row.refused != "" && (err == nil || !strings.Contains(err.Error(), row.refused) || exitCode(err) != 1) {
				t.Errorf("got %q, %v, want an error with %q and exit code 1", out, err, row.refused)
			}
		})
	}
}

func TestHealth_NoServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Config{Addr: listener.Addr().String()}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := health(ctx, c, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "did not answer") {
		t.Errorf("a server that hangs: got %v, want that it did not answer", err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := health(t.Context(), c, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("no server: got %v, want that the connection is refused", err)
	}
}

func TestReadyURL(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/readyz", ":8080": "http://127.0.0.1:8080/readyz",
		"0.0.0.0:8080": "http://127.0.0.1:8080/readyz", "[::]:8080": "http://[::1]:8080/readyz",
		"10.0.0.1:80": "http://10.0.0.1:80/readyz", "127.0.0.1:0": "",
	} {
		if got, err := readyURL(addr); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %s, %v, want %s", addr, got, err, want)
		}
	}
}
