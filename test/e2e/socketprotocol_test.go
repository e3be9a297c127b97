package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"authgraph/test/harness"
)

// The closing codes are those of graphql-ws, the reference of the protocol.
func TestSocket_Protocol(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	const hello, query = `{"type":"connection_init"}`, `{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}`
	for _, row := range []struct {
		name   string
		send   []string
		answer string // before the socket closes, one message for each line
		code   websocket.StatusCode
	}{
		{"subscribe before connection_init", []string{query}, "", 4401},
		{"subscribe after a ping alone", []string{`{"type":"ping"}`, query}, `{"type":"pong"}`, 4401},
		{"second connection_init", []string{hello, hello}, `{"type":"connection_ack"}`, 4429},
		{"ping before connection_init", []string{`{"type":"ping","payload":{"a":1}}`, `{"type":"pong"}`, `{"type":"complete","id":"1"}`, hello, "x"},
			`{"type":"pong","payload":{"a":1}}` + "\n" + `{"type":"connection_ack"}`, 4400},
		{"ping afterwards", []string{hello, `{"type":"ping","payload":{"a":1}}`, "x"}, `{"type":"connection_ack"}` + "\n" + `{"payload":{"a":1},"type":"pong"}`, 4400},
		{"ping with a payload that is no object", []string{`{"type":"ping","payload":1}`}, "", 4400},
		{"connection_init with a payload that is no object", []string{`{"type":"connection_init","payload":[]}`}, "", 4400},
		{"no type", []string{`{"id":"1"}`}, "", 4400},
		{"type in another case", []string{`{"TYPE":"ping"}`}, "", 4400},
		{"connection_init with a payload in another case", []string{`{"type":"connection_init","pAyload":[]}`, "x"}, `{"type":"connection_ack"}`, 4400},
		{"connection_init with more values than variables may have", []string{`{"type":"connection_init","payload":{"a":[` + strings.Repeat(`0,`, 2000) + `0]}}`}, "", 4400},
		{"message of the server", []string{hello, `{"type":"next","id":"1","payload":{}}`}, `{"type":"connection_ack"}`, 4400},
		{"subscribe without an id", []string{hello, `{"type":"subscribe","payload":{"query":"{ __typename }"}}`}, `{"type":"connection_ack"}`, 4400},
		{"subscribe with a number for an id", []string{hello, `{"type":"subscribe","id":1,"payload":{"query":"{ __typename }"}}`}, `{"type":"connection_ack"}`, 4400},
		{"subscribe without a document", []string{hello, `{"type":"subscribe","id":"1","payload":{}}`}, `{"type":"connection_ack"}`, 4400},
		{"complete without an id", []string{hello, `{"type":"complete"}`}, `{"type":"connection_ack"}`, 4400},
		{"list", []string{hello, `[]`}, `{"type":"connection_ack"}`, 4400},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := w.Dial(t, nil)
			for _, text := range row.send {
				if err := c.Write(c.Context, websocket.MessageText, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			var answers []string
			for {
				_, data, err := c.Read(c.Context)
				if err != nil {
					if code := websocket.CloseStatus(err); code != row.code {
						t.Errorf("got %v, want %d", err, row.code)
					}
					break
				}
				if text := string(data); !strings.Contains(text, `"ping"`) {
					answers = append(answers, text)
				}
			}
			if got := strings.Join(answers, "\n"); got != row.answer && !strings.HasPrefix(got, row.answer+"\n"+`{"payload"`) {
				t.Errorf("got %s, want %s", got, row.answer)
			}
		})
	}
}

// Nothing is sent of an operation that its client has completed, and one that reuses its id receives its own messages alone.
func TestSocket_CompletedByTheClient(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	c := w.Connect(t, w.Register(t, "ada@example.com", harness.Password).Token)
	const rounds = 60
	for n := range rounds {
		c.Subscribe(t, harness.SessionEventsDocument)
		c.Send(t, harness.Message{ID: "1", Type: "complete"})
		c.Send(t, harness.Message{ID: "unknown", Type: "complete"})
		c.Subscribe(t, fmt.Sprintf(`{ a%d: __typename }`, n))
		want := fmt.Sprintf(`{"data":{"a%d":"Query"}}`, n)
		if m := c.Next(t); m.ID != "1" || m.Type != "next" || string(m.Payload) != want {
			t.Fatalf("round %d: got %+v %s, want next %s", n, m, m.Payload, want)
		}
		if m := c.Next(t); m.ID != "1" || m.Type != "complete" {
			t.Fatalf("round %d: got %+v, want complete", n, m)
		}
	}
	w.AwaitSubscriptions(t, 0)
	c.Send(t, harness.Message{Type: "ping"})
	if m := c.Next(t); m.Type != "pong" {
		t.Errorf("got %+v, want nothing but pong", m)
	}
}

