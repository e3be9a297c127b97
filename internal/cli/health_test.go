package cli

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"authgraph/config"
)

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
