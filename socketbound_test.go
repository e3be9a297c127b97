package main

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
)

// operations is how many a socket may run at once.
const operations = 100

func (c *client) begin(t *testing.T, id, document string) {
	t.Helper()
	payload, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	c.send(t, message{ID: id, Type: "subscribe", Payload: payload})
}

// A connection runs so many operations at once and no more, whatever their names; those that are over are not counted.
func TestSocket_ManyOperations(t *testing.T) {
	w := onSQLite(t)
	ada := w.register(t, "ada@example.com", pass)
	c := w.connect(t, ada.token)
	for _, document := range []string{`{ me { id } }`, `{ nonsense }`} {
		for n := range operations + 10 {
			c.begin(t, fmt.Sprint(n%3), document)
			for m := c.next(t); m.Type != "complete" && m.Type != "error"; m = c.next(t) {
				continue
			}
		}
	}
	for range operations + 10 { // completed by its client, and begun again
		c.begin(t, "1", sessionEvents)
		w.followed(t, 1)
		c.send(t, message{ID: "1", Type: "complete"})
		w.followed(t, 0)
	}
	for n := range operations {
		c.begin(t, fmt.Sprint("subscription", n), sessionEvents)
	}
	w.followed(t, operations)
	c.begin(t, "one more", `{ me { id } }`)
	if got := c.closed(t); got.Code != 4429 || got.Reason != "LIMIT_EXCEEDED" {
		t.Errorf("one more: got %v, want 4429", got)
	}
	w.followed(t, 0)
	if got := w.query(t, ada.token, `{ me { id } }`, nil); got.status != http.StatusOK {
		t.Errorf("afterwards: got %d", got.status)
	}
}

// TestSocket_ClientReadsNothing proves that a client that never reads loses its place when an answer has waited for as
// long as a request may take.
func TestSocket_ClientReadsNothing(t *testing.T) {
	w := onSQLite(t, "AUTHGRAPH_REQUEST_TIMEOUT=1s")
	ada := w.register(t, "ada@example.com", pass)
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
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, server.URL+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: narrow, HTTPHeader: http.Header{"Authorization": {"Bearer " + ada.token}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	c := &client{conn, ctx}
	c.send(t, message{Type: "connection_init"})
	if m := c.next(t); m.Type != "connection_ack" || w.app.streams.Open() != 1 {
		t.Fatalf("got %+v, and %d are open", m, w.app.streams.Open())
	}
	const types = `{ __schema { types { name description fields { name description args { name description } } } } }`
	for n := range 5 { // 30 kB each
		c.begin(t, fmt.Sprint(n), types)
	}
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for w.app.streams.Open() > 0 {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatal("it still has its place")
		}
	}
}

// A message that is larger than a body may be ends the connection before it is read to its end.
func TestSocket_LargeMessage(t *testing.T) {
	w := onSQLite(t, "AUTHGRAPH_BODY_LIMIT=16384")
	c := w.connect(t, w.register(t, "ada@example.com", pass).token)
	c.begin(t, "1", `{ me { id } } #`+strings.Repeat("x", 15<<10))
	for m := c.next(t); m.Type != "complete"; m = c.next(t) {
		if m.Type != "next" {
			t.Fatalf("within the limit: got %+v", m)
		}
	}
	c.begin(t, "2", `{ me { id } } #`+strings.Repeat("x", 16<<10))
	if got := c.closed(t); got.Code != websocket.StatusMessageTooBig {
		t.Errorf("beyond it: got %v, want %d", got, websocket.StatusMessageTooBig)
	}
}
