package serverkit

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
)

// Profiles are for this machine: connections from elsewhere and pages of a browser get none.
func TestMetrics_ProfilesOnLoopback(t *testing.T) {
	for _, tt := range []struct {
		name, local, remote, host string
		status                    int
	}{
		{"loopback", "127.0.0.1:9090", "127.0.0.1:5000", "127.0.0.1:9090", 200},
		{"loopback by name", "[::1]:9090", "[::1]:5000", "localhost:9090", 200},
		{"from elsewhere", "192.0.2.1:9090", "192.0.2.7:5000", "192.0.2.1:9090", 403},
		{"own public address", "192.0.2.1:9090", "192.0.2.1:5000", "192.0.2.1:9090", 403},
		{"a page with a name for 127.0.0.1", "127.0.0.1:9090", "127.0.0.1:5000", "evil.test:9090", 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			address, err := net.ResolveTCPAddr("tcp", tt.local)
			if err != nil {
				t.Fatal(err)
			}
			r, err := http.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, net.Addr(address)), "GET", "/debug/pprof/", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.RemoteAddr, r.Host = tt.remote, tt.host
			w := &recorder{header: http.Header{}, status: 200}
			onLoopback(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "profile") })(w, r)
			if w.status != tt.status {
				t.Errorf("got %d, want %d", w.status, tt.status)
			}
		})
	}
}

type recorder struct {
	header http.Header
	status int
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) Write(b []byte) (int, error) { return len(b), nil }

func (r *recorder) WriteHeader(status int) { r.status = status }
