package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// tooMany checks that a caller gets no stream: not as a socket, and not as server-sent events.
func (w *world) tooMany(t *testing.T, name, token string) {
	t.Helper()
	c := w.dial(t, http.Header{"Authorization": {"Bearer " + token}})
	c.send(t, message{Type: "connection_init"})
	if got := c.closed(t); got.Code != 4429 || got.Reason != "LIMIT_EXCEEDED" {
		t.Errorf("%s: the socket closed with %v, want 4429 LIMIT_EXCEEDED", name, got)
	}
	got := w.do(t, http.MethodPost, "/graphql", `{"query":"subscription { sessionEvents { kind } }"}`, http.Header{
		"Authorization": {"Bearer " + token}, "Accept": {"text/event-stream"},
	})
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") != "10" ||
		!strings.Contains(got.body, `"code":"LIMIT_EXCEEDED"`) || !strings.Contains(got.body, `"retryAfter":10`) {
		t.Errorf("%s: the event stream was answered with %d, %v, %s", name, got.status, got.header, got.body)
	}
}

// One account takes its part of all places, and no other part; all accounts leave the reserve to whoever holds
// REVOCATIONS_READ, over sockets and as server-sent events.
func TestStreams_Places(t *testing.T) {
	w := onSQLite(t, "AUTHGRAPH_STREAMS=32", "AUTHGRAPH_STREAMS_PER_SESSION=2") // 28 and a reserve of 4; 2 of an account
	root := w.administrator(t, "root@example.com")
	var open []*client
	for n := range 14 {
		email := fmt.Sprintf("user%d@example.com", n)
		token := w.register(t, email, pass).token
		open = append(open, w.connect(t, token))
		other, _ := w.login(t, email, nil)
		if n == 0 {
			third, _ := w.login(t, email, nil)
			open = append(open, w.connect(t, other.AccessToken))
			w.tooMany(t, "a third session of one account", third.AccessToken)
			continue
		}
		open = append(open, w.connect(t, other.AccessToken))
	}
	ada := w.register(t, "ada@example.com", pass)
	w.tooMany(t, "a caller when all places are taken", ada.token)
	w.connect(t, root)
	if response, next := w.events(t, root, `subscription { revocations { kind } }`); response.StatusCode != http.StatusOK || next() == "" {
		t.Errorf("a follower of revocations: got %d", response.StatusCode)
	}
	scraped := httptest.NewRecorder()
	promhttp.HandlerFor(w.app.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(scraped, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for bound, want := range map[string]int{"session": 0, "account": 2, "network": 0, "total": 2, "opening": 0} {
		if line := fmt.Sprintf("authgraph_streams_refused_total{bound=%q} %d\n", bound, want); !strings.Contains(scraped.Body.String(), line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	_ = open[0].Close(websocket.StatusNormalClosure, "")
	w.tooMany(t, "a caller when a place of the reserve is free", ada.token)
}
