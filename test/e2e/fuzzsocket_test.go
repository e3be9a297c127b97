package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"testing"

	"github.com/coder/websocket"
	"github.com/go-json-experiment/json/jsontext"

	"authgraph/test/harness"
)

// pipes is a network of its own: it has no ports to run out of.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { close(p.closed); return nil }

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	p.dialled <- there
	return here, nil
}

// closings are the codes that the contract and the protocol have, and those of a connection that breaks (RFC 6455, 7.4.1).
var closings = []websocket.StatusCode{1000, 1002, 1003, 1007, 1009, 4400, 4401, 4403, 4409, 4429}

// FuzzSocket sends messages, one for each line, to the real socket handler. It ends in the answer to the last message, or in a close
// with a code that clients know; what comes before are messages of the protocol, about operations that were begun.
func FuzzSocket(f *testing.F) {
	s := newTarget(f)
	network := &pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: s}
	served := make(chan error, 1)
	go func() { served <- server.Serve(network) }()
	f.Cleanup(func() {
		if err := errors.Join(server.Close(), <-served); !errors.Is(err, http.ErrServerClosed) {
			f.Error(err)
		}
	})
	dialer := &http.Client{Transport: &http.Transport{DialContext: network.dial, DisableKeepAlives: true}}
	f.Fuzz(func(t *testing.T, lines []byte, kind uint8, init, binary bool) {
		conn, _, err := websocket.Dial(t.Context(), "ws://localhost/graphql", &websocket.DialOptions{
			Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: dialer,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.CloseNow() }()
		var messages [][]byte
		if init {
			payload, err := json.Marshal(map[string]string{"Authorization": s.bearer(t, kind)})
			if err != nil {
				t.Fatal(err)
			}
			messages = append(messages, slices.Concat([]byte(`{"type":"connection_init","payload":`), payload, []byte("}")))
		}
		messages = append(messages, bytes.Split(lines, []byte("\n"))...)
		const last = "the last one"
		messages = append(messages, []byte(`{"id":"`+last+`","type":"subscribe","payload":{"query":"{ authOptions { registration } }"}}`))
		go func() {
			how := websocket.MessageText
			if binary {
				how = websocket.MessageBinary
			}
			for _, m := range messages {
				if conn.Write(t.Context(), how, m) != nil {
					return // closed, as reading it tells
				}
			}
		}()
		conn.SetReadLimit(-1)
		for {
			_, data, err := conn.Read(t.Context())
			if err != nil {
				if code := websocket.CloseStatus(err); !slices.Contains(closings, code) {
					t.Fatalf("closed with %d, %v", code, err)
				}
				break
			}
			if id, done := spoken(t, data); done && id == last {
				break
			}
		}
		_ = conn.CloseNow()
		s.quiet(t)
		s.serves(t)
	})
}

// spoken holds a message of the server to the protocol, and returns the operation that it ends.
func spoken(t *testing.T, data []byte) (id string, done bool) {
	t.Helper()
	var m harness.Message
	if !jsontext.Value(data).IsValid() || json.Unmarshal(data, &m) != nil {
		t.Fatalf("it says %q", data)
	}
	switch m.Type {
	case "connection_ack", "ping", "pong":
		return "", false
	case "next":
		wellFormed(t, m.Payload, http.StatusOK)
		return m.ID, false
	case "error":
		known(t, m.Payload)
	case "complete":
	default:
		t.Fatalf("it says %s", data)
	}
	return m.ID, true
}
