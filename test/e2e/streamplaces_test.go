package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"authgraph/test/harness"
)

// checkNoPlace checks that a caller gets no stream: not as a socket, and not as server-sent events.
func checkNoPlace(t *testing.T, w *harness.Server, name, token string) {
	t.Helper()
	c := w.Dial(t, http.Header{"Authorization": {"Bearer " + token}})
	c.Send(t, harness.Message{Type: "connection_init"})
	if got := c.AwaitClose(t); got.Code != 4429 || got.Reason != "LIMIT_EXCEEDED" {
		t.Errorf("%s: the socket closed with %v, want 4429 LIMIT_EXCEEDED", name, got)
	}
	got := w.Do(t, http.MethodPost, "/graphql", `{"query":"subscription { sessionEvents { kind } }"}`, http.Header{
		"Authorization": {"Bearer " + token}, "Accept": {"text/event-stream"},
	})
	if got.Status != http.StatusServiceUnavailable || got.Header.Get("Retry-After") != "10" {
		t.Errorf("%s: the event stream was answered with %d, %v, %s", name, got.Status, got.Header, got.Body)
	} else if !strings.Contains(got.Body, `"code":"LIMIT_EXCEEDED"`) || !strings.Contains(got.Body, `"retryAfter":10`) {
		t.Errorf("%s: the event stream was answered with %d, %v, %s", name, got.Status, got.Header, got.Body)
	}
}

// An account takes at most its share of the places. All accounts leave the reserve to holders of
// REVOCATIONS_READ, over sockets and as server-sent events.
func TestStreams_Places(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_STREAMS=32", "AUTHGRAPH_STREAMS_PER_SESSION=2") // 28 and a reserve of 4; 2 of an account
	root := w.Administrator(t, "root@example.com")
	var open []*harness.Socket
	for n := range 14 {
		email := fmt.Sprintf("user%d@example.com", n)
		token := w.Register(t, email, harness.Password).Token
		open = append(open, w.Connect(t, token))
		other, _ := w.Login(t, email, nil)
		if n == 0 {
			third, _ := w.Login(t, email, nil)
			open = append(open, w.Connect(t, other.AccessToken))
			checkNoPlace(t, w, "a third session of one account", third.AccessToken)
			continue
		}
		open = append(open, w.Connect(t, other.AccessToken))
	}
	ada := w.Register(t, "ada@example.com", harness.Password)
	checkNoPlace(t, w, "a caller when all places are taken", ada.Token)
	w.Connect(t, root)
	if response, next := w.EventStream(t, root, `subscription { revocations { kind } }`); response.StatusCode != http.StatusOK || next() == "" {
		t.Errorf("a follower of revocations: got %d", response.StatusCode)
	}
	scraped := httptest.NewRecorder()
	promhttp.HandlerFor(w.App.Metrics.Registry, promhttp.HandlerOpts{}).ServeHTTP(scraped, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for bound, want := range map[string]int{"session": 0, "account": 2, "network": 0, "total": 2, "opening": 0} {
		if line := fmt.Sprintf("authgraph_streams_refused_total{bound=%q} %d\n", bound, want); !strings.Contains(scraped.Body.String(), line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	_ = open[0].Close(websocket.StatusNormalClosure, "")
	checkNoPlace(t, w, "a caller when a place of the reserve is free", ada.Token)
}
