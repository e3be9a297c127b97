package harness

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// Patience is how long a test waits for what must come: long enough for a busy machine, and never slept.
const Patience = 20 * time.Second

// Socket speaks graphql-transport-ws.
type Socket struct {
	*websocket.Conn
	Context context.Context
}

// Message is a message of graphql-transport-ws.
type Message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// Dial opens a socket without initialising it.
func (w *Server) Dial(t *testing.T, header http.Header) *Socket {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	conn, response, err := websocket.Dial(ctx, w.URL+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header,
	})
	if err != nil {
		cancel()
		t.Fatal(err, response)
	}
	t.Cleanup(func() { _ = conn.CloseNow(); cancel() })
	return &Socket{conn, ctx}
}

// Connect opens a socket as the holder of a token.
func (w *Server) Connect(t *testing.T, token string) *Socket {
	t.Helper()
	c := w.Dial(t, nil)
	c.Send(t, Message{Type: "connection_init", Payload: json.RawMessage(`{"Authorization":"Bearer ` + token + `"}`)})
	if m := c.Next(t); m.Type != "connection_ack" {
		t.Fatalf("got %+v, want connection_ack", m)
	}
	return c
}

// AwaitSubscriptions returns when n subscriptions follow events: those of a socket begin in an order of their own.
func (w *Server) AwaitSubscriptions(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(Patience); w.App.Events.Subscriptions() != n; {
		if time.Now().After(deadline) {
			t.Fatalf("%d follow, want %d", w.App.Events.Subscriptions(), n)
		}
		runtime.Gosched()
	}
}

// Send sends a message.
func (c *Socket) Send(t *testing.T, m Message) {
	t.Helper()
	if err := wsjson.Write(c.Context, c.Conn, m); err != nil {
		t.Fatal(err)
	}
}

// Subscribe starts the operation "1".
func (c *Socket) Subscribe(t *testing.T, document string) {
	t.Helper()
	payload, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	c.Send(t, Message{ID: "1", Type: "subscribe", Payload: payload})
}

// Next returns the next message that is no ping.
func (c *Socket) Next(t *testing.T) (m Message) {
	t.Helper()
	for {
		m = Message{}
		if err := wsjson.Read(c.Context, c.Conn, &m); err != nil {
			t.Fatal(err)
		}
		if m.Type != "ping" {
			return m
		}
	}
}

// AwaitClose reads until the socket closes, and returns with what.
func (c *Socket) AwaitClose(t *testing.T) websocket.CloseError {
	t.Helper()
	for {
		_, _, err := c.Read(c.Context)
		if err == nil {
			continue
		}
		var closed websocket.CloseError
		if !errors.As(err, &closed) {
			t.Fatalf("got %v, want a close frame", err)
		}
		return closed
	}
}

// SessionEventsDocument subscribes to sessionEvents.
const SessionEventsDocument = `subscription { sessionEvents { kind session { id current } } }`
