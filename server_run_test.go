package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// brokenListener accepts nothing, as a listener does whose socket is gone.
type brokenListener struct{ net.Listener }

var errBroken = errors.New("broken")

func (brokenListener) Accept() (net.Conn, error) { return nil, errBroken }

// A server that can't accept ends at once with the reason, and its jobs with it. They used to wait for a signal.
func TestService_ListenerFails(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	for _, tt := range []struct {
		name     string
		signaled bool
		fails    net.Listener
	}{
		{"while it serves", false, brokenListener{listener}},
		{"in the lame duck time", true, brokenListener{listener}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, signal := context.WithCancel(t.Context())
			defer signal()
			if tt.signaled {
				signal()
			}
			running, stop := context.WithCancel(context.Background())
			var jobs sync.WaitGroup
			jobs.Go(func() { <-running.Done() })
			s := &service{&http.Server{Handler: http.NotFoundHandler()}, newConnections(tt.fails, 1<<30, nil), listener.Close, time.Hour, time.Hour, log}
			ended := make(chan error, 1)
			go func() { ended <- s.run(ctx, &jobs, stop) }()
			select {
			case err := <-ended:
				if !errors.Is(err, errBroken) {
					t.Errorf("got %v, want %v", err, errBroken)
				}
			case <-time.After(time.Minute): // a second on a machine with nothing else to do
				t.Fatal("it neither serves nor ends")
			}
		})
	}
}

// After SIGTERM readiness fails first, and requests are served until the lame duck time is over.
func TestServe_LameDuck(t *testing.T) {
	p := serving(t, "AUTHGRAPH_DATA_DIR="+t.TempDir(), "AUTHGRAPH_LAME_DUCK=2s")
	p.terminate(t)
	for deadline := time.Now().Add(time.Minute); ; {
		got := p.do(t, http.MethodGet, "/readyz", "", nil)
		if got.status == http.StatusServiceUnavailable {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("readiness got %d %s, want 503", got.status, got.body)
		}
	}
	for range 10 {
		got := p.do(t, http.MethodPost, "/graphql", `{"query":"{ authOptions { registration } }"}`, nil)
		if want := `{"data":{"authOptions":{"registration":true}}}`; got.body != want {
			t.Fatalf("a request after readiness failed got %d %s, want %s", got.status, got.body, want)
		}
	}
	if code, logs := p.wait(t); code != 0 {
		t.Errorf("it ended with code %d and said %s", code, logs)
	}
}

// Without a lame duck time, the default of development, the server stops listening at once.
func TestServe_NoLameDuckInDevelopment(t *testing.T) {
	p := serving(t, "AUTHGRAPH_DATA_DIR="+t.TempDir())
	began := time.Now()
	p.terminate(t)
	awaitClosed(t, p)
	if code, logs := p.wait(t); code != 0 || time.Since(began) > time.Minute {
		t.Errorf("it ended with code %d after %v and said %s", code, time.Since(began), logs)
	}
}

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

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(b []byte) (int, error) { return len(b), nil }
func (r *recorder) WriteHeader(status int)      { r.status = status }
