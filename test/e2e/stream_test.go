package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"authgraph/test/harness"
)

// An operation that an error has ended is not completed as well: graphql-ws would count one operation too few.
func TestSocket_ErrorIsLast(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	c := w.Dial(t, nil)
	c.Send(t, harness.Message{Type: "connection_init"})
	if m := c.Next(t); m.Type != "connection_ack" {
		t.Fatalf("got %+v", m)
	}
	for _, document := range []string{`{ nonsense }`, `{`} {
		c.Send(t, harness.Message{ID: "1", Type: "subscribe", Payload: json.RawMessage(`{"query":"` + document + `"}`)})
		if m := c.Next(t); m.ID != "1" || m.Type != "error" {
			t.Fatalf("got %+v, want an error", m)
		}
		// The same name may be used again at once.
		c.Send(t, harness.Message{ID: "1", Type: "subscribe", Payload: json.RawMessage(`{"query":"{ __typename }"}`)})
		for _, want := range []string{"next", "complete"} {
			if m := c.Next(t); m.ID != "1" || m.Type != want {
				t.Fatalf("got %+v, want %s", m, want)
			}
		}
	}
}

func TestSocket_Events(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "ada@example.com", harness.Password)
		w.Register(t, "bob@example.com", harness.Password)
		c := w.Connect(t, ada.Token)
		c.Subscribe(t, harness.SessionEventsDocument)
		c.Send(t, harness.Message{ID: "2", Type: "subscribe", Payload: json.RawMessage(`{"query":"{ me { id } }"}`)})
		if m := c.Next(t); m.ID != "2" || !strings.Contains(string(m.Payload), ada.ID) {
			t.Fatalf("me: got %+v", m)
		}
		if m := c.Next(t); m.ID != "2" || m.Type != "complete" {
			t.Fatalf("me: got %+v", m)
		}
		w.AwaitSubscriptions(t, 1)
		w.Login(t, "bob@example.com", nil)
		other, _ := w.Login(t, "ada@example.com", nil)
		event := func(kind, id string) {
			t.Helper()
			want := `{"data":{"sessionEvents":{"kind":"` + kind + `","session":{"id":"` + id + `","current":false}}}}`
			if m := c.Next(t); m.ID != "1" || string(m.Payload) != want {
				t.Fatalf("got %s, want %s", m.Payload, want)
			}
		}
		event("STARTED", other.Session.ID)
		fresh, _ := w.Refresh(t, other.RefreshToken)
		event("CHANGED", other.Session.ID)
		w.Query(t, fresh.AccessToken, `mutation { logout { endedSessionIds } }`, nil)
		event("ENDED", other.Session.ID)

		w.Query(t, ada.Token, `mutation { logout(scope: ALL) { endedSessionIds } }`, nil)
		if got := c.AwaitClose(t); got.Code != 4401 || got.Reason != "SESSION_ENDED" {
			t.Errorf("got %v, want 4401 SESSION_ENDED", got)
		}
	})
}

