package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/coder/websocket"
	"github.com/go-json-experiment/json/jsontext"
)

// socketImplementation is gqlgen's, with our closing codes, and with messages held to the strictness of request bodies.
type socketImplementation struct{}

// Accept implements gqltransport.WebsocketImplementation. The origin has been checked by the handshake.
func (socketImplementation) Accept(
	w http.ResponseWriter, r *http.Request, options gqltransport.WebsocketAcceptOptions,
) (gqltransport.WebsocketConn, error) {
	options.Subprotocols = []string{subprotocol}
	conn, err := gqltransport.CoderWebsocketImplementation{AcceptOptions: websocket.AcceptOptions{
		InsecureSkipVerify: true,
	}}.Accept(w, r, options)
	if err != nil {
		return nil, err
	}
	k, _ := r.Context().Value(socketKey{}).(*socket)
	clear(r.Header) // both are held as long as the connection
	clear(w.Header())
	return &socketConn{WebsocketConn: conn, socket: k}, nil
}

type socketConn struct {
	gqltransport.WebsocketConn
	socket *socket
}

// WriteClose implements gqltransport.WebsocketConn.
func (c *socketConn) WriteClose(code int, reason string) error {
	return c.WebsocketConn.WriteClose(c.socket.closing(code, reason))
}

// WriteJSON implements gqltransport.WebsocketConn. gqlgen completes an operation that it has ended with an error, which the
// protocol forbids: graphql-ws then counts one operation too few, and closes the connection under another one.
func (c *socketConn) WriteJSON(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var m struct{ ID, Type string }
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	if c.socket.completed(m.ID, m.Type) {
		return nil
	}
	return c.WebsocketConn.WriteJSON(json.RawMessage(data))
}

// completed reports whether a message completes an operation that an error has ended before.
func (k *socket) completed(id, kind string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch kind {
	case "error":
		k.running--
		delete(k.active, id)
		if k.failed == nil {
			k.failed = map[string]bool{}
		}
		k.failed[id] = true
	case "complete":
		failed := k.failed[id]
		delete(k.failed, id)
		if !failed { // after an error its name may be another's already
			k.running--
			delete(k.active, id)
		}
		return failed
	}
	return false
}

// NextReader implements gqltransport.WebsocketConn. What is no message of the protocol never reaches gqlgen.
func (c *socketConn) NextReader() (int, io.Reader, error) {
	kind, r, err := c.WebsocketConn.NextReader()
	if err != nil {
		return kind, r, err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return kind, nil, err
	}
	data = carryID(data)
	if code := c.socket.heard(data); code != 0 {
		return kind, nil, errors.Join(c.WriteClose(code, ""), gqltransport.ErrWebsocketClosed)
	}
	return kind, bytes.NewReader(data), nil
}

// carryID puts the id by which a message names its document where gqlgen keeps it. What is not JSON, or has a name twice, stays
// as it is, to be refused.
func carryID(data []byte) []byte {
	var m, payload, extensions map[string]json.RawMessage
	if !jsontext.Value(data).IsValid() || json.Unmarshal(data, &m) != nil || string(m["type"]) != `"subscribe"` ||
		json.Unmarshal(m["payload"], &payload) != nil {
		return data
	}
	id := ""
	for _, name := range []string{"id", "doc_id", documentID} {
		_ = json.Unmarshal(payload[name], &id) // one that is no text names nothing
	}
	if id == "" || len(payload["extensions"]) > 0 && json.Unmarshal(payload["extensions"], &extensions) != nil {
		return data
	}
	if extensions == nil {
		extensions = map[string]json.RawMessage{}
	}
	extensions[documentID] = encoded(id)
	payload["extensions"] = encoded(extensions)
	m["payload"] = encoded(payload)
	return encoded(m)
}

// encoded is for what has been read from JSON, and so can be written.
func encoded(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}

// maxOperations is how many one connection may run at once. A subscription among them lasts, so nothing else would bound how many
// somebody opens who is let in once.
const maxOperations = 100

// heard follows what a client begins and ends. It returns with what the connection closes, if the message breaks the protocol.
// gqlgen would let a second operation of a name take the place of the first, which nobody could end from then on.
func (k *socket) heard(data []byte) (code int) {
	id, kind, ok := readable(data)
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case !ok:
		k.broken = closeBadMessage
	case kind == "complete":
		delete(k.active, id)
	case kind == "subscribe" && k.active[id]:
		k.broken = closeSubscriberExists
	case kind == "subscribe" && k.running >= maxOperations:
		k.broken = closeTooManyStreams
	case kind == "subscribe":
		k.running++
		if k.active == nil {
			k.active = map[string]bool{}
		}
		k.active[id] = true
	}
	return k.broken
}

// clientMessages are those that a client may send.
var clientMessages = []string{"connection_init", "ping", "pong", "subscribe", "complete"}

// readable holds a message to the protocol, and to what readBody asks of a request body.
func readable(data []byte) (id, kind string, ok bool) {
	if !jsontext.Value(data).IsValid() {
		return "", "", false
	}
	var m struct {
		ID      string
		Type    string
		Payload json.RawMessage
	}
	if json.Unmarshal(data, &m) != nil || !slices.Contains(clientMessages, m.Type) {
		return "", "", false
	}
	switch m.Type {
	case "subscribe":
	case "connection_init": // gqlgen leaves a connection open, and to nobody, whose payload it can't read
		var payload map[string]any
		return "", m.Type, len(m.Payload) == 0 || json.Unmarshal(m.Payload, &payload) == nil
	default:
		return m.ID, m.Type, true
	}
	var operation struct {
		Query         string
		OperationName *string
		Variables     map[string]json.RawMessage
		Extensions    map[string]json.RawMessage
	}
	return m.ID, m.Type, m.ID != "" && json.Unmarshal(m.Payload, &operation) == nil &&
		(operation.Query != "" || isPersisted(operation.Extensions)) && !hasLoneSurrogate(operation.Query)
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
