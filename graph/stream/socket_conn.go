package stream

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"reflect"
	"time"

	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/graph/reqctx"
)

// socketImplementation is gqlgen's, with our closing codes, and with messages held to the strictness of request bodies.
type socketImplementation struct{}

// Accept implements gqltransport.WebsocketImplementation. The origin has been checked by the handshake.
func (socketImplementation) Accept(
	w http.ResponseWriter, r *http.Request, options gqltransport.WebsocketAcceptOptions,
) (gqltransport.WebsocketConn, error) {
	options.Subprotocols = []string{Subprotocol}
	k, _ := r.Context().Value(socketKey{}).(*socket)
	taken := &hijackWriter{ResponseWriter: w, socket: k}
	conn, err := gqltransport.CoderWebsocketImplementation{AcceptOptions: websocket.AcceptOptions{
		InsecureSkipVerify: true,
	}}.Accept(taken, r, options)
	if err != nil {
		return nil, err
	}
	clear(r.Header) // both are held as long as the connection
	clear(w.Header())
	k.conn = &socketConn{WebsocketConn: conn, socket: k, under: taken.conn}
	k.awaitInit()
	return k.conn, nil
}

// hijackWriter counts the connection that gqlgen hijacks from the server.
type hijackWriter struct {
	http.ResponseWriter
	socket *socket
	conn   *countedSocket
}

// Hijack implements http.Hijacker.
func (t *hijackWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, both, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	t.conn = &countedSocket{conn, t.socket.release}
	return t.conn, both, nil
}

// countedSocket is the connection under a socket. The socket's places are taken until it is closed.
type countedSocket struct {
	net.Conn
	release func()
}

// Close implements net.Conn.
func (c *countedSocket) Close() error {
	defer c.release()
	return c.Conn.Close()
}

type socketConn struct {
	gqltransport.WebsocketConn
	socket *socket
	under  *countedSocket
}

// WriteClose implements gqltransport.WebsocketConn.
func (c *socketConn) WriteClose(code int, reason string) error {
	c.socket.cutSoon()
	return c.WebsocketConn.WriteClose(c.socket.closing(code, reason))
}

// WriteJSON implements gqltransport.WebsocketConn. It gives a message the id that its operation has at the client, and leaves
// out what belongs to an operation that is over there. The protocol forbids a `complete` behind an `error`: graphql-ws then
// counts one operation too few.
func (c *socketConn) WriteJSON(v any) error {
	value := reflect.Indirect(reflect.ValueOf(v))
	id := value.FieldByName("ID").String()
	if id == "" {
		return c.WebsocketConn.WriteJSON(v)
	}
	c.socket.sending.Lock() // a client's `complete` is received before or after the write, not during it
	defer c.socket.sending.Unlock()
	name, open := c.socket.operationID(id, value.FieldByName("Type").String())
	if !open {
		return nil
	}
	m := reflect.New(value.Type())
	m.Elem().Set(value)
	m.Elem().FieldByName("ID").SetString(name)
	return c.WebsocketConn.WriteJSON(m.Interface())
}

// NextReader implements gqltransport.WebsocketConn. A message that breaks the protocol never reaches gqlgen, and neither does a
// ping before connection_init, for which gqlgen would close.
func (c *socketConn) NextReader() (int, io.Reader, error) {
	for {
		kind, r, err := c.WebsocketConn.NextReader()
		if err != nil {
			return kind, r, err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return kind, nil, err
		}
		m, ok := readMessage(data)
		if k := c.socket; ok && m.values > k.maxValues && k.hasBegun() {
			shown := reqctx.TooManyValues(m.values, k.maxValues).GraphQL()
			shown.Extensions["requestId"] = k.requestID
			if err := c.WebsocketConn.WriteJSON(refusal{m.id, "error", gqlerror.List{shown}}); err != nil {
				return kind, nil, err
			}
			continue
		}
		if code := c.socket.receive(&m, ok); code != 0 {
			return kind, nil, errors.Join(c.WriteClose(code, ""), gqltransport.ErrWebsocketClosed)
		}
		switch {
		case c.socket.hasBegun():
			return kind, bytes.NewReader(m.encoded()), nil
		case m.kind == "ping":
			if err := c.WebsocketConn.WriteJSON(pong{"pong", m.members["payload"]}); err != nil {
				return kind, nil, err
			}
		}
	}
}

// refusal ends an operation before it has begun.
type refusal struct {
	ID      string        `json:"id"`
	Type    string        `json:"type"`
	Payload gqlerror.List `json:"payload"`
}

// pong answers a ping, whose payload it has.
type pong struct {
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// SetReadLimit implements gqltransport.WebsocketReadLimiter.
func (c *socketConn) SetReadLimit(limit int64) {
	if l, ok := c.WebsocketConn.(gqltransport.WebsocketReadLimiter); ok {
		l.SetReadLimit(limit)
	}
}

// SetReadDeadline implements gqltransport.WebsocketReadDeadliner.
func (c *socketConn) SetReadDeadline(t time.Time) error {
	if d, ok := c.WebsocketConn.(gqltransport.WebsocketReadDeadliner); ok {
		return d.SetReadDeadline(t)
	}
	return nil
}