func TestSocket_Closing(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	ended := w.Register(t, "bob@example.com", harness.Password)
	w.Query(t, ended.Token, `mutation { logout { endedSessionIds } }`, nil)
	initial := func(token string) harness.Message {
		return harness.Message{Type: "connection_init", Payload: json.RawMessage(`{"authorization":"Bearer ` + token + `"}`)}
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
		{"a bad token in the header", http.Header{"Authorization": {"Bearer x"}}, []any{harness.Message{Type: "connection_init"}}, 4403, "TOKEN_INVALID"},
		{"a session that has ended", nil, []any{initial(ended.Token)}, 4401, "SESSION_ENDED"},
		{"no string for a token", nil, []any{harness.Message{Type: "connection_init", Payload: json.RawMessage(`{"Authorization":1}`)}}, 4403, "TOKEN_INVALID"},
		{"not JSON", nil, []any{"nonsense"}, 4400, "Invalid message"},
		{"half of a surrogate pair", nil, []any{initial(ada.Token), `{"type":"subscribe","id":"1","payload":{"query":"\ud800"}}`}, 4400, "Invalid message"},
		{"half of one in the document", nil, []any{initial(ada.Token), `{"type":"subscribe","id":"1","payload":{"query":"{ node(id: \"\\ud800\") { id } }"}}`}, 4400, "Invalid message"},
		{"an unknown type", nil, []any{initial(ada.Token), harness.Message{Type: "nonsense"}}, 4400, "Invalid message"},
		{"two operations of one name", nil, []any{initial(ada.Token), following, following}, 4409, "Subscriber already exists"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := w.Dial(t, row.header)
			for _, m := range row.send {
				switch m := m.(type) {
				case harness.Message:
					c.Send(t, m)
				case string:
					if err := c.Write(c.Context, websocket.MessageText, []byte(m)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if got := c.AwaitClose(t); got.Code != row.code || got.Reason != row.reason {
				t.Errorf("got %v, want %d %s", got, row.code, row.reason)
			}
		})
	}
}

// The name of an operation that is over, however it ended, may be another's.
func TestSocket_SameName(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	c := w.Connect(t, w.Register(t, "ada@example.com", harness.Password).Token)
	for _, row := range []struct {
		document string
		want     []string
	}{
		{`{ me { id } }`, []string{"next", "complete"}}, {`{ nothing }`, []string{"error"}},
		{`{ me { id } }`, []string{"next", "complete"}}, {`{ me { id } }`, []string{"next", "complete"}},
	} {
		c.Subscribe(t, row.document)
		for _, want := range row.want {
			if got := c.Next(t); got.Type != want {
				t.Fatalf("%s: got %s, want %s", row.document, got.Type, want)
			}
		}
	}
	c.Subscribe(t, harness.SessionEventsDocument)
	c.Send(t, harness.Message{ID: "1", Type: "complete"})
	c.Send(t, harness.Message{Type: "ping"}) // its answer comes after what went before
	for got := c.Next(t); got.Type != "pong"; got = c.Next(t) {
		if got.Type != "complete" {
			t.Fatalf("got %+v", got)
		}
	}
	w.AwaitSubscriptions(t, 0)
	c.Subscribe(t, harness.SessionEventsDocument)
	w.AwaitSubscriptions(t, 1)
}

func TestSocket_Handshake(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
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
		ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
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

// An anonymous client may use public fields over a socket, and nothing else.
func TestSocket_Nobody(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	c := w.Dial(t, nil)
	c.Send(t, harness.Message{Type: "connection_init"})
	if m := c.Next(t); m.Type != "connection_ack" {
		t.Fatalf("got %+v, want connection_ack", m)
	}
	c.Subscribe(t, harness.SessionEventsDocument)
	if m := c.Next(t); !strings.Contains(string(m.Payload), `"reason":"TOKEN_MISSING"`) {
		t.Errorf("got %+v, want UNAUTHENTICATED", m)
	}
}

func TestEventStream(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	response, next := w.EventStream(t, ada.Token, harness.SessionEventsDocument)
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("got %d %v", response.StatusCode, response.Header)
	}
	other, _ := w.Login(t, "ada@example.com", nil)
	if got := next(); !strings.Contains(got, `"kind":"STARTED","session":{"id":"`+other.Session.ID+`"`) {
		t.Fatalf("got %s", got)
	}
	w.Query(t, ada.Token, `mutation { logout { endedSessionIds } }`, nil)
	if got := next(); !strings.Contains(got, `"reason":"SESSION_ENDED"`) || strings.Contains(got, "data") {
		t.Errorf("the last next: got %s", got)
	}
	if got := next(); got != "complete" {
		t.Errorf("got %s, want complete", got)
	}
	for name, token := range map[string]string{"no token": "", "a bad token": "x", "an ended session": ada.Token} {
		if response, _ := w.EventStream(t, token, harness.SessionEventsDocument); response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: got %d, want 401", name, response.StatusCode)
		}
	}
	if _, next := w.EventStream(t, "", `{ authOptions { registration } }`); next() != `{"data":{"authOptions":{"registration":true}}}` ||
		next() != "complete" {
		t.Error("a query as events")
	}
}

func TestSubscription_OverPlainHTTP(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	if got := w.Query(t, ada.Token, harness.SessionEventsDocument, nil); got.Status != http.StatusNotAcceptable ||
		!strings.Contains(got.Body, `"code":"BAD_REQUEST"`) {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestStreams_Limits(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_STREAMS_PER_SESSION=2", "AUTHGRAPH_STREAMS=3")
	ada, bob := w.Register(t, "ada@example.com", harness.Password), w.Register(t, "bob@example.com", harness.Password)
	first, _ := w.Connect(t, ada.Token), w.Connect(t, ada.Token)
	for name, token := range map[string]string{"the session's third": ada.Token, "the fourth in all": bob.Token} {
		if token == bob.Token {
			w.Connect(t, bob.Token)
		}
		c := w.Dial(t, http.Header{"Authorization": {"Bearer " + token}})
		c.Send(t, harness.Message{Type: "connection_init"})
		if got := c.AwaitClose(t); got.Code != 4429 || got.Reason != "LIMIT_EXCEEDED" {
			t.Errorf("%s: got %v, want 4429", name, got)
		}
	}
	_ = first.CloseNow()
}
