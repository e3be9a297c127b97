package graph

import (
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// clientMessages are the types of message that a client may send.
var clientMessages = []string{"connection_init", "ping", "pong", "subscribe", "complete"}

// socketMessage is a message of a client.
type socketMessage struct {
	kind, id string
	members  map[string]json.RawMessage
	values   int // JSON values in the variables and extensions of a subscribe
}

// readMessage holds a message to the protocol, and to what readBody asks of a request body; ok is false for any other.
func readMessage(data []byte) (m socketMessage, ok bool) {
	if !jsontext.Value(data).IsValid() || json.Unmarshal(data, &m.members) != nil {
		return m, false
	}
	if json.Unmarshal(m.members["type"], &m.kind) != nil || !slices.Contains(clientMessages, m.kind) {
		return m, false
	}
	payload := m.members["payload"]
	switch m.kind {
	case "subscribe":
		return m, m.readID() && m.readOperation()
	case "complete":
		return m, m.readID()
	default: // the payload is not decoded: that would take fifty times its bytes
		kind := jsontext.Value(payload).Kind()
		return m, len(payload) == 0 || kind == jsontext.KindBeginObject || kind == jsontext.KindNull
	}
}

// readID reads the id of an operation, which is a text that is not empty.
func (m *socketMessage) readID() bool {
	return json.Unmarshal(m.members["id"], &m.id) == nil && m.id != ""
}

// readOperation reads the payload of a `subscribe`.
func (m *socketMessage) readOperation() bool {
	m.carryID()
	var operation struct {
		Query         string
		OperationName *string
		Variables     map[string]json.RawMessage
		Extensions    map[string]json.RawMessage
	}
	var payload struct{ Variables, Extensions json.RawMessage }
	if json.Unmarshal(m.members["payload"], &payload) != nil {
		return false
	}
	m.values = countValues(payload.Variables) + countValues(payload.Extensions)
	return json.Unmarshal(m.members["payload"], &operation) == nil &&
		(operation.Query != "" || isPersisted(operation.Extensions)) && !hasLoneSurrogate(operation.Query)
}

// carryID puts the id by which a message names its document where gqlgen keeps it.
func (m *socketMessage) carryID() {
	var payload, extensions map[string]json.RawMessage
	if json.Unmarshal(m.members["payload"], &payload) != nil {
		return
	}
	id := ""
	for _, name := range []string{"id", "doc_id", documentID} {
		_ = json.Unmarshal(payload[name], &id) // one that is no text names nothing
	}
	if id == "" || len(payload["extensions"]) > 0 && json.Unmarshal(payload["extensions"], &extensions) != nil {
		return
	}
	if extensions == nil {
		extensions = map[string]json.RawMessage{}
	}
	extensions[documentID] = encoded(id)
	payload["extensions"] = encoded(extensions)
	m.members["payload"] = encoded(payload)
}

// encoded returns the message with the id of its operation.
func (m *socketMessage) encoded() json.RawMessage {
	if m.id != "" {
		m.members["id"] = encoded(m.id)
	}
	return encoded(m.members)
}

// encoded is for what has been read from JSON, and so can be written.
func encoded(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}
