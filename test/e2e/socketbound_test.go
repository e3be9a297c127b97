package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"authgraph/test/harness"
)

// operations is how many a socket may run at once.
const operations = 100

func beginOperation(t *testing.T, c *harness.Socket, id, document string) {
	t.Helper()
	payload, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	c.Send(t, harness.Message{ID: id, Type: "subscribe", Payload: payload})
}

// A connection runs a bounded number of operations at once, whatever their names. Completed operations are not counted.
func TestSocket_ManyOperations(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	c := w.Connect(t, ada.Token)
	for _, document := range []string{`{ me { id } }`, `{ nonsense }`} {
		for n := range operations + 10 {
			beginOperation(t, c, fmt.Sprint(n%3), document)
			for m := c.Next(t); m.Type != "complete" && m.Type != "error"; m = c.Next(t) {
				continue
			}
		}
	}
	for range operations + 10 { // completed by its client, and begun again
		beginOperation(t, c, "1", harness.SessionEventsDocument)
		w.AwaitSubscriptions(t, 1)
		c.Send(t, harness.Message{ID: "1", Type: "complete"})
		w.AwaitSubscriptions(t, 0)
	}
	for n := range operations {
		beginOperation(t, c, fmt.Sprint("subscription", n), harness.SessionEventsDocument)
	}
	w.AwaitSubscriptions(t, operations)
	beginOperation(t, c, "one more", `{ me { id } }`)
	if got := c.AwaitClose(t); got.Code != 4429 || got.Reason != "LIMIT_EXCEEDED" {
		t.Errorf("one more: got %v, want 4429", got)
	}
	w.AwaitSubscriptions(t, 0)
	if got := w.Query(t, ada.Token, `{ me { id } }`, nil); got.Status != http.StatusOK {
		t.Errorf("afterwards: got %d", got.Status)
	}
}

// TestSocket_ClientReadsNothing proves that a client that never reads loses its place when an answer has waited for as
// long as a request may take.
func TestSocket_ClientReadsNothing(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_REQUEST_TIMEOUT=1s")
	ada := w.Register(t, "ada@example.com", harness.Password)
	// Both ends keep little between them, so that one answer fills it.
	server := httptest.NewUnstartedServer(w.Config.Handler)
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if state == http.StateNew {
			_ = conn.(*net.TCPConn).SetWriteBuffer(4096)
		}
	}
	server.Start()
	defer server.Close()
	narrow := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetReadBuffer(4096)
	}}}
	ctx, cancel := context.WithTimeout(context.Background(), harness.Patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, server.URL+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: narrow, HTTPHeader: http.Header{"Authorization": {"Bearer " + ada.Token}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	c := &harness.Socket{Conn: conn, Context: ctx}
	c.Send(t, harness.Message{Type: "connection_init"})
	if m := c.Next(t); m.Type != "connection_ack" || w.App.Streams.Open() != 1 {
		t.Fatalf("got %+v, and %d are open", m, w.App.Streams.Open())
	}
	const types = `{ __schema { types { name description fields { name description args { name description } } } } }`
	for n := range 5 { // 30 kB each
		beginOperation(t, c, fmt.Sprint(n), types)
	}
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for w.App.Streams.Open() > 0 {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatal("it still has its place")
		}
	}
}

// A message that is larger than a body may be ends the connection before it is read to its end.
func TestSocket_LargeMessage(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_BODY_LIMIT=16384")
	c := w.Connect(t, w.Register(t, "ada@example.com", harness.Password).Token)
	beginOperation(t, c, "1", `{ me { id } } #`+strings.Repeat("x", 15<<10))
	for m := c.Next(t); m.Type != "complete"; m = c.Next(t) {
		if m.Type != "next" {
			t.Fatalf("within the limit: got %+v", m)
		}
	}
	beginOperation(t, c, "2", `{ me { id } } #`+strings.Repeat("x", 16<<10))
	if got := c.AwaitClose(t); got.Code != websocket.StatusMessageTooBig {
		t.Errorf("beyond it: got %v, want %d", got, websocket.StatusMessageTooBig)
	}
}
