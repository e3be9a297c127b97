package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// patience is how long a test waits for what must come: long enough for a busy machine, and never slept.
const patience = 20 * time.Second

// client speaks graphql-transport-ws.
type client struct {
	*websocket.Conn
	ctx context.Context
}

type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// dial opens a socket without initialising it.
func (w *world) dial(t *testing.T, header http.Header) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	conn, response, err := websocket.Dial(ctx, w.URL+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header,
	})
	if err != nil {
		cancel()
		t.Fatal(err, response)
	}
	t.Cleanup(func() { _ = conn.CloseNow(); cancel() })
	return &client{conn, ctx}
}

// connect opens a socket as the holder of a token.
func (w *world) connect(t *testing.T, token string) *client {
	t.Helper()
	c := w.dial(t, nil)
	c.send(t, message{Type: "connection_init", Payload: json.RawMessage(`{"Authorization":"Bearer ` + token + `"}`)})
	if m := c.next(t); m.Type != "connection_ack" {
		t.Fatalf("got %+v, want connection_ack", m)
	}
	return c
}

// followed returns when n subscriptions follow events: those of a socket begin in an order of their own.
func (w *world) followed(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(patience); w.app.events.Subscriptions() != n; {
		if time.Now().After(deadline) {
			t.Fatalf("%d follow, want %d", w.app.events.Subscriptions(), n)
		}
		runtime.Gosched()
	}
}

func (c *client) send(t *testing.T, m message) {
	t.Helper()
	if err := wsjson.Write(c.ctx, c.Conn, m); err != nil {
		t.Fatal(err)
	}
}

func (c *client) subscribe(t *testing.T, document string) {
	t.Helper()
	payload, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	c.send(t, message{ID: "1", Type: "subscribe", Payload: payload})
}

// next returns the next message that is no ping.
func (c *client) next(t *testing.T) (m message) {
	t.Helper()
	for {
		m = message{}
		if err := wsjson.Read(c.ctx, c.Conn, &m); err != nil {
			t.Fatal(err)
		}
		if m.Type != "ping" {
			return m
		}
	}
}

// closed reads until the socket closes, and returns with what.
func (c *client) closed(t *testing.T) websocket.CloseError {
	t.Helper()
	for {
		_, _, err := c.Read(c.ctx)
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

const sessionEvents = `subscription { sessionEvents { kind session { id current } } }`

// An operation that an error has ended is not completed as well: graphql-ws would count one operation too few.
func TestSocket_ErrorIsLast(t *testing.T) {
	w := onSQLite(t)
	c := w.dial(t, nil)
	c.send(t, message{Type: "connection_init"})
	if m := c.next(t); m.Type != "connection_ack" {
		t.Fatalf("got %+v", m)
	}
	for _, document := range []string{`{ nonsense }`, `{`} {
		c.send(t, message{ID: "1", Type: "subscribe", Payload: json.RawMessage(`{"query":"` + document + `"}`)})
		if m := c.next(t); m.ID != "1" || m.Type != "error" {
			t.Fatalf("got %+v, want an error", m)
		}
		// The same name may be used again at once.
		c.send(t, message{ID: "1", Type: "subscribe", Payload: json.RawMessage(`{"query":"{ __typename }"}`)})
		for _, want := range []string{"next", "complete"} {
			if m := c.next(t); m.ID != "1" || m.Type != want {
				t.Fatalf("got %+v, want %s", m, want)
			}
		}
	}
}

func TestSocket_Events(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ada := w.register(t, "ada@example.com", pass)
		w.register(t, "bob@example.com", pass)
		c := w.connect(t, ada.token)
		c.subscribe(t, sessionEvents)
		c.send(t, message{ID: "2", Type: "subscribe", Payload: json.RawMessage(`{"query":"{ me { id } }"}`)})
		if m := c.next(t); m.ID != "2" || !strings.Contains(string(m.Payload), ada.id) {
			t.Fatalf("me: got %+v", m)
		}
		if m := c.next(t); m.ID != "2" || m.Type != "complete" {
			t.Fatalf("me: got %+v", m)
		}
		w.followed(t, 1)
		w.login(t, "bob@example.com", nil)
		other, _ := w.login(t, "ada@example.com", nil)
		event := func(kind, id string) {
			t.Helper()
			want := `{"data":{"sessionEvents":{"kind":"` + kind + `","session":{"id":"` + id + `","current":false}}}}`
			if m := c.next(t); m.ID != "1" || string(m.Payload) != want {
				t.Fatalf("got %s, want %s", m.Payload, want)
			}
		}
		event("STARTED", other.Session.ID)
		fresh, _ := w.refresh(t, other.RefreshToken)
		event("CHANGED", other.Session.ID)
		w.query(t, fresh.AccessToken, `mutation { logout { endedSessionIds } }`, nil)
		event("ENDED", other.Session.ID)

		w.query(t, ada.token, `mutation { logout(scope: ALL) { endedSessionIds } }`, nil)
		if got := c.closed(t); got.Code != 4401 || got.Reason != "SESSION_ENDED" {
			t.Errorf("got %v, want 4401 SESSION_ENDED", got)
		}
	})
}