// Exactly one root field is left of a subscription after fragments, @skip and @include, over both transports.
func TestSubscription_OneRootField(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	c := w.Connect(t, ada.Token)
	for _, row := range []struct{ name, document string }{
		{"one field twice", `subscription { a: sessionEvents { kind } b: sessionEvents { kind } }`},
		{"two fields", `subscription { sessionEvents { kind } auditEvents { id } }`},
		{"in fragments", `subscription { ...F ... { b: sessionEvents { kind } } } fragment F on Subscription { a: sessionEvents { kind } }`},
		{"left out", `subscription { sessionEvents @skip(if: true) { kind } }`},
		{"not included", `subscription { ... @include(if: false) { sessionEvents { kind } } }`},
		{"depends on a variable", `subscription($v: Boolean! = true) { sessionEvents @include(if: $v) { kind } }`},
		{"introspection", `subscription { __typename }`},
		{"introspection by alias", `subscription { sessionEvents: __typename }`},
	} {
		t.Run(row.name, func(t *testing.T) {
			const want = `"code":"GRAPHQL_VALIDATION_FAILED"`
			c.Subscribe(t, row.document)
			if m := c.Next(t); m.Type != "error" || !strings.Contains(string(m.Payload), want) {
				t.Errorf("socket: got %s %s, want an error with %s", m.Type, m.Payload, want)
			}
			response, next := w.EventStream(t, ada.Token, row.document)
			got := next()
			if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
				t.Errorf("events: got %d %s, want a next with %s and complete", response.StatusCode, got, want)
			} else if !strings.Contains(got, want) || next() != "complete" {
				t.Errorf("events: got %d %s, want a next with %s and complete", response.StatusCode, got, want)
			}
		})
	}
	c.Subscribe(t, `subscription { sessionEvents @include(if: true) { kind } ... @skip(if: true) { auditEvents { id } } }`)
	w.AwaitSubscriptions(t, 1)
	w.Close()
	if strings.Contains(w.Log.String(), `"level":"ERROR"`) {
		t.Errorf("the log has an error: %s", w.Log.String())
	}
}

// A document that is not executed is answered as events, to clients that take nothing else.
func TestEventStream_Refused(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	for _, row := range []struct {
		name, document, code string
		variables            map[string]any
	}{
		{"not GraphQL", `subscription {`, "GRAPHQL_PARSE_FAILED", nil},
		{"unknown field", `subscription { nope }`, "GRAPHQL_VALIDATION_FAILED", nil},
		{"query with an unknown field", `{ nope }`, "GRAPHQL_VALIDATION_FAILED", nil},
		{"variable that is missing", `query($id: ID!) { node(id: $id) { id } }`, "GRAPHQL_VALIDATION_FAILED", nil},
		{"beyond a limit", `{` + aliases(1001, "__typename") + `}`, "LIMIT_EXCEEDED", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			response, next := w.EventStream(t, "", row.document, row.variables)
			if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
				t.Fatalf("got %d %v, want 200 text/event-stream", response.StatusCode, response.Header)
			}
			var answer struct {
				Data   json.RawMessage
				Errors []struct{ Extensions struct{ Code string } }
			}
			if got := next(); json.Unmarshal([]byte(got), &answer) != nil || answer.Data != nil {
				t.Errorf("got %s, want errors with %s and no data", got, row.code)
			} else if len(answer.Errors) == 0 || answer.Errors[0].Extensions.Code != row.code {
				t.Errorf("got %s, want errors with %s and no data", got, row.code)
			}
			if got := next(); got != "complete" {
				t.Errorf("got %s, want complete", got)
			}
		})
	}
}