func TestSocket_Closing(t *testing.T) {
	w := onSQLite(t)
	ada := w.register(t, "ada@example.com", pass)
	ended := w.register(t, "bob@example.com", pass)
	w.query(t, ended.token, `mutation { logout { endedSessionIds } }`, nil)
	initial := func(token string) message {
		return message{Type: "connection_init", Payload: json.RawMessage(`{"authorization":"Bearer ` + token + `"}`)}
	}
	following := `{"type":"subscribe","id":"1","payload":{"query":"subscription { sessionEvents { kind } }"}}`
	for _, row := range []struct {
		name   string
		header http.Header
		send   []any
		code   websocket.StatusCode
		reason string
	}{
		{"a bad token", nil, []any{initial("nonsense")}, 4403, "TOKEN_INVALID"},
		{"a bad token in the header", http.Header{"Authorization": {"Bearer x"}}, []any{message{Type: "connection_init"}}, 4403, "TOKEN_INVALID"},
		{"a session that has ended", nil, []any{initial(ended.token)}, 4401, "SESSION_ENDED"},
		{"no string for a token", nil, []any{message{Type: "connection_init", Payload: json.RawMessage(`{"Authorization":1}`)}}, 4403, "TOKEN_INVALID"},
		{"not JSON", nil, []any{"nonsense"}, 4400, "Invalid message"},
		{"half of a surrogate pair", nil, []any{initial(ada.token), `{"type":"subscribe","id":"1","payload":{"query":"\ud800"}}`}, 4400, "Invalid message"},
		{"half of one in the document", nil, []any{initial(ada.token), `{"type":"subscribe","id":"1","payload":{"query":"{ node(id: \"\\ud800\") { id } }"}}`}, 4400, "Invalid message"},
		{"an unknown type", nil, []any{initial(ada.token), message{Type: "nonsense"}}, 4400, "Invalid message"},
		{"two operations of one name", nil, []any{initial(ada.token), following, following}, 4409, "Subscriber already exists"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := w.dial(t, row.header)
			for _, m := range row.send {
				switch m := m.(type) {
				case message:
					c.send(t, m)
				case string:
					if err := c.Write(c.ctx, websocket.MessageText, []byte(m)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if got := c.closed(t); got.Code != row.code || got.Reason != row.reason {
				t.Errorf("got %v, want %d %s", got, row.code, row.reason)
			}
		})
	}
}

// The name of an operation that is over, however it ended, may be another's.
func TestSocket_SameName(t *testing.T) {
	w := onSQLite(t)
	c := w.connect(t, w.register(t, "ada@example.com", pass).token)
	for _, row := range []struct {
		document string
		want     []string
	}{
		{`{ me { id } }`, []string{"next", "complete"}}, {`{ nothing }`, []string{"error"}},
		{`{ me { id } }`, []string{"next", "complete"}}, {`{ me { id } }`, []string{"next", "complete"}},
	} {
		c.subscribe(t, row.document)
		for _, want := range row.want {
			if got := c.next(t); got.Type != want {
				t.Fatalf("%s: got %s, want %s", row.document, got.Type, want)
			}
		}
	}
	c.subscribe(t, sessionEvents)
	c.send(t, message{ID: "1", Type: "complete"})
	c.send(t, message{Type: "ping"}) // its answer comes after what went before
	for got := c.next(t); got.Type != "pong"; got = c.next(t) {
		if got.Type != "complete" {
			t.Fatalf("got %+v", got)
		}
	}
	w.followed(t, 0)
	c.subscribe(t, sessionEvents)
	w.followed(t, 1)
}

func TestSocket_Handshake(t *testing.T) {
	w := onSQLite(t)
	for _, row := range []struct {
		name, origin, protocol string
		want                   int
	}{
		{"another origin", "https://evil.test", "graphql-transport-ws", http.StatusForbidden},
		{"no origin's name", "null", "graphql-transport-ws", http.StatusForbidden},
		{"another protocol", "", "graphql-ws", http.StatusBadRequest},
		{"this origin", "http://" + w.Listener.Addr().String(), "graphql-transport-ws", http.StatusSwitchingProtocols},
	} {
		header := http.Header{}
		if row.origin != "" {
			header.Set("Origin", row.origin)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		conn, response, err := websocket.Dial(ctx, w.URL+"/graphql", &websocket.DialOptions{
			Subprotocols: []string{row.protocol}, HTTPHeader: header,
		})
		if response == nil || response.StatusCode != row.want {
			t.Errorf("%s: got %v, %v, want %d", row.name, response, err, row.want)
		}
		if err == nil {
			_ = conn.CloseNow()
		}
		cancel()
	}
}

// Nobody may use what is public over a socket, and nothing else.
func TestSocket_Nobody(t *testing.T) {
	w := onSQLite(t)
	c := w.dial(t, nil)
	c.send(t, message{Type: "connection_init"})
	if m := c.next(t); m.Type != "connection_ack" {
		t.Fatalf("got %+v, want connection_ack", m)
	}
	c.subscribe(t, sessionEvents)
	if m := c.next(t); !strings.Contains(string(m.Payload), `"reason":"TOKEN_MISSING"`) {
		t.Errorf("got %+v, want UNAUTHENTICATED", m)
	}
}

// events reads server-sent events as their data, one string each; the last is "complete".
func (w *world) events(t *testing.T, token, document string, variables ...map[string]any) (*http.Response, func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	request := map[string]any{"query": document}
	for _, v := range variables {
		request["variables"] = v
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := w.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	return response, func() string {
		for lines.Scan() {
			if line := lines.Text(); line == "event: complete" {
				return "complete"
			} else if data, ok := strings.CutPrefix(line, "data: "); ok {
				return data
			}
		}
		return fmt.Sprint("the end: ", lines.Err())
	}
}

func TestEventStream(t *testing.T) {
	w := onSQLite(t)
	ada := w.register(t, "ada@example.com", pass)
	response, next := w.events(t, ada.token, sessionEvents)
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("got %d %v", response.StatusCode, response.Header)
	}
	other, _ := w.login(t, "ada@example.com", nil)
	if got := next(); !strings.Contains(got, `"kind":"STARTED","session":{"id":"`+other.Session.ID+`"`) {
		t.Fatalf("got %s", got)
	}
	w.query(t, ada.token, `mutation { logout { endedSessionIds } }`, nil)
	if got := next(); !strings.Contains(got, `"reason":"SESSION_ENDED"`) || strings.Contains(got, "data") {
		t.Errorf("the last next: got %s", got)
	}
	if got := next(); got != "complete" {
		t.Errorf("got %s, want complete", got)
	}
	for name, token := range map[string]string{"no token": "", "a bad token": "x", "an ended session": ada.token} {
		if response, _ := w.events(t, token, sessionEvents); response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: got %d, want 401", name, response.StatusCode)
		}
	}
	if _, next := w.events(t, "", `{ authOptions { registration } }`); next() != `{"data":{"authOptions":{"registration":true}}}` ||
		next() != "complete" {
		t.Error("a query as events")
	}
}

func TestSubscription_OverPlainHTTP(t *testing.T) {
	w := onSQLite(t)
	ada := w.register(t, "ada@example.com", pass)
	if got := w.query(t, ada.token, sessionEvents, nil); got.status != http.StatusNotAcceptable ||
		!strings.Contains(got.body, `"code":"BAD_REQUEST"`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestStreams_Limits(t *testing.T) {
	w := onSQLite(t, "AUTHGRAPH_STREAMS_PER_SESSION=2", "AUTHGRAPH_STREAMS=3")
	ada, bob := w.register(t, "ada@example.com", pass), w.register(t, "bob@example.com", pass)
	first, _ := w.connect(t, ada.token), w.connect(t, ada.token)
	for name, token := range map[string]string{"the session's third": ada.token, "the fourth in all": bob.token} {
		if token == bob.token {
			w.connect(t, bob.token)
		}
		c := w.dial(t, http.Header{"Authorization": {"Bearer " + token}})
		c.send(t, message{Type: "connection_init"})
		if got := c.closed(t); got.Code != 4429 || got.Reason != "LIMIT_EXCEEDED" {
			t.Errorf("%s: got %v, want 4429", name, got)
		}
	}
	_ = first.CloseNow()
}
